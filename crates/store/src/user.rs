//! People who sign in. They belong to the install; [`crate::membership`] says to which businesses.

use zoop_domain::id::UserId;
use zoop_domain::time::Instant;
use zoop_domain::user::{User, email_key};

use crate::db::{execute, run};
use crate::row::parse;
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) has_totp: bool,
}

impl TryFrom<Row> for User {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self { id: parse("users.id", &row.id)?, name: row.name, email: row.email, has_totp: row.has_totp })
    }
}

/// Stores a new person. `false` if his address is taken.
pub async fn insert(tx: &mut Tx, user: &User, password_hash: &str, now: Instant) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "INSERT INTO users (id, name, email, email_key, password_hash, version, created_at) \
         VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (email_key) DO NOTHING RETURNING id",
    )
    .bind(user.id.as_str())
    .bind(&user.name)
    .bind(&user.email)
    .bind(email_key(&user.email))
    .bind(password_hash)
    .bind(now.as_microseconds())
    .fetch_optional(c))?;
    Ok(inserted.is_some())
}

/// The person, or `None`.
pub async fn get(tx: &mut Tx, user: UserId) -> Result<Option<User>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT id, name, email, totp_confirmed_at IS NOT NULL AS has_totp FROM users WHERE id = $1",
    )
    .bind(user.as_str())
    .fetch_optional(c))?;
    row.map(User::try_from).transpose()
}

/// The person and his password's hash, or `None`. Whoever else would change either waits.
pub async fn lock(tx: &mut Tx, user: UserId) -> Result<Option<(User, String)>> {
    let row: Option<(String, String, String, bool, String)> = run!(tx, |c| sqlx::query_as(
        "UPDATE users SET version = version + 1 WHERE id = $1 \
         RETURNING id, name, email, totp_confirmed_at IS NOT NULL, password_hash",
    )
    .bind(user.as_str())
    .fetch_optional(c))?;
    row.map(|(id, name, email, has_totp, hash)| Ok((User::try_from(Row { id, name, email, has_totp })?, hash)))
        .transpose()
}

/// The person with this address and his password's hash, or `None`.
pub async fn find_by_email(tx: &mut Tx, email: &str) -> Result<Option<(User, String)>> {
    let row: Option<(String, String, String, bool, String)> = run!(tx, |c| sqlx::query_as(
        "SELECT id, name, email, totp_confirmed_at IS NOT NULL, password_hash FROM users WHERE email_key = $1",
    )
    .bind(email_key(email))
    .fetch_optional(c))?;
    row.map(|(id, name, email, has_totp, hash)| Ok((User::try_from(Row { id, name, email, has_totp })?, hash)))
        .transpose()
}

/// The person's password hash, or `None` without such a person.
pub async fn find_password_hash(tx: &mut Tx, user: UserId) -> Result<Option<String>> {
    Ok(run!(tx, |c| sqlx::query_scalar("SELECT password_hash FROM users WHERE id = $1")
        .bind(user.as_str())
        .fetch_optional(c))?)
}

/// Everybody who can sign in, by address. For the operator.
pub async fn list(tx: &mut Tx) -> Result<Vec<User>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT id, name, email, totp_confirmed_at IS NOT NULL AS has_totp FROM users ORDER BY email_key",
    )
    .fetch_all(c))?;
    rows.into_iter().map(User::try_from).collect()
}

/// Whether anybody can sign in at all: how many, up to one.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    Ok(run!(tx, |c| sqlx::query_scalar("SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT id FROM users LIMIT 1) u")
        .fetch_one(c))?)
}

/// How he is called.
pub async fn update_name(tx: &mut Tx, user: UserId, name: &str) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE users SET name = $2, version = version + 1 WHERE id = $1")
        .bind(user.as_str())
        .bind(name)
        .execute(c))?;
    Ok(())
}

/// What he signs in with from now on.
pub async fn update_password_hash(tx: &mut Tx, user: UserId, password_hash: &str) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE users SET password_hash = $2, version = version + 1 WHERE id = $1")
        .bind(user.as_str())
        .bind(password_hash)
        .execute(c))?;
    Ok(())
}
