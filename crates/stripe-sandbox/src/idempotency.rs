//! Idempotency keys: the same key gets the same reply, kept in the transaction that did the work.
//! Keys belong to an account and are forgotten after a day.

use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use sqlx::Row as _;

use crate::error::ApiError;
use crate::state::Tx;

/// Stripe forgets keys once they are a day old.
const KEPT_FOR: i64 = 24 * 3_600;
const LONGEST_KEY: usize = 255;

/// A reply that was given before.
pub(crate) struct Stored {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
    pub(crate) request: String,
}

/// What is known of a key.
pub(crate) enum Known {
    New,
    Replay(Stored),
}

/// Refuses keys that Stripe wouldn't take.
pub(crate) fn check(key: &str) -> Result<&str, ApiError> {
    if key.is_empty() || key.chars().count() > LONGEST_KEY {
        return Err(ApiError::idempotency(format!(
            "Idempotency keys must be between 1 and {LONGEST_KEY} characters long."
        )));
    }
    Ok(key)
}

/// What a key stands for: the path and the parameters, in any order.
pub(crate) fn fingerprint(path: &str, encoded: &[u8]) -> String {
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(encoded).into_owned().collect();
    pairs.sort();
    let mut hash = Sha256::new();
    hash.update(path.as_bytes());
    for (key, value) in pairs {
        for part in [key, value] {
            hash.update([0xff]);
            hash.update(part.as_bytes());
        }
    }
    hex::encode(hash.finalize())
}

pub(crate) async fn find(tx: &mut Tx, key: &str, fingerprint: &str) -> Result<Known, ApiError> {
    let row = sqlx::query(
        "SELECT fingerprint, request, status, body FROM idempotency_keys \
         WHERE account = $1 AND key = $2 AND created > $3",
    )
    .bind(&tx.account)
    .bind(key)
    .bind(tx.now - KEPT_FOR)
    .fetch_optional(&mut *tx.db)
    .await?;
    let Some(row) = row else {
        return Ok(Known::New);
    };
    let known: &str = row.try_get("fingerprint")?;
    if known != fingerprint {
        return Err(ApiError::idempotency(format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
             using a key other than '{key}' if you meant to execute a different request."
        )));
    }
    let status: u16 = row.try_get("status")?;
    Ok(Known::Replay(Stored {
        status: StatusCode::from_u16(status).map_err(|_| ApiError::server())?,
        body: row.try_get("body")?,
        request: row.try_get("request")?,
    }))
}

/// Removes what Stripe would have forgotten by now.
pub(crate) async fn forget_old(tx: &mut Tx) -> Result<(), ApiError> {
    sqlx::query("DELETE FROM idempotency_keys WHERE created <= $1")
        .bind(tx.now - KEPT_FOR)
        .execute(&mut *tx.db)
        .await?;
    Ok(())
}

pub(crate) async fn store(
    tx: &mut Tx,
    key: &str,
    fingerprint: &str,
    status: StatusCode,
    body: &str,
) -> Result<(), ApiError> {
    sqlx::query(
        "INSERT INTO idempotency_keys (account, key, fingerprint, request, status, body, created) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account, key) DO UPDATE SET \
         fingerprint = excluded.fingerprint, request = excluded.request, status = excluded.status, \
         body = excluded.body, created = excluded.created",
    )
    .bind(&tx.account)
    .bind(key)
    .bind(fingerprint)
    .bind(tx.origin.request.clone().unwrap_or_default())
    .bind(status.as_u16())
    .bind(body)
    .bind(tx.now)
    .execute(&mut *tx.db)
    .await?;
    Ok(())
}
