//! Pay now: from the customer's click to the address of Stripe's page, or to the end if a card on file
//! pays. What is ticked is checked here, whatever the page made of it.

use std::time::Duration;

use url::Url;
use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState, AttemptTerms};
use zoop_domain::id::AttemptId;
use zoop_domain::invoice::{Lifecycle, PayBlock};
use zoop_domain::money::Money;
use zoop_domain::payment_method::{MethodState, PaymentMethod};
use zoop_domain::secret::PlainToken;
use zoop_store::{self as store, attempt::Progress};
use zoop_stripe::checkout_session::{self, CreatePaymentSession, Session};

use super::pay_saved;
use super::show::{InvoiceKey, InvoiceView, show};
use crate::attempt::reconcile::FIRST_CHECK_SECONDS;
use crate::attempt::{self, close, settle};
use crate::consent::offer::Evident;
use crate::job::{self, JobKind};
use crate::{App, Error, mail, stripe, stripe_customer, transaction};

/// What the customer sent.
#[derive(Clone, Debug, Default)]
pub struct PayRequest {
    /// The balance he saw, in minor units.
    pub amount_minor: i64,
    /// "Save card for future invoices".
    pub save_card: bool,
    /// "Auto-pay future invoices for *plan*"; it saves the card as well.
    pub auto_pay: bool,
    /// Where the copy of his consent goes, if no address is on file.
    pub email: Option<String>,
    /// The card on file that he chose, by its id; `None`: on Stripe's page.
    pub saved: Option<String>,
    /// From where he sends it.
    pub evident: Evident,
}

/// What happens next.
#[derive(Debug)]
pub enum PayOutcome {
    /// On to Stripe's page; the way back is `/r/{code}`, to be remembered in the cookie.
    Checkout {
        /// Stripe's page.
        url: Url,
        /// The code of the way back.
        code: PlainToken,
    },
    /// Nothing is to be paid (any more), or a payment is under way: the invoice page says which.
    NothingToPay,
    /// A card on file paid, or is being charged: the invoice page says which.
    Taken,
    /// The bank wants to see the customer on its own page; the way back is `/r/{code}`.
    Bank {
        /// The bank's page.
        url: Url,
        /// The code of the way back.
        code: PlainToken,
    },
    /// The bank declined the card on file; nothing was charged. The page is shown again, and offers
    /// another card.
    Declined {
        /// The page.
        view: Box<InvoiceView>,
        /// What was declined: "Visa •••• 4242".
        method_label: String,
        /// Why, by Stripe's decline code.
        decline_code: String,
    },
    /// The card that was chosen is no longer on file. The page is shown again.
    MethodGone(Box<InvoiceView>),
    /// Auto-pay was ticked, and the address for its copy is missing or none. The page is shown again.
    EmailNeeded(Box<InvoiceView>),
    /// The balance differs from what he saw; the page has to be shown again.
    BalanceChanged(Box<InvoiceView>),
    /// Stripe can't be reached or refused; nothing was charged. The page is shown again.
    Unavailable(Box<InvoiceView>),
}

/// A payment page, and a bank's, lives this long. Stripe allows no less than 30 minutes.
const PAGE_SECONDS: i64 = 35 * 60;
/// A page this near its end is not handed out again.
const NEARLY_OVER_SECONDS: i64 = 120;
/// A stored attempt without an answer from Stripe is given up after this long.
pub(super) const ANSWER_SECONDS: i64 = 60;
/// How often a click looks again while another one is being served.
const LOOKS: u32 = 50;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Starts (or goes on with) paying the invoice behind `key` on Stripe's page. Two clicks lead to
/// the same page; a click on other terms closes the old page first.
///
/// # Errors
/// [`Error::NotFound`] as for showing it; [`Error::Invalid`] if it can't be paid online.
pub async fn pay(app: &App, key: InvoiceKey<'_>, request: PayRequest) -> Result<PayOutcome, Error> {
    for look in 0..LOOKS {
        let view = show(app, key).await?;
        let (owed, status) = (view.invoice.facts.owed()?, view.invoice.facts.status_on(view.today));
        if !status.is_payable() || !owed.is_positive() {
            return Ok(PayOutcome::NothingToPay);
        }
        // First: a balance that sank below the minimum charge changed, too.
        if request.amount_minor != owed.minor() {
            return Ok(PayOutcome::BalanceChanged(Box::new(view)));
        }
        let block = PayBlock::of(&view.business, &view.invoice.facts, view.today)?;
        let account = view.business.charging_account().filter(|_| block.is_online());
        let account = account.ok_or_else(|| Error::Invalid("this invoice can’t be paid online".into()))?.to_owned();
        let Ok(terms) = terms_of(app, &view, &request) else { return Ok(PayOutcome::EmailNeeded(Box::new(view))) };
        let live = live_attempt(app, &view).await?;
        let step = match (&request.saved, live) {
            (Some(id), live) => {
                let Some(method) = view.methods.iter().find(|method| method.id.as_str() == id).cloned() else {
                    return Ok(PayOutcome::MethodGone(Box::new(view)));
                };
                let saved = pay_saved::Saved { view: &view, method: &method, owed, terms: &terms };
                pay_saved::pay(app, &saved, live.as_ref(), look + 2 < LOOKS).await
            }
            (None, Some(live)) => go_on(app, &live, owed, &terms, look).await,
            (None, None) => start(app, &view, &account, owed, &terms).await,
        };
        match step {
            Ok(Step::Go { url, code }) => return Ok(PayOutcome::Checkout { url, code }),
            Ok(Step::Bank { url, code }) => return Ok(PayOutcome::Bank { url, code }),
            Ok(Step::Taken) => return Ok(PayOutcome::Taken),
            Ok(Step::Declined { method_label, decline_code }) => {
                let view = Box::new(show(app, key).await?);
                return Ok(PayOutcome::Declined { view, method_label, decline_code });
            }
            Ok(Step::Again) => {}
            Ok(Step::Wait) => tokio::time::sleep(LOOK_AGAIN).await,
            Err(Error::Upstream(source)) => {
                tracing::warn!(error = source.as_ref() as &dyn std::error::Error, "a payment page could not be had");
                return Ok(PayOutcome::Unavailable(Box::new(view)));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(PayOutcome::Unavailable(Box::new(show(app, key).await?)))
}

/// What was ticked, as it is agreed to. Whoever ticks auto-pay saves his card; a consent that isn't
/// offered (any more) is none, and one that needs an address says so.
fn terms_of(app: &App, view: &InvoiceView, request: &PayRequest) -> Result<AttemptTerms, mail::InvalidAddress> {
    let save_card = request.save_card || request.auto_pay;
    let Some(offer) = view.offer.as_ref().filter(|_| request.auto_pay) else {
        return Ok(AttemptTerms { save_card, consent: None });
    };
    let email = match &request.email {
        _ if !offer.needs_email => None,
        Some(email) => Some(mail::parse_address(email)?),
        None => return Err(mail::InvalidAddress),
    };
    Ok(AttemptTerms { save_card, consent: Some(offer.accepted(app, &request.evident, email)) })
}

pub(super) enum Step {
    /// There is a page to go to.
    Go { url: Url, code: PlainToken },
    /// The bank's page.
    Bank { url: Url, code: PlainToken },
    /// It is paid, or being collected.
    Taken,
    /// The card on file was declined.
    Declined { method_label: String, decline_code: String },
    /// Something changed: look afresh.
    Again,
    /// Another click is being served: look again in a moment.
    Wait,
}

async fn live_attempt(app: &App, view: &InvoiceView) -> Result<Option<Attempt>, Error> {
    let mut tx = app.db.read().await?;
    Ok(store::attempt::find_live(&mut tx, &view.business.id, &view.invoice.id).await?)
}

/// There is a live attempt: its page is handed out again, or it is ended first.
async fn go_on(app: &App, live: &Attempt, owed: Money, terms: &AttemptTerms, look: u32) -> Result<Step, Error> {
    let Some(session) = live.session.as_deref().filter(|_| live.state == AttemptState::Open) else {
        let fresh = app.now().seconds_since(live.created_at) < ANSWER_SECONDS;
        if live.state == AttemptState::Creating && fresh && look + 2 < LOOKS {
            return Ok(Step::Wait);
        }
        // A card on file that waits for its bank gives way to the page that he asks for now.
        close::close(app, &live.business, &live.id).await?;
        return Ok(Step::Again);
    };
    let stripe = app.stripe()?;
    let found = checkout_session::get(&stripe.client, &stripe.scope(&live.account), session).await;
    let session = match found.map_err(Error::from) {
        // The business has another account now.
        Err(error) if stripe::is_out_of_reach(&error) => {
            settle::settle(app, live).await?;
            return Ok(Step::Again);
        }
        found => found?,
    };
    let open = session.status == Some(checkout_session::Status::Open);
    let same = live.amount == owed && live.terms.agree_with(terms);
    let lasts = live.expires_at.is_none_or(|ends| ends.seconds_since(app.now()) > NEARLY_OVER_SECONDS);
    if open
        && same
        && lasts
        && let Some((url, code)) = way(&session)
    {
        return Ok(Step::Go { url, code });
    }
    if open {
        close::expire(app, live, &session.id).await?;
    } else {
        settle::settle_session(app, live, &session).await?;
    }
    Ok(Step::Again)
}

/// The page's address, and the code of the way back, which only Stripe still knows in clear.
fn way(session: &Session) -> Option<(Url, PlainToken)> {
    let url = session.url.as_deref()?.parse().ok()?;
    let back: Url = session.success_url.as_deref()?.parse().ok()?;
    let code = PlainToken::parse(back.path_segments()?.next_back()?).ok()?;
    Some((url, code))
}

/// Stores a new attempt, then asks Stripe for its page. The stored row comes first, so that
/// whatever happens after it is known what was asked.
async fn start(app: &App, view: &InvoiceView, account: &str, owed: Money, terms: &AttemptTerms) -> Result<Step, Error> {
    let customer = stripe_customer::get(app, &view.business.id, &view.invoice.customer, account).await?;
    let code = PlainToken::generate(app.random.as_ref());
    let Some(attempt) = insert(app, view, account, None, owed, terms, &code).await? else { return Ok(Step::Again) };
    let stripe = app.stripe()?;
    let params = page(app, view, &attempt, customer, &code)?;
    let key = stripe::key(attempt.id.as_str())?;
    match checkout_session::create_payment(&stripe.client, &stripe.scope(account), &params, &key).await {
        Ok(session) => opened(app, &attempt, &session, code).await,
        Err(error) => {
            // Nobody has the page's address and nothing is charged, whatever Stripe has made of it.
            // If a session came about, it is found by the attempt it names, and closed.
            let unknown = error.outcome_unknown();
            if !unknown {
                end(app, &attempt, false).await?;
            } else if let Err(error) = settle::settle(app, &attempt).await {
                tracing::warn!(attempt = %attempt.id, error = &error as &dyn std::error::Error, "a stray page may be open");
                end(app, &attempt, true).await?;
            }
            Err(error.into())
        }
    }
}

async fn opened(app: &App, attempt: &Attempt, session: &Session, code: PlainToken) -> Result<Step, Error> {
    let url = session.url.as_deref().and_then(|url| url.parse().ok());
    let url = url.ok_or_else(|| Error::Upstream("Stripe's session has no address".into()))?;
    let opened = transaction!(app, |tx| {
        store::attempt::update_opened(tx, &attempt.business, &attempt.id, &session.id).await?
    })?;
    if opened {
        return Ok(Step::Go { url, code });
    }
    // It was given up while Stripe was slow: its page must not stay open.
    close::expire(app, attempt, &session.id).await?;
    Ok(Step::Again)
}

/// The way is free at once. With `stray`, a job looks for a page that Stripe may have made.
async fn end(app: &App, attempt: &Attempt, stray: bool) -> Result<(), Error> {
    transaction!(app, |tx| {
        let (state, progress) = (AttemptState::Canceled, Progress::default());
        store::attempt::update_state(tx, &attempt.business, &attempt.id, state, progress, app.now()).await?;
        if stray {
            job::enqueue(app, tx, Some(&attempt.business), JobKind::Close, attempt.id.as_str()).await?;
        }
    })
}

/// Stores the customer's attempt to pay `owed`, with `method` if that is on file. `None` if something
/// changed meanwhile: another attempt, a payment, a cancelation, a card that was removed.
pub(super) async fn insert(
    app: &App,
    view: &InvoiceView,
    account: &str,
    method: Option<&PaymentMethod>,
    owed: Money,
    terms: &AttemptTerms,
    code: &PlainToken,
) -> Result<Option<Attempt>, Error> {
    let now = app.now();
    let attempt = Attempt {
        id: AttemptId::generate(now, app.random.as_ref()),
        business: view.business.id.clone(),
        invoice: view.invoice.id.clone(),
        customer: view.invoice.customer.clone(),
        kind: if method.is_some() { AttemptKind::SavedCard } else { AttemptKind::Checkout },
        state: AttemptState::Creating,
        amount: owed,
        account: account.to_owned(),
        terms: terms.clone(),
        consent: None,
        job: None,
        method: method.map(|method| method.id.clone()),
        method_label: method.map(PaymentMethod::label),
        session: None,
        payment_intent: None,
        created_at: now,
        expires_at: Some(now.plus_seconds(PAGE_SECONDS)),
        checks: 0,
    };
    let first_check = now.plus_seconds(FIRST_CHECK_SECONDS);
    let inserted = transaction!(app, |tx| {
        let locked = store::invoice::lock(tx, &attempt.business, &attempt.invoice).await?.ok_or(Error::NotFound)?;
        let unchanged = locked.lifecycle == Lifecycle::Open && locked.ledger.balance()? == owed;
        let on_file = match &attempt.method {
            None => true,
            Some(method) => {
                let method = store::payment_method::get(tx, &attempt.business, method).await?;
                method.is_some_and(|method| method.state == MethodState::Active)
            }
        };
        unchanged && on_file && store::attempt::insert(tx, &attempt, Some(code.hash()), Some(first_check)).await?
    })?;
    Ok(inserted.then_some(attempt))
}

fn page(
    app: &App,
    view: &InvoiceView,
    attempt: &Attempt,
    customer: String,
    code: &PlainToken,
) -> Result<CreatePaymentSession, Error> {
    let back = app.base_url().join(&format!("r/{}", code.expose())).map_err(Error::internal)?;
    let expires_at = attempt.expires_at.unwrap_or_else(|| app.now().plus_seconds(PAGE_SECONDS));
    Ok(CreatePaymentSession {
        customer,
        client_reference_id: attempt.invoice.to_string(),
        line_name: format!("Invoice {}", view.invoice.number),
        amount: attempt.amount.minor(),
        currency: attempt.amount.currency().to_string(),
        metadata: attempt::metadata(attempt),
        expires_at: expires_at.as_unix_seconds(),
        success_url: format!("{back}?session={{CHECKOUT_SESSION_ID}}"),
        cancel_url: back.to_string(),
        allowed_payment_method_types: vec!["card".into()],
        save: attempt.terms.save_card,
        submit_message: attempt.terms.consent.as_ref().map(|draft| draft.disclosure_text.clone()),
    })
}
