//! What comes in, many rows a statement: the text of these statements depends on the number of rows and on
//! nothing else.

use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::import::invoice::OpenInvoice;
use zoop_domain::invoice::Snapshot;
use zoop_domain::secret::InvoiceToken;
use zoop_domain::time::Instant;

use crate::db::{build, run};
use crate::{Result, Tx};

/// SQLite takes 32,766 parameters a statement, PostgreSQL 65,535.
const MOST_PARAMETERS: usize = 30_000;

/// An open invoice as it is stored.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its id.
    pub id: InvoiceId,
    /// Its number.
    pub number: String,
    /// The secret of its public page.
    pub token: InvoiceToken,
    /// What the file says of it.
    pub invoice: OpenInvoice,
    /// Names and addresses as they are now.
    pub snapshot: Snapshot,
}

/// Stores new customers.
pub async fn insert_customers(tx: &mut Tx, customers: &[Customer], now: Instant) -> Result<()> {
    for some in customers.chunks(MOST_PARAMETERS / 14) {
        build!(tx, |c, sql| {
            sql.push(
                "INSERT INTO customers (id, business_id, kind, name, contact, email, phone, address, sort_key, search, \
                 archived_at, erased_at, revision, created_at, version) ",
            );
            sql.push_values(some, |mut row, customer| {
                row.push_bind(customer.id.as_str())
                    .push_bind(customer.business.as_str())
                    .push_bind(customer.kind.as_str())
                    .push_bind(&customer.name)
                    .push_bind(customer.contact.as_deref())
                    .push_bind(customer.email.as_deref())
                    .push_bind(customer.phone.as_deref())
                    .push_bind(&customer.address)
                    .push_bind(customer.sort_key())
                    .push_bind(customer.search_text())
                    .push_bind(customer.archived_at.map(Instant::as_microseconds))
                    .push_bind(customer.erased_at.map(Instant::as_microseconds))
                    .push_bind(customer.revision)
                    .push_bind(now.as_microseconds())
                    .push("1");
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Stores open invoices with their lines. A reference that came in before is an error, and nothing is stored.
pub async fn insert_invoices(tx: &mut Tx, business: &BusinessId, invoices: &[Opened], now: Instant) -> Result<()> {
    for some in invoices.chunks(MOST_PARAMETERS / 17) {
        build!(tx, |c, sql| {
            sql.push(
                "INSERT INTO invoices (id, business_id, customer_id, number, token, currency, issued_on, due_on, \
                 subtotal_minor, total_minor, customer_name, customer_address, business_name, business_address, memo, \
                 reference, created_at, lifecycle, made_late, applied_minor, returned_minor, refunded_minor, \
                 bank_returned, version) ",
            );
            sql.push_values(some, |mut row, Opened { id, number, token, invoice, snapshot }| {
                row.push_bind(id.as_str())
                    .push_bind(business.as_str())
                    .push_bind(invoice.customer.as_str())
                    .push_bind(number)
                    .push_bind(token.expose())
                    .push_bind(invoice.totals.total.currency().as_str())
                    .push_bind(invoice.issued_on.iso())
                    .push_bind(invoice.due_on.iso())
                    .push_bind(invoice.totals.subtotal.minor())
                    .push_bind(invoice.totals.total.minor())
                    .push_bind(&snapshot.customer_name)
                    .push_bind(&snapshot.customer_address)
                    .push_bind(&snapshot.business_name)
                    .push_bind(&snapshot.business_address)
                    .push_bind(invoice.memo())
                    .push_bind(invoice.reference.as_deref())
                    .push_bind(now.as_microseconds())
                    .push("'open', FALSE, 0, 0, 0, FALSE, 1");
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    let lines: Vec<_> = invoices
        .iter()
        .flat_map(|opened| {
            let lines = opened.invoice.totals.lines.iter().enumerate();
            lines.map(|(position, line)| (opened.id.as_str(), position as i64, line))
        })
        .collect();
    for some in lines.chunks(MOST_PARAMETERS / 7) {
        build!(tx, |c, sql| {
            sql.push(
                "INSERT INTO invoice_lines (invoice_id, position, business_id, description, quantity_e4, \
                 unit_price_minor_e4, total_minor) ",
            );
            sql.push_values(some, |mut row, (invoice, position, line)| {
                row.push_bind(*invoice)
                    .push_bind(*position)
                    .push_bind(business.as_str())
                    .push_bind(&line.description)
                    .push_bind(line.quantity.as_e4())
                    .push_bind(line.unit_price.as_minor_e4())
                    .push_bind(line.total.minor());
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// The numbers that invoices had where they came from.
pub async fn list_references(tx: &mut Tx, business: &BusinessId) -> Result<Vec<String>> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "SELECT reference FROM invoices WHERE business_id = $1 AND reference IS NOT NULL"
    )
    .bind(business.as_str())
    .fetch_all(c))?)
}
