//! What can be done with an invoice: one file a verb.

pub mod change_due;
pub mod charge;
pub mod discard;
pub mod document;
pub mod draft;
pub mod duplicate;
pub mod edit;
pub mod list;
pub mod look;
pub mod note;
pub mod pay;
mod pay_saved;
pub mod resend;
pub mod send;
pub mod settlement;
pub mod show;
pub mod void;
pub mod write_off;
