//! The owner has a paused plan run again. What passed meanwhile is not made up.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, PlanId};
use zoop_domain::plan::Plan;
use zoop_domain::time::Date;

use super::{lock, store_next};
use crate::{Actor, App, Error, transaction};

/// Resumes the plan: as it is then, with the cycle that is billed next.
///
/// # Errors
/// [`Error::NotFound`] without such a plan; [`Error::Conflict`] if it isn't paused or has no cycle left.
pub async fn resume(app: &App, actor: Actor, business: &BusinessId, plan: &PlanId) -> Result<Plan, Error> {
    transaction!(app, |tx| {
        let (owner, plan) = lock(tx, business, plan).await?;
        let resumed = plan.resumed(app.now().date_in(&owner.time_zone))?;
        let next = resumed.next_cycle_on.map(Date::iso).unwrap_or_default();
        store_next(app, tx, actor, &owner, &resumed, Action::PlanResumed, &next).await?;
        resumed
    })
}
