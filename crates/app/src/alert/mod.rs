//! What somebody of the business should look at.

pub mod resolve;

/// The kind of an alert about an invoice that nobody got by mail.
pub(crate) const UNSENT: &str = "invoice.unsent";
