//! A recurring plan: what it bills, when, and whether it runs. Each cycle has a day of the
//! business, and one invoice.

use crate::id::{BusinessId, CustomerId, PlanId, TaxRateId};
use crate::money::{Money, Quantity, UnitPrice};
use crate::schedule::{LeadDays, Schedule, made_at};
use crate::time::{Date, Instant, TimeZone};

crate::words! {
    /// Whether invoices are made.
    pub enum PlanState {
        /// They are.
        Active = "active",
        /// Not for now. Cycles that pass meanwhile are not made up.
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
    /// The days of its cycles.
    pub schedule: Schedule,
    /// How many days before a cycle's day its invoice is made.
    pub lead: LeadDays,
    /// The cycle that is billed next; `None` once the schedule has ended.
    pub next_cycle_on: Option<Date>,
    /// The most one automatic payment may take, set by the owner.
    pub cap: Option<Money>,
}

/// A line of each invoice of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// What is done or delivered.
    pub description: String,
    /// How many.
    pub quantity: Quantity,
    /// The price of one.
    pub unit_price: UnitPrice,
    /// Which of the business's rates taxes it.
    pub tax_rate: Option<TaxRateId>,
}

impl Plan {
    /// The moment the next invoice is made, if the plan runs and has a cycle left.
    #[must_use]
    pub fn next_run_at(&self, zone: &TimeZone) -> Option<Instant> {
        self.next_cycle_on.map(|cycle| made_at(cycle, self.lead, zone))
    }

    /// The plan once its next cycle is billed or skipped.
    #[must_use]
    pub fn past_next_cycle(&self) -> Self {
        let next_cycle_on = self.next_cycle_on.and_then(|cycle| self.schedule.next_after(cycle));
        Self { next_cycle_on, ..self.clone() }
    }
}
