//! Disputes: shown, told to the owner, and when lost the money is owed again.

use zoop_domain::audit::Action;
use zoop_domain::business::notify::Event;
use zoop_domain::consent::SuspendedWhy;
use zoop_domain::invoice::ClosingDates;
use zoop_domain::payment::{DisputeState, Payment, PaymentState};
use zoop_store::{self as store, Tx};
use zoop_stripe::dispute::{Dispute, Status};

use crate::consent::suspend;
use crate::{Actor, App, Error, actor, notice};

/// Brings the payment in line with its disputes.
pub(super) async fn sync(app: &App, tx: &mut Tx, payment: &Payment, disputes: &[Dispute]) -> Result<(), Error> {
    let Some(state) = state_of(disputes) else { return Ok(()) };
    let business = &payment.business;
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    let locked = store::invoice::lock(tx, business, &payment.invoice).await?.ok_or(Error::NotFound)?;
    let payment = store::payment::get(tx, business, &payment.id).await?.ok_or(Error::NotFound)?;
    if payment.dispute == Some(state) {
        return Ok(());
    }
    let today = app.now().date_in(&owner.time_zone);
    let lost = state == DisputeState::Lost;
    let was_returned = payment.state == PaymentState::Returned;
    // What went back by refunds before isn't lost a second time.
    let at_stake = payment.amount.minus(payment.refunded)?.min(payment.applied)?;
    // Reinstated after all: what was owed again is paid again, unless it was paid otherwise meanwhile.
    let restored = at_stake.min(locked.ledger.balance()?)?;
    let (ledger, lifecycle) = match (lost, was_returned) {
        (true, false) => locked.ledger.take_back(locked.lifecycle, at_stake)?,
        (false, true) if restored.is_positive() => locked.ledger.restore(locked.lifecycle, restored)?,
        _ => (locked.ledger, locked.lifecycle),
    };
    let beyond = was_returned && !lost && restored != at_stake;
    if (ledger, lifecycle) != (locked.ledger, locked.lifecycle) {
        store::invoice::update_ledger(tx, business, &locked.id, lifecycle, &ledger, lost).await?;
        let dates = ClosingDates { returned_on: lost.then_some(today), ..locked.dates };
        store::invoice::update_dates(tx, business, &locked.id, &dates).await?;
    }
    let (money, returned_on) = match (lost, beyond && !restored.is_positive()) {
        (true, _) => (PaymentState::Returned, Some(today)),
        // It pays nothing any more: for the invoice it stays returned.
        (false, true) => (PaymentState::Returned, payment.returned_on),
        (false, false) => (PaymentState::Succeeded, None),
    };
    let disputed_on = payment.disputed_on.or(Some(today));
    store::payment::update_state(tx, business, &payment.id, money, Some(state), disputed_on, returned_on).await?;
    if beyond {
        let surplus = at_stake.minus(restored)?;
        let message = format!(
            "{surplus} by {} came back from a lost dispute after the invoice had been paid otherwise: that is more \
             than was owed. Please send it back to the customer.",
            payment.method_label
        );
        actor::alert(app, tx, Some(business), "payment.surplus", payment.id.as_str(), message).await?;
    }
    if state != DisputeState::Won {
        stop_auto_pay(app, tx, &payment).await?;
    }
    let action = match state {
        DisputeState::Open => Action::DisputeOpened,
        DisputeState::Won => Action::DisputeWon,
        DisputeState::Lost => Action::DisputeLost,
    };
    let detail = format!("{} by {}", payment.amount, payment.method_label);
    actor::record(app, tx, Actor::Stripe, business, action, payment.invoice.as_str(), &detail).await?;
    let message = format!("The payment of {} by {} is disputed: {state}.", payment.amount, payment.method_label);
    actor::alert(app, tx, Some(business), action.as_str(), payment.id.as_str(), message).await?;
    notice::tell(app, tx, business, Event::Dispute, &format!("{}/{state}", payment.id)).await
}

/// Whatever is charged to the card of a disputed payment waits for another card.
async fn stop_auto_pay(app: &App, tx: &mut Tx, payment: &Payment) -> Result<(), Error> {
    let Some(attempt) = &payment.attempt else { return Ok(()) };
    let attempt = store::attempt::get(tx, &payment.business, attempt).await?.ok_or(Error::NotFound)?;
    let Some(method) = &attempt.method else { return Ok(()) };
    for consent in store::consent::list_by_method(tx, &payment.business, method).await? {
        suspend::suspend(app, tx, &consent, SuspendedWhy::Dispute).await?;
    }
    Ok(())
}

/// The gravest of a payment's disputes; `None` if there are none that count. An inquiry that
/// was closed, or one that Stripe warded off, took no money.
fn state_of(disputes: &[Dispute]) -> Option<DisputeState> {
    let state = |dispute: &Dispute| match &dispute.status {
        Status::Lost => Some(DisputeState::Lost),
        Status::Won | Status::WarningClosed => Some(DisputeState::Won),
        Status::Prevented => None,
        _ => Some(DisputeState::Open),
    };
    let states: Vec<_> = disputes.iter().filter_map(state).collect();
    [DisputeState::Lost, DisputeState::Open, DisputeState::Won].into_iter().find(|gravest| states.contains(gravest))
}
