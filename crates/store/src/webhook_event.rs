//! The inbox of webhook events: each of an account's events once, whatever Stripe sends again.
//! Only what names the object is kept; its state is read from Stripe.

use zoop_domain::id::WebhookEventId;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::parse;
use crate::{Error, Result, Tx};

/// A received event.
#[derive(Clone, Debug)]
pub struct WebhookEvent {
    /// Its id here.
    pub id: WebhookEventId,
    /// The account it happened on: `acct_…`.
    pub account: String,
    /// Stripe's id: `evt_…`.
    pub event: String,
    /// What happened: `checkout.session.completed`.
    pub kind: String,
    /// The id of the object it happened to.
    pub object: String,
    /// The payment intent that the object belongs to, if it names one.
    pub payment_intent: Option<String>,
    /// When it arrived.
    pub received_at: Instant,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account: String,
    event: String,
    kind: String,
    object: String,
    payment_intent: Option<String>,
    received_at: i64,
}

impl TryFrom<Row> for WebhookEvent {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("webhook_events.id", &row.id)?,
            account: row.account,
            event: row.event,
            kind: row.kind,
            object: row.object,
            payment_intent: row.payment_intent,
            received_at: Instant::from_microseconds(row.received_at),
        })
    }
}

/// Stores an event. `false` if it was here before: then nothing is stored.
pub async fn insert(tx: &mut Tx, event: &WebhookEvent) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "INSERT INTO webhook_events (id, account, event, kind, object, payment_intent, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account, event) DO NOTHING RETURNING id",
    )
    .bind(event.id.as_str())
    .bind(&event.account)
    .bind(&event.event)
    .bind(&event.kind)
    .bind(&event.object)
    .bind(&event.payment_intent)
    .bind(event.received_at.as_microseconds())
    .fetch_optional(c))?;
    Ok(inserted.is_some())
}

/// The event, or `None`.
pub async fn get(tx: &mut Tx, event: &WebhookEventId) -> Result<Option<WebhookEvent>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT id, account, event, kind, object, payment_intent, received_at FROM webhook_events WHERE id = $1",
    )
    .bind(event.as_str())
    .fetch_optional(c))?;
    row.map(WebhookEvent::try_from).transpose()
}

/// Marks the event as dealt with.
pub async fn update_processed(tx: &mut Tx, event: &WebhookEventId, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE webhook_events SET processed_at = $2 WHERE id = $1")
        .bind(event.as_str())
        .bind(now.as_microseconds())
        .execute(c))?;
    Ok(())
}
