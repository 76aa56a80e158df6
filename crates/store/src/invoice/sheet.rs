//! An invoice as the office sees it, drafts included: with its internal notes and how its lines were chosen. And
//! the changes of a draft.

use zoop_domain::id::{BusinessId, InvoiceId, TaxRateId};
use zoop_domain::invoice::entry::{ChosenLine, TaxChoice};
use zoop_domain::invoice::{Invoice, Totals, Writing};
use zoop_domain::money::{Currency, Quantity, UnitPrice};
use zoop_domain::time::{Date, Instant};

use super::get::{Row, columns, whole};
use super::{facts_columns, facts_joins};
use crate::db::{execute, run};
use crate::row::parse_optional;
use crate::{Result, Tx};

/// An invoice with what no customer sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The invoice. A draft's number is empty, its names are, and its issue date is the one it is to bear.
    pub invoice: Invoice,
    /// Internal notes; may be empty.
    pub notes: String,
    /// What the lines that "use the default" are taxed by.
    pub default_tax: Option<TaxRateId>,
    /// The date a draft is to bear, unless it is that of its sending.
    pub dated_on: Option<Date>,
    /// The canceled invoice that a draft takes the place of.
    pub replaces: Option<InvoiceId>,
    /// Moves with each change of a draft.
    pub revision: i64,
    /// When it was begun.
    pub created_at: Instant,
    /// When the customer opened it, first and last.
    pub seen: Option<(Instant, Instant)>,
}

/// A line with how it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenLine {
    /// The line. One that was never chosen, because a plan or another program wrote it, uses the default.
    pub line: ChosenLine,
    /// Whether somebody chose its tax.
    pub is_chosen: bool,
    /// The tax row that taxes it.
    pub tax: Option<usize>,
}

#[derive(sqlx::FromRow)]
struct SheetRow {
    #[sqlx(flatten)]
    row: Row,
    notes: Option<String>,
    default_tax_rate_id: Option<String>,
    dated_on: Option<String>,
    replaces: Option<String>,
    revision: i64,
    created_at: i64,
    first_seen_at: Option<i64>,
    last_seen_at: Option<i64>,
}

/// The invoice, draft or not, or `None` if the business has no such one. `today` is what a draft without a date bears.
pub async fn get_sheet(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId, today: Date) -> Result<Option<Sheet>> {
    let row: Option<SheetRow> = run!(tx, |c| {
        sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        "i.notes, i.default_tax_rate_id, i.dated_on, i.replaces, i.revision, i.created_at, i.first_seen_at, i.last_seen_at, ",
        facts_columns!(),
        " FROM invoices i",
        facts_joins!(),
        "LEFT JOIN invoices r ON r.id = i.replaced_by AND r.business_id = i.business_id \
         WHERE i.business_id = $1 AND i.id = $2"
    ))
    .bind(business.as_str())
    .bind(invoice.as_str())
    .fetch_optional(c)
    })?;
    let Some(mut found) = row else { return Ok(None) };
    let dated_on: Option<Date> = parse_optional("invoices.dated_on", found.dated_on.as_deref())?;
    if found.row.issued_on.is_none() {
        found.row.issued_on = Some(dated_on.unwrap_or(today).iso());
        found.row.number = Some(String::new());
    }
    Ok(Some(Sheet {
        notes: found.notes.unwrap_or_default(),
        default_tax: parse_optional("invoices.default_tax_rate_id", found.default_tax_rate_id.as_deref())?,
        dated_on,
        replaces: parse_optional("invoices.replaces", found.replaces.as_deref())?,
        revision: found.revision,
        created_at: Instant::from_microseconds(found.created_at),
        seen: (found.first_seen_at.map(Instant::from_microseconds))
            .zip(found.last_seen_at.map(Instant::from_microseconds)),
        invoice: whole(tx, business, invoice, found.row).await?,
    }))
}

#[derive(sqlx::FromRow)]
struct LineRow {
    description: String,
    quantity_e4: i64,
    unit_price_minor_e4: i64,
    tax_position: Option<i64>,
    tax_choice: Option<String>,
    is_discount: bool,
}

/// The lines with how they were chosen, in order.
pub async fn list_written_lines(
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
    currency: Currency,
) -> Result<Vec<WrittenLine>> {
    let rows: Vec<LineRow> = run!(tx, |c| sqlx::query_as(
        "SELECT description, quantity_e4, unit_price_minor_e4, tax_position, tax_choice, is_discount \
         FROM invoice_lines WHERE invoice_id = $1 AND business_id = $2 ORDER BY position",
    )
    .bind(invoice.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter()
        .map(|row| {
            let tax: Option<TaxChoice> = parse_optional("invoice_lines.tax_choice", row.tax_choice.as_deref())?;
            Ok(WrittenLine {
                is_chosen: tax.is_some(),
                tax: row.tax_position.and_then(|position| usize::try_from(position).ok()),
                line: ChosenLine {
                    description: row.description,
                    quantity: Quantity::from_e4(row.quantity_e4),
                    unit_price: UnitPrice::from_minor_e4(row.unit_price_minor_e4, currency),
                    tax: tax.unwrap_or_default(),
                    is_discount: row.is_discount,
                },
            })
        })
        .collect()
}

/// What an editor wrote.
#[derive(Clone, Debug)]
pub struct Written<'a> {
    /// Whom it bills, its days, its message, its notes.
    pub writing: &'a Writing,
    /// The lines as chosen.
    pub lines: &'a [ChosenLine],
    /// What they come to.
    pub totals: &'a Totals,
    /// What the lines that "use the default" are taxed by.
    pub default_tax: Option<&'a TaxRateId>,
}

/// Changes a draft, if it is still at `revision`: whether it was.
pub async fn update_draft(
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
    revision: i64,
    written: &Written<'_>,
) -> Result<bool> {
    let Written { writing, lines, totals, default_tax } = written;
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE invoices SET customer_id = $4, due_on = $5, dated_on = $6, memo = $7, notes = $8, \
         default_tax_rate_id = $9, subtotal_minor = $10, total_minor = $11, revision = revision + 1 \
         WHERE business_id = $1 AND id = $2 AND revision = $3 AND lifecycle = 'draft'",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .bind(revision)
    .bind(writing.customer.as_str())
    .bind(writing.due_on.iso())
    .bind(writing.dated_on.map(Date::iso))
    .bind((!writing.memo.is_empty()).then_some(&writing.memo))
    .bind((!writing.notes.is_empty()).then_some(&writing.notes))
    .bind(default_tax.map(TaxRateId::as_str))
    .bind(totals.subtotal.minor())
    .bind(totals.total.minor())
    .execute(c))?;
    if changed == 0 {
        return Ok(false);
    }
    delete_lines(tx, business, invoice).await?;
    super::insert_lines(tx, business, invoice, totals).await?;
    for (position, line) in lines.iter().enumerate() {
        execute!(tx, |c| sqlx::query(
            "UPDATE invoice_lines SET tax_choice = $4, is_discount = $5 \
             WHERE business_id = $1 AND invoice_id = $2 AND position = $3",
        )
        .bind(business.as_str())
        .bind(invoice.as_str())
        .bind(position as i64)
        .bind(line.tax.to_string())
        .bind(line.is_discount)
        .execute(c))?;
    }
    Ok(true)
}

async fn delete_lines(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<()> {
    execute!(tx, |c| sqlx::query("DELETE FROM invoice_lines WHERE business_id = $1 AND invoice_id = $2")
        .bind(business.as_str())
        .bind(invoice.as_str())
        .execute(c))?;
    execute!(tx, |c| sqlx::query("DELETE FROM invoice_taxes WHERE business_id = $1 AND invoice_id = $2")
        .bind(business.as_str())
        .bind(invoice.as_str())
        .execute(c))?;
    Ok(())
}

/// A draft goes, with its lines: whether it was still one.
pub async fn delete_draft(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<bool> {
    let drafts: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "SELECT id FROM invoices WHERE business_id = $1 AND id = $2 AND lifecycle = 'draft'",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .fetch_optional(c))?;
    if drafts.is_none() {
        return Ok(false);
    }
    delete_lines(tx, business, invoice).await?;
    execute!(tx, |c| sqlx::query("DELETE FROM invoices WHERE business_id = $1 AND id = $2 AND lifecycle = 'draft'")
        .bind(business.as_str())
        .bind(invoice.as_str())
        .execute(c))?;
    Ok(true)
}

/// Whether the draft is to take the place of a canceled invoice, once it is sent.
pub async fn update_replaces(
    tx: &mut Tx,
    business: &BusinessId,
    draft: &InvoiceId,
    canceled: &InvoiceId,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE invoices SET replaces = $3 WHERE business_id = $1 AND id = $2 AND lifecycle = 'draft'"
    )
    .bind(business.as_str())
    .bind(draft.as_str())
    .bind(canceled.as_str())
    .execute(c))?;
    Ok(())
}

/// The day an open invoice is due, moved.
pub async fn update_due_on(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId, due_on: Date) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE invoices SET due_on = $3, revision = revision + 1 WHERE business_id = $1 AND id = $2"
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .bind(due_on.iso())
    .execute(c))?;
    Ok(())
}

/// The internal notes, if they are still those that were `seen`; else `false`.
pub async fn update_notes(
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
    seen: &str,
    notes: &str,
) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE invoices SET notes = $4 WHERE business_id = $1 AND id = $2 AND COALESCE(notes, '') = $3"
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .bind(seen)
    .bind(notes)
    .execute(c))?;
    Ok(changed == 1)
}
