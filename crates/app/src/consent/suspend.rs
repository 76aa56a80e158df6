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

/// The business charges on `account` now, or not at all: consents to charge a method on another account
/// are suspended, and those that waited for this one are live again.
pub(crate) async fn follow_account(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    account: Option<&str>,
) -> Result<(), Error> {
    let why = SuspendedWhy::Disconnected;
    for state in [ConsentState::Live, ConsentState::Suspended] {
        for consent in store::consent::list(tx, business, state).await? {
            let fits = match (account, &consent.method) {
                (Some(account), Some(method)) => {
                    let method = store::payment_method::get(tx, business, method).await?;
                    method.is_some_and(|method| method.account == account)
                }
                _ => false,
            };
            match (state, fits) {
                (ConsentState::Live, false) => drop(suspend(app, tx, &consent, why).await?),
                (ConsentState::Suspended, true) => drop(resume(app, tx, &consent, why).await?),
                _ => {}
            }
        }
    }
    Ok(())
}
