//! Plans: where others link to.

use zoop_domain::id::{CustomerId, PlanId};

use super::Route;

/// Who gets in.
pub const ROUTES: &[Route] = &[];

/// The page of one.
#[must_use]
pub fn show(plan: &PlanId) -> String {
    format!("/office/plans/{plan}")
}

/// A new one for that customer.
#[must_use]
pub fn new_for(customer: &CustomerId) -> String {
    format!("/office/plans/new?customer={customer}")
}
