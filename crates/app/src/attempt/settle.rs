//! The one function that decides what became of an attempt. The way back, the webhook worker and
//! the reconciler all call it; calling it twice is calling it once.
//!
//! It reads the truth from Stripe (never an event's body, never a URL) before it opens a
//! transaction, so no lock is held over the network.

use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState};
use zoop_store::{self as store, attempt::Progress};
use zoop_stripe::checkout_session::{self, Session};
use zoop_stripe::payment_intent::{self, PaymentIntent, Status};
use zoop_stripe::{Expandable, Page};

use super::{close, late, own_intent, record};
use crate::{App, Error, actor, stripe, transaction};

/// Where an attempt stands once Stripe was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The customer can still pay by it.
    Open,
    /// Stripe is collecting.
    Processing,
    /// Paid.
    Paid,
    /// Over, and nothing was charged.
    NotPaid,
}

/// Asks Stripe what became of the attempt and writes it down.
///
/// # Errors
/// [`Error::Upstream`] if Stripe or the database does not answer: nothing has changed then.
pub async fn settle(app: &App, attempt: &Attempt) -> Result<Standing, Error> {
    match ask(app, attempt).await {
        Err(error) if stripe::is_out_of_reach(&error) && is_over(app, attempt) => give_up(app, attempt).await,
        outcome => outcome,
    }
}

async fn ask(app: &App, attempt: &Attempt) -> Result<Standing, Error> {
    let stripe = app.stripe()?;
    let scope = stripe.scope(&attempt.account);
    if let Some(session) = &attempt.session {
        let session = checkout_session::get(&stripe.client, &scope, session).await?;
        return settle_session(app, attempt, &session).await;
    }
    if let Some(intent) = &attempt.payment_intent {
        let intent = payment_intent::get(&stripe.client, &scope, intent).await?;
        return settle_intent(app, attempt, &intent).await;
    }
    match attempt.kind {
        AttemptKind::Checkout => abandon(app, attempt).await,
        // Its intent was never confirmed: only we have its id, and we don't.
        AttemptKind::SavedCard | AttemptKind::AutoPay => {
            move_on(app, attempt, AttemptState::Canceled, Progress::default()).await?;
            Ok(Standing::NotPaid)
        }
    }
}

/// The same for an attempt whose session was just read.
pub(crate) async fn settle_session(app: &App, attempt: &Attempt, session: &Session) -> Result<Standing, Error> {
    use checkout_session::Status as S;
    match (session.status.as_ref(), &session.payment_intent) {
        (Some(S::Complete), Some(Expandable::Object(intent))) => settle_intent(app, attempt, intent).await,
        (Some(S::Complete), Some(Expandable::Id(id))) => {
            let stripe = app.stripe()?;
            let intent = payment_intent::get(&stripe.client, &stripe.scope(&attempt.account), id).await?;
            settle_intent(app, attempt, &intent).await
        }
        (Some(S::Open), _) if attempt.state.is_live() => {
            move_on(app, attempt, AttemptState::Open, Progress::default()).await?;
            Ok(Standing::Open)
        }
        // It ended here, but its page is still open there: nobody shall pay by it.
        (Some(S::Open), _) => close::expire(app, attempt, &session.id).await,
        (Some(S::Expired), _) => {
            move_on(app, attempt, AttemptState::Canceled, Progress::default()).await?;
            Ok(Standing::NotPaid)
        }
        // Never seen: closing on a guess could let somebody pay twice.
        (status, _) => Err(Error::Upstream(format!("session {} has the status {status:?}", session.id).into())),
    }
}

/// The same for an attempt whose payment intent was just read.
pub(crate) async fn settle_intent(app: &App, attempt: &Attempt, intent: &PaymentIntent) -> Result<Standing, Error> {
    match attempt.kind {
        AttemptKind::Checkout => settle_checkout_intent(app, attempt, intent).await,
        AttemptKind::SavedCard | AttemptKind::AutoPay => own_intent::settle(app, attempt, intent).await,
    }
}

/// An intent behind a payment page: the page confirms it.
async fn settle_checkout_intent(app: &App, attempt: &Attempt, intent: &PaymentIntent) -> Result<Standing, Error> {
    let label = record::method_label(intent);
    let error = intent.last_payment_error.as_ref();
    let progress = Progress {
        payment_intent: Some(&intent.id),
        method_label: label.as_deref(),
        failure_code: error.and_then(|error| error.decline_code.as_deref().or(error.code.as_deref())),
        method: None,
    };
    let (state, standing) = match &intent.status {
        Status::Succeeded => return record::record(app, attempt, intent).await,
        Status::Processing => (AttemptState::Processing, Standing::Processing),
        Status::RequiresAction => (AttemptState::RequiresAction, Standing::Open),
        Status::Canceled => (AttemptState::Canceled, Standing::NotPaid),
        Status::RequiresPaymentMethod | Status::RequiresConfirmation => (AttemptState::Failed, Standing::NotPaid),
        other => return leave_to_a_person(app, attempt, intent, other).await,
    };
    transaction!(app, |tx| {
        let (business, id) = (&attempt.business, &attempt.id);
        let changed = store::attempt::update_state(tx, business, id, state, progress, app.now()).await?;
        if changed && standing == Standing::NotPaid && late::is_unseen(attempt) {
            late::failed(app, tx, attempt, label.as_deref().unwrap_or_default(), progress.failure_code).await?;
        }
    })?;
    Ok(standing)
}

/// Not a state that our intents come into.
pub(super) async fn leave_to_a_person(
    app: &App,
    attempt: &Attempt,
    intent: &PaymentIntent,
    status: &Status,
) -> Result<Standing, Error> {
    let message = format!("payment intent {} is {status}, which Zoop doesn’t deal with", intent.id);
    transaction!(app, |tx| {
        let business = Some(&attempt.business);
        let (kind, owner) = ("payment_intent.state", attempt.id.as_str());
        actor::alert_of(app, tx, business, kind, &intent.id, owner, message.clone()).await?;
    })?;
    Ok(Standing::Processing)
}

/// The attempt was stored, but we never heard of its session: nobody has its address, nothing can
/// be charged. A session that Stripe made all the same is found among the customer's open ones
/// and closed.
async fn abandon(app: &App, attempt: &Attempt) -> Result<Standing, Error> {
    let stripe = app.stripe()?;
    let scope = stripe.scope(&attempt.account);
    let mut tx = app.db.read().await?;
    let customer =
        store::stripe_customer::find(&mut tx, &attempt.business, &attempt.customer, &attempt.account).await?;
    drop(tx);
    if let Some(customer) = customer {
        let mut next = Some(Page::largest());
        while let Some(page) = next {
            let open = Some(&checkout_session::Status::Open);
            let list = checkout_session::list(&stripe.client, &scope, &customer, open, &page).await?;
            for stray in list.data.iter().filter(|session| session.metadata == super::metadata(attempt)) {
                if close::expire(app, attempt, &stray.id).await? == Standing::Paid {
                    return Ok(Standing::Paid);
                }
            }
            next = list.next(&page);
        }
    }
    move_on(app, attempt, AttemptState::Canceled, Progress::default()).await?;
    Ok(Standing::NotPaid)
}

/// Whether nobody can pay by it any more: its page has ended by itself.
fn is_over(app: &App, attempt: &Attempt) -> bool {
    attempt.expires_at.is_none_or(|ends| ends < app.now())
}

/// Stripe will never say what became of it, because the business has disconnected. The invoice
/// must not wait for ever: the owner is told to look for himself. Should the account come back,
/// the daily comparison finds what was paid.
async fn give_up(app: &App, attempt: &Attempt) -> Result<Standing, Error> {
    transaction!(app, |tx| {
        let (state, progress) = (AttemptState::Canceled, Progress::default());
        let live = attempt.state.is_live();
        store::attempt::update_state(tx, &attempt.business, &attempt.id, state, progress, app.now()).await?;
        if live {
            let message = format!(
                "Stripe no longer tells Zoop whether a payment of {} on {} was made. Please look for it in Stripe’s \
                 dashboard.",
                attempt.amount, attempt.account
            );
            let (business, id) = (Some(&attempt.business), attempt.id.as_str());
            actor::alert(app, tx, business, "attempt.out_of_reach", id, message).await?;
        }
    })?;
    Ok(Standing::NotPaid)
}

pub(super) async fn move_on(
    app: &App,
    attempt: &Attempt,
    state: AttemptState,
    progress: Progress<'_>,
) -> Result<(), Error> {
    transaction!(app, |tx| {
        store::attempt::update_state(tx, &attempt.business, &attempt.id, state, progress, app.now()).await?;
    })
}
