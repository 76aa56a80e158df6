//! What becomes of a try to pay: settling it, closing it, asking Stripe about it, and the
//! customer's way back.

pub mod close;
pub mod come_back;
mod late;
mod own_intent;
pub mod reconcile;
mod record;
pub mod settle;
pub(crate) mod take;

pub(crate) use record::{By, apply as record_payment};
use zoop_domain::attempt::Attempt;
use zoop_stripe::Metadata;

/// Our facts on each object at Stripe that an attempt leads to; by them its intent finds it again.
#[must_use]
pub fn metadata(attempt: &Attempt) -> Metadata {
    Metadata::from([
        ("attempt_id".to_owned(), attempt.id.to_string()),
        ("business_id".to_owned(), attempt.business.to_string()),
        ("invoice_id".to_owned(), attempt.invoice.to_string()),
    ])
}
