//! Cards that are being saved on Stripe's page, outside of a payment.

use zoop_domain::card_setup::{CardChange, CardSetup, CardSetupState};
use zoop_domain::id::{BusinessId, CardSetupId, ConsentId, PaymentMethodId};
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;

use crate::attempt::{draft_from_column, draft_to_column};
use crate::db::{execute, run};
use crate::row::{corrupt, parse, parse_optional};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    customer_id: String,
    account: String,
    state: String,
    replaces_consent_id: Option<String>,
    consent_draft: Option<String>,
    payment_method_id: Option<String>,
    session: Option<String>,
    created_at: i64,
    expires_at: i64,
    checks: i64,
}

macro_rules! columns {
    () => {
        "id, business_id, customer_id, account, state, replaces_consent_id, consent_draft, payment_method_id, session, \
         created_at, expires_at, checks"
    };
}

impl TryFrom<Row> for CardSetup {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let change = match (row.replaces_consent_id, row.consent_draft) {
            (None, None) => None,
            (Some(consent), Some(draft)) => Some(CardChange {
                consent: parse("card_setups.replaces_consent_id", &consent)?,
                draft: draft_from_column("card_setups.consent_draft", &draft)?,
            }),
            (consent, _) => return Err(corrupt("card_setups.consent_draft", &format!("{consent:?}"))),
        };
        Ok(Self {
            id: parse("card_setups.id", &row.id)?,
            business: parse("card_setups.business_id", &row.business_id)?,
            customer: parse("card_setups.customer_id", &row.customer_id)?,
            account: row.account,
            state: parse("card_setups.state", &row.state)?,
            change,
            method: parse_optional("card_setups.payment_method_id", row.payment_method_id.as_deref())?,
            session: row.session,
            created_at: Instant::from_microseconds(row.created_at),
            expires_at: Instant::from_microseconds(row.expires_at),
            checks: row.checks,
        })
    }
}

/// Stores a new setup, the hash of its way back and when Stripe should be asked about it.
pub async fn insert(tx: &mut Tx, setup: &CardSetup, code: HashedToken, next_check_at: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO card_setups (id, business_id, customer_id, account, state, replaces_consent_id, consent_draft, \
         payment_method_id, session, code_hash, checks, next_check_at, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(setup.id.as_str())
    .bind(setup.business.as_str())
    .bind(setup.customer.as_str())
    .bind(&setup.account)
    .bind(setup.state.as_str())
    .bind(setup.change.as_ref().map(|change| ConsentId::as_str(&change.consent)))
    .bind(setup.change.as_ref().map(|change| draft_to_column(&change.draft)))
    .bind(setup.method.as_ref().map(PaymentMethodId::as_str))
    .bind(&setup.session)
    .bind(code.to_hex())
    .bind(setup.checks)
    .bind(next_check_at.as_microseconds())
    .bind(setup.created_at.as_microseconds())
    .bind(setup.expires_at.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// The setup, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, setup: &CardSetupId) -> Result<Option<CardSetup>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM card_setups WHERE business_id = $1 AND id = $2"
    ))
    .bind(business.as_str())
    .bind(setup.as_str())
    .fetch_optional(c))?;
    row.map(CardSetup::try_from).transpose()
}

/// The setup whose way back has this code and was made after `since`, or `None`.
pub async fn find_by_code(tx: &mut Tx, code: HashedToken, since: Instant) -> Result<Option<CardSetup>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM card_setups WHERE code_hash = $1 AND created_at > $2"
    ))
    .bind(code.to_hex())
    .bind(since.as_microseconds())
    .fetch_optional(c))?;
    row.map(CardSetup::try_from).transpose()
}

/// Setups that Stripe should be asked about by `now`, longest waiting first. For the program, not
/// for a tenant: each carries its business.
pub async fn list_due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<CardSetup>> {
    let rows: Vec<Row> = run!(tx, |c| {
        sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM card_setups WHERE next_check_at IS NOT NULL AND next_check_at <= $1 ORDER BY next_check_at, id LIMIT $2"
    ))
    .bind(now.as_microseconds())
    .bind(limit)
    .fetch_all(c)
    })?;
    rows.into_iter().map(CardSetup::try_from).collect()
}

/// Stripe has answered with a session. `false` if the setup was given up meanwhile.
pub async fn update_opened(tx: &mut Tx, business: &BusinessId, setup: &CardSetupId, session: &str) -> Result<bool> {
    let changed = execute!(tx, |c| {
        sqlx::query(
        "UPDATE card_setups SET state = 'open', session = $3 WHERE business_id = $1 AND id = $2 AND state = 'creating'",
    )
    .bind(business.as_str())
    .bind(setup.as_str())
    .bind(session)
    .execute(c)
    })?;
    Ok(changed == 1)
}

/// A setup ends, with the card it brought. `false` if it has ended before; but a success that comes
/// to light later counts.
pub async fn update_closed(
    tx: &mut Tx,
    business: &BusinessId,
    setup: &CardSetupId,
    state: CardSetupState,
    method: Option<&PaymentMethodId>,
    now: Instant,
) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE card_setups SET state = $3, payment_method_id = $4, closed_at = $5, next_check_at = NULL \
         WHERE business_id = $1 AND id = $2 \
         AND (state IN ('creating', 'open') OR ($3 = 'succeeded' AND state <> 'succeeded'))",
    )
    .bind(business.as_str())
    .bind(setup.as_str())
    .bind(state.as_str())
    .bind(method.map(PaymentMethodId::as_str))
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(changed == 1)
}

/// When Stripe should be asked again, and that it was asked once more.
pub async fn update_next_check(tx: &mut Tx, business: &BusinessId, setup: &CardSetupId, at: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE card_setups SET checks = checks + 1, next_check_at = $3 WHERE business_id = $1 AND id = $2 \
         AND state IN ('creating', 'open')",
    )
    .bind(business.as_str())
    .bind(setup.as_str())
    .bind(at.as_microseconds())
    .execute(c))?;
    Ok(())
}
