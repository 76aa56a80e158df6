//! The portal's list: the newest 50, and whatever older one is still unpaid, in one statement.

use std::cmp::Ordering;

use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::invoice::InvoiceSummary;

use super::{FactsRow, facts_columns, facts_joins};
use crate::db::run;
use crate::row::parse;
use crate::{Error, Result, Tx};

/// A customer's invoices as his portal shows them; drafts are never among them.
#[derive(Clone, Debug, Default)]
pub struct PortalInvoices {
    /// The 50 newest by issue date, newest first.
    pub newest: Vec<InvoiceSummary>,
    /// Open ones older than those, newest first.
    pub older_open: Vec<InvoiceSummary>,
}

#[derive(sqlx::FromRow)]
struct Row {
    older: i64,
    id: String,
    number: String,
    issued_on: String,
    #[sqlx(flatten)]
    facts: FactsRow,
}

impl TryFrom<Row> for InvoiceSummary {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("invoices.id", &row.id)?,
            number: row.number,
            issued_on: parse("invoices.issued_on", &row.issued_on)?,
            facts: row.facts.try_into()?,
        })
    }
}

/// The 50 newest invoices and all older open ones.
pub async fn list_for_portal(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<PortalInvoices> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT * FROM (SELECT CAST(0 AS BIGINT) AS older, i.id, i.number, i.issued_on, ",
        facts_columns!(),
        " FROM invoices i",
        facts_joins!(),
        "WHERE i.customer_id = $1 AND i.business_id = $2 AND i.issued_on IS NOT NULL \
         ORDER BY i.issued_on DESC, i.id DESC LIMIT 50) newest \
         UNION ALL SELECT * FROM (SELECT CAST(1 AS BIGINT) AS older, i.id, i.number, i.issued_on, ",
        facts_columns!(),
        " FROM invoices i",
        facts_joins!(),
        "WHERE i.customer_id = $1 AND i.business_id = $2 AND i.lifecycle = 'open' \
         ORDER BY i.issued_on DESC, i.id DESC) open"
    ))
    .bind(customer.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    let mut invoices = PortalInvoices::default();
    for row in rows {
        let list = if row.older == 1 { &mut invoices.older_open } else { &mut invoices.newest };
        list.push(row.try_into()?);
    }
    // Both halves come sorted, but a database promises an order only for a whole statement.
    invoices.newest.sort_by(newest_first);
    invoices.older_open.sort_by(newest_first);
    let oldest = invoices.newest.last();
    invoices.older_open.retain(|open| oldest.is_some_and(|oldest| newest_first(oldest, open).is_lt()));
    Ok(invoices)
}

fn newest_first(one: &InvoiceSummary, other: &InvoiceSummary) -> Ordering {
    (other.issued_on, &other.id).cmp(&(one.issued_on, &one.id))
}
