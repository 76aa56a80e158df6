//! Attempts to take a payment. A partial unique index lets one live attempt an invoice in.

mod list;

use serde::{Deserialize, Serialize};
use zoop_domain::attempt::{Attempt, AttemptState, AttemptTerms, ConsentDraft};
use zoop_domain::id::{AttemptId, BusinessId, ConsentId, InvoiceId, JobId, PaymentMethodId};
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{corrupt, money, parse, parse_optional};
use crate::{Error, Result, Tx};

pub use list::{list, list_due, list_live, list_live_by_consent, list_live_by_method};

/// A consent draft as it is kept beside its attempt.
#[derive(Serialize, Deserialize)]
struct DraftColumn {
    plan: String,
    disclosure_text: String,
    disclosure_version: i64,
    every: String,
    cap_minor: Option<i64>,
    agreed_minor: i64,
    currency: String,
    email: Option<String>,
    granted_at: i64,
    ip: Option<String>,
    user_agent: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    invoice_id: String,
    customer_id: String,
    kind: String,
    state: String,
    amount_minor: i64,
    currency: String,
    account: String,
    save_card: bool,
    consent_draft: Option<String>,
    consent_id: Option<String>,
    job_id: Option<String>,
    payment_method_id: Option<String>,
    method_label: Option<String>,
    session: Option<String>,
    payment_intent: Option<String>,
    checks: i64,
    created_at: i64,
    expires_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, business_id, invoice_id, customer_id, kind, state, amount_minor, currency, account, save_card, \
         consent_draft, consent_id, job_id, payment_method_id, method_label, session, payment_intent, checks, created_at, expires_at"
    };
}

use columns;

impl TryFrom<Row> for Attempt {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let amount = money(row.amount_minor, &row.currency)?;
        Ok(Self {
            id: parse("attempts.id", &row.id)?,
            business: parse("attempts.business_id", &row.business_id)?,
            invoice: parse("attempts.invoice_id", &row.invoice_id)?,
            customer: parse("attempts.customer_id", &row.customer_id)?,
            kind: parse("attempts.kind", &row.kind)?,
            state: parse("attempts.state", &row.state)?,
            amount,
            account: row.account,
            terms: AttemptTerms {
                save_card: row.save_card,
                consent: row
                    .consent_draft
                    .as_deref()
                    .map(|json| draft_from_column("attempts.consent_draft", json))
                    .transpose()?,
            },
            consent: parse_optional("attempts.consent_id", row.consent_id.as_deref())?,
            job: parse_optional("attempts.job_id", row.job_id.as_deref())?,
            method: parse_optional("attempts.payment_method_id", row.payment_method_id.as_deref())?,
            method_label: row.method_label,
            session: row.session,
            payment_intent: row.payment_intent,
            created_at: Instant::from_microseconds(row.created_at),
            expires_at: row.expires_at.map(Instant::from_microseconds),
            checks: row.checks,
        })
    }
}

pub(crate) fn draft_from_column(column: &'static str, json: &str) -> Result<ConsentDraft> {
    let draft: DraftColumn = serde_json::from_str(json).map_err(|_| corrupt(column, &"…"))?;
    let amount = |minor| money(minor, &draft.currency);
    Ok(ConsentDraft {
        plan: parse(column, &draft.plan)?,
        disclosure_text: draft.disclosure_text,
        disclosure_version: draft.disclosure_version,
        every: draft.every,
        cap: draft.cap_minor.map(amount).transpose()?,
        agreed: amount(draft.agreed_minor)?,
        email: draft.email,
        granted_at: Instant::from_microseconds(draft.granted_at),
        ip: draft.ip,
        user_agent: draft.user_agent,
    })
}

pub(crate) fn draft_to_column(draft: &ConsentDraft) -> String {
    serde_json::json!(DraftColumn {
        plan: draft.plan.to_string(),
        disclosure_text: draft.disclosure_text.clone(),
        disclosure_version: draft.disclosure_version,
        every: draft.every.clone(),
        cap_minor: draft.cap.map(zoop_domain::money::Money::minor),
        agreed_minor: draft.agreed.minor(),
        currency: draft.agreed.currency().to_string(),
        email: draft.email.clone(),
        granted_at: draft.granted_at.as_microseconds(),
        ip: draft.ip.clone(),
        user_agent: draft.user_agent.clone(),
    })
    .to_string()
}

/// Stores a new attempt, the hash of its way back and when the reconciler should ask about it.
/// `false` if the invoice has a live one already: then nothing is stored.
pub async fn insert(
    tx: &mut Tx,
    attempt: &Attempt,
    code: Option<HashedToken>,
    next_check_at: Option<Instant>,
) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| {
        sqlx::query_scalar(
        "INSERT INTO attempts (id, business_id, invoice_id, customer_id, kind, state, amount_minor, currency, account, \
         save_card, consent_draft, payment_method_id, session, payment_intent, code_hash, checks, next_check_at, \
         created_at, expires_at, method_label, consent_id, job_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) \
         ON CONFLICT (business_id, invoice_id) \
         WHERE state IN ('creating', 'open', 'requires_action', 'processing', 'unknown') DO NOTHING RETURNING id",
    )
    .bind(attempt.id.as_str())
    .bind(attempt.business.as_str())
    .bind(attempt.invoice.as_str())
    .bind(attempt.customer.as_str())
    .bind(attempt.kind.as_str())
    .bind(attempt.state.as_str())
    .bind(attempt.amount.minor())
    .bind(attempt.amount.currency().as_str())
    .bind(&attempt.account)
    .bind(attempt.terms.save_card)
    .bind(attempt.terms.consent.as_ref().map(draft_to_column))
    .bind(attempt.method.as_ref().map(PaymentMethodId::as_str))
    .bind(&attempt.session)
    .bind(&attempt.payment_intent)
    .bind(code.map(HashedToken::to_hex))
    .bind(attempt.checks)
    .bind(next_check_at.map(Instant::as_microseconds))
    .bind(attempt.created_at.as_microseconds())
    .bind(attempt.expires_at.map(Instant::as_microseconds))
    .bind(&attempt.method_label)
    .bind(attempt.consent.as_ref().map(ConsentId::as_str))
    .bind(attempt.job.as_ref().map(JobId::as_str))
    .fetch_optional(c)
    })?;
    Ok(inserted.is_some())
}

/// The attempt, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, attempt: &AttemptId) -> Result<Option<Attempt>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM attempts WHERE business_id = $1 AND id = $2"
    ))
    .bind(business.as_str())
    .bind(attempt.as_str())
    .fetch_optional(c))?;
    row.map(Attempt::try_from).transpose()
}

/// The invoice's live attempt, or `None`.
pub async fn find_live(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Option<Attempt>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM attempts WHERE invoice_id = $1 AND business_id = $2 \
         AND state IN ('creating', 'open', 'requires_action', 'processing', 'unknown')"
    ))
    .bind(invoice.as_str())
    .bind(business.as_str())
    .fetch_optional(c))?;
    row.map(Attempt::try_from).transpose()
}

/// The attempt whose way back has this code and was made after `since`, or `None`.
pub async fn find_by_code(tx: &mut Tx, code: HashedToken, since: Instant) -> Result<Option<Attempt>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM attempts WHERE code_hash = $1 AND created_at > $2"
    ))
    .bind(code.to_hex())
    .bind(since.as_microseconds())
    .fetch_optional(c))?;
    row.map(Attempt::try_from).transpose()
}

/// The failed attempt that the job made, or `None`.
pub async fn find_failed_by_job(tx: &mut Tx, business: &BusinessId, job: &JobId) -> Result<Option<Attempt>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM attempts WHERE job_id = $1 AND state = 'failed' AND business_id = $2"
    ))
    .bind(job.as_str())
    .bind(business.as_str())
    .fetch_optional(c))?;
    row.map(Attempt::try_from).transpose()
}

/// What the consent's last successful charge took, in minor units, or `None`.
pub async fn find_last_charged(tx: &mut Tx, business: &BusinessId, consent: &ConsentId) -> Result<Option<i64>> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "SELECT amount_minor FROM attempts WHERE consent_id = $1 AND business_id = $2 AND state = 'succeeded' \
         ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .bind(consent.as_str())
    .bind(business.as_str())
    .fetch_optional(c))?)
}

/// Stripe has answered with a Checkout session: the attempt is open, unless it was closed meanwhile.
pub async fn update_opened(tx: &mut Tx, business: &BusinessId, attempt: &AttemptId, session: &str) -> Result<bool> {
    let changed = execute!(tx, |c| {
        sqlx::query(
        "UPDATE attempts SET state = 'open', session = $3 WHERE business_id = $1 AND id = $2 AND state = 'creating'",
    )
    .bind(business.as_str())
    .bind(attempt.as_str())
    .bind(session)
    .execute(c)
    })?;
    Ok(changed == 1)
}

/// What is known of an attempt when it moves on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress<'a> {
    /// `pi_…`, once there is one.
    pub payment_intent: Option<&'a str>,
    /// What is being charged.
    pub method_label: Option<&'a str>,
    /// Stripe's code, if it failed.
    pub failure_code: Option<&'a str>,
    /// The method on file that stands for what was charged.
    pub method: Option<&'a PaymentMethodId>,
}

/// A live attempt moves on to `state`, which may end it, or learns more of what it charges; an
/// ended one stays as it is, except that a success is never overlooked. `false` if nothing changed.
pub async fn update_state(
    tx: &mut Tx,
    business: &BusinessId,
    attempt: &AttemptId,
    state: AttemptState,
    progress: Progress<'_>,
    now: Instant,
) -> Result<bool> {
    let closed_at = (!state.is_live()).then_some(now.as_microseconds());
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE attempts SET state = $3, payment_intent = COALESCE($4, payment_intent), \
         method_label = COALESCE($5, method_label), failure_code = COALESCE($6, failure_code), closed_at = $7, \
         payment_method_id = COALESCE($8, payment_method_id), \
         next_check_at = CASE WHEN $7 IS NULL THEN next_check_at ELSE NULL END \
         WHERE business_id = $1 AND id = $2 \
         AND (state <> $3 OR payment_intent IS DISTINCT FROM COALESCE($4, payment_intent) \
         OR method_label IS DISTINCT FROM COALESCE($5, method_label)) \
         AND (state IN ('creating', 'open', 'requires_action', 'processing', 'unknown') \
         OR ($3 = 'succeeded' AND state <> 'succeeded'))",
    )
    .bind(business.as_str())
    .bind(attempt.as_str())
    .bind(state.as_str())
    .bind(progress.payment_intent)
    .bind(progress.method_label)
    .bind(progress.failure_code)
    .bind(closed_at)
    .bind(progress.method.map(PaymentMethodId::as_str))
    .execute(c))?;
    Ok(changed == 1)
}

/// When the reconciler should ask again, and that it has asked once more.
pub async fn update_next_check(tx: &mut Tx, business: &BusinessId, attempt: &AttemptId, at: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE attempts SET checks = checks + 1, next_check_at = $3 WHERE business_id = $1 AND id = $2 \
         AND state IN ('creating', 'open', 'requires_action', 'processing', 'unknown')",
    )
    .bind(business.as_str())
    .bind(attempt.as_str())
    .bind(at.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// The unconfirmed payment intent that Stripe made for an attempt on a card on file. `false` if the
/// attempt was given up meanwhile: then it must not be confirmed.
pub async fn update_intent(tx: &mut Tx, business: &BusinessId, attempt: &AttemptId, intent: &str) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE attempts SET payment_intent = $3 WHERE business_id = $1 AND id = $2 AND state = 'creating'",
    )
    .bind(business.as_str())
    .bind(attempt.as_str())
    .bind(intent)
    .execute(c))?;
    Ok(changed == 1)
}

/// Stripe's code of a failed attempt, or `None`.
pub async fn find_failure_code(tx: &mut Tx, business: &BusinessId, attempt: &AttemptId) -> Result<Option<String>> {
    let code: Option<Option<String>> = run!(tx, |c| sqlx::query_scalar(
        "SELECT failure_code FROM attempts WHERE business_id = $1 AND id = $2 AND state = 'failed'",
    )
    .bind(business.as_str())
    .bind(attempt.as_str())
    .fetch_optional(c))?;
    Ok(code.flatten())
}
