//! The owner pauses a plan: no invoice is made until it is resumed. Auto-pay stays on for what was sent.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, PlanId};
use zoop_domain::plan::Plan;

use super::{lock, store_next};
use crate::{Actor, App, Error, transaction};

/// Pauses the plan: as it is then.
///
/// # Errors
/// [`Error::NotFound`] without such a plan; [`Error::Conflict`] if it is paused already or cancelled.
pub async fn pause(app: &App, actor: Actor, business: &BusinessId, plan: &PlanId) -> Result<Plan, Error> {
    transaction!(app, |tx| {
        let (owner, plan) = lock(tx, business, plan).await?;
        let paused = plan.paused()?;
        store_next(app, tx, actor, &owner, &paused, Action::PlanPaused, "").await?;
        paused
    })
}
