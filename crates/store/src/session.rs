//! Signed-in browsers, by the hash of the token in their cookie.

use zoop_domain::business::Business;
use zoop_domain::id::{BusinessId, SessionId, UserId};
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;
use zoop_domain::user::{Role, User};

use crate::business::{Row as BusinessRow, columns};
use crate::db::{execute, run};
use crate::row::parse;
use crate::user::Row as UserRow;
use crate::{Result, Tx};

/// A new session.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub user: UserId,
    /// The business he works in.
    pub business: BusinessId,
    /// His browser, as it calls itself.
    pub user_agent: String,
    /// Now.
    pub created_at: Instant,
    /// When it ends, whatever happens.
    pub expires_at: Instant,
}

/// A session that is open: who works where, as what.
#[derive(Clone, Debug)]
pub struct Open {
    /// Its id.
    pub id: SessionId,
    /// Who.
    pub user: User,
    /// As what.
    pub role: Role,
    /// Where.
    pub business: Business,
    /// When its last request was noted.
    pub last_seen_at: Instant,
}

/// Stores a session.
pub async fn insert(tx: &mut Tx, session: &NewSession, token: HashedToken) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO sessions (id, token_hash, user_id, business_id, user_agent, created_at, last_seen_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
    )
    .bind(session.id.as_str())
    .bind(token.to_hex())
    .bind(session.user.as_str())
    .bind(session.business.as_str())
    .bind(&session.user_agent)
    .bind(session.created_at.as_microseconds())
    .bind(session.expires_at.as_microseconds())
    .execute(c))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct OpenRow {
    session_id: String,
    last_seen_at: i64,
    role: String,
    user_id: String,
    user_name: String,
    user_email: String,
    has_totp: bool,
    #[sqlx(flatten)]
    business: BusinessRow,
}

/// The session that `token` opens at `now` and was used since `idle`, if its person still belongs to its
/// business.
pub async fn find_open(tx: &mut Tx, token: HashedToken, now: Instant, idle: Instant) -> Result<Option<Open>> {
    let row: Option<OpenRow> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT s.id AS session_id, s.last_seen_at, m.role, u.id AS user_id, u.name AS user_name, \
         u.email AS user_email, u.totp_confirmed_at IS NOT NULL AS has_totp, ",
        columns!(),
        " FROM sessions s JOIN users u ON u.id = s.user_id \
         JOIN memberships m ON m.business_id = s.business_id AND m.user_id = s.user_id \
         JOIN businesses b ON b.id = s.business_id \
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3"
    ))
    .bind(token.to_hex())
    .bind(now.as_microseconds())
    .bind(idle.as_microseconds())
    .fetch_optional(c))?;
    row.map(|row| {
        let OpenRow { user_id: id, user_name: name, user_email: email, has_totp, .. } = row;
        Ok(Open {
            id: parse("sessions.id", &row.session_id)?,
            user: User::try_from(UserRow { id, name, email, has_totp })?,
            role: parse("memberships.role", &row.role)?,
            business: row.business.try_into()?,
            last_seen_at: Instant::from_microseconds(row.last_seen_at),
        })
    })
    .transpose()
}

/// When it was last used.
pub async fn update_last_seen(tx: &mut Tx, session: &SessionId, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2")
        .bind(session.as_str())
        .bind(now.as_microseconds())
        .execute(c))?;
    Ok(())
}

/// The person works in another of his businesses from now on. `false` if it isn't his.
pub async fn update_business(tx: &mut Tx, session: &SessionId, business: &BusinessId) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE sessions SET business_id = $2 WHERE id = $1 AND EXISTS (SELECT 1 FROM memberships m \
         WHERE m.business_id = $2 AND m.user_id = sessions.user_id)",
    )
    .bind(session.as_str())
    .bind(business.as_str())
    .execute(c))?;
    Ok(changed == 1)
}

/// Its cookie holds another token from now on; a copy of the one so far opens nothing. `false` if it has ended.
pub async fn update_token(tx: &mut Tx, session: &SessionId, token: HashedToken) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query("UPDATE sessions SET token_hash = $2 WHERE id = $1")
        .bind(session.as_str())
        .bind(token.to_hex())
        .execute(c))?;
    Ok(changed == 1)
}

/// Ends a session.
pub async fn delete(tx: &mut Tx, session: &SessionId) -> Result<()> {
    execute!(tx, |c| sqlx::query("DELETE FROM sessions WHERE id = $1").bind(session.as_str()).execute(c))?;
    Ok(())
}

/// Ends the person's sessions, all but `kept`: how many.
pub async fn delete_by_user(tx: &mut Tx, user: UserId, kept: Option<&SessionId>) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id <> $2")
        .bind(user.as_str())
        .bind(kept.map_or("", SessionId::as_str))
        .execute(c))?)
}

/// Ends the person's sessions in a business: how many.
pub async fn delete_by_member(tx: &mut Tx, business: &BusinessId, user: UserId) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND business_id = $2")
        .bind(user.as_str())
        .bind(business.as_str())
        .execute(c))?)
}

/// Deletes what can be opened no more: ended before `now`, or unused since `idle`.
pub async fn delete_expired(tx: &mut Tx, now: Instant, idle: Instant) -> Result<u64> {
    let ended = execute!(tx, |c| sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
        .bind(now.as_microseconds())
        .execute(c))?;
    let unused = execute!(tx, |c| sqlx::query("DELETE FROM sessions WHERE last_seen_at <= $1")
        .bind(idle.as_microseconds())
        .execute(c))?;
    Ok(ended + unused)
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    /// Its session.
    pub id: SessionId,
    /// As it calls itself.
    pub user_agent: String,
    /// When it signed in.
    pub created_at: Instant,
    /// When its last request was noted.
    pub last_seen_at: Instant,
}

/// The browsers in which the person is signed in at `now`, used since `idle`; the last used first.
pub async fn list_by_user(tx: &mut Tx, user: UserId, now: Instant, idle: Instant) -> Result<Vec<Browser>> {
    let rows: Vec<(String, String, i64, i64)> = run!(tx, |c| sqlx::query_as(
        "SELECT id, user_agent, created_at, last_seen_at FROM sessions \
         WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3 ORDER BY last_seen_at DESC, id DESC",
    )
    .bind(user.as_str())
    .bind(now.as_microseconds())
    .bind(idle.as_microseconds())
    .fetch_all(c))?;
    rows.into_iter()
        .map(|(id, user_agent, created_at, last_seen_at)| {
            Ok(Browser {
                id: parse("sessions.id", &id)?,
                user_agent,
                created_at: Instant::from_microseconds(created_at),
                last_seen_at: Instant::from_microseconds(last_seen_at),
            })
        })
        .collect()
}
