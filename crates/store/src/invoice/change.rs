//! The changes of an invoice's life. Each is made under [`lock`], in one transaction with what
//! caused it.

use zoop_domain::id::{BusinessId, CustomerId, InvoiceId, PlanId};
use zoop_domain::invoice::{ClosingDates, Ledger, Lifecycle, Snapshot, Totals};
use zoop_domain::secret::InvoiceToken;
use zoop_domain::time::{Date, Instant};

use crate::db::{execute, run};
use crate::row::{money, parse, parse_optional};
use crate::{Error, Result, Tx};

/// A draft to be stored.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its id.
    pub id: InvoiceId,
    /// The business.
    pub business: BusinessId,
    /// Whom it will bill.
    pub customer: CustomerId,
    /// The plan it belongs to.
    pub plan: Option<PlanId>,
    /// The secret of its public page, once sent.
    pub token: InvoiceToken,
    /// When it will be due.
    pub due_on: Date,
    /// Lines, taxes and sums.
    pub totals: Totals,
    /// The plan's title.
    pub plan_title: Option<String>,
}

/// What a change of an invoice decides on, read under its lock.
#[derive(Clone, Debug)]
pub struct Locked {
    /// The invoice.
    pub id: InvoiceId,
    /// Whom it bills.
    pub customer: CustomerId,
    /// The stored part of its life.
    pub lifecycle: Lifecycle,
    /// Its sums.
    pub ledger: Ledger,
    /// The plan it belongs to.
    pub plan: Option<PlanId>,
    /// Its number; `None` for a draft.
    pub number: Option<String>,
    /// When it is due.
    pub due_on: Date,
    /// The plan's cycle it bills.
    pub cycle_on: Option<Date>,
    /// Whether it was made after its cycle's day, so that its charge waits for its mail.
    pub made_late: bool,
    /// Whether a bank return brought its balance back.
    pub bank_returned: bool,
    /// The days its life turned.
    pub dates: ClosingDates,
}

#[derive(sqlx::FromRow)]
struct LockedRow {
    id: String,
    customer_id: String,
    plan_id: Option<String>,
    lifecycle: String,
    made_late: bool,
    cycle_on: Option<String>,
    number: Option<String>,
    currency: String,
    due_on: String,
    total_minor: i64,
    applied_minor: i64,
    returned_minor: i64,
    refunded_minor: i64,
    bank_returned: bool,
    paid_on: Option<String>,
    voided_on: Option<String>,
    written_off_on: Option<String>,
    refunded_on: Option<String>,
    returned_on: Option<String>,
}

impl TryFrom<LockedRow> for Locked {
    type Error = Error;
    fn try_from(row: LockedRow) -> Result<Self> {
        let amount = |minor| money(minor, &row.currency);
        Ok(Self {
            id: parse("invoices.id", &row.id)?,
            customer: parse("invoices.customer_id", &row.customer_id)?,
            lifecycle: parse("invoices.lifecycle", &row.lifecycle)?,
            ledger: Ledger {
                total: amount(row.total_minor)?,
                applied: amount(row.applied_minor)?,
                returned: amount(row.returned_minor)?,
                refunded: amount(row.refunded_minor)?,
            },
            plan: parse_optional("invoices.plan_id", row.plan_id.as_deref())?,
            made_late: row.made_late,
            cycle_on: parse_optional("invoices.cycle_on", row.cycle_on.as_deref())?,
            number: row.number,
            due_on: parse("invoices.due_on", &row.due_on)?,
            bank_returned: row.bank_returned,
            dates: ClosingDates {
                paid_on: parse_optional("invoices.paid_on", row.paid_on.as_deref())?,
                voided_on: parse_optional("invoices.voided_on", row.voided_on.as_deref())?,
                written_off_on: parse_optional("invoices.written_off_on", row.written_off_on.as_deref())?,
                refunded_on: parse_optional("invoices.refunded_on", row.refunded_on.as_deref())?,
                returned_on: parse_optional("invoices.returned_on", row.returned_on.as_deref())?,
            },
        })
    }
}

/// Stores a draft with its lines. Names are copied when it is sent.
pub async fn insert_draft(tx: &mut Tx, draft: &Draft, now: Instant) -> Result<()> {
    let totals = &draft.totals;
    execute!(tx, |c| {
        sqlx::query(
        "INSERT INTO invoices (id, business_id, customer_id, plan_id, lifecycle, token, currency, due_on, subtotal_minor, \
         total_minor, applied_minor, returned_minor, refunded_minor, bank_returned, customer_name, customer_address, \
         business_name, business_address, plan_title, made_late, version, created_at) \
         VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, 0, 0, 0, FALSE, '', '', '', '', $10, FALSE, 1, $11)",
    )
    .bind(draft.id.as_str())
    .bind(draft.business.as_str())
    .bind(draft.customer.as_str())
    .bind(draft.plan.as_ref().map(PlanId::as_str))
    .bind(draft.token.expose())
    .bind(totals.total.currency().as_str())
    .bind(draft.due_on.iso())
    .bind(totals.subtotal.minor())
    .bind(totals.total.minor())
    .bind(&draft.plan_title)
    .bind(now.as_microseconds())
    .execute(c)
    })?;
    insert_lines(tx, &draft.business, &draft.id, totals).await
}

/// Stores the lines and tax rows of an invoice that has none yet.
pub async fn insert_lines(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId, totals: &Totals) -> Result<()> {
    for (position, line) in totals.lines.iter().enumerate() {
        execute!(tx, |c| sqlx::query(
            "INSERT INTO invoice_lines (invoice_id, position, business_id, description, quantity_e4, \
             unit_price_minor_e4, tax_position, total_minor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(invoice.as_str())
        .bind(position as i64)
        .bind(business.as_str())
        .bind(&line.description)
        .bind(line.quantity.as_e4())
        .bind(line.unit_price.as_minor_e4())
        .bind(line.tax.map(|position| position as i64))
        .bind(line.total.minor())
        .execute(c))?;
    }
    for (position, tax) in totals.taxes.iter().enumerate() {
        execute!(tx, |c| sqlx::query(
            "INSERT INTO invoice_taxes (invoice_id, position, business_id, name, percent_e4, taxable_minor, \
             amount_minor) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(invoice.as_str())
        .bind(position as i64)
        .bind(business.as_str())
        .bind(&tax.rate.name)
        .bind(tax.rate.percent.as_e4())
        .bind(tax.taxable.minor())
        .bind(tax.amount.minor())
        .execute(c))?;
    }
    Ok(())
}

/// Locks the invoice until the transaction ends and reads it, or `None` if the business has no
/// such one. The lock is a write, which both databases have.
pub async fn lock(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Option<Locked>> {
    let row: Option<LockedRow> = run!(tx, |c| {
        sqlx::query_as(
        "UPDATE invoices SET version = version + 1 WHERE business_id = $1 AND id = $2 \
         RETURNING id, customer_id, plan_id, lifecycle, made_late, cycle_on, number, currency, due_on, total_minor, applied_minor, returned_minor, \
         refunded_minor, bank_returned, paid_on, voided_on, written_off_on, refunded_on, returned_on",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .fetch_optional(c)
    })?;
    row.map(Locked::try_from).transpose()
}

/// Sends a draft: its number, its day, and the names as they are now.
pub async fn update_number_and_snapshot(
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
    number: &str,
    issued_on: Date,
    snapshot: &Snapshot,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE invoices SET lifecycle = 'open', number = $3, issued_on = $4, customer_name = $5, \
         customer_address = $6, business_name = $7, business_address = $8 \
         WHERE business_id = $1 AND id = $2 AND lifecycle = 'draft'",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .bind(number)
    .bind(issued_on.iso())
    .bind(&snapshot.customer_name)
    .bind(&snapshot.customer_address)
    .bind(&snapshot.business_name)
    .bind(&snapshot.business_address)
    .execute(c))?;
    Ok(())
}

/// What a payment, a refund or a return left behind.
pub async fn update_ledger(
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
    lifecycle: Lifecycle,
    ledger: &Ledger,
    bank_returned: bool,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE invoices SET lifecycle = $3, applied_minor = $4, returned_minor = $5, refunded_minor = $6, \
         bank_returned = $7 WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .bind(lifecycle.as_str())
    .bind(ledger.applied.minor())
    .bind(ledger.returned.minor())
    .bind(ledger.refunded.minor())
    .bind(bank_returned)
    .execute(c))?;
    Ok(())
}

/// The days an invoice's life turned.
pub async fn update_dates(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId, dates: &ClosingDates) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE invoices SET paid_on = $3, voided_on = $4, written_off_on = $5, refunded_on = $6, returned_on = $7 \
         WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .bind(dates.paid_on.map(Date::iso))
    .bind(dates.voided_on.map(Date::iso))
    .bind(dates.written_off_on.map(Date::iso))
    .bind(dates.refunded_on.map(Date::iso))
    .bind(dates.returned_on.map(Date::iso))
    .execute(c))?;
    Ok(())
}

/// Which invoice takes a void one's place.
pub async fn update_replaced_by(
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
    replacement: &InvoiceId,
) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE invoices SET replaced_by = $3 WHERE business_id = $1 AND id = $2")
        .bind(business.as_str())
        .bind(invoice.as_str())
        .bind(replacement.as_str())
        .execute(c))?;
    Ok(())
}

/// When auto-pay charges the invoice next; `None`: it doesn't.
pub async fn update_charge_at(
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
    charge_at: Option<Instant>,
) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE invoices SET charge_at = $3 WHERE business_id = $1 AND id = $2")
        .bind(business.as_str())
        .bind(invoice.as_str())
        .bind(charge_at.map(Instant::as_microseconds))
        .execute(c))?;
    Ok(())
}

/// Takes up to `limit` invoices off the list of those that are to be charged by `now`: which they
/// were. For the program, not for a tenant: each comes with its business.
pub async fn update_charge_due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<(BusinessId, InvoiceId)>> {
    let rows: Vec<(String, String)> = run!(tx, |c| sqlx::query_as(
        "UPDATE invoices SET charge_at = NULL WHERE charge_at <= $1 AND (business_id, id) IN \
         (SELECT business_id, id FROM invoices WHERE charge_at <= $1 ORDER BY charge_at, id LIMIT $2) \
         RETURNING business_id, id",
    )
    .bind(now.as_microseconds())
    .bind(limit)
    .fetch_all(c))?;
    rows.iter()
        .map(|(business, id)| Ok((parse("invoices.business_id", business)?, parse("invoices.id", id)?)))
        .collect()
}

/// When auto-pay looks at the invoice next, or `None`.
pub async fn find_charge_at(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Option<Instant>> {
    let at: Option<Option<i64>> =
        run!(tx, |c| sqlx::query_scalar("SELECT charge_at FROM invoices WHERE business_id = $1 AND id = $2",)
            .bind(business.as_str())
            .bind(invoice.as_str())
            .fetch_optional(c))?;
    Ok(at.flatten().map(Instant::from_microseconds))
}

/// The customer opened it: moves "last seen" on, never back; the first time it is "first seen" as well.
pub async fn update_last_seen(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId, at: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE invoices SET last_seen_at = $3, first_seen_at = COALESCE(first_seen_at, $3) \
         WHERE business_id = $1 AND id = $2 AND (last_seen_at IS NULL OR last_seen_at < $3)",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .bind(at.as_microseconds())
    .execute(c))?;
    Ok(())
}
