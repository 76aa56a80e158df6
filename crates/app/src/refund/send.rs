//! Sends a recorded refund to Stripe. Its idempotency key was chosen when it was recorded, so
//! sending twice refunds once.

use zoop_domain::id::{BusinessId, RefundId};
use zoop_domain::refund::{Refund, RefundReason, RefundState, surplus_key};
use zoop_store as store;
use zoop_stripe::Metadata;
use zoop_stripe::refund::{self, CreateRefund};

use crate::{App, Error, actor, charge, stripe, transaction};

/// Sends the refund, unless Stripe has it already, and re-reads the charge.
///
/// # Errors
/// [`Error::NotFound`] without such a refund; [`Error::Upstream`] if Stripe doesn't answer.
pub async fn send(app: &App, business: &BusinessId, id: &RefundId) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let refund = store::refund::get(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
    let payment = store::payment::get(&mut tx, business, &refund.payment).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let (Some(account), Some(intent)) = (&payment.account, &payment.payment_intent) else {
        return Err(Error::Invalid("a payment by hand is given back by hand".into()));
    };
    if refund.state == RefundState::Pending && refund.stripe_refund.is_none() {
        let stripe = app.stripe()?;
        let params = CreateRefund {
            payment_intent: intent.clone(),
            amount: Some(refund.amount.minor()),
            reason: None,
            metadata: Metadata::from([("refund_id".to_owned(), id.to_string())]),
        };
        let key = match refund.reason {
            RefundReason::Surplus => surplus_key(intent),
            _ => id.to_string(),
        };
        match refund::create(&stripe.client, &stripe.scope(account), &params, &stripe::key(key)?).await {
            Ok(_) => {}
            // Somebody gave the money back at Stripe before us, or the bank disputes it: the charge tells.
            Err(error) if error.is_invalid_state() => {
                charge::sync::sync(app, &payment).await?;
                return refused(app, &refund).await;
            }
            // It may have gone through, and under its key Stripe may answer like this for a day.
            Err(error) if error.outcome_unknown() => {
                charge::sync::sync(app, &payment).await?;
                let mut tx = app.db.read().await?;
                let refund = store::refund::get(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
                return if refund.stripe_refund.is_some() { Ok(()) } else { Err(error.into()) };
            }
            Err(error) => return Err(error.into()),
        }
    }
    charge::sync::sync(app, &payment).await
}

/// Stripe won't send it. Unless the money went back otherwise, the owner is told that it is still here.
async fn refused(app: &App, refund: &Refund) -> Result<(), Error> {
    let (business, id) = (&refund.business, &refund.id);
    transaction!(app, |tx| {
        store::refund::update_state(tx, business, id, RefundState::Failed, None).await?;
        let payment = store::payment::get(tx, business, &refund.payment).await?.ok_or(Error::NotFound)?;
        let left = payment.amount.minus(payment.refunded)?;
        if !refund.amount.minus(left)?.is_positive() {
            let message = format!(
                "{} by {} could not be given back: Stripe refused it. A payment that the bank disputes can’t be refunded.",
                refund.amount, payment.method_label
            );
            actor::alert(app, tx, Some(business), "refund.failed", id.as_str(), message).await?;
        }
    })
}
