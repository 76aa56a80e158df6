//! Invoices: where others link to.

use zoop_domain::id::{CustomerId, InvoiceId};

use super::Route;

/// Who gets in.
pub const ROUTES: &[Route] = &[];

/// The page of one.
#[must_use]
pub fn show(invoice: &InvoiceId) -> String {
    format!("/office/invoices/{invoice}")
}

/// A new one for that customer.
#[must_use]
pub fn new_for(customer: &CustomerId) -> String {
    format!("/office/invoices/new?customer={customer}")
}

/// All of that customer's.
#[must_use]
pub fn list_of(customer: &CustomerId) -> String {
    format!("/office/invoices?customer={customer}")
}
