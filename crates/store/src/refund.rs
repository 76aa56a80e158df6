//! Refunds, ours and those made at Stripe. One row an idempotency key, one a Stripe refund.

use zoop_domain::id::{BusinessId, InvoiceId, RefundId};
use zoop_domain::refund::{Refund, RefundState};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{money, parse};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    payment_id: String,
    amount_minor: i64,
    currency: String,
    reason: String,
    note: String,
    state: String,
    stripe_refund: Option<String>,
    created_at: i64,
}

macro_rules! columns {
    () => {
        "id, business_id, payment_id, amount_minor, currency, reason, note, state, stripe_refund, created_at"
    };
}

impl TryFrom<Row> for Refund {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("refunds.id", &row.id)?,
            business: parse("refunds.business_id", &row.business_id)?,
            payment: parse("refunds.payment_id", &row.payment_id)?,
            amount: money(row.amount_minor, &row.currency)?,
            reason: parse("refunds.reason", &row.reason)?,
            note: row.note,
            state: parse("refunds.state", &row.state)?,
            stripe_refund: row.stripe_refund,
            created_at: Instant::from_microseconds(row.created_at),
        })
    }
}

/// Stores a refund of a payment made on `account` for `invoice`. `false` if its idempotency key
/// or Stripe's id is known already: then nothing is stored.
pub async fn insert(
    tx: &mut Tx,
    refund: &Refund,
    invoice: &InvoiceId,
    account: Option<&str>,
    idempotency_key: &str,
) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| {
        sqlx::query_scalar(
        "INSERT INTO refunds (id, business_id, invoice_id, payment_id, amount_minor, currency, reason, note, state, \
         account, stripe_refund, idempotency_key, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(refund.id.as_str())
    .bind(refund.business.as_str())
    .bind(invoice.as_str())
    .bind(refund.payment.as_str())
    .bind(refund.amount.minor())
    .bind(refund.amount.currency().as_str())
    .bind(refund.reason.as_str())
    .bind(&refund.note)
    .bind(refund.state.as_str())
    .bind(account)
    .bind(&refund.stripe_refund)
    .bind(idempotency_key)
    .bind(refund.created_at.as_microseconds())
    .fetch_optional(c)
    })?;
    Ok(inserted.is_some())
}

/// The refund, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, refund: &RefundId) -> Result<Option<Refund>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM refunds WHERE business_id = $1 AND id = $2"
    ))
    .bind(business.as_str())
    .bind(refund.as_str())
    .fetch_optional(c))?;
    row.map(Refund::try_from).transpose()
}

/// The invoice's refunds, oldest first.
pub async fn list(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Vec<Refund>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM refunds WHERE invoice_id = $1 AND business_id = $2 ORDER BY created_at, id"
    ))
    .bind(invoice.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Refund::try_from).collect()
}

/// How far the refund has come, and its id at Stripe.
pub async fn update_state(
    tx: &mut Tx,
    business: &BusinessId,
    refund: &RefundId,
    state: RefundState,
    stripe_refund: Option<&str>,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE refunds SET state = $3, stripe_refund = COALESCE($4, stripe_refund) WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(refund.as_str())
    .bind(state.as_str())
    .bind(stripe_refund)
    .execute(c))?;
    Ok(())
}
