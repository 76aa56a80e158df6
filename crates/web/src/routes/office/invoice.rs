//! Invoices, drafts included.

use zoop_domain::id::{CustomerId, InvoiceId};

use super::Route;

/// The list.
pub const INVOICES: &str = "/office/invoices";

/// Who gets in.
pub const ROUTES: &[Route] = &[];

/// An invoice.
#[must_use]
pub fn show(invoice: &InvoiceId) -> String {
    format!("{INVOICES}/{invoice}")
}

/// A new one for `customer`.
#[must_use]
pub fn new_for(customer: &CustomerId) -> String {
    format!("{INVOICES}/new?customer={customer}")
}

/// All of that customer's.
#[must_use]
pub fn list_of(customer: &CustomerId) -> String {
    format!("{INVOICES}?customer={customer}")
}
