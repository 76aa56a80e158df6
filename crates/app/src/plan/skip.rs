//! The owner skips a plan's next cycle: no invoice is made for it, ever.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, PlanId};
use zoop_domain::time::Date;

use super::{lock, store_next};
use crate::{Actor, App, Error, transaction};

/// What was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The cycle.
    pub cycle_on: Date,
    /// The one that is billed next; `None` once the schedule has ended.
    pub next_cycle_on: Option<Date>,
}

/// Moves the plan on to its next cycle without an invoice. `seen` is the cycle that stood next for whoever asks.
///
/// # Errors
/// [`Error::NotFound`] without such a plan; [`Error::Conflict`] if it is paused, cancelled or has ended, or has
/// moved on.
pub async fn skip(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    plan: &PlanId,
    seen: Option<Date>,
) -> Result<Skipped, Error> {
    transaction!(app, |tx| {
        let (owner, plan) = lock(tx, business, plan).await?;
        let cycle_on = plan.billable_as_seen(seen)?;
        let next = plan.past_next_cycle();
        store_next(app, tx, actor, &owner, &next, Action::PlanSkipped, &cycle_on.iso()).await?;
        Skipped { cycle_on, next_cycle_on: next.next_cycle_on }
    })
}
