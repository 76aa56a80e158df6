//! Gives the customer more time: the due date of an open invoice moves later, and auto-pay with it.

use zoop_domain::audit::Action;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::Lifecycle;
use zoop_domain::invoice::writing::moved_due;
use zoop_domain::schedule::{BILLING_HOUR, CycleDates};
use zoop_domain::time::Date;
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Moves the due date to the day that was `typed`: which that is.
///
/// # Errors
/// [`Error::Fields`] if it isn't a later day; [`Error::Conflict`] if the invoice isn't open; [`Error::NotFound`]
/// without it.
pub async fn change_due(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
    typed: &str,
) -> Result<Date, Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        if locked.lifecycle != Lifecycle::Open {
            return Err(Error::Conflict("only an open invoice’s due date can be moved".into()));
        }
        let (now, zone) = (app.now(), &owner.time_zone);
        let today = now.date_in(zone);
        let due_on = moved_due(typed, locked.due_on, today).map_err(|why| FieldErrors::one("due", why))?;
        store::invoice::update_due_on(tx, business, invoice, due_on).await?;
        // A charge that is planned moves along; a retry keeps its own day, and nothing is planned anew.
        let planned = store::invoice::find_charge_at(tx, business, invoice).await?.is_some();
        if planned && store::dunning::find(tx, business, invoice).await?.is_none() {
            let charge_at = due_on.at_hour(BILLING_HOUR, zone);
            let dates = CycleDates { issued_on: today, due_on, charge_at, made_late: locked.made_late };
            let look_at = dates.look_at(owner.notice_days, zone, now);
            store::invoice::update_charge_at(tx, business, invoice, Some(look_at)).await?;
        }
        let detail = format!("{} to {due_on}", locked.due_on);
        actor::record(app, tx, actor, business, Action::InvoiceDueMoved, invoice.as_str(), &detail).await?;
        due_on
    })
}
