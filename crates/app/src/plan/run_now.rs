//! The owner bills a plan's next cycle now, without waiting for its day.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvoiceId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::time::Date;
use zoop_store as store;

use super::bill::bill_cycles;
use crate::{Actor, App, Error, actor, transaction};

/// The invoice that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub invoice: InvoiceId,
    /// Its number.
    pub number: String,
    /// What it comes to.
    pub total: Money,
    /// The cycle it bills.
    pub cycle_on: Date,
    /// The day it is due.
    pub due_on: Date,
    /// The cycle that is billed next; `None` once the schedule has ended.
    pub next_cycle_on: Option<Date>,
}

/// Makes and sends the invoice of the plan's next cycle, dated today, and moves the plan on. `seen` is the
/// cycle that stood next for whoever asks.
///
/// # Errors
/// [`Error::NotFound`] without such a plan; [`Error::Conflict`] if it is paused, cancelled or has
/// ended, has moved on, or can't be billed.
pub async fn run_now(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    plan: &PlanId,
    seen: Option<Date>,
) -> Result<Made, Error> {
    transaction!(app, |tx| {
        let owner = store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
        let plan = store::plan::lock(tx, business, plan).await?.ok_or(Error::NotFound)?;
        let cycle_on = plan.billable_as_seen(seen)?;
        let next_cycle_on = plan.past_next_cycle().next_cycle_on;
        let plans = [plan];
        let (made, unbillable) = bill_cycles(app, tx, actor, &owner, &plans, true).await?;
        if let Some((plan, why)) = unbillable.first() {
            return Err(Error::Conflict(format!("the plan “{}” can’t be billed: {why}", plan.title)));
        }
        let sent = made.into_iter().next().ok_or_else(|| Error::internal("no invoice was made"))?;
        let subject = sent.plan.as_str();
        actor::record(app, tx, actor, business, Action::PlanRunNow, subject, &cycle_on.iso()).await?;
        Made {
            invoice: sent.id,
            number: sent.number,
            total: sent.totals.total,
            cycle_on,
            due_on: sent.due_on,
            next_cycle_on,
        }
    })
}
