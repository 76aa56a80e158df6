//! Portal links: found by the hash of their token, and only while they live.

use zoop_domain::business::Business;
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, CustomerId, PortalLinkId};
use zoop_domain::portal_link::{LinkEnd, PortalLink};
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{corrupt, parse, parse_optional};
use crate::{Error, Result, Tx};
use crate::{business, customer};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    customer_id: String,
    created_at: i64,
    last_seen_at: Option<i64>,
    ended_at: Option<i64>,
    ended_how: Option<String>,
}

impl TryFrom<Row> for PortalLink {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let how: Option<LinkEnd> = parse_optional("portal_links.ended_how", row.ended_how.as_deref())?;
        let ended = match (row.ended_at, how) {
            (None, None) => None,
            (Some(at), Some(how)) => Some((Instant::from_microseconds(at), how)),
            (at, how) => return Err(corrupt("portal_links.ended_at", &format!("{at:?} {how:?}"))),
        };
        Ok(Self {
            id: parse("portal_links.id", &row.id)?,
            business: parse("portal_links.business_id", &row.business_id)?,
            customer: parse("portal_links.customer_id", &row.customer_id)?,
            created_at: Instant::from_microseconds(row.created_at),
            last_seen_at: row.last_seen_at.map(Instant::from_microseconds),
            ended,
        })
    }
}

/// A live link with all that a page below it needs to begin.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The link.
    pub link: PortalLinkId,
    /// Whose portal it is.
    pub business: Business,
    /// Whom it lets in.
    pub customer: Customer,
}

#[derive(sqlx::FromRow)]
struct VisitorRow {
    #[sqlx(flatten)]
    business: business::Row,
    link_id: String,
    #[sqlx(flatten)]
    customer: customer::Row,
}

/// Stores a new live link. `false` if the customer has one already: then nothing is stored.
pub async fn insert(tx: &mut Tx, link: &PortalLink, token: HashedToken) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| {
        sqlx::query_scalar(
        "INSERT INTO portal_links (id, business_id, customer_id, token_hash, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (business_id, customer_id) WHERE ended_at IS NULL DO NOTHING RETURNING id",
    )
    .bind(link.id.as_str())
    .bind(link.business.as_str())
    .bind(link.customer.as_str())
    .bind(token.to_hex())
    .bind(link.created_at.as_microseconds())
    .fetch_optional(c)
    })?;
    Ok(inserted.is_some())
}

/// Who comes in by the live link with this token, or `None`: unknown, rotated and revoked alike.
pub async fn find_visitor(tx: &mut Tx, token: HashedToken) -> Result<Option<Visitor>> {
    let row: Option<VisitorRow> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT l.id AS link_id, ",
        customer::columns!(),
        ", ",
        business::columns!(),
        " FROM portal_links l JOIN customers c ON c.id = l.customer_id AND c.business_id = l.business_id \
         JOIN businesses b ON b.id = l.business_id WHERE l.token_hash = $1 AND l.ended_at IS NULL"
    ))
    .bind(token.to_hex())
    .fetch_optional(c))?;
    row.map(|row| {
        Ok(Visitor {
            link: parse("portal_links.id", &row.link_id)?,
            customer: row.customer.try_into()?,
            business: row.business.try_into()?,
        })
    })
    .transpose()
}

/// The customer's newest link, live or ended, or `None` if he never had one. A live one is the
/// newest, whatever the clock said when it took another's place.
pub async fn find_newest(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Option<PortalLink>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT id, business_id, customer_id, created_at, last_seen_at, ended_at, ended_how FROM portal_links \
         WHERE business_id = $1 AND customer_id = $2 \
         ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, created_at DESC, id DESC LIMIT 1",
    )
    .bind(business.as_str())
    .bind(customer.as_str())
    .fetch_optional(c))?;
    row.map(PortalLink::try_from).transpose()
}

/// Ends the customer's live link, if there is one: which it was.
pub async fn update_ended(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    how: LinkEnd,
    now: Instant,
) -> Result<Option<PortalLinkId>> {
    let id: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "UPDATE portal_links SET ended_at = $3, ended_how = $4 \
         WHERE business_id = $1 AND customer_id = $2 AND ended_at IS NULL RETURNING id",
    )
    .bind(business.as_str())
    .bind(customer.as_str())
    .bind(now.as_microseconds())
    .bind(how.as_str())
    .fetch_optional(c))?;
    parse_optional("portal_links.id", id.as_deref())
}

/// Moves "last seen" of a link on, never back; the first time it is "first seen" as well.
pub async fn update_last_seen(tx: &mut Tx, business: &BusinessId, link: &PortalLinkId, at: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE portal_links SET last_seen_at = $3, first_seen_at = COALESCE(first_seen_at, $3) \
         WHERE business_id = $1 AND id = $2 \
         AND (last_seen_at IS NULL OR last_seen_at < $3)",
    )
    .bind(business.as_str())
    .bind(link.as_str())
    .bind(at.as_microseconds())
    .execute(c))?;
    Ok(())
}
