//! When a recurring plan bills: the dates of its cycles, and what happens when around each.
//!
//! A cycle's date is a day of the business, without time or zone. It is always computed from
//! the plan's first day, never from the date before, so that a short month moves no later one.

pub mod rrule;
pub mod timing;

use crate::time::Date;

pub use rrule::{Rrule, RruleError};
pub use timing::{BILLING_HOUR, CycleDates, InvalidLeadDays, LeadDays, cycle_dates, made_at, notice_at, notice_days};

/// A rule must fire within this many months of a plan's start, or it counts as one that never does.
const MONTHS_TO_FIRE: i32 = 10 * 12;

/// How often a plan bills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// On the same weekday.
    Weekly,
    /// On the same weekday of every other week.
    EveryTwoWeeks,
    /// On the same day, or the last of a shorter month.
    Monthly,
    /// On the same day of every third month, or its last.
    Quarterly,
    /// On the same day of the year; what began on 29 February is on the 28th in common years.
    Yearly,
    /// By a recurrence rule.
    Rrule(Rrule),
}

/// Why a schedule is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ScheduleError {
    /// No such frequency.
    #[error("a plan bills weekly, every two weeks, monthly, quarterly, yearly or by a recurrence rule")]
    UnknownFrequency,
    /// The rule is missing.
    #[error("a plan that bills by a recurrence rule needs the rule, such as FREQ=MONTHLY;BYMONTHDAY=-1")]
    NoRule,
    /// A rule stands beside a frequency that has none.
    #[error("only a plan that bills by a recurrence rule has one")]
    NeedlessRule,
    /// The rule can't be used.
    #[error(transparent)]
    Rule(#[from] RruleError),
    /// The rule has no date.
    #[error("this rule never fires: it has no date in the ten years after the plan's start")]
    NeverFires,
}

/// What separates a preset's cycles.
enum Step {
    Days(i32),
    Months(i32),
}

impl Frequency {
    /// The word it is stored as.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::EveryTwoWeeks => "every_two_weeks",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Yearly => "yearly",
            Self::Rrule(_) => "rrule",
        }
    }

    /// The text of its rule, stored beside the word.
    #[must_use]
    pub fn rrule(&self) -> Option<&str> {
        match self {
            Self::Rrule(rule) => Some(rule.as_str()),
            _ => None,
        }
    }

    /// From its word and the text beside it; a blank text is none.
    ///
    /// # Errors
    /// Another word, a missing or needless rule, or one that can't be used.
    pub fn read(word: &str, rrule: Option<&str>) -> Result<Self, ScheduleError> {
        let rrule = rrule.filter(|text| !text.trim().is_empty());
        let preset = match word {
            "weekly" => Self::Weekly,
            "every_two_weeks" => Self::EveryTwoWeeks,
            "monthly" => Self::Monthly,
            "quarterly" => Self::Quarterly,
            "yearly" => Self::Yearly,
            "rrule" => return Ok(Self::Rrule(rrule.ok_or(ScheduleError::NoRule)?.parse()?)),
            _ => return Err(ScheduleError::UnknownFrequency),
        };
        if rrule.is_some() { Err(ScheduleError::NeedlessRule) } else { Ok(preset) }
    }

    /// How a consent's disclosure says it.
    #[must_use]
    pub const fn every(&self) -> &'static str {
        match self {
            Self::Weekly => "every week",
            Self::EveryTwoWeeks => "every two weeks",
            Self::Monthly => "every month",
            Self::Quarterly => "every three months",
            Self::Yearly => "every year",
            Self::Rrule(_) => "on its schedule",
        }
    }
}

/// The dates of a plan's cycles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    frequency: Frequency,
    starts_on: Date,
}

impl Schedule {
    /// A schedule from `starts_on`, which is the first cycle's date unless a rule says otherwise.
    ///
    /// # Errors
    /// A rule without any date in the ten years after `starts_on`.
    pub fn new(frequency: Frequency, starts_on: Date) -> Result<Self, ScheduleError> {
        let schedule = Self { frequency, starts_on };
        let latest = starts_on.plus_months(MONTHS_TO_FIRE);
        if schedule.first().is_some_and(|first| first <= latest) {
            Ok(schedule)
        } else {
            Err(ScheduleError::NeverFires)
        }
    }

    /// How often it bills.
    #[must_use]
    pub const fn frequency(&self) -> &Frequency {
        &self.frequency
    }

    /// The day it is counted from.
    #[must_use]
    pub const fn starts_on(&self) -> Date {
        self.starts_on
    }

    /// The first cycle's date.
    #[must_use]
    pub fn first(&self) -> Option<Date> {
        match &self.frequency {
            Frequency::Rrule(rule) => rule.dates(self.starts_on).next(),
            _ => Some(self.starts_on),
        }
    }

    /// The first cycle's date on `date` or after it; `None` as below.
    #[must_use]
    pub fn first_from(&self, date: Date) -> Option<Date> {
        let first = self.first()?;
        if first >= date { Some(first) } else { self.next_after(date.plus_days(-1)) }
    }

    /// The first cycle's date after `date`; `None` if a rule has ended or the calendar does.
    #[must_use]
    pub fn next_after(&self, date: Date) -> Option<Date> {
        let step = match &self.frequency {
            Frequency::Rrule(rule) => return rule.dates(self.starts_on).find(|next| *next > date),
            Frequency::Weekly => Step::Days(7),
            Frequency::EveryTwoWeeks => Step::Days(14),
            Frequency::Monthly => Step::Months(1),
            Frequency::Quarterly => Step::Months(3),
            Frequency::Yearly => Step::Months(12),
        };
        if date < self.starts_on {
            return Some(self.starts_on);
        }
        let next = match step {
            Step::Days(days) => self.starts_on.plus_days((date.days_since(self.starts_on) / days + 1) * days),
            Step::Months(months) => {
                let cycles = date.months_since(self.starts_on) / months;
                let this = self.starts_on.plus_months(cycles * months);
                if this > date { this } else { self.starts_on.plus_months((cycles + 1) * months) }
            }
        };
        (next > date).then_some(next)
    }
}

#[cfg(test)]
mod tests;
