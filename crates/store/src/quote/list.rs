//! The office's lists of quotes: by status, searched, page by page by key, newest first; and a customer's.

use zoop_domain::id::{BusinessId, CustomerId, QuoteId};
use zoop_domain::money::Money;
use zoop_domain::quote::{QuoteState, QuoteStatus};
use zoop_domain::time::{Date, Instant};

use crate::db::run;
use crate::page::Side;
use crate::row::{containing, money, parse, parse_optional};
use crate::{Error, Result, Tx};

/// Which quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// How they stand; `None`: however.
    pub status: Option<QuoteStatus>,
    /// What their number, title or customer holds, folded; empty: anything.
    pub words: String,
    /// From where on.
    pub side: Side<QuoteId>,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The quote.
    pub id: QuoteId,
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// What it is for; may be empty.
    pub title: String,
    /// For whom.
    pub customer: CustomerId,
    /// His name.
    pub customer_name: String,
    /// How it stands.
    pub status: QuoteStatus,
    /// When it was sent.
    pub sent_on: Option<Date>,
    /// Its last day.
    pub expires_on: Option<Date>,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// What it comes to.
    pub total: Money,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    id: String,
    number: Option<String>,
    title: String,
    customer_id: String,
    customer_name: String,
    status: String,
    sent_on: Option<String>,
    expires_on: Option<String>,
    answered_at: Option<i64>,
    total_minor: i64,
    currency: String,
}

impl TryFrom<ListedRow> for Listed {
    type Error = Error;
    fn try_from(row: ListedRow) -> Result<Self> {
        Ok(Self {
            id: parse("quotes.id", &row.id)?,
            number: row.number,
            title: row.title,
            customer: parse("quotes.customer_id", &row.customer_id)?,
            customer_name: row.customer_name,
            status: parse("quotes.state", &row.status)?,
            sent_on: parse_optional("quotes.sent_on", row.sent_on.as_deref())?,
            expires_on: parse_optional("quotes.expires_on", row.expires_on.as_deref())?,
            answered_at: row.answered_at.map(Instant::from_microseconds),
            total: money(row.total_minor, &row.currency)?,
        })
    }
}

macro_rules! status {
    ($today:literal) => {
        concat!("CASE WHEN q.state = 'sent' AND q.expires_on < ", $today, " THEN 'expired' ELSE q.state END")
    };
}

// Whoever a row belongs to is always there, by its foreign key. LEFT keeps the joins in their order: with statistics SQLite
// would begin with the customers and sort everything they have.
macro_rules! page {
    ($beyond:literal, $order:literal) => {
        concat!(
            "SELECT q.id, q.number, q.title, q.customer_id, c.name AS customer_name, ",
            status!("$2"),
            " AS status, q.sent_on, q.expires_on, q.answered_at, q.total_minor, q.currency FROM quotes q \
             LEFT JOIN customers c ON c.business_id = q.business_id AND c.id = q.customer_id \
             WHERE q.business_id = $1 AND ",
            $beyond,
            " AND ($4 = '' OR ",
            status!("$2"),
            " = $4) AND ($5 = '' OR q.search LIKE $6 ESCAPE '\\' OR c.search LIKE $6 ESCAPE '\\') \
             ORDER BY q.business_id ",
            $order,
            ", q.id ",
            $order,
            " LIMIT $7"
        )
    };
}

/// A page of the business's quotes as they stand on `today`, newest first, `limit` of them.
pub async fn list(tx: &mut Tx, business: &BusinessId, today: Date, filter: &Filter, limit: i64) -> Result<Vec<Listed>> {
    let (sql, key) = match &filter.side {
        Side::Start => (page!("q.id > $3", "DESC"), ""),
        Side::Before(quote) => (page!("q.id < $3", "DESC"), quote.as_str()),
        Side::After(quote) => (page!("q.id > $3", "ASC"), quote.as_str()),
    };
    let rows: Vec<ListedRow> = run!(tx, |c| sqlx::query_as(sql)
        .bind(business.as_str())
        .bind(today.iso())
        .bind(key)
        .bind(filter.status.map_or("", QuoteStatus::as_str))
        .bind(&filter.words)
        .bind(containing(&filter.words))
        .bind(limit)
        .fetch_all(c))?;
    rows.into_iter().map(Listed::try_from).collect::<Result<_>>().map(|listed| filter.side.newest_first(listed))
}

/// How many of the business's quotes stand how on `today`.
pub async fn count_by_status(tx: &mut Tx, business: &BusinessId, today: Date) -> Result<Vec<(QuoteStatus, i64)>> {
    let rows: Vec<(String, i64)> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT s.status, COUNT(*) FROM (SELECT ",
        status!("$2"),
        " AS status FROM quotes q WHERE q.business_id = $1) s GROUP BY s.status"
    ))
    .bind(business.as_str())
    .bind(today.iso())
    .fetch_all(c))?;
    rows.into_iter().map(|(status, count)| Ok((parse("quotes.state", &status)?, count))).collect()
}

/// A quote on the page of its customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerQuote {
    /// Its id.
    pub id: QuoteId,
    /// `Q-0217`; empty for a draft.
    pub number: String,
    /// What it is for; may be empty.
    pub title: String,
    /// When it was sent; a draft isn't.
    pub sent_on: Option<Date>,
    /// Until when it can be answered.
    pub expires_on: Option<Date>,
    /// How far it has come.
    pub state: QuoteState,
    /// What it comes to.
    pub total: Money,
}

#[derive(sqlx::FromRow)]
struct CustomerQuoteRow {
    id: String,
    number: Option<String>,
    title: String,
    sent_on: Option<String>,
    expires_on: Option<String>,
    state: String,
    total_minor: i64,
    currency: String,
}

impl TryFrom<CustomerQuoteRow> for CustomerQuote {
    type Error = Error;
    fn try_from(row: CustomerQuoteRow) -> Result<Self> {
        Ok(Self {
            id: parse("quotes.id", &row.id)?,
            number: row.number.unwrap_or_default(),
            title: row.title,
            sent_on: parse_optional("quotes.sent_on", row.sent_on.as_deref())?,
            expires_on: parse_optional("quotes.expires_on", row.expires_on.as_deref())?,
            state: parse("quotes.state", &row.state)?,
            total: money(row.total_minor, &row.currency)?,
        })
    }
}

/// The customer's quotes, newest first, without what was taken back.
pub async fn list_by_customer(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    limit: i64,
) -> Result<Vec<CustomerQuote>> {
    let rows: Vec<CustomerQuoteRow> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT id, number, title, sent_on, expires_on, state, total_minor, currency \
         FROM quotes WHERE customer_id = $1 AND business_id = $2 AND state <> 'withdrawn' ORDER BY created_at DESC, id DESC LIMIT $3",
    )
    .bind(customer.as_str())
    .bind(business.as_str())
    .bind(limit)
    .fetch_all(c)
    })?;
    rows.into_iter().map(CustomerQuote::try_from).collect()
}
