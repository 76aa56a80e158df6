//! The way back from Stripe, `/r/{code}`: settles, then says where the invoice stands.

use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::business::Business;
use zoop_domain::card_setup::CardSetup;
use zoop_domain::id::ConsentId;
use zoop_domain::money::Money;
use zoop_domain::secret::PlainToken;
use zoop_store::{self as store, attempt::Progress};

use super::settle::{self, Standing};
use crate::card_setup::settle::Setup;
use crate::{App, Error, card_setup, transaction};

/// From what the customer comes back.
#[derive(Clone, Debug)]
pub enum Back {
    /// From paying.
    Payment(WayBack),
    /// From saving a card.
    Card(CardBack),
}

/// How saving a card went.
#[derive(Clone, Debug)]
pub struct CardBack {
    /// For whom it was saved.
    pub business: Business,
    /// How it went.
    pub outcome: Setup,
    /// The consent that was to move to the card.
    pub changed: Option<ConsentId>,
}

/// What the customer finds on the way back.
#[derive(Clone, Debug)]
pub struct WayBack {
    /// Whom he paid.
    pub business: Business,
    /// The invoice's number.
    pub invoice_number: String,
    /// How much the attempt was for.
    pub amount: Money,
    /// How it went.
    pub outcome: Outcome,
}

/// How an attempt went, as far as it is known now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Paid.
    Paid,
    /// Stripe is still collecting.
    Processing,
    /// Nothing was charged: canceled, expired or declined.
    NotPaid,
}

/// A way back works this long.
const BACK_SECONDS: i64 = 24 * 3_600;

/// Settles the attempt behind `code` and tells how it went. Can be repeated for 24 hours.
/// `session` is what Stripe put into the success URL; if present it must be the attempt's own.
///
/// # Errors
/// [`Error::NotFound`] for an unknown or outdated code, or a session that isn't the attempt's.
pub async fn come_back(app: &App, code: &str, session: Option<&str>) -> Result<Back, Error> {
    let hash = PlainToken::parse(code).map_err(|_| Error::NotFound)?.hash();
    let mut tx = app.db.read().await?;
    let since = app.now().plus_seconds(-BACK_SECONDS);
    let Some(attempt) = store::attempt::find_by_code(&mut tx, hash, since).await? else {
        let setup = store::card_setup::find_by_code(&mut tx, hash, since).await?.ok_or(Error::NotFound)?;
        drop(tx);
        return card_saved(app, &setup, session).await.map(Back::Card);
    };
    if session.is_some_and(|session| attempt.session.as_deref() != Some(session)) {
        return Err(Error::NotFound);
    }
    let business = store::business::get(&mut tx, &attempt.business).await?.ok_or(Error::NotFound)?;
    let invoice = store::invoice::get(&mut tx, &attempt.business, &attempt.invoice).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let outcome = match settle::settle(app, &attempt).await {
        Ok(Standing::Paid) => Outcome::Paid,
        Ok(Standing::Processing) => Outcome::Processing,
        Ok(Standing::Open | Standing::NotPaid) => Outcome::NotPaid,
        // Stripe sent him here as paid but can't be asked now: until it can, nobody pays twice.
        Err(Error::Upstream(source)) if session.is_some() => {
            tracing::warn!(attempt = %attempt.id, error = source.as_ref() as &dyn std::error::Error, "settling is put off");
            doubt(app, &attempt).await?;
            Outcome::Processing
        }
        // He went back without paying, says his browser; the invoice is open as before, and pressing
        // "Pay now" asks again before anything else.
        Err(Error::Upstream(source)) => {
            tracing::warn!(attempt = %attempt.id, error = source.as_ref() as &dyn std::error::Error, "nothing was asked");
            Outcome::NotPaid
        }
        Err(error) => return Err(error),
    };
    Ok(Back::Payment(WayBack { business, invoice_number: invoice.number, amount: attempt.amount, outcome }))
}

async fn card_saved(app: &App, setup: &CardSetup, session: Option<&str>) -> Result<CardBack, Error> {
    if session.is_some_and(|session| setup.session.as_deref() != Some(session)) {
        return Err(Error::NotFound);
    }
    let business = store::business::get(&mut app.db.read().await?, &setup.business).await?.ok_or(Error::NotFound)?;
    let outcome = match card_setup::settle::settle(app, setup).await {
        Ok(outcome) => outcome,
        // Stripe sent him here as saved but can't be asked now: the sweep asks again.
        Err(Error::Upstream(source)) => {
            tracing::warn!(setup = %setup.id, error = source.as_ref() as &dyn std::error::Error, "settling is put off");
            Setup::Open
        }
        Err(error) => return Err(error),
    };
    Ok(CardBack { business, outcome, changed: setup.change.as_ref().map(|change| change.consent.clone()) })
}

async fn doubt(app: &App, attempt: &Attempt) -> Result<(), Error> {
    transaction!(app, |tx| {
        let now = app.now();
        let (state, progress) = (AttemptState::Unknown, Progress::default());
        if attempt.state == AttemptState::Open {
            store::attempt::update_state(tx, &attempt.business, &attempt.id, state, progress, now).await?;
            store::attempt::update_next_check(tx, &attempt.business, &attempt.id, now.plus_seconds(10)).await?;
        }
    })
}
