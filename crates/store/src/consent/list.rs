//! The lists of a customer's consents, each with the name its method has now.

use zoop_domain::consent::{ConsentSource, ConsentState, SuspendedWhy};
use zoop_domain::id::{BusinessId, ConsentId, CustomerId, PaymentMethodId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::time::Instant;

use crate::db::run;
use crate::row::{money, parse, parse_optional};
use crate::{Error, Result, Tx};

/// A consent as lists show it.
#[derive(Clone, Debug)]
pub struct ListedConsent {
    /// Its id.
    pub id: ConsentId,
    /// Which plan it pays.
    pub plan: PlanId,
    /// What that plan is called.
    pub plan_title: String,
    /// The method it charges.
    pub method: Option<PaymentMethodId>,
    /// That method's name now, or when it was given: "Visa".
    pub method_brand: String,
    /// "4242".
    pub method_last4: String,
    /// When it was given.
    pub granted_at: Instant,
    /// The most one payment may take.
    pub cap: Option<Money>,
    /// Where it came from.
    pub source: ConsentSource,
    /// Live, suspended or ended.
    pub state: ConsentState,
    /// Why it is suspended.
    pub suspended_why: Option<SuspendedWhy>,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    id: String,
    plan_id: String,
    plan_title: String,
    payment_method_id: Option<String>,
    method_brand: String,
    method_last4: String,
    granted_at: i64,
    cap_minor: Option<i64>,
    currency: String,
    source: String,
    state: String,
    suspended_why: Option<String>,
    ended_at: Option<i64>,
}

impl TryFrom<ListedRow> for ListedConsent {
    type Error = Error;
    fn try_from(row: ListedRow) -> Result<Self> {
        Ok(Self {
            id: parse("consents.id", &row.id)?,
            plan: parse("consents.plan_id", &row.plan_id)?,
            plan_title: row.plan_title,
            method: parse_optional("consents.payment_method_id", row.payment_method_id.as_deref())?,
            method_brand: row.method_brand,
            method_last4: row.method_last4,
            granted_at: Instant::from_microseconds(row.granted_at),
            cap: row.cap_minor.map(|minor| money(minor, &row.currency)).transpose()?,
            source: parse("consents.source", &row.source)?,
            state: parse("consents.state", &row.state)?,
            suspended_why: parse_optional("consents.suspended_why", row.suspended_why.as_deref())?,
            ended_at: row.ended_at.map(Instant::from_microseconds),
        })
    }
}

macro_rules! listed {
    ($states:literal, $order:literal) => {
        concat!(
            "SELECT n.id, n.plan_id, p.title AS plan_title, n.payment_method_id, \
             COALESCE(m.brand, n.method_brand) AS method_brand, COALESCE(m.last4, n.method_last4) AS method_last4, \
             n.granted_at, n.cap_minor, n.currency, n.source, n.state, n.suspended_why, n.ended_at \
             FROM consents n JOIN plans p ON p.business_id = n.business_id AND p.id = n.plan_id \
             LEFT JOIN payment_methods m ON m.business_id = n.business_id AND m.id = n.payment_method_id \
             WHERE n.customer_id = $1 AND n.business_id = $2 AND n.state ",
            $states,
            " ORDER BY ",
            $order
        )
    };
}

/// The customer's consents that aren't over, newest first, each with the name its method has now.
pub async fn list_for_portal(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Vec<ListedConsent>> {
    let rows: Vec<ListedRow> = run!(tx, |c| {
        sqlx::query_as(listed!("IN ('live', 'suspended')", "n.granted_at DESC, n.id DESC"))
            .bind(customer.as_str())
            .bind(business.as_str())
            .fetch_all(c)
    })?;
    rows.into_iter().map(ListedConsent::try_from).collect()
}

/// Up to `limit` of the customer's consents that are over: those that ended last.
pub async fn list_ended(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    limit: i64,
) -> Result<Vec<ListedConsent>> {
    let rows: Vec<ListedRow> = run!(tx, |c| {
        sqlx::query_as(listed!("= 'ended'", "n.ended_at DESC, n.id DESC LIMIT $3"))
            .bind(customer.as_str())
            .bind(business.as_str())
            .bind(limit)
            .fetch_all(c)
    })?;
    rows.into_iter().map(ListedConsent::try_from).collect()
}
