//! Pays with a card on file, in one tap. If the bank asks, the customer goes to its page and comes
//! back by `/r/{code}`; if it declines, he is offered another card.

use url::Url;
use zoop_domain::attempt::{Attempt, AttemptState, AttemptTerms};
use zoop_domain::money::Money;
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::secret::PlainToken;
use zoop_store as store;
use zoop_stripe::payment_intent::ConfirmPaymentIntent;

use super::pay::{ANSWER_SECONDS, Step, insert};
use super::show::InvoiceView;
use crate::attempt::settle::Standing;
use crate::attempt::{close, take};
use crate::{App, Error, stripe_customer};

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
    let account = &method.account;
    let Some(attempt) = insert(app, view, account, Some(*method), saved.owed, saved.terms, &code).await? else {
        return Ok(Step::Again);
    };
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
