//! Secret links in mails about auto-pay, each bound to one consent. Only hashes are stored.

use zoop_domain::business::Business;
use zoop_domain::id::{BusinessId, ConsentId, CustomerId, PortalLinkId, TurnOffLinkId};
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;

use crate::business::{self, Row as BusinessRow};
use crate::db::{execute, run};
use crate::row::{parse, parse_optional};
use crate::{Result, Tx};

/// What a turn-off link opens.
#[derive(Clone, Debug)]
pub struct TurnOff {
    /// In whose name.
    pub business: Business,
    /// Whose consent.
    pub customer: CustomerId,
    /// Which consent.
    pub consent: ConsentId,
    /// The portal link that was live when it was made, if it still is.
    pub portal: Option<PortalLinkId>,
}

#[derive(sqlx::FromRow)]
struct TurnOffRow {
    #[sqlx(flatten)]
    business: BusinessRow,
    link_customer_id: String,
    link_consent_id: String,
    live_portal_link_id: Option<String>,
}

/// Stores the hash of a new link. `portal` is the customer's portal link that is live now.
pub async fn insert(
    tx: &mut Tx,
    business: &BusinessId,
    id: &TurnOffLinkId,
    consent: &ConsentId,
    portal: Option<&PortalLinkId>,
    token: HashedToken,
    now: Instant,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO turn_off_links (id, business_id, consent_id, portal_link_id, token_hash, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(business.as_str())
    .bind(consent.as_str())
    .bind(portal.map(PortalLinkId::as_str))
    .bind(token.to_hex())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// What the link with this token opens, or `None`.
pub async fn find(tx: &mut Tx, token: HashedToken) -> Result<Option<TurnOff>> {
    let row: Option<TurnOffRow> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT n.customer_id AS link_customer_id, t.consent_id AS link_consent_id, l.id AS live_portal_link_id, ",
        business::columns!(),
        " FROM turn_off_links t JOIN consents n ON n.business_id = t.business_id AND n.id = t.consent_id \
         JOIN businesses b ON b.id = t.business_id \
         LEFT JOIN portal_links l ON l.id = t.portal_link_id AND l.ended_at IS NULL \
         AND l.business_id = n.business_id AND l.customer_id = n.customer_id WHERE t.token_hash = $1"
    ))
    .bind(token.to_hex())
    .fetch_optional(c))?;
    row.map(|row| {
        Ok(TurnOff {
            business: Business::try_from(row.business)?,
            customer: parse("consents.customer_id", &row.link_customer_id)?,
            consent: parse("turn_off_links.consent_id", &row.link_consent_id)?,
            portal: parse_optional("portal_links.id", row.live_portal_link_id.as_deref())?,
        })
    })
    .transpose()
}

/// Deletes the links of consents that ended before `since`: how many those were. For the program.
pub async fn delete_ended(tx: &mut Tx, since: Instant) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query(
        "DELETE FROM turn_off_links WHERE EXISTS (SELECT 1 FROM consents n WHERE n.business_id = \
         turn_off_links.business_id AND n.id = turn_off_links.consent_id AND n.ended_at < $1)",
    )
    .bind(since.as_microseconds())
    .execute(c))?)
}
