//! "Got it": an alert has been seen.

use zoop_domain::audit::Action;
use zoop_domain::id::{AlertId, BusinessId};
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Takes the alert off the list; a second click finds it gone and is content.
///
/// # Errors
/// [`Error::NotFound`] without such an alert, [`Error::Forbidden`] for whoever isn't of the business.
pub async fn resolve(app: &App, actor: Actor, business: &BusinessId, alert: &AlertId) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        if !store::alert::update_resolved(tx, business, alert, app.now()).await? {
            return Err(Error::NotFound);
        }
        actor::record(app, tx, actor, business, Action::AlertResolved, alert.as_str(), "").await?;
    })
}
