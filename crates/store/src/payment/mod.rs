//! Payments. One row for each payment intent of an account: settling twice is settling once.

mod list;

use zoop_domain::id::{AttemptId, BusinessId, InvoiceId, PaymentId};
use zoop_domain::money::Money;
use zoop_domain::payment::{DisputeState, Payment, PaymentState};
use zoop_domain::time::{Date, Instant};

use crate::db::{execute, run};
use crate::row::{money, parse, parse_optional};
use crate::{Error, Result, Tx};

pub use list::{Key, OfficePayment, Sums, Wanted, count_for_office, list_for_office};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    invoice_id: String,
    customer_id: String,
    attempt_id: Option<String>,
    kind: String,
    state: String,
    amount_minor: i64,
    applied_minor: i64,
    refunded_minor: i64,
    currency: String,
    method_label: String,
    account: Option<String>,
    payment_intent: Option<String>,
    charge: Option<String>,
    received_at: i64,
    received_on: String,
    dispute_state: Option<String>,
    disputed_on: Option<String>,
    returned_on: Option<String>,
}

macro_rules! columns {
    () => {
        "id, business_id, invoice_id, customer_id, attempt_id, kind, state, amount_minor, applied_minor, refunded_minor, \
         currency, method_label, account, payment_intent, charge, received_at, received_on, dispute_state, disputed_on, \
         returned_on"
    };
}

impl TryFrom<Row> for Payment {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("payments.id", &row.id)?,
            business: parse("payments.business_id", &row.business_id)?,
            invoice: parse("payments.invoice_id", &row.invoice_id)?,
            customer: parse("payments.customer_id", &row.customer_id)?,
            attempt: parse_optional("payments.attempt_id", row.attempt_id.as_deref())?,
            kind: parse("payments.kind", &row.kind)?,
            state: parse("payments.state", &row.state)?,
            amount: money(row.amount_minor, &row.currency)?,
            applied: money(row.applied_minor, &row.currency)?,
            refunded: money(row.refunded_minor, &row.currency)?,
            method_label: row.method_label,
            account: row.account,
            payment_intent: row.payment_intent,
            charge: row.charge,
            received_at: Instant::from_microseconds(row.received_at),
            received_on: parse("payments.received_on", &row.received_on)?,
            dispute: parse_optional("payments.dispute_state", row.dispute_state.as_deref())?,
            disputed_on: parse_optional("payments.disputed_on", row.disputed_on.as_deref())?,
            returned_on: parse_optional("payments.returned_on", row.returned_on.as_deref())?,
        })
    }
}

/// Stores a payment. `false` if its payment intent has one already: then nothing is stored.
pub async fn insert(tx: &mut Tx, payment: &Payment) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "INSERT INTO payments (id, business_id, invoice_id, customer_id, attempt_id, kind, state, amount_minor, \
         applied_minor, refunded_minor, currency, method_label, account, payment_intent, charge, received_at, \
         received_on, dispute_state, disputed_on, returned_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
         ON CONFLICT (account, payment_intent) DO NOTHING RETURNING id",
    )
    .bind(payment.id.as_str())
    .bind(payment.business.as_str())
    .bind(payment.invoice.as_str())
    .bind(payment.customer.as_str())
    .bind(payment.attempt.as_ref().map(AttemptId::as_str))
    .bind(payment.kind.as_str())
    .bind(payment.state.as_str())
    .bind(payment.amount.minor())
    .bind(payment.applied.minor())
    .bind(payment.refunded.minor())
    .bind(payment.amount.currency().as_str())
    .bind(&payment.method_label)
    .bind(&payment.account)
    .bind(&payment.payment_intent)
    .bind(&payment.charge)
    .bind(payment.received_at.as_microseconds())
    .bind(payment.received_on.iso())
    .bind(payment.dispute.map(DisputeState::as_str))
    .bind(payment.disputed_on.map(Date::iso))
    .bind(payment.returned_on.map(Date::iso))
    .fetch_optional(c))?;
    Ok(inserted.is_some())
}

/// The payment, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, payment: &PaymentId) -> Result<Option<Payment>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM payments WHERE business_id = $1 AND id = $2"
    ))
    .bind(business.as_str())
    .bind(payment.as_str())
    .fetch_optional(c))?;
    row.map(Payment::try_from).transpose()
}

/// The payment of this payment intent, or `None`.
pub async fn find_by_intent(
    tx: &mut Tx,
    business: &BusinessId,
    account: &str,
    payment_intent: &str,
) -> Result<Option<Payment>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM payments WHERE account = $1 AND payment_intent = $2 AND business_id = $3"
    ))
    .bind(account)
    .bind(payment_intent)
    .bind(business.as_str())
    .fetch_optional(c))?;
    row.map(Payment::try_from).transpose()
}

/// The invoice's payments, oldest first.
pub async fn list(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Vec<Payment>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM payments WHERE invoice_id = $1 AND business_id = $2 ORDER BY received_at, id"
    ))
    .bind(invoice.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Payment::try_from).collect()
}

/// How much of the payment went back in all.
pub async fn update_refunded(tx: &mut Tx, business: &BusinessId, payment: &PaymentId, refunded: Money) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE payments SET refunded_minor = $3 WHERE business_id = $1 AND id = $2")
        .bind(business.as_str())
        .bind(payment.as_str())
        .bind(refunded.minor())
        .execute(c))?;
    Ok(())
}

/// Stripe was asked at `asked_at` what became of the payment. `false` if it was asked later already.
pub async fn update_synced(tx: &mut Tx, business: &BusinessId, payment: &PaymentId, asked_at: Instant) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE payments SET synced_at = $3 \
         WHERE business_id = $1 AND id = $2 AND (synced_at IS NULL OR synced_at <= $3)",
    )
    .bind(business.as_str())
    .bind(payment.as_str())
    .bind(asked_at.as_microseconds())
    .execute(c))?;
    Ok(changed == 1)
}

/// What became of the money, and of a dispute about it.
pub async fn update_state(
    tx: &mut Tx,
    business: &BusinessId,
    payment: &PaymentId,
    state: PaymentState,
    dispute: Option<DisputeState>,
    disputed_on: Option<Date>,
    returned_on: Option<Date>,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE payments SET state = $3, dispute_state = $4, disputed_on = $5, returned_on = $6 \
         WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(payment.as_str())
    .bind(state.as_str())
    .bind(dispute.map(DisputeState::as_str))
    .bind(disputed_on.map(Date::iso))
    .bind(returned_on.map(Date::iso))
    .execute(c))?;
    Ok(())
}
