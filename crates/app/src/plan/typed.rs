//! A plan as typed: read field by field, counted, and the days it would bill on.

use zoop_domain::business::Business;
use zoop_domain::form::{FieldErrors, line};
use zoop_domain::id::{BusinessId, TaxRateId};
use zoop_domain::invoice::entry::{self, ChosenLine, TaxChoice, TypedLine};
use zoop_domain::money::{Currency, Money};
use zoop_domain::plan::{LONGEST_TITLE, Plan, PlanLine, PlanState, check_cap, first_cycle};
use zoop_domain::schedule::{Frequency, LeadDays, Schedule, ScheduleError};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Date;
use zoop_store as store;

use crate::{Actor, App, Error};

/// As many days are shown ahead.
pub const DATES: usize = 5;
/// No first day lies farther away.
const MOST_MONTHS: i32 = 10 * 12;

/// A plan as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedPlan {
    /// What it is called.
    pub title: String,
    /// How often it bills, as [`Frequency`] is stored.
    pub frequency: String,
    /// The recurrence rule, for a frequency that has one.
    pub rule: String,
    /// The day its cycles are counted from, as ISO 8601.
    pub starts_on: String,
    /// How many days before a cycle's day its invoice is made.
    pub lead: String,
    /// The most one automatic payment may take; empty for none.
    pub cap: String,
    /// What each invoice bills.
    pub lines: Vec<TypedLine>,
    /// What taxes a line that says nothing: a rate's id, or empty.
    pub default_tax: String,
}

/// The same, read.
pub(super) struct Read {
    pub(super) title: String,
    pub(super) schedule: Schedule,
    pub(super) lead: LeadDays,
    pub(super) lines: Vec<PlanLine>,
    pub(super) cap: Option<Money>,
}

impl TypedPlan {
    /// The days it would bill on; none if the schedule can't be read. `known` is the plan that is changed, and the
    /// latest cycle it billed.
    #[must_use]
    pub fn dates(&self, today: Date, known: Option<(&Plan, Option<Date>)>) -> Vec<Date> {
        let Some(schedule) = self.schedule(today, &mut FieldErrors::default()) else { return Vec::new() };
        let first = match known {
            Some((plan, _)) if plan.schedule == schedule => match plan.state {
                PlanState::Paused => plan.next_cycle_on.and_then(|next| schedule.first_from(next.max(today))),
                PlanState::Active | PlanState::Cancelled => plan.next_cycle_on,
            },
            Some((_, last)) => first_open(&schedule, today, last).ok(),
            None => first_open(&schedule, today, None).ok(),
        };
        dates_from(&schedule, first)
    }

    fn schedule(&self, today: Date, errors: &mut FieldErrors) -> Option<Schedule> {
        let starts_on = errors.take("starts_on", first_day(&self.starts_on, today));
        // A rule that was typed stays in the form when another frequency is chosen.
        let rule = (self.frequency == "rrule").then_some(self.rule.as_str());
        let frequency = Frequency::read(&self.frequency, rule);
        let schedule = frequency.and_then(|frequency| Schedule::new(frequency, starts_on.unwrap_or(today)));
        let schedule = schedule.map_err(|error| match error {
            ScheduleError::UnknownFrequency => errors.push("frequency", "Choose how often it bills."),
            ScheduleError::NoRule => errors.push("rule", "Enter a rule, such as FREQ=MONTHLY;BYMONTHDAY=-1."),
            error => errors.push("rule", sentence(&error.to_string())),
        });
        starts_on.and(schedule.ok())
    }

    pub(super) fn read(
        &self,
        owner: &Business,
        rates: &[(TaxRateId, TaxRate)],
        today: Date,
    ) -> Result<Read, FieldErrors> {
        let mut errors = FieldErrors::default();
        let title = errors.take("title", line(&self.title, "a title, such as “Monthly lawn care”", LONGEST_TITLE));
        let schedule = self.schedule(today, &mut errors);
        let lead = self.lead.trim().parse().ok().and_then(|days| LeadDays::new(days).ok());
        let lead = lead.ok_or_else(|| format!("Enter a number of days from 0 to {}.", LeadDays::MAX));
        let lead = errors.take("lead", lead);
        let cap = errors.take("cap", amount(&self.cap, owner.currency));
        let default = match self.default_tax.as_str() {
            "" => Some(None),
            rate => errors.take("default_tax", rate.parse().map(Some).map_err(|_| "Choose a tax rate of the list.")),
        };
        let counted = default.and_then(|default| {
            let counted = entry::read(&self.lines, owner.currency).and_then(|lines| {
                let totals = entry::total(&lines, default.as_ref(), rates, owner.currency)?;
                Ok((plan_lines(lines, default.as_ref()), totals.total))
            });
            counted.map_err(|wrong| wrong.iter().for_each(|one| errors.push(&one.field, &one.message))).ok()
        });
        if let Some((cap, (_, price))) = cap.zip(counted.as_ref())
            && check_cap(cap, *price).is_err()
        {
            errors.push("cap", format!("Enter {price} or more: an invoice comes to that. Leave it empty for no cap."));
        }
        let read = (|| {
            let (lines, _) = counted?;
            Some(Read { title: title?, schedule: schedule?, lead: lead?, lines, cap: cap? })
        })();
        match read {
            Some(read) if errors.is_empty() => Ok(read),
            _ => Err(errors),
        }
    }
}

fn first_day(typed: &str, today: Date) -> Result<Date, &'static str> {
    let day: Date = typed.trim().parse().map_err(|_| "Enter a date such as 2026-12-21.")?;
    let near = today.plus_months(-MOST_MONTHS)..=today.plus_months(MOST_MONTHS);
    if near.contains(&day) { Ok(day) } else { Err("Choose a day within ten years.") }
}

fn amount(typed: &str, currency: Currency) -> Result<Option<Money>, &'static str> {
    let plain = entry::plain_number(typed);
    let plain = plain.trim().trim_start_matches(currency.symbol());
    if plain.is_empty() {
        return Ok(None);
    }
    Money::from_typed(plain, currency).map(Some).map_err(|_| "Enter an amount such as 250.00, or leave it empty.")
}

/// The lines as a plan keeps them, with the rate that the default was when they were written.
fn plan_lines(lines: Vec<ChosenLine>, default: Option<&TaxRateId>) -> Vec<PlanLine> {
    let line = |line: ChosenLine| PlanLine {
        description: line.description,
        quantity: line.quantity,
        unit_price: line.unit_price,
        tax_rate: match line.tax {
            TaxChoice::Default => default.cloned(),
            TaxChoice::None => None,
            TaxChoice::Rate(rate) => Some(rate),
        },
    };
    lines.into_iter().map(line).collect()
}

/// A plan's lines as they are written.
#[must_use]
pub fn chosen_lines(lines: &[PlanLine]) -> Vec<ChosenLine> {
    let line = |line: &PlanLine| ChosenLine {
        description: line.description.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        tax: line.tax_rate.clone().map_or(TaxChoice::None, TaxChoice::Rate),
        is_discount: line.is_discount(),
    };
    lines.iter().map(line).collect()
}

/// The days of a schedule's next cycles, from `cycle` on.
#[must_use]
pub fn dates_from(schedule: &Schedule, cycle: Option<Date>) -> Vec<Date> {
    std::iter::successors(cycle, |date| schedule.next_after(*date)).take(DATES).collect()
}

/// The schedule's first cycle that may be billed: none that has passed, or was billed.
pub(super) fn first_open(schedule: &Schedule, today: Date, last: Option<Date>) -> Result<Date, FieldErrors> {
    let from = last.map_or(today, |last| today.max(last.plus_days(1)));
    first_cycle(schedule, from).map_err(|_| FieldErrors::one("starts_on", "This has no date left to bill on."))
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// What a writer begins with.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The rates to choose from.
    pub rates: Vec<(TaxRateId, TaxRate)>,
    /// The business's day.
    pub today: Date,
}

/// What a writer begins with. `lines` may name rates that were put away since.
///
/// # Errors
/// The database does not answer.
pub async fn begin(app: &App, actor: Actor, business: &BusinessId, lines: &[PlanLine]) -> Result<Begun, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let rates = rates_for(&mut tx, business, lines).await?;
    Ok(Begun { rates, today: app.now().date_in(&owner.time_zone) })
}

/// The rates in use, and those that `lines` name.
pub(super) async fn rates_for(
    tx: &mut store::Tx,
    business: &BusinessId,
    lines: &[PlanLine],
) -> Result<Vec<(TaxRateId, TaxRate)>, Error> {
    let in_use = store::tax_rate::list(tx, business).await?;
    let mut rates = store::tax_rate::list_all(tx, business).await?;
    rates.retain(|(rate, _)| {
        in_use.iter().any(|(known, _)| known == rate) || lines.iter().any(|line| line.tax_rate.as_ref() == Some(rate))
    });
    Ok(rates)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(frequency: &str, rule: &str, starts_on: &str) -> TypedPlan {
        let [frequency, rule, starts_on] = [frequency, rule, starts_on].map(str::to_owned);
        TypedPlan { frequency, rule, starts_on, ..TypedPlan::default() }
    }

    #[test]
    fn the_dates_of_what_is_typed_are_known_before_it_is_stored() {
        let today: Date = "2026-11-23".parse().unwrap();
        let dates = |typed: TypedPlan| typed.dates(today, None).into_iter().map(Date::iso).collect::<Vec<_>>();
        let month_ends = ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"];
        assert_eq!(dates(typed("monthly", "left over", "2026-10-31")), month_ends);
        assert_eq!(dates(typed("rrule", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-23")), month_ends);
        assert_eq!(dates(typed("rrule", "FREQ=DAILY;COUNT=2", "2026-11-22")), ["2026-11-23"]);
        for nothing in [typed("rrule", "", "2026-11-23"), typed("daily", "", "2026-11-23"), typed("weekly", "", "soon")]
        {
            assert!(dates(nothing).is_empty());
        }
    }
}
