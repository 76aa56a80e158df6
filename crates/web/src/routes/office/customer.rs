//! Customers.

use zoop_domain::id::CustomerId;

use super::Route;

/// The list.
pub const CUSTOMERS: &str = "/office/customers";

/// Who gets in.
pub const ROUTES: &[Route] = &[];

/// A customer.
#[must_use]
pub fn show(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}")
}
