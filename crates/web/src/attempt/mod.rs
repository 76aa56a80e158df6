//! What a customer sees of a try to pay, outside the invoice.

pub mod come_back;
