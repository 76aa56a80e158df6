//! The portal's list: the newest 50, and whatever older one is still unpaid, in one statement.

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
        "SELECT * FROM (SELECT 0 AS older, i.id, i.number, i.issued_on, ",
        facts_columns!(),
        " FROM invoices i",
        facts_joins!(),
        "WHERE i.customer_id = $1 AND i.business_id = $2 AND i.issued_on IS NOT NULL \
         ORDER BY i.issued_on DESC, i.id DESC LIMIT 50) newest \
         UNION ALL SELECT * FROM (SELECT 1 AS older, i.id, i.number, i.issued_on, ",
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
        let older = row.older == 1;
        let invoice = InvoiceSummary::try_from(row)?;
        if !older {
            invoices.newest.push(invoice);
        } else if invoices.newest.last().is_some_and(|oldest| is_before(&invoice, oldest)) {
            invoices.older_open.push(invoice);
        }
    }
    Ok(invoices)
}

fn is_before(invoice: &InvoiceSummary, other: &InvoiceSummary) -> bool {
    (invoice.issued_on, &invoice.id) < (other.issued_on, &other.id)
}
