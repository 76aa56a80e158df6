//! The dunning of an invoice: one row once an automatic charge has failed.

use zoop_domain::dunning::Dunning;
use zoop_domain::id::{BusinessId, InvoiceId, PlanId};
use zoop_domain::time::{Date, Instant};

use crate::db::{execute, run};
use crate::row::{parse, parse_optional};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    tries: i64,
    first_failed_on: String,
    failed_at: i64,
    failed_on: String,
    decline_code: String,
    method_label: String,
    next_try_on: Option<String>,
    stopped: bool,
}

impl TryFrom<Row> for Dunning {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            tries: row.tries,
            first_failed_on: parse("dunnings.first_failed_on", &row.first_failed_on)?,
            failed_at: Instant::from_microseconds(row.failed_at),
            failed_on: parse("dunnings.failed_on", &row.failed_on)?,
            decline_code: row.decline_code,
            method_label: row.method_label,
            next_try_on: parse_optional("dunnings.next_try_on", row.next_try_on.as_deref())?,
            stopped: row.stopped,
        })
    }
}

/// The dunning of the invoice, or `None` if no automatic charge of it ever failed.
pub async fn find(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Option<Dunning>> {
    let row: Option<Row> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT tries, first_failed_on, failed_at, failed_on, decline_code, method_label, next_try_on, stopped FROM dunnings \
         WHERE business_id = $1 AND invoice_id = $2",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .fetch_optional(c)
    })?;
    row.map(Dunning::try_from).transpose()
}

/// Stores the state of an invoice's dunning, in place of the one before.
pub async fn insert(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId, dunning: &Dunning) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO dunnings (invoice_id, business_id, tries, failed_at, failed_on, decline_code, method_label, \
         next_try_on, stopped, first_failed_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (business_id, invoice_id) DO UPDATE SET tries = EXCLUDED.tries, \
         first_failed_on = EXCLUDED.first_failed_on, failed_at = EXCLUDED.failed_at, \
         failed_on = EXCLUDED.failed_on, decline_code = EXCLUDED.decline_code, method_label = EXCLUDED.method_label, \
         next_try_on = EXCLUDED.next_try_on, stopped = EXCLUDED.stopped",
    )
    .bind(invoice.as_str())
    .bind(business.as_str())
    .bind(dunning.tries)
    .bind(dunning.failed_at.as_microseconds())
    .bind(dunning.failed_on.iso())
    .bind(&dunning.decline_code)
    .bind(&dunning.method_label)
    .bind(dunning.next_try_on.map(Date::iso))
    .bind(dunning.stopped)
    .bind(dunning.first_failed_on.iso())
    .execute(c))?;
    Ok(())
}

/// The retries of the invoice stop, and it is charged no more by itself. `false` if it had none.
pub async fn update_stopped(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE dunnings SET stopped = TRUE, next_try_on = NULL \
         WHERE business_id = $1 AND invoice_id = $2 AND next_try_on IS NOT NULL",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .execute(c))?;
    Ok(changed == 1)
}

/// The open invoices of the plan whose retries go on.
pub async fn list_by_plan(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Vec<InvoiceId>> {
    let ids: Vec<String> = run!(tx, |c| {
        sqlx::query_scalar(
        "SELECT d.invoice_id FROM invoices i JOIN dunnings d ON d.business_id = i.business_id AND d.invoice_id = i.id \
         WHERE i.plan_id = $1 AND i.lifecycle = 'open' AND i.business_id = $2 AND d.next_try_on IS NOT NULL ORDER BY i.id",
    )
    .bind(plan.as_str())
    .bind(business.as_str())
    .fetch_all(c)
    })?;
    ids.iter().map(|id| parse("dunnings.invoice_id", id)).collect()
}
