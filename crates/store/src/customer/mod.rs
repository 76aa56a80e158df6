//! Customers: one by one here, in lists and with what happened to them in the files beside.

mod choose;
mod erase;
mod history;
mod list;

use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::money::{Currency, Money};
use zoop_domain::time::{Date, Instant};

use crate::db::{execute, run};
use crate::row::{money, parse};
use crate::{Error, Result, Tx};

pub use choose::{count_matching, list_choices};
pub use erase::{count_under_way, update_erased};
pub use history::{Event, list_events};
pub use list::{Asked, Edge, LinkStanding, Listed, Tab, count, list, list_all};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    customer_id: String,
    customer_business_id: String,
    customer_kind: String,
    customer_name: String,
    customer_contact: Option<String>,
    customer_email: Option<String>,
    customer_phone: Option<String>,
    customer_address: String,
    customer_archived_at: Option<i64>,
    customer_erased_at: Option<i64>,
    customer_revision: i64,
}

/// The select list of [`Row`], for a customer `c`.
macro_rules! columns {
    () => {
        "c.id AS customer_id, c.business_id AS customer_business_id, c.kind AS customer_kind, \
         c.name AS customer_name, c.contact AS customer_contact, c.email AS customer_email, \
         c.phone AS customer_phone, c.address AS customer_address, c.archived_at AS customer_archived_at, \
         c.erased_at AS customer_erased_at, c.revision AS customer_revision"
    };
}
pub(crate) use columns;

impl TryFrom<Row> for Customer {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("customers.id", &row.customer_id)?,
            business: parse("customers.business_id", &row.customer_business_id)?,
            kind: parse("customers.kind", &row.customer_kind)?,
            name: row.customer_name,
            contact: row.customer_contact,
            email: row.customer_email,
            phone: row.customer_phone,
            address: row.customer_address,
            archived_at: row.customer_archived_at.map(Instant::from_microseconds),
            erased_at: row.customer_erased_at.map(Instant::from_microseconds),
            revision: row.customer_revision,
        })
    }
}

/// Stores a new customer.
pub async fn insert(tx: &mut Tx, customer: &Customer, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO customers (id, business_id, kind, name, contact, email, phone, address, sort_key, search, \
         archived_at, erased_at, revision, version, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14)",
    )
    .bind(customer.id.as_str())
    .bind(customer.business.as_str())
    .bind(customer.kind.as_str())
    .bind(&customer.name)
    .bind(&customer.contact)
    .bind(&customer.email)
    .bind(&customer.phone)
    .bind(&customer.address)
    .bind(customer.sort_key())
    .bind(customer.search_text())
    .bind(customer.archived_at.map(Instant::as_microseconds))
    .bind(customer.erased_at.map(Instant::as_microseconds))
    .bind(customer.revision)
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// The customer, or `None` if the business has no such one.
pub async fn get(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Option<Customer>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM customers c WHERE c.business_id = $1 AND c.id = $2"
    ))
    .bind(business.as_str())
    .bind(customer.as_str())
    .fetch_optional(c))?;
    row.map(Customer::try_from).transpose()
}

/// The customer, or `None`; until the transaction ends nobody else changes him.
pub async fn lock(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Option<Customer>> {
    execute!(tx, |c| sqlx::query("UPDATE customers SET version = version + 1 WHERE business_id = $1 AND id = $2")
        .bind(business.as_str())
        .bind(customer.as_str())
        .execute(c))?;
    get(tx, business, customer).await
}

/// Since when he is a customer, or `None`.
pub async fn find_since(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Option<Instant>> {
    let at: Option<i64> =
        run!(tx, |c| sqlx::query_scalar("SELECT created_at FROM customers WHERE business_id = $1 AND id = $2")
            .bind(business.as_str())
            .bind(customer.as_str())
            .fetch_optional(c))?;
    Ok(at.map(Instant::from_microseconds))
}

/// Customers with this address for mail, by name.
pub async fn list_by_email(tx: &mut Tx, business: &BusinessId, email: &str, limit: i64) -> Result<Vec<Customer>> {
    let rows: Vec<Row> = run!(tx, |c| {
        sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM customers c WHERE c.business_id = $1 AND LOWER(c.email) = LOWER($2) ORDER BY c.sort_key, c.id LIMIT $3"
    ))
    .bind(business.as_str())
    .bind(email)
    .bind(limit)
    .fetch_all(c)
    })?;
    rows.into_iter().map(Customer::try_from).collect()
}

/// Stores what was entered of a customer, and whether he is archived or erased.
pub async fn update_details(tx: &mut Tx, customer: &Customer) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE customers SET kind = $3, name = $4, contact = $5, email = $6, phone = $7, address = $8, \
         sort_key = $9, search = $10, archived_at = $11, erased_at = $12, revision = revision + 1, \
         version = version + 1 WHERE business_id = $1 AND id = $2",
    )
    .bind(customer.business.as_str())
    .bind(customer.id.as_str())
    .bind(customer.kind.as_str())
    .bind(&customer.name)
    .bind(&customer.contact)
    .bind(&customer.email)
    .bind(&customer.phone)
    .bind(&customer.address)
    .bind(customer.sort_key())
    .bind(customer.search_text())
    .bind(customer.archived_at.map(Instant::as_microseconds))
    .bind(customer.erased_at.map(Instant::as_microseconds))
    .execute(c))?;
    Ok(())
}

/// The customer's address for mail, if he had none.
pub async fn update_email(tx: &mut Tx, business: &BusinessId, customer: &CustomerId, email: &str) -> Result<()> {
    match lock(tx, business, customer).await? {
        Some(found) if found.email.is_none() && found.erased_at.is_none() => {
            update_details(tx, &Customer { email: Some(email.to_owned()), ..found }).await
        }
        _ => Ok(()),
    }
}

/// How much a customer owes and has paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// On open invoices.
    pub owed: Money,
    /// Of that, on those whose due date has passed.
    pub overdue: Money,
    /// The earliest due date of an open invoice.
    pub oldest_due_on: Option<Date>,
    /// What arrived since a day, without what went back.
    pub paid: Money,
}

#[derive(sqlx::FromRow)]
struct SumsRow {
    owed_minor: i64,
    overdue_minor: i64,
    oldest_due_on: Option<String>,
    paid_minor: i64,
}

// The day is no plain column there: without figures SQLite would read the whole business's year by its index.
/// What a customer owes on `today`, and what he has paid since `since`, in one currency.
pub async fn find_sums(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    currency: Currency,
    (since, today): (Date, Date),
) -> Result<Sums> {
    let row: SumsRow = run!(tx, |c| sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(i.owed_minor), 0) AS BIGINT) AS owed_minor, \
         CAST(COALESCE(SUM(CASE WHEN i.due_on < $4 THEN i.owed_minor ELSE 0 END), 0) AS BIGINT) AS overdue_minor, \
         MIN(i.due_on) AS oldest_due_on, \
         (SELECT CAST(COALESCE(SUM(p.amount_minor - p.refunded_minor), 0) AS BIGINT) FROM payments p \
         WHERE p.customer_id = $2 AND p.business_id = $1 AND p.currency = $3 AND p.state = 'succeeded' \
         AND p.received_on || '' >= $5) AS paid_minor \
         FROM (SELECT due_on, total_minor - applied_minor + returned_minor AS owed_minor FROM invoices \
         WHERE business_id = $1 AND customer_id = $2 AND lifecycle = 'open' AND currency = $3) i",
    )
    .bind(business.as_str())
    .bind(customer.as_str())
    .bind(currency.as_str())
    .bind(today.iso())
    .bind(since.iso())
    .fetch_one(c))?;
    let amount = |minor| money(minor, currency.as_str());
    Ok(Sums {
        owed: amount(row.owed_minor)?,
        overdue: amount(row.overdue_minor)?,
        oldest_due_on: crate::row::parse_optional("invoices.due_on", row.oldest_due_on.as_deref())?,
        paid: amount(row.paid_minor)?,
    })
}
