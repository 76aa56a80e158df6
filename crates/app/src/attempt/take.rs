//! Takes a payment by a method on file, in two calls: an intent is made that moves no money, its id is
//! committed, and only then it is confirmed. Whatever happens in between, the intent can be found.

use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::consent::ConsentState;
use zoop_domain::payment_method::PaymentMethod;
use zoop_store::{self as store, attempt::Progress};
use zoop_stripe::payment_intent::{self, ConfirmPaymentIntent, CreatePaymentIntent};

use super::settle::{self, Standing};
use crate::{App, Error, stripe, transaction};

/// An attempt whose outcome is unknown is asked about after so long.
const ASK_SECONDS: i64 = 10;

/// Where the attempt stands, and the bank's page if that is what it waits for.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) standing: Standing,
    pub(crate) bank: Option<String>,
}

/// Takes the payment of an attempt that was just stored.
///
/// # Errors
/// [`Error::Upstream`] if Stripe doesn't answer. If the money may have moved, the attempt stays live
/// until Stripe can be asked; otherwise it is over.
pub(crate) async fn take(
    app: &App,
    attempt: &Attempt,
    method: &PaymentMethod,
    customer: &str,
    description: String,
    confirm: &ConfirmPaymentIntent,
) -> Result<Taken, Error> {
    let stripe = app.stripe()?;
    let scope = stripe.scope(&attempt.account);
    let params = CreatePaymentIntent {
        amount: attempt.amount.minor(),
        currency: attempt.amount.currency().to_string(),
        customer: customer.to_owned(),
        payment_method: method.stripe_payment_method.clone(),
        allowed_payment_method_types: vec![method.kind.as_str().to_owned()],
        description: Some(description),
        metadata: super::metadata(attempt),
    };
    let key = stripe::key(attempt.id.as_str())?;
    let intent = match payment_intent::create(&stripe.client, &scope, &params, &key).await {
        Ok(intent) => intent,
        Err(error) => {
            // Nothing is charged by an intent that nobody confirms, whether Stripe made it or not.
            settle::move_on(app, attempt, AttemptState::Canceled, Progress::default()).await?;
            return Err(error.into());
        }
    };
    let attempt = Attempt { payment_intent: Some(intent.id.clone()), ..attempt.clone() };
    if !commit_intent(app, &attempt, &intent.id).await? {
        // The consent ended, or the attempt was given up: the intent is taken back.
        let standing = settle::settle_intent(app, &attempt, &intent).await?;
        return Ok(Taken { standing, bank: None });
    }
    let key = stripe::key(format!("{}-confirm", attempt.id))?;
    match payment_intent::confirm(&stripe.client, &scope, &intent.id, confirm, &key).await {
        Ok(confirmed) => {
            let bank = confirmed.redirect_url().map(str::to_owned);
            Ok(Taken { standing: settle::settle_intent(app, &attempt, &confirmed).await?, bank })
        }
        Err(error) if error.outcome_unknown() => {
            doubt(app, &attempt).await?;
            match settle::settle(app, &attempt).await {
                Ok(standing) => Ok(Taken { standing, bank: None }),
                Err(_) => Err(error.into()),
            }
        }
        // Declined, or refused: the intent itself says how it stands.
        Err(error) => {
            let intent = match payment_intent::get(&stripe.client, &scope, &intent.id).await {
                Ok(intent) => intent,
                Err(unanswered) => {
                    tracing::warn!(attempt = %attempt.id, error = &error as &dyn std::error::Error, "a refused charge can’t be read yet");
                    doubt(app, &attempt).await?;
                    return Err(unanswered.into());
                }
            };
            Ok(Taken { standing: settle::settle_intent(app, &attempt, &intent).await?, bank: None })
        }
    }
}

/// Commits the intent's id, unless it must not be confirmed any more.
async fn commit_intent(app: &App, attempt: &Attempt, intent: &str) -> Result<bool, Error> {
    transaction!(app, |tx| {
        let allowed = match &attempt.consent {
            None => true,
            Some(consent) => {
                let consent = store::consent::lock(tx, &attempt.business, consent).await?;
                consent.is_some_and(|consent| consent.state == ConsentState::Live)
            }
        };
        store::attempt::update_intent(tx, &attempt.business, &attempt.id, intent).await? && allowed
    })
}

async fn doubt(app: &App, attempt: &Attempt) -> Result<(), Error> {
    transaction!(app, |tx| {
        let now = app.now();
        let (state, progress) = (AttemptState::Unknown, Progress::default());
        store::attempt::update_state(tx, &attempt.business, &attempt.id, state, progress, now).await?;
        store::attempt::update_next_check(tx, &attempt.business, &attempt.id, now.plus_seconds(ASK_SECONDS)).await?;
    })
}
