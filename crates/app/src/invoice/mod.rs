//! What can be done with an invoice: one file a verb.

pub mod charge;
pub mod document;
pub mod draft;
pub mod pay;
mod pay_saved;
pub mod send;
pub mod settlement;
pub mod show;
pub mod void;
pub mod write_off;
