//! Pays with a card on file, in one tap. If the bank asks, the customer goes to its page and comes
//! back by `/r/{code}`; if it declines, he is offered another card.

use url::Url;
use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState, AttemptTerms};
use zoop_domain::id::AttemptId;
use zoop_domain::invoice::Lifecycle;
use zoop_domain::money::Money;
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::secret::PlainToken;
use zoop_store as store;
use zoop_stripe::payment_intent::ConfirmPaymentIntent;

use super::pay::Step;
use super::show::InvoiceView;
use crate::attempt::reconcile::FIRST_CHECK_SECONDS;
use crate::attempt::settle::Standing;
use crate::attempt::{close, take};
use crate::{App, Error, stripe_customer, transaction};

/// The bank's page may take the customer so long.
const BANK_SECONDS: i64 = 35 * 60;
/// A stored attempt without an answer from Stripe is given up after this long.
const ANSWER_SECONDS: i64 = 60;

/// What is paid, with what.
pub(super) struct Saved<'a> {
    pub(super) view: &'a InvoiceView,
    pub(super) method: &'a PaymentMethod,
    pub(super) owed: Money,
    pub(super) terms: &'a AttemptTerms,
}

/// Pays, or ends what is in the way first. With `may_wait`, another click that is being served is waited for.
pub(super) async fn pay(app: &App, saved: &Saved<'_>, live: Option<&Attempt>, may_wait: bool) -> Result<Step, Error> {
    let Some(live) = live else { return start(app, saved).await };
    let fresh = app.now().seconds_since(live.created_at) < ANSWER_SECONDS;
    if live.state == AttemptState::Creating && fresh && may_wait {
        return Ok(Step::Wait);
    }
    close::close(app, &live.business, &live.id).await?;
    Ok(Step::Again)
}

async fn start(app: &App, saved: &Saved<'_>) -> Result<Step, Error> {
    let Saved { view, method, .. } = saved;
    let customer = stripe_customer::get(app, &view.business.id, &view.invoice.customer, &method.account).await?;
    let code = PlainToken::generate(app.random.as_ref());
    let Some(attempt) = insert(app, saved, &code).await? else { return Ok(Step::Again) };
    let back = app.base_url().join(&format!("r/{}", code.expose())).map_err(Error::internal)?;
    let confirm = ConfirmPaymentIntent { return_url: Some(back.to_string()), off_session: false };
    let description = format!("Invoice {}", view.invoice.number);
    let taken = take::take(app, &attempt, method, &customer, description, &confirm).await?;
    match (taken.standing, taken.bank) {
        (Standing::Paid | Standing::Processing, _) => Ok(Step::Taken),
        (Standing::Open, Some(bank)) => {
            let url: Url = bank.parse().map_err(Error::internal)?;
            Ok(Step::Bank { url, code })
        }
        (Standing::Open, None) => Ok(Step::Again),
        (Standing::NotPaid, _) => declined(app, &attempt, method).await,
    }
}

async fn declined(app: &App, attempt: &Attempt, method: &PaymentMethod) -> Result<Step, Error> {
    let mut tx = app.db.read().await?;
    let code = store::attempt::find_failure_code(&mut tx, &attempt.business, &attempt.id).await?;
    // Without a code nobody declined: something took the attempt back before it was tried.
    Ok(match code {
        Some(decline_code) => Step::Declined { method_label: method.label(), decline_code },
        None => Step::Again,
    })
}

/// `None` if something changed meanwhile: another attempt, a payment, a cancelation.
async fn insert(app: &App, saved: &Saved<'_>, code: &PlainToken) -> Result<Option<Attempt>, Error> {
    let Saved { view, method, owed, terms } = saved;
    let now = app.now();
    let attempt = Attempt {
        id: AttemptId::generate(now, app.random.as_ref()),
        business: view.business.id.clone(),
        invoice: view.invoice.id.clone(),
        customer: view.invoice.customer.clone(),
        kind: AttemptKind::SavedCard,
        state: AttemptState::Creating,
        amount: *owed,
        account: method.account.clone(),
        terms: (*terms).clone(),
        consent: None,
        job: None,
        method: Some(method.id.clone()),
        method_label: Some(method.label()),
        session: None,
        payment_intent: None,
        created_at: now,
        expires_at: Some(now.plus_seconds(BANK_SECONDS)),
        checks: 0,
    };
    let first_check = now.plus_seconds(FIRST_CHECK_SECONDS);
    let inserted = transaction!(app, |tx| {
        let locked = store::invoice::lock(tx, &attempt.business, &attempt.invoice).await?.ok_or(Error::NotFound)?;
        let unchanged = locked.lifecycle == Lifecycle::Open && locked.ledger.balance()? == *owed;
        let on_file = store::payment_method::get(tx, &attempt.business, &method.id).await?;
        let on_file = on_file.is_some_and(|method| method.state == zoop_domain::payment_method::MethodState::Active);
        unchanged && on_file && store::attempt::insert(tx, &attempt, Some(code.hash()), Some(first_check)).await?
    })?;
    Ok(inserted.then_some(attempt))
}
