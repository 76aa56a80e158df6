//! Numbers of forms that act once, because their answer shows a secret: only the hashes of used ones.

use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::{Result, Tx};

/// Uses a form's number up. `false` if it was used before.
pub async fn insert(tx: &mut Tx, nonce: HashedToken, now: Instant) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "INSERT INTO used_nonces (nonce_hash, used_at) VALUES ($1, $2) ON CONFLICT (nonce_hash) DO NOTHING \
         RETURNING nonce_hash",
    )
    .bind(nonce.to_hex())
    .bind(now.as_microseconds())
    .fetch_optional(c))?;
    Ok(inserted.is_some())
}

/// Forgets those that were used before `since`: how many those were.
pub async fn delete_old(tx: &mut Tx, since: Instant) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query("DELETE FROM used_nonces WHERE used_at < $1")
        .bind(since.as_microseconds())
        .execute(c))?)
}
