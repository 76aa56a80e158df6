//! Attempts, several at a time.

use zoop_domain::attempt::Attempt;
use zoop_domain::id::{BusinessId, ConsentId, InvoiceId, PaymentMethodId};
use zoop_domain::time::Instant;

use super::{Row, columns};
use crate::db::run;
use crate::{Result, Tx};

/// The invoice's attempts, oldest first.
pub async fn list(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Vec<Attempt>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM attempts WHERE invoice_id = $1 AND business_id = $2 ORDER BY created_at, id"
    ))
    .bind(invoice.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Attempt::try_from).collect()
}

/// The live attempts that rest on the consent, newest first.
pub async fn list_live_by_consent(tx: &mut Tx, business: &BusinessId, consent: &ConsentId) -> Result<Vec<Attempt>> {
    let rows: Vec<Row> = run!(tx, |c| {
        sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM attempts WHERE consent_id = $1 AND business_id = $2 \
         AND state IN ('creating', 'open', 'requires_action', 'processing', 'unknown') ORDER BY created_at DESC, id DESC"
    ))
    .bind(consent.as_str())
    .bind(business.as_str())
    .fetch_all(c)
    })?;
    rows.into_iter().map(Attempt::try_from).collect()
}

/// The live attempts that charge the method, newest first.
pub async fn list_live_by_method(tx: &mut Tx, business: &BusinessId, method: &PaymentMethodId) -> Result<Vec<Attempt>> {
    let rows: Vec<Row> = run!(tx, |c| {
        sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM attempts WHERE payment_method_id = $1 AND business_id = $2 \
         AND state IN ('creating', 'open', 'requires_action', 'processing', 'unknown') ORDER BY created_at DESC, id DESC"
    ))
    .bind(method.as_str())
    .bind(business.as_str())
    .fetch_all(c)
    })?;
    rows.into_iter().map(Attempt::try_from).collect()
}

/// The live attempts of the business: one an invoice at most.
pub async fn list_live(tx: &mut Tx, business: &BusinessId) -> Result<Vec<Attempt>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM attempts WHERE business_id = $1 \
         AND state IN ('creating', 'open', 'requires_action', 'processing', 'unknown') ORDER BY invoice_id"
    ))
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Attempt::try_from).collect()
}

/// Attempts that the reconciler should ask Stripe about by `now`, longest waiting first.
/// For the program, not for a tenant: each carries its business.
pub async fn list_due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<Attempt>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM attempts WHERE next_check_at IS NOT NULL AND next_check_at <= $1 ORDER BY next_check_at, id LIMIT $2"
    ))
    .bind(now.as_microseconds())
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(Attempt::try_from).collect()
}
