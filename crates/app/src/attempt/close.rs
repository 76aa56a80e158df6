//! Ends an attempt on purpose: before its invoice is canceled, paid by hand, or paid on other
//! terms. Only an open payment page can be closed; a completed one is settled instead.

use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::id::{AttemptId, BusinessId, InvoiceId};
use zoop_store::{self as store, attempt::Progress};
use zoop_stripe::{checkout_session, payment_intent};

use super::own_intent;
use super::settle::{self, Standing};
use crate::{App, Error, stripe, transaction};

/// Closes the invoice's live attempt, if it has one.
///
/// # Errors
/// [`Error::Conflict`] if a payment has arrived by it or is under way; [`Error::Upstream`] if
/// Stripe doesn't answer.
pub async fn close_live(app: &App, business: &BusinessId, invoice: &InvoiceId) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let live = store::attempt::find_live(&mut tx, business, invoice).await?;
    drop(tx);
    let Some(attempt) = live else { return Ok(()) };
    match close(app, business, &attempt.id).await? {
        Standing::NotPaid => Ok(()),
        Standing::Paid => Err(Error::Conflict("a payment has just arrived for this invoice".into())),
        Standing::Open | Standing::Processing => Err(Error::Conflict("a payment for this invoice is under way".into())),
    }
}

/// Closes an attempt: where it stands then.
///
/// # Errors
/// [`Error::NotFound`] without such an attempt; [`Error::Upstream`] if Stripe doesn't answer.
pub async fn close(app: &App, business: &BusinessId, attempt: &AttemptId) -> Result<Standing, Error> {
    let mut tx = app.db.read().await?;
    let attempt = store::attempt::get(&mut tx, business, attempt).await?.ok_or(Error::NotFound)?;
    drop(tx);
    match &attempt.session {
        Some(session) if attempt.state == AttemptState::Open => match expire(app, &attempt, session).await {
            Err(error) if stripe::is_out_of_reach(&error) => settle::settle(app, &attempt).await,
            outcome => outcome,
        },
        _ => close_intent(app, &attempt).await,
    }
}

/// An intent of ours that waits for the customer is taken back; anything else is as Stripe says.
async fn close_intent(app: &App, attempt: &Attempt) -> Result<Standing, Error> {
    let waiting = attempt.state == AttemptState::RequiresAction && attempt.session.is_none();
    let Some(intent) = attempt.payment_intent.as_ref().filter(|_| waiting) else {
        return settle::settle(app, attempt).await;
    };
    let stripe = app.stripe()?;
    let intent = payment_intent::get(&stripe.client, &stripe.scope(&attempt.account), intent).await?;
    if intent.status == payment_intent::Status::RequiresAction {
        return own_intent::take_back(app, attempt, &intent).await;
    }
    settle::settle_intent(app, attempt, &intent).await
}

/// Closes the payment page `session` of the attempt. If Stripe refuses because it is complete,
/// the attempt is settled by it.
pub(crate) async fn expire(app: &App, attempt: &Attempt, session: &str) -> Result<Standing, Error> {
    let stripe = app.stripe()?;
    let scope = stripe.scope(&attempt.account);
    let key = stripe::fresh_key(app, &format!("expire-{session}"))?;
    match checkout_session::expire(&stripe.client, &scope, session, &key).await {
        Ok(_) => {
            transaction!(app, |tx| {
                let (state, progress) = (AttemptState::Canceled, Progress::default());
                store::attempt::update_state(tx, &attempt.business, &attempt.id, state, progress, app.now()).await?;
            })?;
            Ok(Standing::NotPaid)
        }
        Err(error) if error.is_invalid_state() => {
            let session = checkout_session::get(&stripe.client, &scope, session).await?;
            if session.status == Some(checkout_session::Status::Open) {
                return Err(error.into());
            }
            Box::pin(settle::settle_session(app, attempt, &session)).await
        }
        Err(error) => Err(error.into()),
    }
}
