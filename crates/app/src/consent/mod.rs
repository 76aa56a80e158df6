//! A customer's permission to charge a plan: offered, given, suspended, replaced, ended, shown as evidence.

pub mod attest;
pub mod attestation;
pub mod change_card;
pub mod end;
pub mod export;
pub(crate) mod grant;
pub mod offer;
pub(crate) mod suspend;
pub mod turn_off;

use zoop_domain::audit::Action;
use zoop_domain::consent::{ConsentEvent, ConsentEventKind};
use zoop_domain::id::{BusinessId, ConsentEventId, ConsentId};
use zoop_store::{self as store, Tx};

use crate::{Actor, App, Error, actor};

/// Writes down what happened to a consent: in its history, and in the audit trail.
pub(crate) async fn note(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    business: &BusinessId,
    consent: &ConsentId,
    kind: ConsentEventKind,
    detail: &str,
) -> Result<(), Error> {
    let now = app.now();
    let event = ConsentEvent {
        id: ConsentEventId::generate(now, app.random.as_ref()),
        consent: consent.clone(),
        kind,
        actor: actor.as_str().into(),
        detail: detail.into(),
        happened_at: now,
    };
    store::consent::insert_event(tx, business, &event).await?;
    actor::record(app, tx, actor, business, action_of(kind), consent.as_str(), detail).await
}

/// The same in the trail's words.
const fn action_of(kind: ConsentEventKind) -> Action {
    match kind {
        ConsentEventKind::Granted => Action::ConsentGranted,
        ConsentEventKind::MethodFollowed => Action::ConsentMethodFollowed,
        ConsentEventKind::Suspended => Action::ConsentSuspended,
        ConsentEventKind::Resumed => Action::ConsentResumed,
        ConsentEventKind::Ended => Action::ConsentEnded,
    }
}
