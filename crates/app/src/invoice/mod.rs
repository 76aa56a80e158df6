//! What can be done with an invoice: one file a verb.

pub mod pay;
pub mod show;
