//! Chooses of what the owners are told by mail.

use zoop_domain::audit::Action;
use zoop_domain::business::notify::{Event, Notify};
use zoop_domain::id::BusinessId;
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Of what they are told.
///
/// # Errors
/// [`Error::NotFound`] without such a business; [`Error::Forbidden`] for whoever isn't its owner.
pub async fn notify(app: &App, actor: Actor, business: &BusinessId) -> Result<Notify, Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    store::business::find_notify(&mut tx, business).await?.ok_or(Error::NotFound)
}

/// Changes it.
///
/// # Errors
/// As for [`notify`].
pub async fn update_notify(app: &App, actor: Actor, business: &BusinessId, now: Notify) -> Result<(), Error> {
    actor.must_be_owner()?;
    transaction!(app, |tx| {
        store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
        let before = store::business::find_notify(tx, business).await?.ok_or(Error::NotFound)?;
        if before != now {
            store::business::update_notify(tx, business, &now).await?;
            let told = Event::ALL.iter().filter(|event| now.tells(**event)).map(|event| event.as_str());
            let detail = told.collect::<Vec<_>>().join(", ");
            actor::record(app, tx, actor, business, Action::BusinessNotify, business.as_str(), &detail).await?;
        }
    })
}
