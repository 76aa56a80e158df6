//! Makes a plan. Nothing is billed before the run comes to its first cycle.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, CustomerId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::plan::{Plan, PlanLine, PlanState, check_cap, check_words, first_cycle};
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::time::Date;
use zoop_store as store;

use super::{Uncountable, count, due_of};
use crate::{Actor, App, Error, actor, transaction};

/// What a plan is made of.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// Whom it bills.
    pub customer: CustomerId,
    /// "Monthly lawn care".
    pub title: String,
    /// How often.
    pub frequency: Frequency,
    /// The day its cycles are counted from. Those before today are not billed.
    pub starts_on: Date,
    /// How many days before a cycle's day its invoice is made.
    pub lead: LeadDays,
    /// What each invoice bills.
    pub lines: Vec<PlanLine>,
    /// The most one automatic payment may take.
    pub cap: Option<Money>,
}

/// Stores the plan. Its first cycle is the first one from today on.
///
/// # Errors
/// [`Error::Invalid`] if title, lines, schedule or cap can't be used; [`Error::NotFound`] without such a
/// customer; [`Error::Conflict`] if he is archived.
pub async fn create(app: &App, actor: Actor, business: &BusinessId, new: NewPlan) -> Result<PlanId, Error> {
    let NewPlan { customer, title, frequency, starts_on, lead, mut lines, cap } = new;
    let title = title.trim().to_owned();
    for line in &mut lines {
        line.description = line.description.trim().to_owned();
    }
    check_words(&title, &lines)?;
    let schedule = Schedule::new(frequency, starts_on).map_err(|error| Error::Invalid(error.to_string()))?;
    let now = app.now();
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        // Under his lock: whoever archives or erases him meanwhile sees this plan, or is seen here.
        store::customer::lock(tx, business, &customer).await?.ok_or(Error::NotFound)?.must_be_billable()?;
        let rates = store::tax_rate::list(tx, business).await?;
        let totals = count(lines.clone(), &rates, owner.currency)
            .map_err(|error: Uncountable| Error::Invalid(error.to_string()))?;
        check_cap(cap, totals.total)?;
        let plan = Plan {
            id: PlanId::generate(now, app.random.as_ref()),
            business: business.clone(),
            customer: customer.clone(),
            title: title.clone(),
            state: PlanState::Active,
            next_cycle_on: Some(first_cycle(&schedule, now.date_in(&owner.time_zone))?),
            schedule: schedule.clone(),
            lead,
            cap,
        };
        store::plan::insert(tx, &plan, &lines, owner.currency, due_of(&plan, &owner, None), now).await?;
        actor::record(app, tx, actor, business, Action::PlanCreated, plan.id.as_str(), &plan.title).await?;
        plan.id
    })
}
