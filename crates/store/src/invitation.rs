//! Invitations to a business's team, and the hashes of the secrets in their mails.

use zoop_domain::id::{BusinessId, InvitationId};
use zoop_domain::invitation::{Invitation, InvitationEnd};
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;
use zoop_domain::user::email_key;

use crate::db::{execute, run};
use crate::row::{corrupt, parse, parse_optional};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    email: String,
    role: String,
    invited_by: String,
    created_at: i64,
    expires_at: i64,
    closed_at: Option<i64>,
    closed_how: Option<String>,
}

impl TryFrom<Row> for Invitation {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let how: Option<InvitationEnd> = parse_optional("invitations.closed_how", row.closed_how.as_deref())?;
        let ended = match (row.closed_at, how) {
            (None, None) => None,
            (Some(at), Some(how)) => Some((Instant::from_microseconds(at), how)),
            (at, how) => return Err(corrupt("invitations.closed_at", &format!("{at:?} {how:?}"))),
        };
        Ok(Self {
            id: parse("invitations.id", &row.id)?,
            business: parse("invitations.business_id", &row.business_id)?,
            email: row.email,
            role: parse("invitations.role", &row.role)?,
            invited_by: parse("invitations.invited_by", &row.invited_by)?,
            created_at: Instant::from_microseconds(row.created_at),
            expires_at: Instant::from_microseconds(row.expires_at),
            ended,
        })
    }
}

macro_rules! columns {
    () => {
        "i.id, i.business_id, i.email, i.role, i.invited_by, i.created_at, i.expires_at, i.closed_at, i.closed_how"
    };
}

/// Stores an invitation. `false` if one to that address is open.
pub async fn insert(tx: &mut Tx, invitation: &Invitation) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "INSERT INTO invitations (id, business_id, email, email_key, role, invited_by, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (business_id, email_key) WHERE closed_at IS NULL DO NOTHING RETURNING id",
    )
    .bind(invitation.id.as_str())
    .bind(invitation.business.as_str())
    .bind(&invitation.email)
    .bind(email_key(&invitation.email))
    .bind(invitation.role.as_str())
    .bind(invitation.invited_by.as_str())
    .bind(invitation.created_at.as_microseconds())
    .bind(invitation.expires_at.as_microseconds())
    .fetch_optional(c))?;
    Ok(inserted.is_some())
}

/// The invitation, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, id: &InvitationId) -> Result<Option<Invitation>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM invitations i WHERE i.id = $1 AND i.business_id = $2"
    ))
    .bind(id.as_str())
    .bind(business.as_str())
    .fetch_optional(c))?;
    row.map(Invitation::try_from).transpose()
}

/// The business's invitations that haven't ended, expired ones too, by address.
pub async fn list_open(tx: &mut Tx, business: &BusinessId) -> Result<Vec<Invitation>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM invitations i WHERE i.business_id = $1 AND i.closed_at IS NULL ORDER BY i.email_key"
    ))
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// It has ended. `false` if it had before.
pub async fn update_closed(
    tx: &mut Tx,
    business: &BusinessId,
    id: &InvitationId,
    how: InvitationEnd,
    now: Instant,
) -> Result<bool> {
    let changed = execute!(tx, |c| {
        sqlx::query(
        "UPDATE invitations SET closed_at = $3, closed_how = $4 WHERE id = $1 AND business_id = $2 AND closed_at IS NULL",
    )
    .bind(id.as_str())
    .bind(business.as_str())
    .bind(now.as_microseconds())
    .bind(how.as_str())
    .execute(c)
    })?;
    Ok(changed == 1)
}

/// One to that address that hasn't ended does so now.
pub async fn update_closed_by_email(
    tx: &mut Tx,
    business: &BusinessId,
    email: &str,
    how: InvitationEnd,
    now: Instant,
) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE invitations SET closed_at = $3, closed_how = $4 \
         WHERE business_id = $1 AND email_key = $2 AND closed_at IS NULL",
    )
    .bind(business.as_str())
    .bind(email_key(email))
    .bind(now.as_microseconds())
    .bind(how.as_str())
    .execute(c))?;
    Ok(changed == 1)
}

/// A mail carries this secret of the invitation. `false` without such an invitation.
pub async fn insert_link(
    tx: &mut Tx,
    business: &BusinessId,
    id: &InvitationId,
    token: HashedToken,
    now: Instant,
) -> Result<bool> {
    let inserted = execute!(tx, |c| sqlx::query(
        "INSERT INTO invitation_links (token_hash, invitation_id, created_at) \
         SELECT $1, i.id, $4 FROM invitations i WHERE i.id = $2 AND i.business_id = $3",
    )
    .bind(token.to_hex())
    .bind(id.as_str())
    .bind(business.as_str())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(inserted == 1)
}

/// The invitation whose mail carries this secret, whether it has ended or not; or `None`.
pub async fn find_by_token(tx: &mut Tx, token: HashedToken) -> Result<Option<Invitation>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM invitation_links l JOIN invitations i ON i.id = l.invitation_id WHERE l.token_hash = $1"
    ))
    .bind(token.to_hex())
    .fetch_optional(c))?;
    row.map(Invitation::try_from).transpose()
}

/// Deletes those that could be taken up until `before`, with their secrets: how many.
pub async fn delete_old(tx: &mut Tx, before: Instant) -> Result<u64> {
    execute!(tx, |c| sqlx::query(
        "DELETE FROM invitation_links WHERE invitation_id IN (SELECT id FROM invitations WHERE expires_at < $1)",
    )
    .bind(before.as_microseconds())
    .execute(c))?;
    Ok(execute!(tx, |c| sqlx::query("DELETE FROM invitations WHERE expires_at < $1")
        .bind(before.as_microseconds())
        .execute(c))?)
}
