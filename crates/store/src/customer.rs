//! Customers.

use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{containing, parse};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: String,
    business_id: String,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    address: String,
}

impl TryFrom<Row> for Customer {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("customers.id", &row.id)?,
            business: parse("customers.business_id", &row.business_id)?,
            name: row.name,
            email: row.email,
            phone: row.phone,
            address: row.address,
        })
    }
}

/// Stores a new customer.
pub async fn insert(tx: &mut Tx, customer: &Customer, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO customers (id, business_id, name, email, phone, address, sort_key, search, version, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1, $8)",
    )
    .bind(customer.id.as_str())
    .bind(customer.business.as_str())
    .bind(&customer.name)
    .bind(&customer.email)
    .bind(&customer.phone)
    .bind(&customer.address)
    .bind(customer.name.to_lowercase())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// The customer, or `None` if the business has no such one.
pub async fn get(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Option<Customer>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT id, business_id, name, email, phone, address FROM customers WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(customer.as_str())
    .fetch_optional(c))?;
    row.map(Customer::try_from).transpose()
}

/// The customer's address for mail, if he had none.
pub async fn update_email(tx: &mut Tx, business: &BusinessId, customer: &CustomerId, email: &str) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE customers SET email = $3, version = version + 1 \
         WHERE business_id = $1 AND id = $2 AND email IS NULL",
    )
    .bind(business.as_str())
    .bind(customer.as_str())
    .bind(email)
    .execute(c))?;
    Ok(())
}

/// How many customers' folded texts contain `part`, counted as far as `limit`.
pub async fn count_matching(tx: &mut Tx, business: &BusinessId, part: &str, limit: i64) -> Result<i64> {
    Ok(run!(tx, |c| {
        sqlx::query_scalar(
        "SELECT COUNT(*) FROM (SELECT 1 FROM customers WHERE business_id = $1 AND search LIKE $2 ESCAPE '\\' LIMIT $3) x",
    )
    .bind(business.as_str())
    .bind(containing(part))
    .bind(limit)
    .fetch_one(c)
    })?)
}

/// Up to `limit` customers to choose from, by name: those whose folded name, or address for mail, contains `part`.
pub async fn list_choices(tx: &mut Tx, business: &BusinessId, part: &str, limit: i64) -> Result<Vec<Customer>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT id, business_id, name, email, phone, address FROM customers \
         WHERE business_id = $1 AND archived_at IS NULL \
         AND (search LIKE $2 ESCAPE '\\' OR LOWER(email) LIKE $2 ESCAPE '\\') ORDER BY sort_key, id LIMIT $3",
    )
    .bind(business.as_str())
    .bind(containing(part))
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(Customer::try_from).collect()
}
