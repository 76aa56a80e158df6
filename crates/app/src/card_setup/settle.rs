//! What became of a card setup. The way back, the webhook worker and the sweep all ask Stripe and
//! write it down; doing it twice is doing it once.

use zoop_domain::attempt::ConsentDraft;
use zoop_domain::card_setup::{CardSetup, CardSetupState};
use zoop_domain::consent::{ConsentState, EndedHow};
use zoop_domain::payment_method::PaymentMethod;
use zoop_store::{self as store, Tx};
use zoop_stripe::checkout_session::{self, Session, Status};
use zoop_stripe::payment_method::PaymentMethod as StripeMethod;
use zoop_stripe::{Expandable, setup_intent};

use crate::consent::change_card;
use crate::payment_method::save::{self, Owner};
use crate::{App, Error, stripe, transaction};

pub(crate) const FIRST_CHECK_SECONDS: i64 = 120;
const LAST_CHECK_SECONDS: i64 = 3_600;
const AT_ONCE: i64 = 100;

/// How a setup went, as far as it is known now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// The card is on file.
    Saved,
    /// The customer can still type one.
    Open,
    /// Nothing was saved.
    NotSaved,
}

/// Asks Stripe what became of the setup and writes it down.
///
/// # Errors
/// [`Error::Upstream`] if Stripe or the database doesn't answer: nothing has changed then.
pub async fn settle(app: &App, setup: &CardSetup) -> Result<Setup, Error> {
    let Some(session) = &setup.session else { return close(app, setup, CardSetupState::Canceled).await };
    let stripe = app.stripe()?;
    match checkout_session::get(&stripe.client, &stripe.scope(&setup.account), session).await.map_err(Error::from) {
        Ok(session) => settle_session(app, setup, &session).await,
        Err(error) if stripe::is_out_of_reach(&error) => close(app, setup, CardSetupState::Canceled).await,
        Err(error) => Err(error),
    }
}

/// The same for a setup whose session was just read.
pub(crate) async fn settle_session(app: &App, setup: &CardSetup, session: &Session) -> Result<Setup, Error> {
    match session.status {
        Some(Status::Complete) => {}
        Some(Status::Expired) => return close(app, setup, CardSetupState::Canceled).await,
        _ => return Ok(Setup::Open),
    }
    let Some(id) = session.setup_intent_id() else {
        return Err(Error::Upstream(format!("session {} is complete and saved nothing", session.id).into()));
    };
    let stripe = app.stripe()?;
    let intent = setup_intent::get(&stripe.client, &stripe.scope(&setup.account), id).await?;
    match (intent.status, &intent.payment_method) {
        (setup_intent::Status::Succeeded, Some(Expandable::Object(method))) => keep(app, setup, method).await,
        _ => Ok(Setup::Open),
    }
}

async fn keep(app: &App, setup: &CardSetup, stripe: &StripeMethod) -> Result<Setup, Error> {
    transaction!(app, |tx| {
        let owner = Owner { business: &setup.business, customer: &setup.customer, account: &setup.account };
        let state = CardSetupState::Succeeded;
        // First: whoever closes it does the rest, and nobody else.
        if store::card_setup::update_closed(tx, &setup.business, &setup.id, state, None, app.now()).await? {
            let method = save::save(app, tx, owner, stripe).await?;
            if let (Some(change), Some(method)) = (&setup.change, &method) {
                change_consent(app, tx, setup, &change.draft, method).await?;
            }
        }
    })?;
    Ok(Setup::Saved)
}

async fn change_consent(
    app: &App,
    tx: &mut Tx,
    setup: &CardSetup,
    draft: &ConsentDraft,
    method: &PaymentMethod,
) -> Result<(), Error> {
    let Some(change) = &setup.change else { return Ok(()) };
    let old = store::consent::lock(tx, &setup.business, &change.consent).await?.ok_or(Error::NotFound)?;
    // Turned off meanwhile: the card is on file, and charges nothing.
    if old.state == ConsentState::Ended {
        return Ok(());
    }
    change_card::replace(app, tx, &old, draft, method, EndedHow::Replaced).await
}

async fn close(app: &App, setup: &CardSetup, state: CardSetupState) -> Result<Setup, Error> {
    transaction!(app, |tx| {
        store::card_setup::update_closed(tx, &setup.business, &setup.id, state, None, app.now()).await?;
    })?;
    Ok(if setup.state == CardSetupState::Succeeded { Setup::Saved } else { Setup::NotSaved })
}

/// Settles every setup that is due to be asked about: how many those were.
///
/// # Errors
/// The database does not answer.
pub async fn ask_about_due(app: &App) -> Result<usize, Error> {
    if app.stripe.is_none() {
        return Ok(0);
    }
    let now = app.now();
    let due = store::card_setup::list_due(&mut app.db.read().await?, now, AT_ONCE).await?;
    for setup in &due {
        transaction!(app, |tx| {
            let doubled = FIRST_CHECK_SECONDS << setup.checks.clamp(0, 5);
            let at = now.plus_seconds(doubled.min(LAST_CHECK_SECONDS));
            store::card_setup::update_next_check(tx, &setup.business, &setup.id, at).await?;
        })?;
        if let Err(error) = settle(app, setup).await {
            tracing::warn!(setup = %setup.id, error = &error as &dyn std::error::Error, "asking about a card setup failed");
        }
    }
    Ok(due.len())
}
