//! Asks Stripe when nobody tells: live attempts after two minutes, less and less often, and when
//! their page ends; and once a day whether each account's payments are all here. The system is
//! right when no webhook ever arrives.

use std::time::Duration;

use zoop_domain::attempt::Attempt;
use zoop_domain::business::Business;
use zoop_domain::time::Instant;
use zoop_store as store;
use zoop_stripe::payment_intent::{self, PaymentIntent, Status};
use zoop_stripe::{Created, Page};

use super::settle;
use crate::{App, Error, stripe, transaction, webhook};

/// When a new attempt is asked about for the first time.
pub(crate) const FIRST_CHECK_SECONDS: i64 = 120;
const LAST_CHECK_SECONDS: i64 = 3_600;
const AT_ONCE: i64 = 100;
/// Stripe retries webhooks for three days; so long back an intent may still be unknown here.
const LOOK_BACK_SECONDS: i64 = 3 * 86_400;
const PAUSE: Duration = Duration::from_millis(1);

/// Settles every attempt that is due to be asked about: how many those were. One that can't be
/// settled now is asked about later and doesn't hold up the others.
///
/// # Errors
/// The database does not answer.
pub async fn ask_about_due(app: &App) -> Result<usize, Error> {
    if app.stripe.is_none() {
        return Ok(0);
    }
    let now = app.now();
    let mut tx = app.db.read().await?;
    let due = store::attempt::list_due(&mut tx, now, AT_ONCE).await?;
    drop(tx);
    for attempt in &due {
        transaction!(app, |tx| {
            let at = next_check(attempt, now);
            store::attempt::update_next_check(tx, &attempt.business, &attempt.id, at).await?;
        })?;
        if let Err(error) = settle::settle(app, attempt).await {
            tracing::warn!(attempt = %attempt.id, error = &error as &dyn std::error::Error, "asking about an attempt failed");
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(due.len())
}

/// 2, 4, 8 … minutes up to an hour; but right after its payment page ends, whichever is sooner.
fn next_check(attempt: &Attempt, now: Instant) -> Instant {
    let doubled = FIRST_CHECK_SECONDS << attempt.checks.clamp(0, 5);
    let later = now.plus_seconds(doubled.min(LAST_CHECK_SECONDS));
    match attempt.expires_at.map(|ends| ends.plus_seconds(10)) {
        Some(ends) if ends > now && ends < later => ends,
        _ => later,
    }
}

/// Reads the recent payment intents of every charging account and settles what is missing here:
/// how many payments were found so. An account that can't be read doesn't keep it from the others.
///
/// # Errors
/// The database does not answer, or Stripe doesn't for one of the accounts: it should be done again
/// soon. That a business has disconnected is no error.
pub async fn compare_accounts(app: &App) -> Result<usize, Error> {
    if app.stripe.is_none() {
        return Ok(0);
    }
    let mut tx = app.db.read().await?;
    let businesses = store::business::list(&mut tx).await?;
    drop(tx);
    let (mut found, mut failed) = (0, None);
    for business in &businesses {
        let Some(account) = &business.stripe else { continue };
        match compare_account(app, business, &account.id).await {
            Ok(count) => found += count,
            Err(error) if stripe::is_out_of_reach(&error) => {
                tracing::info!(account = account.id, "an account is out of reach");
            }
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(found), Err)
}

async fn compare_account(app: &App, business: &Business, account: &str) -> Result<usize, Error> {
    let stripe = app.stripe()?;
    let from = app.now().plus_seconds(-LOOK_BACK_SECONDS).as_unix_seconds();
    let created = Created { from: Some(from), until: None };
    let mut found = 0;
    let mut next = Some(Page::largest());
    while let Some(page) = next {
        let list = payment_intent::list(&stripe.client, &stripe.scope(account), &created, None, &page).await?;
        for intent in list.data.iter().filter(|intent| intent.status == Status::Succeeded) {
            if is_missing(app, business, account, intent).await? {
                webhook::process::settle_intent(app, account, &intent.id).await?;
                found += 1;
            }
        }
        next = list.next(&page);
    }
    Ok(found)
}

async fn is_missing(app: &App, business: &Business, account: &str, intent: &PaymentIntent) -> Result<bool, Error> {
    if !intent.metadata.contains_key("attempt_id") {
        return Ok(false);
    }
    let mut tx = app.db.read().await?;
    Ok(store::payment::find_by_intent(&mut tx, &business.id, account, &intent.id).await?.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoop_domain::attempt::{AttemptKind, AttemptState, AttemptTerms};
    use zoop_domain::money::{Currency, Money};

    fn attempt(checks: i64, expires_at: Option<Instant>) -> Attempt {
        let body = "0".repeat(26);
        Attempt {
            id: format!("att_{body}").parse().unwrap(),
            business: format!("biz_{body}").parse().unwrap(),
            invoice: format!("inv_{body}").parse().unwrap(),
            customer: format!("cus_{body}").parse().unwrap(),
            kind: AttemptKind::Checkout,
            state: AttemptState::Open,
            amount: Money::new(100, Currency::Usd),
            account: "acct_1".into(),
            terms: AttemptTerms::default(),
            consent: None,
            job: None,
            method: None,
            method_label: None,
            session: None,
            payment_intent: None,
            created_at: Instant::from_microseconds(0),
            expires_at,
            checks,
        }
    }

    #[test]
    fn it_asks_less_and_less_often_but_when_the_page_ends() {
        let now = Instant::from_unix_seconds(1_000);
        let wait = |checks, ends: Option<i64>| {
            next_check(&attempt(checks, ends.map(|at| now.plus_seconds(at))), now).seconds_since(now)
        };
        assert_eq!(wait(0, None), 120);
        assert_eq!(wait(3, None), 960);
        assert_eq!(wait(50, None), 3_600);
        assert_eq!(wait(3, Some(300)), 310);
        assert_eq!(wait(0, Some(300)), 120);
        assert_eq!(wait(3, Some(-300)), 960);
    }
}
