//! A payment by hand that doesn't count after all: the check bounced, or it was written down on the wrong invoice. What
//! it paid is owed again.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, PaymentId};
use zoop_domain::invoice::ClosingDates;
use zoop_domain::payment::{PaymentState, TakenBackWhy};
use zoop_store as store;

use crate::attempt::close;
use crate::{Actor, App, Error, actor, transaction};

/// Takes it back. A payment page that is still open shows another balance, so it is closed first.
///
/// # Errors
/// [`Error::Conflict`] if it came through Stripe, was taken back before, or part of it was given back;
/// [`Error::NotFound`] without it.
pub async fn take_back(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    payment: &PaymentId,
    why: TakenBackWhy,
) -> Result<(), Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let found = store::payment::get(&mut tx, business, payment).await?.ok_or(Error::NotFound)?;
    drop(tx);
    close::close_live(app, business, &found.invoice).await?;
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        let locked = store::invoice::lock(tx, business, &found.invoice).await?.ok_or(Error::NotFound)?;
        if store::attempt::find_live(tx, business, &locked.id).await?.is_some() {
            return Err(Error::Conflict("a payment for this invoice is under way".into()));
        }
        let payment = store::payment::get(tx, business, &found.id).await?.ok_or(Error::NotFound)?;
        payment.can_be_taken_back().map_err(|refusal| Error::Conflict(refusal.to_string()))?;
        let today = app.now().date_in(&owner.time_zone);
        let (ledger, lifecycle) = locked.ledger.take_back(locked.lifecycle, payment.applied)?;
        let bounced = why == TakenBackWhy::Bounced;
        let returned = bounced || locked.bank_returned;
        store::invoice::update_ledger(tx, business, &locked.id, lifecycle, &ledger, returned).await?;
        let returned_on = if bounced { Some(today) } else { locked.dates.returned_on };
        let dates = ClosingDates { returned_on, paid_on: None, ..locked.dates };
        store::invoice::update_dates(tx, business, &locked.id, &dates).await?;
        let state = PaymentState::Returned;
        store::payment::update_state(tx, business, &payment.id, state, None, None, Some(today)).await?;
        let detail = format!("{} by {}: {}", payment.amount, payment.method_label, why.words());
        actor::record(app, tx, actor, business, Action::PaymentTakenBack, locked.id.as_str(), &detail).await?;
    })
}
