//! A person's authenticator: its key, the last step whose code was taken, and the codes that stand in for it.

use zoop_domain::id::UserId;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::{Result, Tx};

/// An authenticator, asked for or not yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Authenticator {
    /// Its key, in base 32.
    pub secret: String,
    /// Whether it is asked for when he signs in.
    pub is_confirmed: bool,
}

/// Its key is as good as a password.
impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticator").field("is_confirmed", &self.is_confirmed).finish_non_exhaustive()
    }
}

/// The person's authenticator, or `None`.
pub async fn find(tx: &mut Tx, user: UserId) -> Result<Option<Authenticator>> {
    let row: Option<(Option<String>, bool)> =
        run!(tx, |c| sqlx::query_as("SELECT totp_secret, totp_confirmed_at IS NOT NULL FROM users WHERE id = $1")
            .bind(user.as_str())
            .fetch_optional(c))?;
    Ok(row.and_then(|(secret, is_confirmed)| Some(Authenticator { secret: secret?, is_confirmed })))
}

/// The person begins with a new key. `false` if an authenticator is asked for already.
pub async fn insert(tx: &mut Tx, user: UserId, secret: &str) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE users SET totp_secret = $2, totp_last_step = NULL, version = version + 1 \
         WHERE id = $1 AND totp_confirmed_at IS NULL",
    )
    .bind(user.as_str())
    .bind(secret)
    .execute(c))?;
    Ok(changed == 1)
}

/// It is asked for from now on. `false` if it was before, or `secret` isn't its key any more.
pub async fn update_confirmed(tx: &mut Tx, user: UserId, secret: &str, now: Instant) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE users SET totp_confirmed_at = $3, version = version + 1 \
         WHERE id = $1 AND totp_secret = $2 AND totp_confirmed_at IS NULL",
    )
    .bind(user.as_str())
    .bind(secret)
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(changed == 1)
}

/// The code of `step` is taken. `false` if that of this step, or of a later one, was taken before.
pub async fn update_step(tx: &mut Tx, user: UserId, step: i64) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE users SET totp_last_step = $2, version = version + 1 \
         WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2)",
    )
    .bind(user.as_str())
    .bind(step)
    .execute(c))?;
    Ok(changed == 1)
}

/// No authenticator is asked for any more; the codes that stand in for it are gone as well.
pub async fn delete(tx: &mut Tx, user: UserId) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE users SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = NULL, version = version + 1 \
         WHERE id = $1",
    )
    .bind(user.as_str())
    .execute(c))?;
    execute!(tx, |c| sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1").bind(user.as_str()).execute(c))?;
    Ok(())
}

/// A code that stands in for it, once.
pub async fn insert_recovery_code(tx: &mut Tx, user: UserId, code_hash: &str) -> Result<()> {
    execute!(tx, |c| sqlx::query("INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)")
        .bind(user.as_str())
        .bind(code_hash)
        .execute(c))?;
    Ok(())
}

/// That code is taken. `false` if there is none, or it was taken before.
pub async fn update_recovery_code_used(tx: &mut Tx, user: UserId, code_hash: &str, now: Instant) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
    )
    .bind(user.as_str())
    .bind(code_hash)
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(changed == 1)
}

/// How many of those codes are left.
pub async fn count_recovery_codes(tx: &mut Tx, user: UserId) -> Result<i64> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL",
    )
    .bind(user.as_str())
    .fetch_one(c))?)
}
