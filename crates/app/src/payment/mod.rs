//! Payments as the office runs them: those by hand, and giving one back.

pub mod list;
pub mod look;
pub mod record;
pub mod refund;
pub mod take_back;
