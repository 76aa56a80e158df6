//! Recurring plans.

use zoop_domain::id::{CustomerId, PlanId};

use super::Route;

/// The list.
pub const PLANS: &str = "/office/plans";

/// Who gets in.
pub const ROUTES: &[Route] = &[];

/// A plan.
#[must_use]
pub fn show(plan: &PlanId) -> String {
    format!("{PLANS}/{plan}")
}

/// A new one for `customer`.
#[must_use]
pub fn new_for(customer: &CustomerId) -> String {
    format!("{PLANS}/new?customer={customer}")
}
