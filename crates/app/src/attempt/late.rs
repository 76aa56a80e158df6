//! A payment that the customer made and the bank refused days later: he has gone, so the business is told.

use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState};
use zoop_domain::audit::Action;
use zoop_domain::business::notify::Event;
use zoop_domain::dunning::plain_reason;
use zoop_store::Tx;

use super::own_intent::NO_REASON;
use crate::{Actor, App, Error, actor, notice};

/// Whether the attempt, as it was before, is one whose failure nobody sees. A declined card is seen by whoever
/// pays with it, and automatic charges have their dunning.
pub(super) fn is_unseen(before: &Attempt) -> bool {
    before.state == AttemptState::Processing && before.kind != AttemptKind::AutoPay
}

/// Tells of the failure. Call it once, in the transaction that closes the attempt.
pub(super) async fn failed(
    app: &App,
    tx: &mut Tx,
    attempt: &Attempt,
    method: &str,
    code: Option<&str>,
) -> Result<(), Error> {
    let (business, invoice) = (&attempt.business, attempt.invoice.as_str());
    let (amount, code) = (attempt.amount, code.unwrap_or(NO_REASON));
    let method = if method.is_empty() { "bank account" } else { method };
    let detail = format!("{amount} by {method}: {code}");
    actor::record(app, tx, Actor::Stripe, business, Action::PaymentFailed, invoice, &detail).await?;
    let message =
        format!("A payment of {amount} by {method} failed after all, and is owed again: {}.", plain_reason(code));
    actor::alert(app, tx, Some(business), Action::PaymentFailed.as_str(), invoice, message).await?;
    notice::tell(app, tx, business, Event::ChargeFailed, attempt.id.as_str()).await
}
