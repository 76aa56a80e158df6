//! Invoices, drafts included.

use zoop_domain::id::{CustomerId, InvoiceId};

use super::{Route, Who};

/// The list.
pub const INVOICES: &str = "/office/invoices";
/// A new one.
pub const NEW: &str = "/office/invoices/new";
/// One of them.
pub const INVOICE: &str = "/office/invoices/{invoice}";
/// A draft in its editor.
pub const EDIT: &str = "/office/invoices/{invoice}/edit";
/// Send a draft.
pub const SEND: &str = "/office/invoices/{invoice}/send";
/// Mail one again.
pub const RESEND: &str = "/office/invoices/{invoice}/resend";
/// Record a payment by hand.
pub const RECORD: &str = "/office/invoices/{invoice}/payments";
/// Try a failed charge again.
pub const RETRY: &str = "/office/invoices/{invoice}/retry";
/// Try it no more.
pub const STOP_RETRYING: &str = "/office/invoices/{invoice}/stop-retrying";
/// Internal notes.
pub const NOTES: &str = "/office/invoices/{invoice}/notes";
/// Move the due date.
pub const DUE: &str = "/office/invoices/{invoice}/due";
/// Copy it into a new draft.
pub const DUPLICATE: &str = "/office/invoices/{invoice}/duplicate";
/// Write it off.
pub const WRITE_OFF: &str = "/office/invoices/{invoice}/write-off";
/// Cancel it.
pub const VOID: &str = "/office/invoices/{invoice}/void";
/// Delete a draft.
pub const DELETE: &str = "/office/invoices/{invoice}/delete";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", INVOICES, Who::Member),
    ("POST", INVOICES, Who::Member),
    ("GET", NEW, Who::Member),
    ("GET", INVOICE, Who::Member),
    ("GET", EDIT, Who::Member),
    ("POST", EDIT, Who::Member),
    ("POST", SEND, Who::Member),
    ("POST", RESEND, Who::Member),
    ("POST", RECORD, Who::Member),
    ("POST", RETRY, Who::Member),
    ("POST", STOP_RETRYING, Who::Member),
    ("POST", NOTES, Who::Member),
    ("POST", DUE, Who::Member),
    ("POST", DUPLICATE, Who::Member),
    ("POST", WRITE_OFF, Who::Member),
    ("POST", VOID, Who::Member),
    ("POST", DELETE, Who::Member),
];

/// An invoice.
#[must_use]
pub fn show(invoice: &InvoiceId) -> String {
    format!("{INVOICES}/{invoice}")
}

/// An invoice with a dialog over it: `send`, `record` and the like.
#[must_use]
pub fn asking(invoice: &InvoiceId, dialog: &str) -> String {
    format!("{INVOICES}/{invoice}?{dialog}")
}

/// What is done with an invoice: `send`, `void` and the like.
#[must_use]
pub fn act(invoice: &InvoiceId, verb: &str) -> String {
    format!("{INVOICES}/{invoice}/{verb}")
}

/// A new one for `customer`.
#[must_use]
pub fn new_for(customer: &CustomerId) -> String {
    format!("{NEW}?customer={customer}")
}

/// The list as it was asked for.
#[must_use]
pub fn list(query: &[(&str, &str)]) -> String {
    super::with_query(INVOICES, query)
}

/// All of that customer's.
#[must_use]
pub fn list_of(customer: &CustomerId) -> String {
    format!("{INVOICES}?customer={customer}")
}
