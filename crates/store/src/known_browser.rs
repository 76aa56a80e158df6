//! Browsers from which somebody has signed in before, by the hash of the token in their cookie. They open nothing: a
//! stranger's guesses at the same address just don't count against them.

use zoop_domain::id::UserId;
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;
use zoop_domain::user::email_key;

use crate::db::{execute, run};
use crate::{Result, Tx};

/// Somebody signed in from this browser.
pub async fn insert(tx: &mut Tx, token: HashedToken, user: UserId, expires_at: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query("INSERT INTO known_browsers (token_hash, user_id, expires_at) VALUES ($1, $2, $3)")
        .bind(token.to_hex())
        .bind(user.as_str())
        .bind(expires_at.as_microseconds())
        .execute(c))?;
    Ok(())
}

/// Whether whoever has this address signed in from it, and it isn't over at `now`.
pub async fn find(tx: &mut Tx, token: HashedToken, email: &str, now: Instant) -> Result<bool> {
    let found: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "SELECT k.user_id FROM known_browsers k JOIN users u ON u.id = k.user_id \
         WHERE k.token_hash = $1 AND u.email_key = $2 AND k.expires_at > $3",
    )
    .bind(token.to_hex())
    .bind(email_key(email))
    .bind(now.as_microseconds())
    .fetch_optional(c))?;
    Ok(found.is_some())
}

/// It has another token, or somebody else signed in from it.
pub async fn delete(tx: &mut Tx, token: HashedToken) -> Result<()> {
    execute!(tx, |c| sqlx::query("DELETE FROM known_browsers WHERE token_hash = $1").bind(token.to_hex()).execute(c))?;
    Ok(())
}

/// None of the person's browsers is known any more.
pub async fn delete_by_user(tx: &mut Tx, user: UserId) -> Result<()> {
    execute!(tx, |c| sqlx::query("DELETE FROM known_browsers WHERE user_id = $1").bind(user.as_str()).execute(c))?;
    Ok(())
}

/// Deletes what is over at `now`: how many.
pub async fn delete_expired(tx: &mut Tx, now: Instant) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query("DELETE FROM known_browsers WHERE expires_at <= $1")
        .bind(now.as_microseconds())
        .execute(c))?)
}
