//! The owner gives a payment back, in whole or in part: by Stripe if it came through Stripe, else by hand.

use zoop_domain::audit::Action;
use zoop_domain::form::{FieldErrors, line};
use zoop_domain::id::{BusinessId, PaymentId, RefundId};
use zoop_domain::invoice::ClosingDates;
use zoop_domain::mail::MailKind;
use zoop_domain::money::Money;
use zoop_domain::payment::{Payment, PaymentState, amount_up_to};
use zoop_domain::refund::{Refund, RefundReason, RefundState};
use zoop_store::{self as store, Tx};

use crate::invoice::look::refundable;
use crate::job::{self, JobKind};
use crate::mail::queue::{NewMail, queue};
use crate::{Actor, App, Error, actor, transaction};

/// What was typed.
#[derive(Clone, Copy, Debug)]
pub struct TypedRefund<'a> {
    /// How much.
    pub amount: &'a str,
    /// Why, for the owner's own records.
    pub reason: &'a str,
    /// What could be given back when the form was drawn, in minor units: a second click gives nothing back.
    pub seen: &'a str,
}

const LONGEST_REASON: usize = 200;

/// Gives it back and answers with the refund's id. A refund through Stripe is sent by a job.
///
/// # Errors
/// [`Error::Fields`] for an amount or a reason that can't be used; [`Error::Conflict`] if something went back
/// since the form was drawn; [`Error::Forbidden`] for anybody but the owner; [`Error::NotFound`] without it.
pub async fn refund(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    payment: &PaymentId,
    typed: TypedRefund<'_>,
) -> Result<(RefundId, Money), Error> {
    actor.must_be_owner()?;
    let id = RefundId::generate(app.now(), app.random.as_ref());
    transaction!(app, |tx| {
        let found = store::payment::get(tx, business, payment).await?.ok_or(Error::NotFound)?;
        // Under the invoice's lock nothing else gives back, applies or takes back.
        store::invoice::lock(tx, business, &found.invoice).await?.ok_or(Error::NotFound)?;
        let payment = store::payment::get(tx, business, payment).await?.ok_or(Error::NotFound)?;
        if payment.state == PaymentState::Returned {
            return Err(Error::Conflict("the bank has taken this payment back".into()));
        }
        let refunds = store::refund::list(tx, business, &payment.invoice).await?;
        let left = refundable(&payment, &refunds)?;
        if !left.is_positive() {
            return Err(Error::Conflict("all of this payment has gone back already".into()));
        }
        if typed.seen.parse() != Ok(left.minor()) {
            return Err(Error::Conflict(format!("part of this payment has gone back meanwhile; {left} are left")));
        }
        let mut errors = FieldErrors::default();
        let amount = errors.take("amount", amount_up_to(typed.amount, left, "left of this payment"));
        let reason = errors.take("reason", line(typed.reason, "a reason", LONGEST_REASON));
        let (Some(amount), Some(reason)) = (amount, reason) else { return Err(errors.into()) };
        give_back(app, tx, &payment, &id, amount, reason.clone()).await?;
        let detail = format!("{amount} of {}: {reason}", payment.method_label);
        actor::record(app, tx, actor, business, Action::PaymentRefunded, payment.invoice.as_str(), &detail).await?;
        (id.clone(), amount)
    })
}

async fn give_back(
    app: &App,
    tx: &mut Tx,
    payment: &Payment,
    id: &RefundId,
    amount: Money,
    note: String,
) -> Result<(), Error> {
    let business = &payment.business;
    let by_stripe = payment.payment_intent.is_some();
    let refund = Refund {
        id: id.clone(),
        business: business.clone(),
        payment: payment.id.clone(),
        amount,
        reason: RefundReason::Requested,
        note,
        state: if by_stripe { RefundState::Pending } else { RefundState::Succeeded },
        stripe_refund: None,
        created_at: app.now(),
    };
    store::refund::insert(tx, &refund, &payment.invoice, payment.account.as_deref(), id.as_str()).await?;
    if by_stripe {
        // The sums follow once Stripe has it: reading the charge is what changes them.
        return job::enqueue(app, tx, Some(business), JobKind::Refund, id.as_str()).await;
    }
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    let locked = store::invoice::lock(tx, business, &payment.invoice).await?.ok_or(Error::NotFound)?;
    let ledger = locked.ledger.refund(locked.lifecycle, amount)?;
    store::payment::update_refunded(tx, business, &payment.id, payment.refunded.plus(amount)?).await?;
    store::invoice::update_ledger(tx, business, &locked.id, locked.lifecycle, &ledger, locked.bank_returned).await?;
    let dates = ClosingDates { refunded_on: Some(app.now().date_in(&owner.time_zone)), ..locked.dates };
    store::invoice::update_dates(tx, business, &locked.id, &dates).await?;
    let mail = NewMail::about(MailKind::Refund, business, &payment.customer, id.as_str());
    queue(app, tx, mail.of_invoice(&locked.id)).await?;
    Ok(())
}
