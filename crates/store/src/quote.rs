//! Quotes, as the portal lists them.

use zoop_domain::id::{BusinessId, CustomerId, QuoteId};
use zoop_domain::quote::QuoteSummary;
use zoop_domain::time::{Date, Instant};

use crate::db::{execute, run};
use crate::row::{money, parse};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    number: String,
    title: String,
    sent_on: String,
    total_minor: i64,
    currency: String,
}

impl TryFrom<Row> for QuoteSummary {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("quotes.id", &row.id)?,
            number: row.number,
            title: row.title,
            sent_on: parse("quotes.sent_on", &row.sent_on)?,
            total: money(row.total_minor, &row.currency)?,
        })
    }
}

/// Stores a sent quote that waits for an answer until `expires_on`.
pub async fn insert(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    quote: &QuoteSummary,
    expires_on: Option<Date>,
    now: Instant,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO quotes (id, business_id, customer_id, number, title, sent_on, expires_on, total_minor, currency, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(quote.id.as_str())
    .bind(business.as_str())
    .bind(customer.as_str())
    .bind(&quote.number)
    .bind(&quote.title)
    .bind(quote.sent_on.iso())
    .bind(expires_on.map(Date::iso))
    .bind(quote.total.minor())
    .bind(quote.total.currency().as_str())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// Marks a quote as answered: it no longer waits. The first answer stays.
pub async fn update_answered(tx: &mut Tx, business: &BusinessId, quote: &QuoteId, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE quotes SET answered_at = $3 WHERE business_id = $1 AND id = $2 AND answered_at IS NULL"
    )
    .bind(business.as_str())
    .bind(quote.as_str())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// The customer's quotes that are sent, unanswered and unexpired on `today`, newest first.
pub async fn list_outstanding(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    today: Date,
) -> Result<Vec<QuoteSummary>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT id, number, title, sent_on, total_minor, currency FROM quotes \
         WHERE customer_id = $1 AND business_id = $2 AND sent_on IS NOT NULL AND answered_at IS NULL \
         AND (expires_on IS NULL OR expires_on >= $3) ORDER BY sent_on DESC, id DESC",
    )
    .bind(customer.as_str())
    .bind(business.as_str())
    .bind(today.iso())
    .fetch_all(c))?;
    rows.into_iter().map(QuoteSummary::try_from).collect()
}
