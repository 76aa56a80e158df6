//! Cancels an invoice. It keeps its number; a payment page that is still open is closed first.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::{ClosingDates, Lifecycle};
use zoop_store::{self as store, Tx};

use crate::attempt::close;
use crate::{Actor, App, Error, actor, dunning, transaction};

/// Cancels the invoice; `replacement` takes its place, if there is one.
///
/// # Errors
/// [`Error::Conflict`] while anything is applied to it, if a payment has just arrived or is under
/// way, or if it isn't open; [`Error::NotFound`] without such an invoice.
pub async fn void(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
    replacement: Option<&InvoiceId>,
) -> Result<(), Error> {
    actor.must_be_member()?;
    close::close_live(app, business, invoice).await?;
    transaction!(app, |tx| {
        apply(app, tx, actor, business, invoice, replacement).await?;
    })
}

/// The same, in a transaction, once no payment page is open any more.
pub(super) async fn apply(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
    replacement: Option<&InvoiceId>,
) -> Result<(), Error> {
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
    if locked.lifecycle == Lifecycle::Paid || locked.ledger.balance()? != locked.ledger.total {
        return Err(Error::Conflict("a payment has arrived for this invoice; refund it first".into()));
    }
    if !matches!(locked.lifecycle, Lifecycle::Open | Lifecycle::Uncollectible) {
        return Err(Error::Conflict("only a sent invoice can be canceled".into()));
    }
    if store::attempt::find_live(tx, business, invoice).await?.is_some() {
        return Err(Error::Conflict("a payment for this invoice is under way".into()));
    }
    let today = app.now().date_in(&owner.time_zone);
    store::invoice::update_ledger(tx, business, invoice, Lifecycle::Void, &locked.ledger, false).await?;
    let dates = ClosingDates { voided_on: Some(today), ..locked.dates };
    store::invoice::update_dates(tx, business, invoice, &dates).await?;
    if let Some(replacement) = replacement {
        store::invoice::update_replaced_by(tx, business, invoice, replacement).await?;
    }
    dunning::stop::of_invoice(app, tx, business, invoice).await?;
    actor::record(app, tx, actor, business, Action::InvoiceVoided, invoice.as_str(), "").await
}
