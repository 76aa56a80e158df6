//! Quotes, drafts included.

use zoop_domain::id::{CustomerId, QuoteId};

use super::{Route, Who};

/// The list.
pub const QUOTES: &str = "/office/quotes";
/// A new one.
pub const NEW: &str = "/office/quotes/new";
/// A quote.
pub const QUOTE: &str = "/office/quotes/{quote}";
/// A draft, to be changed.
pub const EDIT: &str = "/office/quotes/{quote}/edit";
/// Send it by mail, for the first time or again.
pub const SEND: &str = "/office/quotes/{quote}/send";
/// Make a link to be handed over.
pub const LINK: &str = "/office/quotes/{quote}/link";
/// The customer said yes to somebody.
pub const ACCEPT: &str = "/office/quotes/{quote}/accept";
/// Turn it into an invoice.
pub const INVOICE: &str = "/office/quotes/{quote}/invoice";
/// Begin another like it.
pub const DUPLICATE: &str = "/office/quotes/{quote}/duplicate";
/// Delete a draft.
pub const DELETE: &str = "/office/quotes/{quote}/delete";
/// Take a sent one back.
pub const WITHDRAW: &str = "/office/quotes/{quote}/withdraw";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", QUOTES, Who::Member),
    ("GET", NEW, Who::Member),
    ("POST", NEW, Who::Member),
    ("GET", QUOTE, Who::Member),
    ("GET", EDIT, Who::Member),
    ("POST", EDIT, Who::Member),
    ("POST", SEND, Who::Member),
    ("POST", LINK, Who::Member),
    ("POST", ACCEPT, Who::Member),
    ("POST", INVOICE, Who::Member),
    ("POST", DUPLICATE, Who::Member),
    ("POST", DELETE, Who::Member),
    ("POST", WITHDRAW, Who::Member),
];

/// A quote.
#[must_use]
pub fn show(quote: &QuoteId) -> String {
    format!("{QUOTES}/{quote}")
}

/// A new one for `customer`.
#[must_use]
pub fn new_for(customer: &CustomerId) -> String {
    format!("{NEW}?customer={customer}")
}

/// What is done to a quote: the last part of one of the patterns above.
#[must_use]
pub fn act(quote: &QuoteId, what: &str) -> String {
    format!("{QUOTES}/{quote}/{what}")
}

/// A quote with the dialog that asks for `what`.
#[must_use]
pub fn asking(quote: &QuoteId, what: &str) -> String {
    format!("{QUOTES}/{quote}?{what}")
}
