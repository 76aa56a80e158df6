//! Consents: append-only evidence. Rows are added and moved on, never edited or deleted; what
//! happened to one stands in its events.

mod list;

use zoop_domain::consent::{Attested, Consent, ConsentEvent, ConsentState, Ended, EndedHow, Evidence, SuspendedWhy};
use zoop_domain::id::{AttemptId, BusinessId, ConsentId, PaymentMethodId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::time::Instant;

pub use list::{ListedConsent, list_ended, list_for_portal};

use crate::db::{execute, run};
use crate::row::{corrupt, money, parse, parse_optional};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    customer_id: String,
    plan_id: String,
    cap_minor: Option<i64>,
    agreed_minor: i64,
    currency: String,
    source: String,
    disclosure_text: String,
    disclosure_version: i64,
    granted_at: i64,
    ip: Option<String>,
    user_agent: Option<String>,
    attested_by: Option<String>,
    attested_how: Option<String>,
    attempt_id: Option<String>,
    method_brand: String,
    method_last4: String,
    state: String,
    payment_method_id: Option<String>,
    suspended_at: Option<i64>,
    suspended_why: Option<String>,
    ended_at: Option<i64>,
    ended_by: Option<String>,
    ended_how: Option<String>,
    on_its_way: Option<String>,
}

macro_rules! columns {
    () => {
        "id, business_id, customer_id, plan_id, cap_minor, agreed_minor, currency, source, disclosure_text, \
         disclosure_version, granted_at, ip, user_agent, attested_by, attested_how, attempt_id, method_brand, \
         method_last4, state, payment_method_id, suspended_at, suspended_why, ended_at, ended_by, ended_how, on_its_way"
    };
}

impl TryFrom<Row> for Consent {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let why: Option<SuspendedWhy> = parse_optional("consents.suspended_why", row.suspended_why.as_deref())?;
        let how: Option<EndedHow> = parse_optional("consents.ended_how", row.ended_how.as_deref())?;
        let on_its_way = parse_optional("consents.on_its_way", row.on_its_way.as_deref())?;
        let attested = both("consents.attested_by", row.attested_by, row.attested_how)?;
        let suspended = both("consents.suspended_at", row.suspended_at, why)?;
        let ended = both("consents.ended_at", row.ended_at, both("consents.ended_by", row.ended_by, how)?)?;
        Ok(Self {
            id: parse("consents.id", &row.id)?,
            business: parse("consents.business_id", &row.business_id)?,
            customer: parse("consents.customer_id", &row.customer_id)?,
            plan: parse("consents.plan_id", &row.plan_id)?,
            evidence: Evidence {
                source: parse("consents.source", &row.source)?,
                disclosure_text: row.disclosure_text,
                disclosure_version: row.disclosure_version,
                cap: row.cap_minor.map(|minor| money(minor, &row.currency)).transpose()?,
                agreed: money(row.agreed_minor, &row.currency)?,
                granted_at: Instant::from_microseconds(row.granted_at),
                ip: row.ip,
                user_agent: row.user_agent,
                attested: attested.map(|(by, how)| Attested { by, how }),
                attempt: parse_optional("consents.attempt_id", row.attempt_id.as_deref())?,
                method_brand: row.method_brand,
                method_last4: row.method_last4,
            },
            method: parse_optional("consents.payment_method_id", row.payment_method_id.as_deref())?,
            state: parse("consents.state", &row.state)?,
            suspended: suspended.map(|(at, why)| (Instant::from_microseconds(at), why)),
            ended: ended.map(|(at, (by, how))| Ended { at: Instant::from_microseconds(at), by, how, on_its_way }),
        })
    }
}

/// Two columns that are empty together or not at all.
fn both<A, B>(column: &'static str, one: Option<A>, other: Option<B>) -> Result<Option<(A, B)>> {
    match (one, other) {
        (Some(one), Some(other)) => Ok(Some((one, other))),
        (None, None) => Ok(None),
        (one, _) => Err(corrupt(column, if one.is_some() { &"alone" } else { &"NULL" })),
    }
}

/// Stores a new consent. `false` if its plan has a live one already: then nothing is stored.
pub async fn insert(tx: &mut Tx, consent: &Consent) -> Result<bool> {
    let evidence = &consent.evidence;
    let inserted: Option<String> = run!(tx, |c| {
        sqlx::query_scalar(
            "INSERT INTO consents (id, business_id, customer_id, plan_id, payment_method_id, cap_minor, agreed_minor, \
             currency, source, state, disclosure_text, disclosure_version, granted_at, ip, user_agent, attested_by, \
             attested_how, attempt_id, method_brand, method_last4, version) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1) \
             ON CONFLICT (business_id, plan_id) WHERE state = 'live' DO NOTHING RETURNING id",
        )
        .bind(consent.id.as_str())
        .bind(consent.business.as_str())
        .bind(consent.customer.as_str())
        .bind(consent.plan.as_str())
        .bind(consent.method.as_ref().map(PaymentMethodId::as_str))
        .bind(evidence.cap.map(Money::minor))
        .bind(evidence.agreed.minor())
        .bind(evidence.agreed.currency().as_str())
        .bind(evidence.source.as_str())
        .bind(consent.state.as_str())
        .bind(&evidence.disclosure_text)
        .bind(evidence.disclosure_version)
        .bind(evidence.granted_at.as_microseconds())
        .bind(&evidence.ip)
        .bind(&evidence.user_agent)
        .bind(evidence.attested.as_ref().map(|attested| attested.by.as_str()))
        .bind(evidence.attested.as_ref().map(|attested| attested.how.as_str()))
        .bind(evidence.attempt.as_ref().map(AttemptId::as_str))
        .bind(&evidence.method_brand)
        .bind(&evidence.method_last4)
        .fetch_optional(c)
    })?;
    Ok(inserted.is_some())
}

/// The consent, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, consent: &ConsentId) -> Result<Option<Consent>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM consents WHERE business_id = $1 AND id = $2"
    ))
    .bind(business.as_str())
    .bind(consent.as_str())
    .fetch_optional(c))?;
    row.map(Consent::try_from).transpose()
}

/// The same, and whoever else would move it on waits: what ends it and what charges by it can't
/// both think that they came first.
pub async fn lock(tx: &mut Tx, business: &BusinessId, consent: &ConsentId) -> Result<Option<Consent>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "UPDATE consents SET version = version + 1 WHERE business_id = $1 AND id = $2 RETURNING ",
        columns!()
    ))
    .bind(business.as_str())
    .bind(consent.as_str())
    .fetch_optional(c))?;
    row.map(Consent::try_from).transpose()
}

/// The plan's live consent, or `None`.
pub async fn find_live(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Option<Consent>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM consents WHERE business_id = $1 AND plan_id = $2 AND state = 'live'"
    ))
    .bind(business.as_str())
    .bind(plan.as_str())
    .fetch_optional(c))?;
    row.map(Consent::try_from).transpose()
}

/// Of the plan's consents that are over the one that was given last, or `None`.
pub async fn find_last_ended(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Option<Consent>> {
    let row: Option<Row> = run!(tx, |c| {
        sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM consents WHERE plan_id = $1 AND state = 'ended' AND business_id = $2 ORDER BY granted_at DESC, id DESC LIMIT 1"
    ))
    .bind(plan.as_str())
    .bind(business.as_str())
    .fetch_optional(c)
    })?;
    row.map(Consent::try_from).transpose()
}

/// The plan's consents that aren't over, oldest first.
pub async fn list_by_plan(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Vec<Consent>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM consents WHERE plan_id = $1 AND state <> 'ended' AND business_id = $2 ORDER BY granted_at, id"
    ))
    .bind(plan.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// The consents that charge `method` and aren't over, oldest first.
pub async fn list_by_method(tx: &mut Tx, business: &BusinessId, method: &PaymentMethodId) -> Result<Vec<Consent>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM consents WHERE payment_method_id = $1 AND state <> 'ended' AND business_id = $2 \
         ORDER BY granted_at, id"
    ))
    .bind(method.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// The consents that ended because `method` was removed, oldest first.
pub async fn list_ended_with_method(
    tx: &mut Tx,
    business: &BusinessId,
    method: &PaymentMethodId,
) -> Result<Vec<Consent>> {
    let rows: Vec<Row> = run!(tx, |c| {
        sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM consents WHERE payment_method_id = $1 AND ended_how = $3 AND business_id = $2 ORDER BY granted_at, id"
    ))
    .bind(method.as_str())
    .bind(business.as_str())
    .bind(EndedHow::CardRemoved.as_str())
    .fetch_all(c)
    })?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// The business's consents in that state, oldest first.
pub async fn list(tx: &mut Tx, business: &BusinessId, state: ConsentState) -> Result<Vec<Consent>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM consents WHERE business_id = $1 AND state = $2 ORDER BY granted_at, id"
    ))
    .bind(business.as_str())
    .bind(state.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// A live consent is suspended. `false` if it isn't live.
pub async fn update_suspended(
    tx: &mut Tx,
    business: &BusinessId,
    consent: &ConsentId,
    why: SuspendedWhy,
    now: Instant,
) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE consents SET state = 'suspended', suspended_at = $3, suspended_why = $4, version = version + 1 \
         WHERE business_id = $1 AND id = $2 AND state = 'live'",
    )
    .bind(business.as_str())
    .bind(consent.as_str())
    .bind(now.as_microseconds())
    .bind(why.as_str())
    .execute(c))?;
    Ok(changed == 1)
}

/// A suspended consent is live again, unless its plan has another live one. `false` if it isn't.
///
/// # Errors
/// [`Error::Busy`] if another one of the plan became live in this very moment.
pub async fn update_resumed(tx: &mut Tx, business: &BusinessId, consent: &ConsentId) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE consents SET state = 'live', suspended_at = NULL, suspended_why = NULL, version = version + 1 \
         WHERE business_id = $1 AND id = $2 AND state = 'suspended' AND NOT EXISTS (SELECT 1 FROM consents o \
         WHERE o.business_id = consents.business_id AND o.plan_id = consents.plan_id AND o.state = 'live')",
    )
    .bind(business.as_str())
    .bind(consent.as_str())
    .execute(c));
    match changed {
        Ok(changed) => Ok(changed == 1),
        // The statement did not see the other one, the index did: tried again, it does.
        Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => {
            Err(Error::Busy(error))
        }
        Err(error) => Err(error.into()),
    }
}

/// A consent is over. `false` if it was before.
pub async fn update_ended(tx: &mut Tx, business: &BusinessId, consent: &ConsentId, ended: &Ended) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE consents SET state = 'ended', ended_at = $3, ended_by = $4, ended_how = $5, on_its_way = $6, \
         version = version + 1 WHERE business_id = $1 AND id = $2 AND state <> 'ended'",
    )
    .bind(business.as_str())
    .bind(consent.as_str())
    .bind(ended.at.as_microseconds())
    .bind(&ended.by)
    .bind(ended.how.as_str())
    .bind(ended.on_its_way.as_ref().map(AttemptId::as_str))
    .execute(c))?;
    Ok(changed == 1)
}

/// A consent follows its card, which was saved again.
pub async fn update_method(
    tx: &mut Tx,
    business: &BusinessId,
    consent: &ConsentId,
    method: &PaymentMethodId,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE consents SET payment_method_id = $3, version = version + 1 \
         WHERE business_id = $1 AND id = $2 AND state <> 'ended'",
    )
    .bind(business.as_str())
    .bind(consent.as_str())
    .bind(method.as_str())
    .execute(c))?;
    Ok(())
}

/// Adds a row to a consent's history.
pub async fn insert_event(tx: &mut Tx, business: &BusinessId, event: &ConsentEvent) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO consent_events (id, business_id, consent_id, kind, actor, detail, happened_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(event.id.as_str())
    .bind(business.as_str())
    .bind(event.consent.as_str())
    .bind(event.kind.as_str())
    .bind(&event.actor)
    .bind(&event.detail)
    .bind(event.happened_at.as_microseconds())
    .execute(c))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct EventRow {
    id: String,
    consent_id: String,
    kind: String,
    actor: String,
    detail: String,
    happened_at: i64,
}

/// A consent's history, oldest first.
pub async fn list_events(tx: &mut Tx, business: &BusinessId, consent: &ConsentId) -> Result<Vec<ConsentEvent>> {
    let rows: Vec<EventRow> = run!(tx, |c| sqlx::query_as(
        "SELECT id, consent_id, kind, actor, detail, happened_at FROM consent_events \
         WHERE consent_id = $1 AND business_id = $2 ORDER BY happened_at, id",
    )
    .bind(consent.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter()
        .map(|row| {
            Ok(ConsentEvent {
                id: parse("consent_events.id", &row.id)?,
                consent: parse("consent_events.consent_id", &row.consent_id)?,
                kind: parse("consent_events.kind", &row.kind)?,
                actor: row.actor,
                detail: row.detail,
                happened_at: Instant::from_microseconds(row.happened_at),
            })
        })
        .collect()
}

/// The name and address that the evidence of an erased customer's consent keeps.
pub async fn find_kept(tx: &mut Tx, business: &BusinessId, consent: &ConsentId) -> Result<Option<(String, String)>> {
    let row: Option<(Option<String>, Option<String>)> = run!(tx, |c| sqlx::query_as(
        "SELECT kept_name, kept_address FROM consents WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(consent.as_str())
    .fetch_optional(c))?;
    Ok(row.and_then(|(name, address)| name.zip(address)))
}
