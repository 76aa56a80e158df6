//! Saving a card on Stripe's page, outside of a payment.

pub mod settle;
pub mod start;

use zoop_domain::card_setup::CardSetup;
use zoop_stripe::Metadata;

/// Our facts on each object at Stripe that a setup leads to.
fn metadata(setup: &CardSetup) -> Metadata {
    Metadata::from([
        ("business_id".to_owned(), setup.business.to_string()),
        ("card_setup_id".to_owned(), setup.id.to_string()),
    ])
}
