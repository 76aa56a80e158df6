//! Consents: append-only evidence. Rows are added and moved on, never edited or deleted.

use zoop_domain::consent::{Consent, ConsentSource};
use zoop_domain::id::{BusinessId, ConsentId, CustomerId, PaymentMethodId};
use zoop_domain::money::{Currency, Money};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{money, parse, parse_optional};
use crate::{Error, Result, Tx};

/// A live consent as the portal lists it.
#[derive(Clone, Debug)]
pub struct LiveConsent {
    /// Its id.
    pub id: ConsentId,
    /// Which plan it pays.
    pub plan_title: String,
    /// The method it charges.
    pub method: Option<PaymentMethodId>,
    /// "Visa".
    pub method_brand: String,
    /// "4242".
    pub method_last4: String,
    /// When it was given.
    pub granted_at: Instant,
    /// The most one payment may take.
    pub cap: Option<Money>,
    /// Where it came from.
    pub source: ConsentSource,
}

#[derive(sqlx::FromRow)]
struct LiveRow {
    id: String,
    plan_title: String,
    payment_method_id: Option<String>,
    method_brand: String,
    method_last4: String,
    granted_at: i64,
    cap_minor: Option<i64>,
    currency: String,
    source: String,
}

impl TryFrom<LiveRow> for LiveConsent {
    type Error = Error;
    fn try_from(row: LiveRow) -> Result<Self> {
        Ok(Self {
            id: parse("consents.id", &row.id)?,
            plan_title: row.plan_title,
            method: parse_optional("consents.payment_method_id", row.payment_method_id.as_deref())?,
            method_brand: row.method_brand,
            method_last4: row.method_last4,
            granted_at: Instant::from_microseconds(row.granted_at),
            cap: row.cap_minor.map(|minor| money(minor, &row.currency)).transpose()?,
            source: parse("consents.source", &row.source)?,
        })
    }
}

/// Stores a new consent. `false` if its plan has a live one already: then nothing is stored.
pub async fn insert(tx: &mut Tx, consent: &Consent, currency: Currency) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| {
        sqlx::query_scalar(
        "INSERT INTO consents (id, business_id, customer_id, plan_id, payment_method_id, cap_minor, currency, source, \
         state, disclosure_text, disclosure_version, granted_at, ip, user_agent, method_brand, method_last4) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         ON CONFLICT (business_id, plan_id) WHERE state = 'live' DO NOTHING RETURNING id",
    )
    .bind(consent.id.as_str())
    .bind(consent.business.as_str())
    .bind(consent.customer.as_str())
    .bind(consent.plan.as_str())
    .bind(consent.method.as_ref().map(PaymentMethodId::as_str))
    .bind(consent.cap.map(Money::minor))
    .bind(currency.as_str())
    .bind(consent.source.as_str())
    .bind(consent.state.as_str())
    .bind(&consent.disclosure_text)
    .bind(consent.disclosure_version)
    .bind(consent.granted_at.as_microseconds())
    .bind(&consent.ip)
    .bind(&consent.user_agent)
    .bind(&consent.method_brand)
    .bind(&consent.method_last4)
    .fetch_optional(c)
    })?;
    Ok(inserted.is_some())
}

/// Suspends every live consent that charges `method`: how many those were.
pub async fn update_suspended(tx: &mut Tx, business: &BusinessId, method: &PaymentMethodId) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query(
        "UPDATE consents SET state = 'suspended' WHERE business_id = $1 AND payment_method_id = $2 AND state = 'live'",
    )
    .bind(business.as_str())
    .bind(method.as_str())
    .execute(c))?)
}

/// The customer's live consents, newest first.
pub async fn list_live(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Vec<LiveConsent>> {
    let rows: Vec<LiveRow> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT n.id, p.title AS plan_title, n.payment_method_id, n.method_brand, n.method_last4, n.granted_at, \
         n.cap_minor, n.currency, n.source FROM consents n JOIN plans p ON p.business_id = n.business_id AND p.id = n.plan_id \
         WHERE n.customer_id = $1 AND n.state = 'live' AND n.business_id = $2 ORDER BY n.granted_at DESC, n.id DESC",
    )
    .bind(customer.as_str())
    .bind(business.as_str())
    .fetch_all(c)
    })?;
    rows.into_iter().map(LiveConsent::try_from).collect()
}
