//! What becomes of a try to pay: settling it, and the customer's way back.

pub mod come_back;
