//! Delivery: signed requests to the application's endpoint, repeated with growing pauses until one is
//! answered with a 2xx or three days have passed. What is undelivered waits in the file.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header;
use serde_json::{Value, json};
use sha2::Sha256;
use sqlx::Row as _;

use crate::error::ApiError;
use crate::object::Kind;
use crate::sandbox::{Shared, WebhookEndpoint};
use crate::state::{Origin, PLATFORM, Tx};

/// After this long an event is given up, in seconds.
const GIVE_UP: i64 = 3 * 86_400;
/// The first pause after a failure, in seconds; each further one is twice as long.
const FIRST_PAUSE: i64 = 5;
const LONGEST_PAUSE: i64 = 3_600;
const BATCH: i64 = 50;
const TIMEOUT: Duration = Duration::from_secs(15);

struct Delivery {
    seq: i64,
    account: String,
    event: String,
    attempts: i64,
    held: bool,
}

/// Sends everything that is due, and what becomes due meanwhile; answers how many requests were sent.
pub(crate) async fn deliver_due(shared: &Arc<Shared>) -> usize {
    let _turn = shared.delivering.lock().await;
    let mut sent = 0;
    loop {
        match deliver_batch(shared).await {
            Ok(Some(count)) => sent += count,
            Ok(None) => return sent,
            Err(error) => {
                tracing::error!(error = error.field("message"), "webhook delivery failed");
                return sent;
            }
        }
    }
}

/// None when nothing was due.
async fn deliver_batch(shared: &Arc<Shared>) -> Result<Option<usize>, ApiError> {
    let Some(endpoint) = shared.webhook() else {
        return Ok(None);
    };
    let mut tx = Tx::begin(shared, PLATFORM, Origin::default()).await?;
    let mut batch = due(&mut tx).await?;
    if batch.is_empty() {
        return Ok(None);
    }
    let faults = shared.faults.get().webhooks;
    if faults.delay_seconds > 0 && batch.iter().any(|delivery| !delivery.held) {
        for delivery in batch.iter().filter(|delivery| !delivery.held) {
            hold(&mut tx, delivery, faults.delay_seconds).await?;
        }
        tx.commit().await?;
        return Ok(Some(0));
    }
    drop(tx);
    if faults.reorder {
        batch.reverse();
    }
    let mut sent = 0;
    for delivery in &batch {
        sent += deliver(shared, &endpoint, delivery, faults.double).await?;
    }
    Ok(Some(sent))
}

async fn due(tx: &mut Tx) -> Result<Vec<Delivery>, ApiError> {
    let rows = sqlx::query(
        "SELECT seq, account, event, attempts, held FROM deliveries WHERE due <= $1 ORDER BY due, seq LIMIT $2",
    )
    .bind(tx.now)
    .bind(BATCH)
    .fetch_all(&mut *tx.db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Delivery {
                seq: row.try_get("seq")?,
                account: row.try_get("account")?,
                event: row.try_get("event")?,
                attempts: row.try_get("attempts")?,
                held: row.try_get("held")?,
            })
        })
        .collect()
}

async fn hold(tx: &mut Tx, delivery: &Delivery, seconds: i64) -> Result<(), ApiError> {
    sqlx::query("UPDATE deliveries SET due = $2, held = 1 WHERE seq = $1")
        .bind(delivery.seq)
        .bind(tx.now.saturating_add(seconds))
        .execute(&mut *tx.db)
        .await?;
    Ok(())
}

async fn deliver(
    shared: &Arc<Shared>,
    endpoint: &WebhookEndpoint,
    delivery: &Delivery,
    double: bool,
) -> Result<usize, ApiError> {
    let mut tx = Tx::begin(shared, &delivery.account, Origin::default()).await?;
    let event = tx.get(Kind::Event, &delivery.event).await?;
    if shared.faults.take_drop() {
        forget(&mut tx, delivery.seq).await?;
        tx.commit().await?;
        return Ok(0);
    }
    let now = tx.now;
    // The application may call the API while it handles the event: no transaction is open meanwhile.
    drop(tx);
    let mut sent = 1;
    let mut received = post(shared, endpoint, &event.body, now).await;
    if double {
        sent += 1;
        received = post(shared, endpoint, &event.body, now).await && received;
    }

    let mut tx = Tx::begin(shared, &delivery.account, Origin::default()).await?;
    if received {
        forget(&mut tx, delivery.seq).await?;
        let mut event = event;
        event.set("pending_webhooks", 0);
        tx.save(&event).await?;
    } else if tx.now.saturating_sub(event.number("created")) > GIVE_UP {
        tracing::warn!(event = delivery.event, "webhook given up");
        forget(&mut tx, delivery.seq).await?;
    } else {
        let doublings = u32::try_from(delivery.attempts).unwrap_or(u32::MAX).min(20);
        let pause = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
        sqlx::query("UPDATE deliveries SET due = $2, attempts = attempts + 1 WHERE seq = $1")
            .bind(delivery.seq)
            .bind(tx.now.saturating_add(pause))
            .execute(&mut *tx.db)
            .await?;
    }
    tx.commit().await?;
    Ok(sent)
}

async fn forget(tx: &mut Tx, seq: i64) -> Result<(), ApiError> {
    sqlx::query("DELETE FROM deliveries WHERE seq = $1").bind(seq).execute(&mut *tx.db).await?;
    Ok(())
}

/// Whether the endpoint answered with a 2xx.
async fn post(shared: &Shared, endpoint: &WebhookEndpoint, event: &Value, now: i64) -> bool {
    let body = serde_json::to_string_pretty(event).unwrap_or_else(|_| json!({}).to_string());
    let reply = shared
        .http
        .post(endpoint.url.clone())
        .timeout(TIMEOUT)
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header(header::USER_AGENT, "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("stripe-signature", sign(&endpoint.secret, now, &body))
        .body(body)
        .send()
        .await;
    match reply {
        Ok(reply) if reply.status().is_success() => true,
        Ok(reply) => {
            tracing::debug!(status = reply.status().as_u16(), "webhook refused");
            false
        }
        Err(error) => {
            tracing::debug!(error = %error.without_url(), "webhook not delivered");
            false
        }
    }
}

/// The `Stripe-Signature` header of a body sent at `now`.
fn sign(secret: &str, now: i64, body: &str) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(now.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    format!("t={now},v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_covers_time_and_body() {
        // echo -n '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test
        assert_eq!(
            sign("whsec_test", 1_700_000_000, "{}"),
            "t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91"
        );
        assert_ne!(sign("whsec_test", 1, "{}"), sign("whsec_test", 2, "{}"));
    }
}
