//! Takes a webhook in: checks who sent it, keeps it once, and has a job deal with it.

use zoop_domain::id::WebhookEventId;
use zoop_store::webhook_event::WebhookEvent;
use zoop_store::{self as store};
use zoop_stripe::event::Event;
use zoop_stripe::webhook;

use crate::job::{self, JobKind};
use crate::{App, Error, transaction};

/// What became of a delivery. Whatever it is, Stripe need not send it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Kept; a job will deal with it.
    Kept,
    /// It was here before.
    Known,
    /// Of the other mode (test or live): not for this install.
    OtherMode,
}

/// Takes in a delivery: the raw `payload` and its `Stripe-Signature`.
///
/// # Errors
/// [`Error::Invalid`] for a wrong signature or an unreadable body; [`Error::Upstream`] if the
/// database doesn't answer, so that Stripe tries again.
pub async fn receive(app: &App, payload: &[u8], signature: &str) -> Result<Received, Error> {
    let stripe = app.stripe()?;
    let now = app.now();
    webhook::verify(payload, signature, &stripe.webhook_secrets, webhook::TOLERANCE, now.as_unix_seconds())
        .map_err(|error| Error::Invalid(error.to_string()))?;
    let event = Event::parse(payload).map_err(|_| Error::Invalid("the body is no Stripe event".into()))?;
    if event.livemode != stripe.livemode {
        return Ok(Received::OtherMode);
    }
    let object = event.object();
    let row = WebhookEvent {
        id: WebhookEventId::generate(now, app.random.as_ref()),
        account: event.account.clone().unwrap_or_else(|| stripe.own_account.clone()),
        event: event.id.clone(),
        kind: event.kind.clone(),
        object: object.id.clone().unwrap_or_default(),
        payment_intent: object.payment_intent_id().map(Into::into),
        received_at: now,
    };
    transaction!(app, |tx| {
        if store::webhook_event::insert(tx, &row).await? {
            job::enqueue(app, tx, None, JobKind::Webhook, row.id.as_str()).await?;
            Received::Kept
        } else {
            Received::Known
        }
    })
}
