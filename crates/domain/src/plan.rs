//! A recurring plan: what it is called and whether it runs. Its schedule comes with billing.

use crate::id::{BusinessId, CustomerId, PlanId};
use crate::money::Money;

crate::words! {
    /// Whether invoices are made.
    pub enum PlanState {
        /// They are.
        Active = "active",
        /// Not for now.
        Paused = "paused",
        /// Never again.
        Cancelled = "cancelled",
    }
}

/// A plan as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// The business.
    pub business: BusinessId,
    /// The one customer it bills; never changes.
    pub customer: CustomerId,
    /// "Monthly lawn care".
    pub title: String,
    /// Whether it runs.
    pub state: PlanState,
    /// The most one automatic payment may take, set by the owner.
    pub cap: Option<Money>,
}
