//! Quotes, drafts included.

use zoop_domain::id::{CustomerId, QuoteId};

use super::Route;

/// The list.
pub const QUOTES: &str = "/office/quotes";

/// Who gets in.
pub const ROUTES: &[Route] = &[];

/// A quote.
#[must_use]
pub fn show(quote: &QuoteId) -> String {
    format!("{QUOTES}/{quote}")
}

/// A new one for `customer`.
#[must_use]
pub fn new_for(customer: &CustomerId) -> String {
    format!("{QUOTES}/new?customer={customer}")
}
