//! What became of an intent that we confirm ourselves, for a method on file. One that nobody will
//! confirm any more is taken back at Stripe first: only a confirmed cancel, or a success, frees the
//! invoice.

use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState};
use zoop_store::{self as store, attempt::Progress};
use zoop_stripe::payment_intent::{self, CancellationReason, PaymentError, PaymentIntent, Status};

use super::settle::{self, Standing};
use super::{late, record, settle::move_on};
use crate::dunning::record::{Decline, failed};
use crate::{App, Error, stripe, transaction};

/// Stripe's word for a decline that names no reason.
pub(super) const NO_REASON: &str = "generic_decline";
const AUTHENTICATION_REQUIRED: &str = "authentication_required";

/// Settles the attempt by its intent, which was just read.
pub(super) async fn settle(app: &App, attempt: &Attempt, intent: &PaymentIntent) -> Result<Standing, Error> {
    let label = record::method_label(intent);
    let progress = Progress { payment_intent: Some(&intent.id), method_label: label.as_deref(), ..Progress::default() };
    match &intent.status {
        Status::Succeeded => record::record(app, attempt, intent).await,
        Status::Processing => {
            move_on(app, attempt, AttemptState::Processing, progress).await?;
            Ok(Standing::Processing)
        }
        // The customer is on his bank's page, and may take his time.
        Status::RequiresAction if waits_for_customer(app, attempt) => {
            move_on(app, attempt, AttemptState::RequiresAction, progress).await?;
            Ok(Standing::Open)
        }
        Status::RequiresAction | Status::RequiresPaymentMethod | Status::RequiresConfirmation => {
            take_back(app, attempt, intent).await
        }
        Status::Canceled => {
            ended(app, attempt, intent, intent.last_payment_error.as_ref()).await?;
            Ok(Standing::NotPaid)
        }
        other => settle::leave_to_a_person(app, attempt, intent, other).await,
    }
}

fn waits_for_customer(app: &App, attempt: &Attempt) -> bool {
    attempt.kind == AttemptKind::SavedCard
        && attempt.state.is_live()
        && attempt.expires_at.is_none_or(|ends| ends > app.now())
}

/// Cancels the intent at Stripe, and ends the attempt. If Stripe refuses, somebody confirmed it meanwhile.
pub(super) async fn take_back(app: &App, attempt: &Attempt, intent: &PaymentIntent) -> Result<Standing, Error> {
    let stripe = app.stripe()?;
    let scope = stripe.scope(&attempt.account);
    let key = stripe::fresh_key(app, &format!("cancel-{}", intent.id))?;
    let reason = Some(&CancellationReason::Abandoned);
    match payment_intent::cancel(&stripe.client, &scope, &intent.id, reason, &key).await {
        Ok(canceled) => {
            let error = canceled.last_payment_error.as_ref().or(intent.last_payment_error.as_ref());
            ended(app, attempt, intent, error).await?;
            Ok(Standing::NotPaid)
        }
        Err(error) if error.is_invalid_state() => {
            let now = payment_intent::get(&stripe.client, &scope, &intent.id).await?;
            match now.status {
                Status::Succeeded | Status::Processing | Status::Canceled => Box::pin(settle(app, attempt, &now)).await,
                _ => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// The attempt is over without a payment: declined, or taken back before it was tried.
async fn ended(
    app: &App,
    attempt: &Attempt,
    intent: &PaymentIntent,
    error: Option<&PaymentError>,
) -> Result<(), Error> {
    let waited = attempt.kind == AttemptKind::AutoPay && intent.status == Status::RequiresAction;
    let code = error.map(|error| error.decline_code.as_deref().or(error.code.as_deref()).unwrap_or(NO_REASON));
    let code = code.or(waited.then_some(AUTHENTICATION_REQUIRED));
    let state = if code.is_some() { AttemptState::Failed } else { AttemptState::Canceled };
    let advice = error.and_then(|error| error.advice_code.as_deref());
    let label = record::method_label(intent);
    transaction!(app, |tx| {
        let label = match (&label, &attempt.method) {
            (Some(label), _) => label.clone(),
            (None, Some(method)) => {
                let method = store::payment_method::get(tx, &attempt.business, method).await?;
                method.map(|method| method.label()).unwrap_or_default()
            }
            (None, None) => String::new(),
        };
        let progress = Progress {
            payment_intent: Some(&intent.id),
            method_label: Some(&label),
            failure_code: code,
            ..Progress::default()
        };
        let (business, id) = (&attempt.business, &attempt.id);
        let changed = store::attempt::update_state(tx, business, id, state, progress, app.now()).await?;
        if changed && late::is_unseen(attempt) {
            late::failed(app, tx, attempt, &label, code).await?;
        }
        if changed
            && attempt.kind == AttemptKind::AutoPay
            && let Some(code) = code
        {
            failed(app, tx, attempt, Decline { code, advice, method_label: &label }).await?;
        }
    })
}
