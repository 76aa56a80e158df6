//! A recurring plan: what it bills, when, and whether it runs. Each cycle has a day of the
//! business, and one invoice.

use crate::id::{BusinessId, CustomerId, PlanId, TaxRateId};
use crate::money::{Money, Quantity, UnitPrice};
use crate::schedule::{LeadDays, Schedule, made_at, notice_at, notice_days};
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

impl PlanLine {
    /// Whether it takes its price off.
    #[must_use]
    pub const fn is_discount(&self) -> bool {
        self.unit_price.as_minor_e4() < 0
    }
}

/// Why something can't be done with a plan now.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlanRefusal {
    /// It doesn't run.
    #[error("the plan is paused; resume it first")]
    Paused,
    /// It never runs again.
    #[error("the plan is cancelled")]
    Cancelled,
    /// Its rule has no date any more.
    #[error("the plan has ended: its schedule has no cycle left")]
    Ended,
    /// It doesn't run as it is.
    #[error("the plan is paused already")]
    PausedAlready,
    /// It runs as it is.
    #[error("the plan isn’t paused")]
    NotPaused,
    /// That cycle was billed or skipped meanwhile.
    #[error("the plan has moved on to another cycle meanwhile")]
    MovedOn,
}

/// Why a plan can't be made.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidPlan {
    /// No title.
    #[error("a plan needs a title, such as “Monthly lawn care”")]
    NoTitle,
    /// A title that fits nowhere.
    #[error("a plan’s title is one line of at most {} characters", LONGEST_TITLE)]
    Title,
    /// Nothing to bill, or too much of it.
    #[error("a plan has 1 to {} lines", MOST_LINES)]
    Lines,
    /// A line that doesn't say what it bills.
    #[error("line {line} needs a description: one line of at most {} characters", LONGEST_DESCRIPTION)]
    Description {
        /// The line, counted from 1.
        line: usize,
    },
    /// The cap would keep auto-pay from charging anything.
    #[error("the cap of {cap} lies below the price of {price}")]
    CapBelowPrice {
        /// The cap.
        cap: Money,
        /// What an invoice comes to.
        price: Money,
    },
    /// No cycle is left.
    #[error("this schedule has no cycle from today on")]
    NoCycle,
}

/// The longest title, in characters.
pub const LONGEST_TITLE: usize = 200;
/// The longest description of a line, in characters.
pub const LONGEST_DESCRIPTION: usize = 500;
/// The most lines.
pub const MOST_LINES: usize = 100;

fn is_one_line(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(char::is_control)
}

/// Checks a new plan's words.
///
/// # Errors
/// The first that can't be used.
pub fn check_words(title: &str, lines: &[PlanLine]) -> Result<(), InvalidPlan> {
    if title.trim().is_empty() {
        return Err(InvalidPlan::NoTitle);
    }
    if !is_one_line(title, LONGEST_TITLE) {
        return Err(InvalidPlan::Title);
    }
    if lines.is_empty() || lines.len() > MOST_LINES {
        return Err(InvalidPlan::Lines);
    }
    let unusable = |text: &str| text.trim().is_empty() || !is_one_line(text, LONGEST_DESCRIPTION);
    match lines.iter().position(|line| unusable(&line.description)) {
        Some(position) => Err(InvalidPlan::Description { line: position + 1 }),
        None => Ok(()),
    }
}

/// Checks a new plan's cap against what an invoice of it comes to.
///
/// # Errors
/// A cap below the price, or in another currency.
pub fn check_cap(cap: Option<Money>, price: Money) -> Result<(), InvalidPlan> {
    match cap {
        Some(cap) if cap.currency() != price.currency() || cap.minor() < price.minor() || !cap.is_positive() => {
            Err(InvalidPlan::CapBelowPrice { cap, price })
        }
        _ => Ok(()),
    }
}

/// The first cycle that a plan made `today` bills: none that has passed.
///
/// # Errors
/// The schedule has none left.
pub fn first_cycle(schedule: &Schedule, today: Date) -> Result<Date, InvalidPlan> {
    schedule.first_from(today).ok_or(InvalidPlan::NoCycle)
}

impl Plan {
    /// The moment the next invoice is made, if the plan runs and has a cycle left.
    #[must_use]
    pub fn next_run_at(&self, zone: &TimeZone) -> Option<Instant> {
        self.billable().ok().map(|cycle| made_at(cycle, self.lead, zone))
    }

    /// When the charge of the next cycle is to be announced, if its invoice is made too late for
    /// that. `setting` is the business's own number of days.
    #[must_use]
    pub fn notice_at(
        &self,
        zone: &TimeZone,
        setting: Option<i64>,
        bank_debit: bool,
        within_cap: bool,
    ) -> Option<Instant> {
        let cycle = self.billable().ok()?;
        let days = notice_days(bank_debit, within_cap, setting);
        (i64::from(self.lead.days()) < days).then(|| notice_at(cycle, days, zone))
    }

    /// The cycle that is billed next.
    ///
    /// # Errors
    /// The plan doesn't run, or has no cycle left.
    pub fn billable(&self) -> Result<Date, PlanRefusal> {
        match self.state {
            PlanState::Active => self.next_cycle_on.ok_or(PlanRefusal::Ended),
            PlanState::Paused => Err(PlanRefusal::Paused),
            PlanState::Cancelled => Err(PlanRefusal::Cancelled),
        }
    }

    /// The cycle that is billed next, if it still is the one that was `seen`: who presses a button twice means
    /// one cycle, not two.
    ///
    /// # Errors
    /// As for [`Plan::billable`]; [`PlanRefusal::MovedOn`] if another cycle is next.
    pub fn billable_as_seen(&self, seen: Option<Date>) -> Result<Date, PlanRefusal> {
        let cycle = self.billable()?;
        if seen == Some(cycle) { Ok(cycle) } else { Err(PlanRefusal::MovedOn) }
    }

    /// The plan once its next cycle is billed or skipped.
    #[must_use]
    pub fn past_next_cycle(&self) -> Self {
        let next_cycle_on = self.next_cycle_on.and_then(|cycle| self.schedule.next_after(cycle));
        Self { next_cycle_on, ..self.clone() }
    }

    /// The plan when it no longer runs for now.
    ///
    /// # Errors
    /// It doesn't run.
    pub fn paused(&self) -> Result<Self, PlanRefusal> {
        match self.state {
            PlanState::Active => Ok(Self { state: PlanState::Paused, ..self.clone() }),
            PlanState::Paused => Err(PlanRefusal::PausedAlready),
            PlanState::Cancelled => Err(PlanRefusal::Cancelled),
        }
    }

    /// The plan when it runs again. Cycles whose invoice should have been made before `today` are not
    /// made up, and none is billed twice.
    ///
    /// # Errors
    /// It isn't paused, or no cycle is left.
    pub fn resumed(&self, today: Date) -> Result<Self, PlanRefusal> {
        match self.state {
            PlanState::Paused => {}
            PlanState::Active => return Err(PlanRefusal::NotPaused),
            PlanState::Cancelled => return Err(PlanRefusal::Cancelled),
        }
        let in_time = today.plus_days(i32::from(self.lead.days()));
        let next = self.next_cycle_on.and_then(|next| self.schedule.first_from(next.max(in_time)));
        match next {
            Some(_) => Ok(Self { state: PlanState::Active, next_cycle_on: next, ..self.clone() }),
            None => Err(PlanRefusal::Ended),
        }
    }

    /// The plan when it never runs again.
    ///
    /// # Errors
    /// That is so already.
    pub fn cancelled(&self) -> Result<Self, PlanRefusal> {
        match self.state {
            PlanState::Cancelled => Err(PlanRefusal::Cancelled),
            PlanState::Active | PlanState::Paused => Ok(Self { state: PlanState::Cancelled, ..self.clone() }),
        }
    }
}

#[cfg(test)]
mod tests;
