//! Businesses and their logos.

use serde::{Deserialize, Serialize};
use zoop_domain::brand::BrandColor;
use zoop_domain::business::info::BusinessInfo;
use zoop_domain::business::notify::Notify;
use zoop_domain::business::{Business, Requirements, StripeAccount};
use zoop_domain::id::{BusinessId, TaxRateId};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{corrupt, parse, parse_optional};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) id: String,
    name: String,
    phone: Option<String>,
    email: Option<String>,
    address: String,
    time_zone: String,
    currency: String,
    brand_color: Option<String>,
    logo_hash: Option<String>,
    payment_instructions: Option<String>,
    stripe_account: Option<String>,
    charges_enabled: bool,
    stripe_payouts_enabled: bool,
    stripe_details_submitted: bool,
    stripe_requirements: Option<String>,
    stripe_checked_at: Option<i64>,
    stripe_disconnected_at: Option<i64>,
    invoice_prefix: String,
    notice_days: Option<i64>,
    due_days: i64,
    default_tax_rate_id: Option<String>,
}

impl TryFrom<Row> for Business {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("businesses.id", &row.id)?,
            name: row.name,
            phone: row.phone,
            email: row.email,
            address: row.address,
            time_zone: parse("businesses.time_zone", &row.time_zone)?,
            currency: parse("businesses.currency", &row.currency)?,
            brand_color: parse_optional("businesses.brand_color", row.brand_color.as_deref())?,
            logo: row.logo_hash,
            payment_instructions: row.payment_instructions,
            stripe: match row.stripe_account {
                Some(id) => Some(StripeAccount {
                    id,
                    charges_enabled: row.charges_enabled,
                    payouts_enabled: row.stripe_payouts_enabled,
                    details_submitted: row.stripe_details_submitted,
                    requirements: requirements(row.stripe_requirements.as_deref())?,
                    checked_at: row.stripe_checked_at.map(Instant::from_microseconds),
                    disconnected_at: row.stripe_disconnected_at.map(Instant::from_microseconds),
                }),
                None => None,
            },
            invoice_prefix: row.invoice_prefix,
            notice_days: row.notice_days,
            due_days: row.due_days,
            default_tax_rate: parse_optional("businesses.default_tax_rate_id", row.default_tax_rate_id.as_deref())?,
        })
    }
}

/// What Stripe still wants of an account, as it stands in its column.
#[derive(Serialize, Deserialize)]
struct RequirementsColumn {
    due: Vec<String>,
    pending: Vec<String>,
    disabled_reason: Option<String>,
    deadline: Option<i64>,
}

fn requirements(json: Option<&str>) -> Result<Requirements> {
    let Some(json) = json else { return Ok(Requirements::default()) };
    let read: RequirementsColumn =
        serde_json::from_str(json).map_err(|_| corrupt("businesses.stripe_requirements", &json))?;
    Ok(Requirements {
        due: read.due,
        pending: read.pending,
        disabled_reason: read.disabled_reason,
        deadline: read.deadline.map(Instant::from_microseconds),
    })
}

fn requirements_column(requirements: &Requirements) -> String {
    serde_json::json!(RequirementsColumn {
        due: requirements.due.clone(),
        pending: requirements.pending.clone(),
        disabled_reason: requirements.disabled_reason.clone(),
        deadline: requirements.deadline.map(Instant::as_microseconds),
    })
    .to_string()
}

/// Stores a new business, whose first invoice will have the number `first_number`.
pub async fn insert(tx: &mut Tx, business: &Business, first_number: i64, now: Instant) -> Result<()> {
    execute!(tx, |c| {
        sqlx::query(
            "INSERT INTO businesses (id, name, phone, email, address, time_zone, currency, brand_color, logo_hash, \
         payment_instructions, charges_enabled, invoice_prefix, notice_days, due_days, default_tax_rate_id, \
         next_invoice_number, version, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, FALSE, $11, $12, $13, $14, $15, 1, $16)",
        )
        .bind(business.id.as_str())
        .bind(&business.name)
        .bind(&business.phone)
        .bind(&business.email)
        .bind(&business.address)
        .bind(business.time_zone.name())
        .bind(business.currency.as_str())
        .bind(business.brand_color.map(|color| color.to_string()))
        .bind(&business.logo)
        .bind(&business.payment_instructions)
        .bind(&business.invoice_prefix)
        .bind(business.notice_days)
        .bind(business.due_days)
        .bind(business.default_tax_rate.as_ref().map(TaxRateId::as_str))
        .bind(first_number)
        .bind(now.as_microseconds())
        .execute(c)
    })?;
    if business.stripe.is_some() {
        update_stripe(tx, &business.id, business.stripe.as_ref()).await?;
    }
    Ok(())
}

macro_rules! columns {
    () => {
        "b.id, b.name, b.phone, b.email, b.address, b.time_zone, b.currency, b.brand_color, b.logo_hash, \
         b.payment_instructions, b.stripe_account, b.charges_enabled, b.stripe_payouts_enabled, \
         b.stripe_details_submitted, b.stripe_requirements, b.stripe_checked_at, b.stripe_disconnected_at, \
         b.invoice_prefix, b.notice_days, b.due_days, b.default_tax_rate_id"
    };
}
pub(crate) use columns;

/// The business, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId) -> Result<Option<Business>> {
    let row: Option<Row> =
        run!(tx, |c| sqlx::query_as(concat!("SELECT ", columns!(), " FROM businesses b WHERE b.id = $1"))
            .bind(business.as_str())
            .fetch_optional(c))?;
    row.map(Business::try_from).transpose()
}

/// The business that charges on a Stripe account, or `None`.
pub async fn find_by_account(tx: &mut Tx, account: &str) -> Result<Option<Business>> {
    let row: Option<Row> =
        run!(tx, |c| sqlx::query_as(concat!("SELECT ", columns!(), " FROM businesses b WHERE b.stripe_account = $1"))
            .bind(account)
            .fetch_optional(c))?;
    row.map(Business::try_from).transpose()
}

/// Every business of the install, oldest first. For the operator, not for a tenant.
pub async fn list(tx: &mut Tx) -> Result<Vec<Business>> {
    let rows: Vec<Row> =
        run!(tx, |c| sqlx::query_as(concat!("SELECT ", columns!(), " FROM businesses b ORDER BY b.created_at, b.id"))
            .fetch_all(c))?;
    rows.into_iter().map(Business::try_from).collect()
}

/// Locks the business and takes its next invoice number: no gaps, no doubles, because the
/// number goes back if the transaction does.
pub async fn update_next_number(tx: &mut Tx, business: &BusinessId) -> Result<Option<i64>> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "UPDATE businesses SET next_invoice_number = next_invoice_number + 1, version = version + 1 \
         WHERE id = $1 RETURNING next_invoice_number - 1",
    )
    .bind(business.as_str())
    .fetch_optional(c))?)
}

/// Locks the business and takes its next quote number: what stands before it, and the number.
pub async fn update_next_quote_number(tx: &mut Tx, business: &BusinessId) -> Result<Option<(String, i64)>> {
    Ok(run!(tx, |c| sqlx::query_as(
        "UPDATE businesses SET next_quote_number = next_quote_number + 1, version = version + 1 \
         WHERE id = $1 RETURNING quote_prefix, next_quote_number - 1",
    )
    .bind(business.as_str())
    .fetch_optional(c))?)
}

/// Locks the business, and takes so many invoice numbers that follow each other: the first of them.
pub async fn update_next_numbers(tx: &mut Tx, business: &BusinessId, count: i64) -> Result<Option<i64>> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "UPDATE businesses SET next_invoice_number = next_invoice_number + $2, version = version + 1 \
         WHERE id = $1 RETURNING next_invoice_number - $2",
    )
    .bind(business.as_str())
    .bind(count)
    .fetch_optional(c))?)
}

/// The business, and whoever else would bill in its name waits.
pub async fn lock(tx: &mut Tx, business: &BusinessId) -> Result<Option<Business>> {
    execute!(tx, |c| sqlx::query("UPDATE businesses SET version = version + 1 WHERE id = $1")
        .bind(business.as_str())
        .execute(c))?;
    get(tx, business).await
}

/// Which account the business has, and all that is known of it.
pub async fn update_stripe(tx: &mut Tx, business: &BusinessId, stripe: Option<&StripeAccount>) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE businesses SET stripe_account = $2, charges_enabled = $3, stripe_payouts_enabled = $4, \
         stripe_details_submitted = $5, stripe_requirements = $6, stripe_checked_at = $7, \
         stripe_disconnected_at = $8, version = version + 1 WHERE id = $1",
    )
    .bind(business.as_str())
    .bind(stripe.map(|stripe| &stripe.id))
    .bind(stripe.is_some_and(|stripe| stripe.charges_enabled))
    .bind(stripe.is_some_and(|stripe| stripe.payouts_enabled))
    .bind(stripe.is_some_and(|stripe| stripe.details_submitted))
    .bind(stripe.map(|stripe| requirements_column(&stripe.requirements)))
    .bind(stripe.and_then(|stripe| stripe.checked_at).map(Instant::as_microseconds))
    .bind(stripe.and_then(|stripe| stripe.disconnected_at).map(Instant::as_microseconds))
    .execute(c))?;
    Ok(())
}

/// What the owner's settings need besides the business itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Moves with each change of the settings.
    pub revision: i64,
    /// The number of the next invoice.
    pub next_number: i64,
    /// Whether there is anything in its currency: an invoice, a quote, a plan.
    pub has_documents: bool,
}

/// What the settings need besides the business, or `None` without it.
pub async fn find_settings(tx: &mut Tx, business: &BusinessId) -> Result<Option<Settings>> {
    let row: Option<(i64, i64, bool)> = run!(tx, |c| sqlx::query_as(
        "SELECT revision, next_invoice_number, \
         EXISTS (SELECT 1 FROM invoices i WHERE i.business_id = $1) \
         OR EXISTS (SELECT 1 FROM plans p WHERE p.business_id = $1) \
         OR EXISTS (SELECT 1 FROM quotes q WHERE q.business_id = $1) \
         FROM businesses WHERE id = $1",
    )
    .bind(business.as_str())
    .fetch_optional(c))?;
    Ok(row.map(|(revision, next_number, has_documents)| Settings { revision, next_number, has_documents }))
}

/// What the owner says of the business now.
pub async fn update_info(tx: &mut Tx, business: &BusinessId, info: &BusinessInfo) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE businesses SET name = $2, phone = $3, email = $4, address = $5, time_zone = $6, currency = $7, \
         brand_color = $8, invoice_prefix = $9, due_days = $10, notice_days = $11, revision = revision + 1, \
         version = version + 1 WHERE id = $1",
    )
    .bind(business.as_str())
    .bind(&info.name)
    .bind(&info.phone)
    .bind(&info.email)
    .bind(&info.address)
    .bind(info.time_zone.name())
    .bind(info.currency.as_str())
    .bind(info.brand_color.map(|color: BrandColor| color.to_string()))
    .bind(&info.invoice_prefix)
    .bind(info.due_days)
    .bind(info.notice_days)
    .execute(c))?;
    Ok(())
}

/// How its customers pay without a card now.
pub async fn update_payment_instructions(tx: &mut Tx, business: &BusinessId, text: Option<&str>) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE businesses SET payment_instructions = $2, revision = revision + 1, version = version + 1 \
         WHERE id = $1",
    )
    .bind(business.as_str())
    .bind(text)
    .execute(c))?;
    Ok(())
}

/// What taxes a line that doesn't say otherwise now.
pub async fn update_default_tax_rate(tx: &mut Tx, business: &BusinessId, rate: Option<&TaxRateId>) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE businesses SET default_tax_rate_id = $2, version = version + 1 WHERE id = $1",
    )
    .bind(business.as_str())
    .bind(rate.map(TaxRateId::as_str))
    .execute(c))?;
    Ok(())
}

/// Of what its owners are told by mail, or `None` without such a business.
pub async fn find_notify(tx: &mut Tx, business: &BusinessId) -> Result<Option<Notify>> {
    let row: Option<(bool, bool, bool, bool, bool, bool)> = run!(tx, |c| sqlx::query_as(
        "SELECT notify_paid, notify_failed, notify_auto_pay_off, notify_card_removed, notify_dispute, \
         notify_quote_answered FROM businesses WHERE id = $1",
    )
    .bind(business.as_str())
    .fetch_optional(c))?;
    Ok(row.map(|(paid, charge_failed, auto_pay_off, card_removed, dispute, quote_answered)| Notify {
        paid,
        charge_failed,
        auto_pay_off,
        card_removed,
        dispute,
        quote_answered,
    }))
}

/// Of what its owners are told by mail now.
pub async fn update_notify(tx: &mut Tx, business: &BusinessId, notify: &Notify) -> Result<()> {
    execute!(tx, |c| {
        sqlx::query(
        "UPDATE businesses SET notify_paid = $2, notify_failed = $3, notify_auto_pay_off = $4, \
         notify_card_removed = $5, notify_dispute = $6, notify_quote_answered = $7, version = version + 1 WHERE id = $1",
    )
    .bind(business.as_str())
    .bind(notify.paid)
    .bind(notify.charge_failed)
    .bind(notify.auto_pay_off)
    .bind(notify.card_removed)
    .bind(notify.dispute)
    .bind(notify.quote_answered)
    .execute(c)
    })?;
    Ok(())
}

/// The business has no logo from now on. What was printed with one keeps it.
pub async fn update_logo_removed(tx: &mut Tx, business: &BusinessId) -> Result<()> {
    execute!(tx, |c| sqlx::query("UPDATE businesses SET logo_hash = NULL WHERE id = $1")
        .bind(business.as_str())
        .execute(c))?;
    Ok(())
}

/// How many calls for a Stripe account are over and done with, or `None` without such a business.
pub async fn find_stripe_setups(tx: &mut Tx, business: &BusinessId) -> Result<Option<i64>> {
    Ok(run!(tx, |c| sqlx::query_scalar("SELECT stripe_setups FROM businesses WHERE id = $1")
        .bind(business.as_str())
        .fetch_optional(c))?)
}

/// The call for a Stripe account that was number `setup` is over and done with: the next one is another.
pub async fn update_stripe_setups(tx: &mut Tx, business: &BusinessId, setup: i64) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE businesses SET stripe_setups = stripe_setups + 1, version = version + 1 \
         WHERE id = $1 AND stripe_setups = $2",
    )
    .bind(business.as_str())
    .bind(setup)
    .execute(c))?;
    Ok(())
}

/// Stores a logo under its content hash and makes it the business's. `base64` is the file.
pub async fn insert_logo(
    tx: &mut Tx,
    business: &BusinessId,
    hash: &str,
    content_type: &str,
    base64: &str,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO logos (business_id, hash, content_type, base64) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (business_id, hash) DO NOTHING",
    )
    .bind(business.as_str())
    .bind(hash)
    .bind(content_type)
    .bind(base64)
    .execute(c))?;
    execute!(tx, |c| sqlx::query("UPDATE businesses SET logo_hash = $2 WHERE id = $1")
        .bind(business.as_str())
        .bind(hash)
        .execute(c))?;
    Ok(())
}

/// Content type and base64 of the business's logo with this hash, or `None`.
pub async fn find_logo(tx: &mut Tx, business: &BusinessId, hash: &str) -> Result<Option<(String, String)>> {
    Ok(run!(tx, |c| sqlx::query_as("SELECT content_type, base64 FROM logos WHERE business_id = $1 AND hash = $2")
        .bind(business.as_str())
        .bind(hash)
        .fetch_optional(c))?)
}
