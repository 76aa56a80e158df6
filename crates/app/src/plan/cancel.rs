//! The owner cancels a plan: no invoice is made any more, and auto-pay ends with it. What was sent
//! stays owed.

use zoop_domain::audit::Action;
use zoop_domain::consent::EndedHow;
use zoop_domain::id::{BusinessId, PlanId};
use zoop_domain::money::Money;
use zoop_store as store;

use super::{lock, store_next};
use crate::consent::end;
use crate::{Actor, App, Error, transaction};

/// What a cancelled plan took with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// What it was called.
    pub title: String,
    /// How many consents ended.
    pub consents: usize,
    /// A charge that was under way and can't be taken back.
    pub on_its_way: Option<Money>,
}

/// Cancels the plan, for good.
///
/// # Errors
/// [`Error::NotFound`] without such a plan; [`Error::Conflict`] if it is cancelled already.
pub async fn cancel(app: &App, actor: Actor, business: &BusinessId, plan: &PlanId) -> Result<Cancelled, Error> {
    let (title, ended) = transaction!(app, |tx| {
        let (owner, plan) = lock(tx, business, plan).await?;
        let cancelled = plan.cancelled()?;
        store_next(app, tx, actor, &owner, &cancelled, Action::PlanCancelled, "").await?;
        let mut ended = Vec::new();
        for found in store::consent::list_by_plan(tx, business, &cancelled.id).await? {
            let locked = store::consent::lock(tx, business, &found.id).await?.ok_or(Error::NotFound)?;
            if locked.ended.is_none() {
                ended.push(end::in_transaction(app, tx, actor, &locked, EndedHow::PlanCancelled).await?);
            }
        }
        (cancelled.title, ended)
    })?;
    let mut on_its_way = None;
    for attempt in ended.iter().filter_map(|ended| ended.on_its_way.as_ref()) {
        on_its_way = on_its_way.or(end::take_back(app, business, attempt).await?);
    }
    Ok(Cancelled { title, consents: ended.len(), on_its_way })
}
