//! Quotes: where others link to.

use zoop_domain::id::{CustomerId, QuoteId};

use super::Route;

/// Who gets in.
pub const ROUTES: &[Route] = &[];

/// The page of one.
#[must_use]
pub fn show(quote: &QuoteId) -> String {
    format!("/office/quotes/{quote}")
}

/// A new one for that customer.
#[must_use]
pub fn new_for(customer: &CustomerId) -> String {
    format!("/office/quotes/new?customer={customer}")
}
