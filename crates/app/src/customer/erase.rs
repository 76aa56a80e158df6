//! Erases a customer's personal data, on request: contact data, methods, links, answers and mails, here and at Stripe.
//! Issued invoices and the evidence of consents keep name and address until their retention ends.

use zoop_domain::audit::Action;
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::payment_method::MethodState;
use zoop_domain::plan::PlanState;
use zoop_domain::portal_link::LinkEnd;
use zoop_store::{self as store, Tx};

use super::get;
use crate::job::{self, JobKind};
use crate::{Actor, App, Error, actor, transaction};

/// What erasing comes to.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// Whose data it is.
    pub customer: Customer,
    /// How many cards and bank accounts are removed.
    pub methods: usize,
    /// Why it can't be done now.
    pub hindrance: Option<String>,
}

/// What erasing the customer's data would come to.
///
/// # Errors
/// [`Error::Forbidden`] for anybody but the owner; [`Error::NotFound`] without such a customer.
pub async fn ask(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<Erasure, Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    let customer = get(&mut tx, business, customer).await?;
    let methods = store::payment_method::list_active(&mut tx, business, &customer.id).await?.len();
    let hindrance = hindrance(&mut tx, &customer).await?;
    Ok(Erasure { customer, methods, hindrance })
}

/// Erases it. Doing it twice is doing it once.
///
/// # Errors
/// As for [`ask`]; [`Error::Conflict`] while a plan would go on billing him, or a payment or a card is on its way.
pub async fn erase(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<(), Error> {
    actor.must_be_owner()?;
    let now = app.now();
    transaction!(app, |tx| {
        let found = store::customer::lock(tx, business, customer).await?.ok_or(Error::NotFound)?;
        if found.erased_at.is_none() {
            if let Some(why) = hindrance(tx, &found).await? {
                return Err(Error::Conflict(why));
            }
            for method in store::payment_method::list_active(tx, business, customer).await? {
                store::payment_method::update_state(tx, business, &method.id, MethodState::Removing).await?;
                job::enqueue(app, tx, Some(business), JobKind::Detach, method.id.as_str()).await?;
            }
            store::portal_link::update_ended(tx, business, customer, LinkEnd::Revoked, now).await?;
            store::customer::update_erased(tx, &found, now).await?;
            job::enqueue(app, tx, Some(business), JobKind::Forget, customer.as_str()).await?;
            actor::record(app, tx, actor, business, Action::CustomerErased, customer.as_str(), "").await?;
        }
    })
}

async fn hindrance(tx: &mut Tx, customer: &Customer) -> Result<Option<String>, Error> {
    let plans = store::plan::list(tx, &customer.business, &customer.id).await?;
    let running = plans.iter().filter(|plan| plan.state != PlanState::Cancelled);
    let running: Vec<_> = running.map(|plan| plan.title.as_str()).collect();
    if !running.is_empty() {
        return Ok(Some(format!("{} would go on billing {}. Cancel it first.", running.join(", "), customer.name)));
    }
    let under_way = store::customer::count_under_way(tx, &customer.business, &customer.id).await?;
    let words = "A payment or a card is on its way at the moment. Try again once that has come to its end.";
    Ok((under_way > 0).then(|| words.to_owned()))
}
