//! Writes a plan that was typed: a new one, or changes of one from its next cycle on. What was billed stays. What
//! somebody else changed meanwhile isn't overwritten.

use zoop_domain::audit::Action;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::{BusinessId, CustomerId, PlanId};
use zoop_domain::plan::{Plan, PlanRefusal, PlanState};
use zoop_domain::schedule::Schedule;
use zoop_store::{self as store, Tx};

use super::create::{NewPlan, create};
use super::typed::{TypedPlan, first_open, rates_for};
use super::{due_of, lock};
use crate::{Actor, App, Error, actor, transaction};

/// Stores a new plan for `customer`.
///
/// # Errors
/// [`Error::Fields`] for what can't be used; else as for [`create`].
pub async fn write(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    customer: &CustomerId,
    typed: &TypedPlan,
) -> Result<PlanId, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let rates = rates_for(&mut tx, business, &[]).await?;
    drop(tx);
    let today = app.now().date_in(&owner.time_zone);
    let read = typed.read(&owner, &rates, today)?;
    first_open(&read.schedule, today, None)?;
    let new = NewPlan {
        customer: customer.clone(),
        title: read.title,
        frequency: read.schedule.frequency().clone(),
        starts_on: read.schedule.starts_on(),
        lead: read.lead,
        lines: read.lines,
        cap: read.cap,
    };
    create(app, actor, business, new).await
}

/// Changes the plan, if it is still what its editor saw: `revision`.
///
/// # Errors
/// [`Error::Fields`] for what can't be used; [`Error::Conflict`] if it is cancelled, or somebody changed it
/// meanwhile; [`Error::NotFound`] without such a plan.
pub async fn edit(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    plan: &PlanId,
    revision: i64,
    typed: &TypedPlan,
) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let (owner, found) = lock(tx, business, plan).await?;
        if found.state == PlanState::Cancelled {
            return Err(PlanRefusal::Cancelled.into());
        }
        if store::plan::find_revision(tx, business, plan).await? != Some(revision) {
            return Err(Error::Conflict("somebody else changed this plan while you were writing".into()));
        }
        let lines = store::plan::list_lines(tx, business, plan).await?;
        let rates = rates_for(tx, business, &lines).await?;
        let today = app.now().date_in(&owner.time_zone);
        let read = typed.read(&owner, &rates, today)?;
        let next_cycle_on = match read.schedule == found.schedule {
            true => found.next_cycle_on,
            false => {
                must_be_agreed(tx, &found, &read.schedule).await?;
                let last = store::plan::find_last_cycle(tx, business, plan).await?;
                Some(first_open(&read.schedule, today, last)?)
            }
        };
        let changed =
            Plan { title: read.title, schedule: read.schedule, lead: read.lead, cap: read.cap, next_cycle_on, ..found };
        let live = store::billing::list_live_consents(tx, business, std::slice::from_ref(&changed)).await?;
        let due = due_of(&changed, &owner, live.get(&changed.id).copied());
        store::plan::update_details(tx, &changed, &read.lines, due).await?;
        actor::record(app, tx, actor, business, Action::PlanEdited, plan.as_str(), &changed.title).await?;
    })
}

/// A customer who agreed to be charged every month isn't charged every week.
async fn must_be_agreed(tx: &mut Tx, plan: &Plan, schedule: &Schedule) -> Result<(), Error> {
    let (agreed, now) = (plan.schedule.frequency().every(), schedule.frequency().every());
    if agreed == now {
        return Ok(());
    }
    let consents = store::consent::list_by_plan(tx, &plan.business, &plan.id).await?;
    match consents.is_empty() {
        false => Err(FieldErrors::one(
            "frequency",
            format!("Auto-pay is on, and agreed to {agreed}. Turn it off first, or keep how often it bills."),
        )
        .into()),
        true => Ok(()),
    }
}
