//! Ends a consent. Once that is committed nothing is claimed by it any more; a charge that was
//! claimed before is taken back if Stripe still lets us, and otherwise said.

use zoop_domain::business::notify::Event;
use zoop_domain::consent::{Consent, ConsentEventKind, ConsentState, Ended, EndedHow};
use zoop_domain::id::{AttemptId, BusinessId, ConsentId};
use zoop_domain::mail::MailKind;
use zoop_domain::money::Money;
use zoop_domain::time::Instant;
use zoop_store::{self as store, Tx};

use super::note;
use crate::attempt::close;
use crate::attempt::settle::Standing;
use crate::dunning;
use crate::job::{self, JobKind};
use crate::mail::queue::{NewMail, queue};
use crate::{Actor, App, Error, notice, transaction};

/// What the customer is told once it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedConsent {
    /// The plan.
    pub plan_title: String,
    /// When it ended; before now, if it was over already.
    pub at: Instant,
    /// A charge that was under way and can't be taken back.
    pub on_its_way: Option<Money>,
}

/// Ends the consent, whatever its state. Doing it twice is doing it once.
///
/// # Errors
/// [`Error::NotFound`] without such a consent.
pub async fn end(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    consent: &ConsentId,
    how: EndedHow,
) -> Result<EndedConsent, Error> {
    let (ended, plan_title) = transaction!(app, |tx| {
        let consent = store::consent::lock(tx, business, consent).await?.ok_or(Error::NotFound)?;
        let plan = store::plan::get(tx, business, &consent.plan).await?.ok_or(Error::NotFound)?;
        let ended = match consent.ended.clone() {
            Some(ended) => ended,
            None => in_transaction(app, tx, actor, &consent, how).await?,
        };
        (ended, plan.title)
    })?;
    let on_its_way = match &ended.on_its_way {
        Some(attempt) => take_back(app, business, attempt).await?,
        None => None,
    };
    Ok(EndedConsent { plan_title, at: ended.at, on_its_way })
}

/// Tries to take the charge back: its amount, unless nothing was or will be charged.
///
/// # Errors
/// The database does not answer.
pub async fn take_back(app: &App, business: &BusinessId, attempt: &AttemptId) -> Result<Option<Money>, Error> {
    let mut tx = app.db.read().await?;
    let Some(found) = store::attempt::get(&mut tx, business, attempt).await? else { return Ok(None) };
    drop(tx);
    if !found.state.is_live() {
        let paid = found.state == zoop_domain::attempt::AttemptState::Succeeded;
        return Ok(paid.then_some(found.amount));
    }
    match close::close(app, business, attempt).await {
        Ok(Standing::NotPaid) => Ok(None),
        Ok(Standing::Paid | Standing::Processing | Standing::Open) => Ok(Some(found.amount)),
        // The job that was added with the end asks again; until then the worse is true.
        Err(Error::Upstream(source)) => {
            tracing::warn!(%attempt, error = source.as_ref() as &dyn std::error::Error, "a charge could not be taken back yet");
            Ok(Some(found.amount))
        }
        Err(error) => Err(error),
    }
}

/// What was on its way when a consent ended, and was not taken back since.
pub(crate) async fn on_its_way(tx: &mut Tx, business: &BusinessId, ended: &Ended) -> Result<Option<Money>, Error> {
    let Some(attempt) = &ended.on_its_way else { return Ok(None) };
    let attempt = store::attempt::get(tx, business, attempt).await?;
    Ok(attempt.filter(|attempt| !attempt.state.is_unpaid()).map(|attempt| attempt.amount))
}

/// The same as a part of a larger change, under the consent's lock.
pub(crate) async fn in_transaction(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    consent: &Consent,
    how: EndedHow,
) -> Result<Ended, Error> {
    let business = &consent.business;
    let live = store::attempt::list_live_by_consent(tx, business, &consent.id).await?;
    for attempt in &live {
        job::enqueue(app, tx, Some(business), JobKind::Close, attempt.id.as_str()).await?;
    }
    let on_its_way = live.first().map(|attempt| attempt.id.clone());
    let ended = Ended { at: app.now(), by: actor.as_str().into(), how, on_its_way };
    store::consent::update_ended(tx, business, &consent.id, &ended).await?;
    if consent.state == ConsentState::Live && how != EndedHow::Replaced {
        dunning::stop::of_plan(app, tx, business, &consent.plan).await?;
    }
    note(app, tx, actor, business, &consent.id, ConsentEventKind::Ended, how.as_str()).await?;
    if how != EndedHow::Replaced {
        let mail = NewMail::about(MailKind::AutoPayOff, business, &consent.customer, consent.id.as_str());
        queue(app, tx, mail).await?;
    }
    // What the business did itself is no news to its owners.
    if matches!(how, EndedHow::Portal | EndedHow::EmailLink | EndedHow::CardRemoved) {
        notice::tell(app, tx, business, Event::AutoPayOff, consent.id.as_str()).await?;
    }
    Ok(ended)
}
