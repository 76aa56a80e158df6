//! A customer's invoices as the office lists them on his page: the newest, drafts among them.

use zoop_domain::id::{BusinessId, CustomerId, InvoiceId};
use zoop_domain::invoice::StatusFacts;
use zoop_domain::time::Date;

use super::{FactsRow, facts_columns, facts_joins};
use crate::db::run;
use crate::row::{parse, parse_optional};
use crate::{Error, Result, Tx};

/// An invoice on the page of its customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// Its number; a draft has none.
    pub number: Option<String>,
    /// What it is for: the plan's title, or its first line.
    pub what: String,
    /// When it was issued.
    pub issued_on: Option<Date>,
    /// What its status follows from.
    pub facts: StatusFacts,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    number: Option<String>,
    what: Option<String>,
    issued_on: Option<String>,
    #[sqlx(flatten)]
    facts: FactsRow,
}

impl TryFrom<Row> for CustomerInvoice {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("invoices.id", &row.id)?,
            number: row.number,
            what: row.what.unwrap_or_default(),
            issued_on: parse_optional("invoices.issued_on", row.issued_on.as_deref())?,
            facts: row.facts.try_into()?,
        })
    }
}

/// The invoices that were made last, newest first.
pub async fn list_by_customer(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    limit: i64,
) -> Result<Vec<CustomerInvoice>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT i.id, i.number, i.issued_on, COALESCE(i.plan_title, (SELECT l.description FROM invoice_lines l \
         WHERE l.business_id = i.business_id AND l.invoice_id = i.id ORDER BY l.position LIMIT 1)) AS what, ",
        facts_columns!(),
        " FROM invoices i",
        facts_joins!(),
        "WHERE i.customer_id = $1 AND i.business_id = $2 ORDER BY i.created_at DESC, i.id DESC LIMIT $3"
    ))
    .bind(customer.as_str())
    .bind(business.as_str())
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(CustomerInvoice::try_from).collect()
}

/// How many invoices the customer has; it stops counting at `most`.
pub async fn count_by_customer(tx: &mut Tx, business: &BusinessId, customer: &CustomerId, most: i64) -> Result<i64> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM invoices WHERE customer_id = $1 AND business_id = $2 \
         LIMIT $3) counted",
    )
    .bind(customer.as_str())
    .bind(business.as_str())
    .bind(most)
    .fetch_one(c))?)
}
