//! Saved payment methods, keyed by Stripe's account and id.

use zoop_domain::id::{BusinessId, CustomerId, PaymentMethodId};
use zoop_domain::payment_method::{CardExpiry, MethodState, PaymentMethod};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{corrupt, parse};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    customer_id: String,
    account: String,
    stripe_payment_method: String,
    kind: String,
    brand: String,
    last4: String,
    exp_month: Option<i64>,
    exp_year: Option<i64>,
    fingerprint: Option<String>,
    is_default: bool,
    state: String,
    added_at: i64,
}

impl TryFrom<Row> for PaymentMethod {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let expiry = match (row.exp_month, row.exp_year) {
            (None, None) => None,
            (month, year) => {
                let read = month.zip(year).and_then(|(month, year)| CardExpiry::new(month, year));
                Some(read.ok_or_else(|| corrupt("payment_methods.exp_month", &format!("{month:?}/{year:?}")))?)
            }
        };
        Ok(Self {
            id: parse("payment_methods.id", &row.id)?,
            business: parse("payment_methods.business_id", &row.business_id)?,
            customer: parse("payment_methods.customer_id", &row.customer_id)?,
            account: row.account,
            stripe_payment_method: row.stripe_payment_method,
            kind: parse("payment_methods.kind", &row.kind)?,
            brand: row.brand,
            last4: row.last4,
            expiry,
            fingerprint: row.fingerprint,
            is_default: row.is_default,
            state: parse("payment_methods.state", &row.state)?,
            added_at: Instant::from_microseconds(row.added_at),
        })
    }
}

macro_rules! columns {
    () => {
        "id, business_id, customer_id, account, stripe_payment_method, kind, brand, last4, exp_month, exp_year, \
         fingerprint, is_default, state, added_at"
    };
}

/// Stores a method; as a default one it takes the place of the one before. `false` if Stripe's
/// id is known already: then nothing is stored.
pub async fn insert(tx: &mut Tx, method: &PaymentMethod) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| {
        sqlx::query_scalar(
        "INSERT INTO payment_methods (id, business_id, customer_id, account, stripe_payment_method, kind, brand, last4, \
         exp_month, exp_year, fingerprint, is_default, state, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, FALSE, $12, $13) \
         ON CONFLICT (account, stripe_payment_method) DO NOTHING RETURNING id",
    )
    .bind(method.id.as_str())
    .bind(method.business.as_str())
    .bind(method.customer.as_str())
    .bind(&method.account)
    .bind(&method.stripe_payment_method)
    .bind(method.kind.as_str())
    .bind(&method.brand)
    .bind(&method.last4)
    .bind(method.expiry.map(|expiry| i64::from(expiry.month())))
    .bind(method.expiry.map(|expiry| i64::from(expiry.year())))
    .bind(&method.fingerprint)
    .bind(method.state.as_str())
    .bind(method.added_at.as_microseconds())
    .fetch_optional(c)
    })?;
    if inserted.is_some() && method.is_default {
        update_default(tx, &method.business, &method.customer, &method.id).await?;
    }
    Ok(inserted.is_some())
}

/// Two cards of one customer may arrive at once, each as his default: one waits for the other.
async fn lock_customer(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE customers SET version = version + 1 WHERE business_id = $1 AND id = $2")
        .bind(business.as_str())
        .bind(customer.as_str())
        .execute(c))?;
    Ok(())
}

/// Makes an active method of the customer his default: first none is, because an index lets no two
/// be so for a moment. `false` if he has no such method.
pub async fn update_default(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    method: &PaymentMethodId,
) -> Result<bool> {
    // Whose it is never changes; whether it is active may, while this waits for the lock.
    if get(tx, business, method).await?.is_none_or(|it| it.customer != *customer) {
        return Ok(false);
    }
    lock_customer(tx, business, customer).await?;
    if get(tx, business, method).await?.is_none_or(|it| it.state != MethodState::Active) {
        return Ok(false);
    }
    execute!(tx, |c| sqlx::query(
        "UPDATE payment_methods SET is_default = FALSE WHERE business_id = $1 AND customer_id = $2 AND is_default",
    )
    .bind(business.as_str())
    .bind(customer.as_str())
    .execute(c))?;
    execute!(tx, |c| sqlx::query("UPDATE payment_methods SET is_default = TRUE WHERE business_id = $1 AND id = $2")
        .bind(business.as_str())
        .bind(method.as_str())
        .execute(c))?;
    Ok(true)
}

/// The method, whatever its state, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, method: &PaymentMethodId) -> Result<Option<PaymentMethod>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM payment_methods WHERE business_id = $1 AND id = $2"
    ))
    .bind(business.as_str())
    .bind(method.as_str())
    .fetch_optional(c))?;
    row.map(PaymentMethod::try_from).transpose()
}

/// Locks the method until the transaction ends and reads it, or `None`.
pub async fn lock(tx: &mut Tx, business: &BusinessId, method: &PaymentMethodId) -> Result<Option<PaymentMethod>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "UPDATE payment_methods SET state = state WHERE business_id = $1 AND id = $2 RETURNING ",
        columns!()
    ))
    .bind(business.as_str())
    .bind(method.as_str())
    .fetch_optional(c))?;
    row.map(PaymentMethod::try_from).transpose()
}

/// The customer's active methods, default first, then newest first.
pub async fn list_active(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Vec<PaymentMethod>> {
    let rows: Vec<Row> = run!(tx, |c| {
        sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM payment_methods WHERE customer_id = $1 AND state = 'active' AND business_id = $2 \
         ORDER BY is_default DESC, added_at DESC, id DESC"
        ))
        .bind(customer.as_str())
        .bind(business.as_str())
        .fetch_all(c)
    })?;
    rows.into_iter().map(PaymentMethod::try_from).collect()
}

/// The method with Stripe's id in `account`, whatever its state, or `None`.
pub async fn find_by_stripe(
    tx: &mut Tx,
    business: &BusinessId,
    account: &str,
    stripe_payment_method: &str,
) -> Result<Option<PaymentMethod>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM payment_methods WHERE account = $1 AND stripe_payment_method = $2 AND business_id = $3"
    ))
    .bind(account)
    .bind(stripe_payment_method)
    .bind(business.as_str())
    .fetch_optional(c))?;
    row.map(PaymentMethod::try_from).transpose()
}

/// What Stripe says of a method now: a card updater may have changed all of it.
pub async fn update_details(
    tx: &mut Tx,
    business: &BusinessId,
    method: &PaymentMethodId,
    brand: &str,
    last4: &str,
    expiry: Option<CardExpiry>,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE payment_methods SET brand = $3, last4 = $4, exp_month = $5, exp_year = $6 \
         WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(method.as_str())
    .bind(brand)
    .bind(last4)
    .bind(expiry.map(|expiry| i64::from(expiry.month())))
    .bind(expiry.map(|expiry| i64::from(expiry.year())))
    .execute(c))?;
    Ok(())
}

/// Active cards that expire at the end of the month and pay a live consent, by id after `after`.
/// For the program, not for a tenant: each carries its business.
pub async fn list_expiring(
    tx: &mut Tx,
    month: CardExpiry,
    after: Option<&PaymentMethodId>,
    limit: i64,
) -> Result<Vec<PaymentMethod>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM payment_methods WHERE state = 'active' AND exp_year = $1 AND exp_month = $2 AND id > $3 \
         AND EXISTS (SELECT 1 FROM consents n WHERE n.business_id = payment_methods.business_id \
         AND n.payment_method_id = payment_methods.id AND n.state = 'live') ORDER BY id LIMIT $4"
    ))
    .bind(i64::from(month.year()))
    .bind(i64::from(month.month()))
    .bind(after.map_or("", PaymentMethodId::as_str))
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(PaymentMethod::try_from).collect()
}

/// Moves a method on; one that isn't active any more is no default.
pub async fn update_state(
    tx: &mut Tx,
    business: &BusinessId,
    method: &PaymentMethodId,
    state: MethodState,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE payment_methods SET state = $3, is_default = (is_default AND $3 = 'active') \
         WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(method.as_str())
    .bind(state.as_str())
    .execute(c))?;
    Ok(())
}
