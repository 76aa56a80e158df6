//! A whole invoice, for its page and its receipt.

use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::{ClosingDates, Invoice, Line, Snapshot, Totals};
use zoop_domain::money::{Currency, Quantity, UnitPrice};
use zoop_domain::secret::InvoiceToken;
use zoop_domain::tax::{Percent, TaxLine, TaxRate};

use super::{FactsRow, facts_columns, facts_joins};
use crate::db::run;
use crate::row::{corrupt, money, parse, parse_optional};
use crate::{Result, Tx};

/// The select list of [`Row`], before [`facts_columns`].
macro_rules! columns {
    () => {
        "i.id, i.business_id, i.customer_id, i.plan_id, i.number, i.token, i.issued_on, i.subtotal_minor, \
         i.customer_name, i.customer_address, i.business_name, i.business_address, i.plan_title, i.memo, i.paid_on, \
         i.voided_on, i.written_off_on, i.refunded_on, i.returned_on, i.replaced_by, r.number AS replaced_by_number, "
    };
}
pub(super) use columns;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: String,
    business_id: String,
    customer_id: String,
    plan_id: Option<String>,
    pub(super) number: Option<String>,
    token: String,
    pub(super) issued_on: Option<String>,
    subtotal_minor: i64,
    #[sqlx(flatten)]
    facts: FactsRow,
    customer_name: String,
    customer_address: String,
    business_name: String,
    business_address: String,
    plan_title: Option<String>,
    memo: Option<String>,
    paid_on: Option<String>,
    voided_on: Option<String>,
    written_off_on: Option<String>,
    refunded_on: Option<String>,
    returned_on: Option<String>,
    replaced_by: Option<String>,
    replaced_by_number: Option<String>,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    description: String,
    quantity_e4: i64,
    unit_price_minor_e4: i64,
    tax_position: Option<i64>,
    total_minor: i64,
}

#[derive(sqlx::FromRow)]
struct TaxRow {
    name: String,
    percent_e4: i64,
    taxable_minor: i64,
    amount_minor: i64,
}

/// Which business and invoice a public link opens.
#[derive(Clone, Debug)]
pub struct Found {
    /// The business.
    pub business: BusinessId,
    /// The invoice.
    pub invoice: InvoiceId,
}

/// The sent invoice with this public token, or `None`.
pub async fn find_by_token(tx: &mut Tx, token: &InvoiceToken) -> Result<Option<Found>> {
    let row: Option<(String, String)> = run!(tx, |c| sqlx::query_as(
        "SELECT business_id, id FROM invoices WHERE token = $1 AND issued_on IS NOT NULL",
    )
    .bind(token.expose())
    .fetch_optional(c))?;
    row.map(|(business, invoice)| {
        Ok(Found { business: parse("invoices.business_id", &business)?, invoice: parse("invoices.id", &invoice)? })
    })
    .transpose()
}

/// The invoice, unless it is a draft or another business's.
pub async fn get(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Option<Invoice>> {
    let row: Option<Row> = run!(tx, |c| {
        sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            facts_columns!(),
            " FROM invoices i",
            facts_joins!(),
            "LEFT JOIN invoices r ON r.id = i.replaced_by AND r.business_id = i.business_id \
         WHERE i.business_id = $1 AND i.id = $2 AND i.issued_on IS NOT NULL"
        ))
        .bind(business.as_str())
        .bind(invoice.as_str())
        .fetch_optional(c)
    })?;
    let Some(row) = row else { return Ok(None) };
    whole(tx, business, invoice, row).await.map(Some)
}

/// The invoice with its lines and taxes.
pub(super) async fn whole(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId, row: Row) -> Result<Invoice> {
    let lines = list_lines(tx, business, invoice).await?;
    let taxes = list_taxes(tx, business, invoice).await?;
    into_invoice(row, lines, taxes)
}

async fn list_lines(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Vec<LineRow>> {
    Ok(run!(tx, |c| sqlx::query_as(
        "SELECT description, quantity_e4, unit_price_minor_e4, tax_position, total_minor FROM invoice_lines \
         WHERE invoice_id = $1 AND business_id = $2 ORDER BY position",
    )
    .bind(invoice.as_str())
    .bind(business.as_str())
    .fetch_all(c))?)
}

async fn list_taxes(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Vec<TaxRow>> {
    Ok(run!(tx, |c| sqlx::query_as(
        "SELECT name, percent_e4, taxable_minor, amount_minor FROM invoice_taxes \
         WHERE invoice_id = $1 AND business_id = $2 ORDER BY position",
    )
    .bind(invoice.as_str())
    .bind(business.as_str())
    .fetch_all(c))?)
}

fn into_invoice(row: Row, lines: Vec<LineRow>, taxes: Vec<TaxRow>) -> Result<Invoice> {
    let facts: zoop_domain::invoice::StatusFacts = row.facts.try_into()?;
    let currency = facts.ledger.total.currency();
    let replaced_by = parse_optional("invoices.replaced_by", row.replaced_by.as_deref())?;
    Ok(Invoice {
        id: parse("invoices.id", &row.id)?,
        business: parse("invoices.business_id", &row.business_id)?,
        customer: parse("invoices.customer_id", &row.customer_id)?,
        plan: parse_optional("invoices.plan_id", row.plan_id.as_deref())?,
        number: row.number.ok_or_else(|| corrupt("invoices.number", &"NULL"))?,
        token: InvoiceToken::parse(&row.token).map_err(|_| corrupt("invoices.token", &"…"))?,
        issued_on: parse("invoices.issued_on", row.issued_on.as_deref().unwrap_or_default())?,
        totals: Totals {
            lines: lines.into_iter().map(|line| into_line(line, taxes.len(), currency)).collect::<Result<_>>()?,
            subtotal: money(row.subtotal_minor, currency.as_str())?,
            taxes: taxes.into_iter().map(|tax| into_tax(tax, currency)).collect::<Result<_>>()?,
            total: facts.ledger.total,
        },
        facts,
        snapshot: Snapshot {
            customer_name: row.customer_name,
            customer_address: row.customer_address,
            business_name: row.business_name,
            business_address: row.business_address,
        },
        plan_title: row.plan_title,
        memo: row.memo.unwrap_or_default(),
        dates: ClosingDates {
            paid_on: parse_optional("invoices.paid_on", row.paid_on.as_deref())?,
            voided_on: parse_optional("invoices.voided_on", row.voided_on.as_deref())?,
            written_off_on: parse_optional("invoices.written_off_on", row.written_off_on.as_deref())?,
            refunded_on: parse_optional("invoices.refunded_on", row.refunded_on.as_deref())?,
            returned_on: parse_optional("invoices.returned_on", row.returned_on.as_deref())?,
        },
        replaced_by: replaced_by.zip(row.replaced_by_number),
    })
}

fn into_line(row: LineRow, taxes: usize, currency: Currency) -> Result<Line> {
    let tax = row.tax_position.map(|position| {
        let index = usize::try_from(position).ok().filter(|index| *index < taxes);
        index.ok_or_else(|| corrupt("invoice_lines.tax_position", &position))
    });
    Ok(Line {
        description: row.description,
        quantity: Quantity::from_e4(row.quantity_e4),
        unit_price: UnitPrice::from_minor_e4(row.unit_price_minor_e4, currency),
        tax: tax.transpose()?,
        total: zoop_domain::money::Money::new(row.total_minor, currency),
    })
}

fn into_tax(row: TaxRow, currency: Currency) -> Result<TaxLine> {
    let percent = Percent::from_e4(row.percent_e4).map_err(|_| corrupt("invoice_taxes.percent_e4", &row.percent_e4))?;
    Ok(TaxLine {
        rate: TaxRate { name: row.name, percent },
        taxable: zoop_domain::money::Money::new(row.taxable_minor, currency),
        amount: zoop_domain::money::Money::new(row.amount_minor, currency),
    })
}
