//! The list of customers, page by page, each with his link, his auto-pay and what he owes. What is beside a name
//! is computed for the page's rows alone.

use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::money::{Currency, Money};
use zoop_domain::time::{Date, Instant};

use super::{Row, columns};
use crate::db::run;
use crate::row::{containing, money, parse_optional};
use crate::{Result, Tx};

/// Which customers are listed. All but the last leave out who is archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tab {
    /// All.
    All,
    /// Who has an open invoice.
    Owing,
    /// Who has one whose due date has passed.
    Overdue,
    /// Who pays a plan by auto-pay.
    AutoPay,
    /// Who has no live portal link.
    NoLink,
    /// Who is archived.
    Archived,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edge {
    /// At the first name.
    Start,
    /// After that customer.
    After(Customer),
    /// It ends before that customer.
    Before(Customer),
}

/// What is asked of the list.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Which customers.
    pub tab: Tab,
    /// Where the page begins.
    pub edge: &'a Edge,
    /// Words that all must be found; of more than four the others are left out.
    pub words: &'a [String],
    /// Or the beginning of the number of an invoice of his.
    pub number: Option<&'a str>,
    /// The currency of what is owed.
    pub currency: Currency,
    /// The business's date.
    pub today: Date,
    /// As many.
    pub limit: i64,
}

/// How a customer's portal link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStanding {
    /// He never had one.
    None,
    /// It is live.
    Active,
    /// The last one was cut off.
    Revoked,
}

/// A customer in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub customer: Customer,
    /// His portal link.
    pub link: LinkStanding,
    /// When he last used it.
    pub last_seen_at: Option<Instant>,
    /// How many plans he pays by auto-pay.
    pub auto_pay: i64,
    /// What he owes.
    pub owed: Money,
    /// The earliest due date of what he owes.
    pub oldest_due_on: Option<Date>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    customer: Row,
    has_link: bool,
    had_link: bool,
    last_seen_at: Option<i64>,
    auto_pay: i64,
    owed_minor: i64,
    oldest_due_on: Option<String>,
}

impl ListedRow {
    fn listed(self, currency: Currency) -> Result<Listed> {
        let link = match (self.has_link, self.had_link) {
            (true, _) => LinkStanding::Active,
            (false, true) => LinkStanding::Revoked,
            (false, false) => LinkStanding::None,
        };
        Ok(Listed {
            customer: self.customer.try_into()?,
            link,
            last_seen_at: self.last_seen_at.map(Instant::from_microseconds),
            auto_pay: self.auto_pay,
            owed: money(self.owed_minor, currency.as_str())?,
            oldest_due_on: parse_optional("invoices.due_on", self.oldest_due_on.as_deref())?,
        })
    }
}

/// Whom a tab lists. `$2` is today.
macro_rules! of_tab {
    (All) => {
        " AND c.archived_at IS NULL"
    };
    (Owing) => {
        " AND c.archived_at IS NULL AND EXISTS (SELECT 1 FROM invoices i WHERE i.business_id = $1 \
         AND i.customer_id = c.id AND i.lifecycle = 'open')"
    };
    (Overdue) => {
        " AND c.archived_at IS NULL AND EXISTS (SELECT 1 FROM invoices i WHERE i.business_id = $1 \
         AND i.customer_id = c.id AND i.lifecycle = 'open' AND i.due_on < $2)"
    };
    (AutoPay) => {
        " AND c.archived_at IS NULL AND EXISTS (SELECT 1 FROM consents n WHERE n.customer_id = c.id \
         AND n.state = 'live' AND n.business_id = $1)"
    };
    (NoLink) => {
        " AND c.archived_at IS NULL AND NOT EXISTS (SELECT 1 FROM portal_links l WHERE l.business_id = $1 \
         AND l.customer_id = c.id AND l.ended_at IS NULL)"
    };
    (Archived) => {
        " AND c.archived_at IS NOT NULL"
    };
}

/// A page: the customers first, then what is beside them.
macro_rules! page {
    ($tab:ident, $edge:literal, $order:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", l.id IS NOT NULL AS has_link, \
             EXISTS (SELECT 1 FROM portal_links o WHERE o.customer_id = c.id AND o.business_id = $1) AS had_link, \
             CASE WHEN l.id IS NOT NULL THEN l.last_seen_at ELSE (SELECT MAX(o.last_seen_at) FROM portal_links o \
             WHERE o.customer_id = c.id AND o.business_id = $1) END AS last_seen_at, \
             (SELECT COUNT(*) FROM consents n WHERE n.customer_id = c.id AND n.state = 'live' \
             AND n.business_id = $1) AS auto_pay, \
             (SELECT CAST(COALESCE(SUM(i.total_minor - i.applied_minor + i.returned_minor), 0) AS BIGINT) \
             FROM invoices i WHERE i.business_id = $1 AND i.customer_id = c.id AND i.lifecycle = 'open' \
             AND i.currency = $3) AS owed_minor, \
             (SELECT MIN(i.due_on) FROM invoices i WHERE i.business_id = $1 AND i.customer_id = c.id \
             AND i.lifecycle = 'open') AS oldest_due_on \
             FROM (SELECT c.* FROM customers c WHERE c.business_id = $1 AND (c.sort_key, c.id) ",
            $edge,
            " ($4, $5)",
            of_tab!($tab),
            // Not every tab asks for the day; each takes it.
            " AND CAST($2 AS TEXT) IS NOT NULL AND ((c.search LIKE $6 ESCAPE '\\' AND c.search LIKE $7 ESCAPE '\\' AND c.search LIKE $8 ESCAPE '\\' \
             AND c.search LIKE $9 ESCAPE '\\') OR c.id IN (SELECT n.customer_id FROM (SELECT i.customer_id \
             FROM invoices i WHERE i.business_id = $1 AND i.number >= $10 AND i.number < $11 ORDER BY i.number \
             LIMIT 100) n)) ORDER BY ",
            $order,
            " LIMIT $12) c LEFT JOIN portal_links l ON l.business_id = $1 AND l.customer_id = c.id \
             AND l.ended_at IS NULL"
        )
    };
}

macro_rules! pages {
    ($tab:ident) => {
        [page!($tab, ">", "c.sort_key, c.id"), page!($tab, "<", "c.sort_key DESC, c.id DESC")]
    };
}

/// A page of customers, by name.
pub async fn list(tx: &mut Tx, business: &BusinessId, asked: &Asked<'_>) -> Result<Vec<Listed>> {
    let [forward, backward] = match asked.tab {
        Tab::All => pages!(All),
        Tab::Owing => pages!(Owing),
        Tab::Overdue => pages!(Overdue),
        Tab::AutoPay => pages!(AutoPay),
        Tab::NoLink => pages!(NoLink),
        Tab::Archived => pages!(Archived),
    };
    let (text, key) = match asked.edge {
        Edge::Start => (forward, None),
        Edge::After(customer) => (forward, Some(customer)),
        Edge::Before(customer) => (backward, Some(customer)),
    };
    let mut words = asked.words.iter().map(|word| containing(word));
    let mut word = || words.next().unwrap_or_else(|| "%".to_owned());
    let (first, second, third, fourth) = (word(), word(), word(), word());
    let (from, until) = range(asked.number);
    let rows: Vec<ListedRow> = run!(tx, |c| sqlx::query_as(text)
        .bind(business.as_str())
        .bind(asked.today.iso())
        .bind(asked.currency.as_str())
        .bind(key.map(Customer::sort_key).unwrap_or_default())
        .bind(key.map_or("", |customer| customer.id.as_str()))
        .bind(&first)
        .bind(&second)
        .bind(&third)
        .bind(&fourth)
        .bind(&from)
        .bind(&until)
        .bind(asked.limit)
        .fetch_all(c))?;
    let listed: Result<Vec<_>> = rows.into_iter().map(|row| row.listed(asked.currency)).collect();
    let mut listed = listed?;
    // The outer statement promises no order.
    listed.sort_by_cached_key(|it| (it.customer.sort_key(), it.customer.id.clone()));
    Ok(listed)
}

/// Up to `limit` customers, archived and erased ones too, in the order of their ids, behind `after`.
pub async fn list_all(
    tx: &mut Tx,
    business: &BusinessId,
    after: Option<&CustomerId>,
    limit: i64,
) -> Result<Vec<Customer>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM customers c WHERE c.business_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3"
    ))
    .bind(business.as_str())
    .bind(after.map_or("", CustomerId::as_str))
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(Customer::try_from).collect()
}

macro_rules! counted {
    ($tab:ident) => {
        concat!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM customers c WHERE c.business_id = $1",
            of_tab!($tab),
            " AND CAST($2 AS TEXT) IS NOT NULL LIMIT $3) counted"
        )
    };
}

/// How many customers a tab lists; it stops counting at `most`.
pub async fn count(tx: &mut Tx, business: &BusinessId, tab: Tab, today: Date, most: i64) -> Result<i64> {
    let text = match tab {
        Tab::All => counted!(All),
        Tab::Owing => counted!(Owing),
        Tab::Overdue => counted!(Overdue),
        Tab::AutoPay => counted!(AutoPay),
        Tab::NoLink => counted!(NoLink),
        Tab::Archived => counted!(Archived),
    };
    Ok(run!(tx, |c| sqlx::query_scalar(text).bind(business.as_str()).bind(today.iso()).bind(most).fetch_one(c))?)
}

/// The numbers that begin with `prefix`; none without one.
fn range(prefix: Option<&str>) -> (String, String) {
    match prefix {
        Some(prefix) if !prefix.is_empty() => (prefix.to_owned(), format!("{prefix}{}", char::MAX)),
        _ => (String::new(), String::new()),
    }
}
