//! Quotes, as the portal lists them.

use zoop_domain::id::{BusinessId, CustomerId, QuoteId};
use zoop_domain::money::Money;
use zoop_domain::quote::QuoteSummary;
use zoop_domain::time::{Date, Instant};

use crate::db::{execute, run};
use crate::row::{money, parse, parse_optional};
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

/// A quote on the page of its customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerQuote {
    /// Its id.
    pub id: QuoteId,
    /// `Q-0217`.
    pub number: String,
    /// What it is for; may be empty.
    pub title: String,
    /// When it was sent; a draft isn't.
    pub sent_on: Option<Date>,
    /// Until when it can be answered.
    pub expires_on: Option<Date>,
    /// Whether the customer has answered.
    pub is_answered: bool,
    /// What it comes to.
    pub total: Money,
}

#[derive(sqlx::FromRow)]
struct CustomerQuoteRow {
    id: String,
    number: String,
    title: String,
    sent_on: Option<String>,
    expires_on: Option<String>,
    is_answered: bool,
    total_minor: i64,
    currency: String,
}

impl TryFrom<CustomerQuoteRow> for CustomerQuote {
    type Error = Error;
    fn try_from(row: CustomerQuoteRow) -> Result<Self> {
        Ok(Self {
            id: parse("quotes.id", &row.id)?,
            number: row.number,
            title: row.title,
            sent_on: parse_optional("quotes.sent_on", row.sent_on.as_deref())?,
            expires_on: parse_optional("quotes.expires_on", row.expires_on.as_deref())?,
            is_answered: row.is_answered,
            total: money(row.total_minor, &row.currency)?,
        })
    }
}

/// The customer's quotes, newest first.
pub async fn list_by_customer(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    limit: i64,
) -> Result<Vec<CustomerQuote>> {
    let rows: Vec<CustomerQuoteRow> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT id, number, title, sent_on, expires_on, answered_at IS NOT NULL AS is_answered, total_minor, currency \
         FROM quotes WHERE customer_id = $1 AND business_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3",
    )
    .bind(customer.as_str())
    .bind(business.as_str())
    .bind(limit)
    .fetch_all(c)
    })?;
    rows.into_iter().map(CustomerQuote::try_from).collect()
}
