//! Imports: of customers, and of invoices that another system sent and that are still owed.

use zoop_domain::id::ImportId;
use zoop_domain::import::ImportKind;

use super::{Route, Who};

/// Customers from a file.
pub const CUSTOMERS: &str = "/office/import/customers";
/// Open invoices from a file.
pub const INVOICES: &str = "/office/import/invoices";
/// A file that was looked at: what would come in, how far it is, what became of it. Posting to it says yes.
pub const IMPORT: &str = "/office/import/{import}";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", CUSTOMERS, Who::Member),
    ("POST", CUSTOMERS, Who::Member),
    ("GET", INVOICES, Who::Member),
    ("POST", INVOICES, Who::Member),
    ("GET", IMPORT, Who::Member),
    ("POST", IMPORT, Who::Member),
];

/// Where a file of this kind is chosen.
#[must_use]
pub const fn of(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Customers => CUSTOMERS,
        ImportKind::Invoices => INVOICES,
    }
}

/// An import.
#[must_use]
pub fn show(import: &ImportId) -> String {
    IMPORT.replace("{import}", import.as_str())
}

/// The same for whoever waits for its end, and is sent on then.
#[must_use]
pub fn watch(import: &ImportId) -> String {
    format!("{}?wait=yes", show(import))
}
