//! Secret links that open a quote for its customer. Only hashes are stored.

use zoop_domain::id::{BusinessId, QuoteId, QuoteLinkId};
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::parse;
use crate::{Result, Tx};

/// Stores the hash of a new link.
pub async fn insert(
    tx: &mut Tx,
    business: &BusinessId,
    id: &QuoteLinkId,
    quote: &QuoteId,
    token: HashedToken,
    now: Instant,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO quote_links (id, business_id, quote_id, token_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(business.as_str())
    .bind(quote.as_str())
    .bind(token.to_hex())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// Whose quote the link with this token opens, and which; or `None`.
pub async fn find(tx: &mut Tx, token: HashedToken) -> Result<Option<(BusinessId, QuoteId)>> {
    let row: Option<(String, String)> =
        run!(tx, |c| sqlx::query_as("SELECT business_id, quote_id FROM quote_links WHERE token_hash = $1")
            .bind(token.to_hex())
            .fetch_optional(c))?;
    row.map(|(business, quote)| {
        Ok((parse("quote_links.business_id", &business)?, parse("quote_links.quote_id", &quote)?))
    })
    .transpose()
}

/// Deletes every link of the quote: none opens anything any more.
pub async fn delete(tx: &mut Tx, business: &BusinessId, quote: &QuoteId) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query("DELETE FROM quote_links WHERE business_id = $1 AND quote_id = $2")
        .bind(business.as_str())
        .bind(quote.as_str())
        .execute(c))?)
}
