//! Disputes: shown, told to the owner, and when lost the money is owed again.

use zoop_domain::invoice::ClosingDates;
use zoop_domain::payment::{DisputeState, Payment, PaymentState};
use zoop_store::{self as store, Tx};
use zoop_stripe::dispute::{Dispute, Status};

use crate::{App, Error, actor};

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
    let (ledger, lifecycle) = match (lost, was_returned) {
        (true, false) => locked.ledger.take_back(locked.lifecycle, at_stake)?,
        // Reinstated after all: what was owed again is paid again.
        (false, true) => locked.ledger.restore(locked.lifecycle, at_stake)?,
        _ => (locked.ledger, locked.lifecycle),
    };
    if (ledger, lifecycle) != (locked.ledger, locked.lifecycle) {
        store::invoice::update_ledger(tx, business, &locked.id, lifecycle, &ledger, lost).await?;
        let dates = ClosingDates { returned_on: lost.then_some(today), ..locked.dates };
        store::invoice::update_dates(tx, business, &locked.id, &dates).await?;
    }
    let money = if lost { PaymentState::Returned } else { PaymentState::Succeeded };
    store::payment::update_state(tx, business, &payment.id, money, Some(state), lost.then_some(today)).await?;
    let kind = match state {
        DisputeState::Open => "dispute.opened",
        DisputeState::Won => "dispute.won",
        DisputeState::Lost => "dispute.lost",
    };
    let message = format!("The payment of {} by {} is disputed: {state}.", payment.amount, payment.method_label);
    actor::alert(app, tx, Some(business), kind, payment.id.as_str(), message).await
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
