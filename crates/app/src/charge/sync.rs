//! Re-reads a payment's refunds and disputes from Stripe and brings payment and invoice in line.
//! Ours or made at Stripe, told in order or not: what is there now is what counts.

use zoop_domain::audit::Action;
use zoop_domain::id::RefundId;
use zoop_domain::invoice::{ClosingDates, Ledger, Lifecycle};
use zoop_domain::mail::MailKind;
use zoop_domain::money::Money;
use zoop_domain::payment::{Payment, PaymentState};
use zoop_domain::refund::{Refund, RefundReason, RefundState};
use zoop_domain::time::Instant;
use zoop_store::invoice::Locked;
use zoop_store::{self as store, Tx};
use zoop_stripe::refund::{self, Refund as StripeRefund, Status};
use zoop_stripe::{Page, dispute};

use crate::mail::queue::{NewMail, queue};
use crate::{Actor, App, Error, actor, transaction};

/// Brings the payment in line with what Stripe says of its charge.
///
/// # Errors
/// [`Error::Upstream`] if Stripe or the database doesn't answer: nothing has changed then.
pub async fn sync(app: &App, payment: &Payment) -> Result<(), Error> {
    let (Some(account), Some(intent)) = (&payment.account, &payment.payment_intent) else { return Ok(()) };
    let stripe = app.stripe()?;
    let scope = stripe.scope(account);
    let asked_at = app.now();
    let mut refunds = Vec::new();
    let mut next = Some(Page::largest());
    while let Some(page) = next {
        let list = refund::list(&stripe.client, &scope, intent, &page).await?;
        next = list.next(&page);
        refunds.extend(list.data);
    }
    let disputes = dispute::list(&stripe.client, &scope, Some(intent), &Page::largest()).await?.data;
    transaction!(app, |tx| {
        store::invoice::lock(tx, &payment.business, &payment.invoice).await?.ok_or(Error::NotFound)?;
        // What was asked for later is newer, even if its answer came first.
        if store::payment::update_synced(tx, &payment.business, &payment.id, asked_at).await? {
            sync_refunds(app, tx, payment, &refunds).await?;
            super::dispute::sync(app, tx, payment, &disputes).await?;
        }
    })
}

async fn sync_refunds(app: &App, tx: &mut Tx, payment: &Payment, refunds: &[StripeRefund]) -> Result<(), Error> {
    let business = &payment.business;
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    let locked = store::invoice::lock(tx, business, &payment.invoice).await?.ok_or(Error::NotFound)?;
    // Read again under the lock: another worker may have been here since.
    let payment = store::payment::get(tx, business, &payment.id).await?.ok_or(Error::NotFound)?;
    for refund in refunds {
        record(app, tx, &payment, refund).await?;
    }
    let given_back = refunds.iter().filter(|refund| state_of(refund) != RefundState::Failed);
    let refunded = Money::new(given_back.map(|refund| refund.amount).sum(), payment.amount.currency());
    if refunded == payment.refunded {
        return Ok(());
    }
    let change = owed_part(&payment, refunded)?.minus(owed_part(&payment, payment.refunded)?)?;
    let ledger = if change.is_positive() {
        locked.ledger.refund(locked.lifecycle, change)?
    } else {
        undone(tx, &payment, &locked, change).await?
    };
    store::payment::update_refunded(tx, business, &payment.id, refunded).await?;
    if change.is_zero() {
        return Ok(());
    }
    let settled = takes_money(locked.lifecycle) && ledger.balance()?.is_zero();
    let lifecycle = if settled { Lifecycle::Paid } else { locked.lifecycle };
    let today = app.now().date_in(&owner.time_zone);
    let paid_on = if settled { Some(today) } else { locked.dates.paid_on };
    store::invoice::update_ledger(tx, business, &locked.id, lifecycle, &ledger, locked.bank_returned && !settled)
        .await?;
    let dates = ClosingDates { refunded_on: Some(today), paid_on, ..locked.dates };
    store::invoice::update_dates(tx, business, &locked.id, &dates).await?;
    Ok(())
}

const fn takes_money(lifecycle: Lifecycle) -> bool {
    matches!(lifecycle, Lifecycle::Open | Lifecycle::Uncollectible)
}

/// The sums once refunds of `change` (below zero) have failed. What they had made owed again no
/// longer is; but a refund made while the invoice was paid had made nothing owed, and what the
/// bank took back stays owed.
async fn undone(tx: &mut Tx, payment: &Payment, locked: &Locked, change: Money) -> Result<Ledger, Error> {
    let mut owed_again = locked.ledger.returned;
    for other in store::payment::list(tx, &payment.business, &locked.id).await? {
        if other.state == PaymentState::Returned {
            owed_again = owed_again.minus(other.amount.minus(other.refunded)?.min(other.applied)?)?;
        }
    }
    let ledger = Ledger { refunded: locked.ledger.refunded.plus(change)?, ..locked.ledger };
    if !takes_money(locked.lifecycle) || !owed_again.is_positive() {
        return Ok(ledger);
    }
    let no_longer = Money::zero(change.currency()).minus(change)?.min(owed_again)?;
    Ok(Ledger { returned: ledger.returned.minus(no_longer)?, ..ledger })
}

/// Of what went back, the part that had paid the invoice. Surplus goes back first.
fn owed_part(payment: &Payment, refunded: Money) -> Result<Money, Error> {
    let surplus = payment.amount.minus(payment.applied)?;
    let beyond = refunded.minus(surplus)?;
    Ok(if beyond.is_positive() { beyond } else { Money::zero(refunded.currency()) })
}

async fn record(app: &App, tx: &mut Tx, payment: &Payment, stripe: &StripeRefund) -> Result<(), Error> {
    let business = &payment.business;
    let state = state_of(stripe);
    let amount = Money::new(stripe.amount, payment.amount.currency());
    let detail = format!("{amount} of {}", payment.method_label);
    let known = store::refund::list(tx, business, &payment.invoice).await?;
    let ours = stripe.metadata.get("refund_id");
    let known = known.into_iter().find(|refund| {
        refund.stripe_refund.as_ref() == Some(&stripe.id) || ours.is_some_and(|ours| ours == refund.id.as_str())
    });
    let id = match &known {
        Some(refund) => {
            store::refund::update_state(tx, business, &refund.id, state, Some(&stripe.id)).await?;
            refund.id.clone()
        }
        None => {
            let refund = Refund {
                id: RefundId::generate(app.now(), app.random.as_ref()),
                business: business.clone(),
                payment: payment.id.clone(),
                amount,
                reason: RefundReason::External,
                note: String::new(),
                state,
                stripe_refund: Some(stripe.id.clone()),
                created_at: stripe.created.map_or_else(|| app.now(), Instant::from_unix_seconds),
            };
            let account = payment.account.as_deref();
            store::refund::insert(tx, &refund, &payment.invoice, account, &stripe.id).await?;
            if state != RefundState::Failed {
                let (action, subject) = (Action::RefundMade, payment.invoice.as_str());
                actor::record(app, tx, Actor::Stripe, business, action, subject, &detail).await?;
            }
            refund.id
        }
    };
    if state != RefundState::Failed {
        let mail = NewMail::about(MailKind::Refund, business, &payment.customer, id.as_str());
        queue(app, tx, mail.of_invoice(&payment.invoice)).await?;
    }
    if state == RefundState::Failed && known.is_none_or(|refund| refund.state != RefundState::Failed) {
        let (action, subject) = (Action::RefundFailed, payment.invoice.as_str());
        actor::record(app, tx, Actor::Stripe, business, action, subject, &detail).await?;
        let message = format!("Stripe could not send a refund of {amount}: the money is still here.");
        actor::alert_of(app, tx, Some(business), "refund.failed", &stripe.id, id.as_str(), message).await?;
    }
    Ok(())
}

fn state_of(refund: &StripeRefund) -> RefundState {
    match &refund.status {
        Some(Status::Succeeded) => RefundState::Succeeded,
        Some(Status::Failed | Status::Canceled) => RefundState::Failed,
        _ => RefundState::Pending,
    }
}
