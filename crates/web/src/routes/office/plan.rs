//! Recurring plans, and writing down that a customer lets one be charged.

use zoop_domain::id::{CustomerId, PlanId};

use super::{Route, Who, with_query};

/// The list.
pub const PLANS: &str = "/office/plans";
/// A new one.
pub const NEW: &str = "/office/plans/new";
/// A plan.
pub const PLAN: &str = "/office/plans/{plan}";
/// What it bills and when, to be changed.
pub const EDIT: &str = "/office/plans/{plan}/edit";
/// Bill its next cycle now.
pub const RUN: &str = "/office/plans/{plan}/run";
/// Skip its next cycle.
pub const SKIP: &str = "/office/plans/{plan}/skip";
/// Bill nothing for now.
pub const PAUSE: &str = "/office/plans/{plan}/pause";
/// Bill again.
pub const RESUME: &str = "/office/plans/{plan}/resume";
/// Never bill again.
pub const CANCEL: &str = "/office/plans/{plan}/cancel";
/// Write down that the customer agreed to auto-pay.
pub const ATTEST: &str = "/office/plans/{plan}/attest";
/// Turn auto-pay off.
pub const TURN_OFF: &str = "/office/plans/{plan}/turn-off";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", PLANS, Who::Member),
    ("GET", NEW, Who::Member),
    ("POST", NEW, Who::Member),
    ("GET", PLAN, Who::Member),
    ("GET", EDIT, Who::Member),
    ("POST", EDIT, Who::Member),
    ("POST", RUN, Who::Member),
    ("POST", SKIP, Who::Member),
    ("POST", PAUSE, Who::Member),
    ("POST", RESUME, Who::Member),
    ("POST", CANCEL, Who::Member),
    ("GET", ATTEST, Who::Member),
    ("POST", ATTEST, Who::Member),
    ("POST", TURN_OFF, Who::Member),
];

/// The list as a query asks for it, with what isn't empty.
#[must_use]
pub fn list(query: &[(&str, &str)]) -> String {
    with_query(PLANS, query)
}

/// A plan.
#[must_use]
pub fn show(plan: &PlanId) -> String {
    format!("{PLANS}/{plan}")
}

/// A plan with another page of what it billed: `before` or `after` an invoice.
#[must_use]
pub fn billed(plan: &PlanId, side: &str, invoice: &str) -> String {
    format!("{PLANS}/{plan}?{side}={invoice}#history")
}

/// A new one for `customer`.
#[must_use]
pub fn new_for(customer: &CustomerId) -> String {
    format!("{NEW}?customer={customer}")
}

/// What is done to a plan: the last part of one of the patterns above.
#[must_use]
pub fn act(plan: &PlanId, what: &str) -> String {
    format!("{PLANS}/{plan}/{what}")
}

/// A plan with the dialog that asks for `what`.
#[must_use]
pub fn asking(plan: &PlanId, what: &str) -> String {
    format!("{PLANS}/{plan}?{what}")
}
