//! Puts a customer aside, and brings him back. Nobody bills who is archived; what he owes stays owed.

use zoop_domain::audit::Action;
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::plan::PlanState;
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Archives the customer. Doing it twice is doing it once.
///
/// # Errors
/// [`Error::NotFound`] without such a customer; [`Error::Conflict`] while a plan would go on billing him.
pub async fn archive(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<Customer, Error> {
    actor.must_be_member()?;
    let now = app.now();
    transaction!(app, |tx| {
        let found = store::customer::lock(tx, business, customer).await?.ok_or(Error::NotFound)?;
        if found.archived_at.is_some() {
            found
        } else {
            let plans = store::plan::list(tx, business, customer).await?;
            let running = plans.iter().filter(|plan| plan.state != PlanState::Cancelled);
            let running: Vec<_> = running.map(|plan| plan.title.as_str()).collect();
            if !running.is_empty() {
                let why = format!("{} would go on billing {}. Cancel it first.", running.join(", "), found.name);
                return Err(Error::Conflict(why));
            }
            let archived = Customer { archived_at: Some(now), ..found };
            store::customer::update_details(tx, &archived).await?;
            actor::record(app, tx, actor, business, Action::CustomerArchived, customer.as_str(), "").await?;
            archived
        }
    })
}

/// Brings the customer back. Doing it twice is doing it once.
///
/// # Errors
/// [`Error::NotFound`] without such a customer; [`Error::Conflict`] if his data was erased.
pub async fn bring_back(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    customer: &CustomerId,
) -> Result<Customer, Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let found = store::customer::lock(tx, business, customer).await?.ok_or(Error::NotFound)?;
        if found.erased_at.is_some() {
            return Err(Error::Conflict("This customer’s data was erased, so there is nobody to bring back.".into()));
        }
        if found.archived_at.is_none() {
            found
        } else {
            let back = Customer { archived_at: None, ..found };
            store::customer::update_details(tx, &back).await?;
            actor::record(app, tx, actor, business, Action::CustomerBroughtBack, customer.as_str(), "").await?;
            back
        }
    })
}
