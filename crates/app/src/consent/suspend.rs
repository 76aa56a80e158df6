//! A consent that can't be charged for now, and one that can again.

use zoop_domain::consent::{Consent, ConsentEventKind, ConsentState, SuspendedWhy};
use zoop_domain::id::BusinessId;
use zoop_store::{self as store, Tx};

use super::note;
use crate::job::{self, JobKind};
use crate::{Actor, App, Error};

/// Suspends a live consent; a charge that is not confirmed yet is taken back. `false` if it isn't live.
pub(crate) async fn suspend(app: &App, tx: &mut Tx, consent: &Consent, why: SuspendedWhy) -> Result<bool, Error> {
    let business = &consent.business;
    if !store::consent::update_suspended(tx, business, &consent.id, why, app.now()).await? {
        return Ok(false);
    }
    for attempt in store::attempt::list_live_by_consent(tx, business, &consent.id).await? {
        job::enqueue(app, tx, Some(business), JobKind::Close, attempt.id.as_str()).await?;
    }
    note(app, tx, Actor::Zoop, business, &consent.id, ConsentEventKind::Suspended, why.as_str()).await?;
    Ok(true)
}

/// Makes a consent live again that was suspended because of `why`. `false` if it was for another reason.
pub(crate) async fn resume(app: &App, tx: &mut Tx, consent: &Consent, why: SuspendedWhy) -> Result<bool, Error> {
    let fits = consent.state == ConsentState::Suspended && consent.suspended.is_some_and(|(_, it)| it == why);
    if !fits || !store::consent::update_resumed(tx, &consent.business, &consent.id).await? {
        return Ok(false);
    }
    note(app, tx, Actor::Zoop, &consent.business, &consent.id, ConsentEventKind::Resumed, why.as_str()).await?;
    Ok(true)
}

/// Suspends every live consent of the business: it can't charge any more.
pub(crate) async fn suspend_all(app: &App, tx: &mut Tx, business: &BusinessId, why: SuspendedWhy) -> Result<(), Error> {
    for consent in store::consent::list(tx, business, ConsentState::Live).await? {
        suspend(app, tx, &consent, why).await?;
    }
    Ok(())
}

/// Makes every consent of the business live again that was suspended because of `why`.
pub(crate) async fn resume_all(app: &App, tx: &mut Tx, business: &BusinessId, why: SuspendedWhy) -> Result<(), Error> {
    for consent in store::consent::list(tx, business, ConsentState::Suspended).await? {
        resume(app, tx, &consent, why).await?;
    }
    Ok(())
}
