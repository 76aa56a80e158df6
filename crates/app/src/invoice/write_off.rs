//! Writes an invoice off: nobody expects the money any more, though it may still come.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::{ClosingDates, Lifecycle};
use zoop_store as store;

use crate::attempt::close;
use crate::{Actor, App, Error, actor, dunning, transaction};

/// Writes the open invoice off; a payment page that is still open is closed first.
///
/// # Errors
/// [`Error::Conflict`] if it isn't open or a payment is under way; [`Error::NotFound`] without
/// such an invoice.
pub async fn write_off(app: &App, actor: Actor, business: &BusinessId, invoice: &InvoiceId) -> Result<(), Error> {
    actor.must_be_member()?;
    close::close_live(app, business, invoice).await?;
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        if locked.lifecycle != Lifecycle::Open {
            return Err(Error::Conflict("only an open invoice can be written off".into()));
        }
        if store::attempt::find_live(tx, business, invoice).await?.is_some() {
            return Err(Error::Conflict("a payment for this invoice is under way".into()));
        }
        let today = app.now().date_in(&owner.time_zone);
        store::invoice::update_ledger(tx, business, invoice, Lifecycle::Uncollectible, &locked.ledger, false).await?;
        let dates = ClosingDates { written_off_on: Some(today), ..locked.dates };
        store::invoice::update_dates(tx, business, invoice, &dates).await?;
        dunning::stop::of_invoice(app, tx, business, invoice).await?;
        actor::record(app, tx, actor, business, Action::InvoiceWrittenOff, invoice.as_str(), "").await?;
    })
}
