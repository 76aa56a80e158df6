//! Stops retries: the customer turned auto-pay off, paid himself, asked for it, or nothing is owed any more.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvoiceId, PlanId};
use zoop_store::{self as store, Tx};

use crate::{Actor, App, Error, actor, transaction};

/// Somebody of the business stops the retries of one invoice: its customer asked for that. Auto-pay stays on.
///
/// # Errors
/// [`Error::NotFound`] without such an invoice; [`Error::Conflict`] if no try follows.
pub async fn stop(app: &App, actor: Actor, business: &BusinessId, invoice: &InvoiceId) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        store::invoice::update_charge_at(tx, business, invoice, None).await?;
        if !store::dunning::update_stopped(tx, business, invoice).await? {
            return Err(Error::Conflict("no try of a charge follows".into()));
        }
        actor::record(app, tx, actor, business, Action::DunningStopped, invoice.as_str(), "").await?;
    })
}

/// Stops the retries of one invoice, and what auto-pay had planned for it.
pub(crate) async fn of_invoice(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
) -> Result<(), Error> {
    store::invoice::update_charge_at(tx, business, invoice, None).await?;
    if store::dunning::update_stopped(tx, business, invoice).await? {
        actor::record(app, tx, Actor::Zoop, business, Action::DunningStopped, invoice.as_str(), "").await?;
    }
    Ok(())
}

/// Stops the retries of every open invoice of the plan.
pub(crate) async fn of_plan(app: &App, tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<(), Error> {
    for invoice in store::dunning::list_by_plan(tx, business, plan).await? {
        of_invoice(app, tx, business, &invoice).await?;
    }
    Ok(())
}
