//! Requests for a new password, and the hashes of the secrets in their mails. They belong to a person, not to a business.

use zoop_domain::id::{PasswordResetId, UserId};
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::parse;
use crate::{Result, Tx};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordReset {
    /// Its id.
    pub id: PasswordResetId,
    /// Whose password.
    pub user: UserId,
    /// Until when it can be used.
    pub expires_at: Instant,
    /// Whether it was used, or lost its purpose.
    pub is_used: bool,
}

/// Stores a request.
pub async fn insert(tx: &mut Tx, id: &PasswordResetId, user: UserId, now: Instant, expires_at: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO password_resets (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(id.as_str())
    .bind(user.as_str())
    .bind(now.as_microseconds())
    .bind(expires_at.as_microseconds())
    .execute(c))?;
    Ok(())
}

type Row = (String, String, i64, Option<i64>);

fn read((id, user, expires_at, used_at): Row) -> Result<PasswordReset> {
    Ok(PasswordReset {
        id: parse("password_resets.id", &id)?,
        user: parse("password_resets.user_id", &user)?,
        expires_at: Instant::from_microseconds(expires_at),
        is_used: used_at.is_some(),
    })
}

/// The request, or `None`.
pub async fn get(tx: &mut Tx, id: &PasswordResetId) -> Result<Option<PasswordReset>> {
    let row: Option<Row> =
        run!(tx, |c| sqlx::query_as("SELECT id, user_id, expires_at, used_at FROM password_resets WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(c))?;
    row.map(read).transpose()
}

/// A mail carries this secret of the request.
pub async fn insert_link(tx: &mut Tx, id: &PasswordResetId, token: HashedToken, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO password_reset_links (token_hash, password_reset_id, created_at) VALUES ($1, $2, $3)",
    )
    .bind(token.to_hex())
    .bind(id.as_str())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// The request whose mail carries this secret, if it can be used at `now`.
pub async fn find_by_token(tx: &mut Tx, token: HashedToken, now: Instant) -> Result<Option<PasswordReset>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT r.id, r.user_id, r.expires_at, r.used_at FROM password_reset_links l \
         JOIN password_resets r ON r.id = l.password_reset_id \
         WHERE l.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2",
    )
    .bind(token.to_hex())
    .bind(now.as_microseconds())
    .fetch_optional(c))?;
    row.map(read).transpose()
}

/// It is used. `false` if it was before.
pub async fn update_used(tx: &mut Tx, id: &PasswordResetId, now: Instant) -> Result<bool> {
    let changed =
        execute!(tx, |c| sqlx::query("UPDATE password_resets SET used_at = $2 WHERE id = $1 AND used_at IS NULL")
            .bind(id.as_str())
            .bind(now.as_microseconds())
            .execute(c))?;
    Ok(changed == 1)
}

/// None of the person's requests can be used any more.
pub async fn update_used_by_user(tx: &mut Tx, user: UserId, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE password_resets SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL")
        .bind(user.as_str())
        .bind(now.as_microseconds())
        .execute(c))?;
    Ok(())
}

/// Deletes those that could be used until `before`, with their secrets: how many.
pub async fn delete_old(tx: &mut Tx, before: Instant) -> Result<u64> {
    execute!(tx, |c| sqlx::query(
        "DELETE FROM password_reset_links WHERE password_reset_id IN \
         (SELECT id FROM password_resets WHERE expires_at < $1)",
    )
    .bind(before.as_microseconds())
    .execute(c))?;
    Ok(execute!(tx, |c| sqlx::query("DELETE FROM password_resets WHERE expires_at < $1")
        .bind(before.as_microseconds())
        .execute(c))?)
}
