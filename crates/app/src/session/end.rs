//! Signs a browser out, and forgets those that nobody uses.

use zoop_domain::id::SessionId;
use zoop_store as store;

use super::IDLE;
use crate::{App, Error, transaction};

/// Ends the session; its cookie opens nothing from now on.
///
/// # Errors
/// [`Error::Upstream`] if the database doesn't answer.
pub async fn end(app: &App, session: &SessionId) -> Result<(), Error> {
    transaction!(app, |tx| { store::session::delete(tx, session).await? })
}

/// Deletes sessions that open nothing any more.
pub(crate) async fn forget(app: &App) -> Result<(), Error> {
    let now = app.now();
    transaction!(app, |tx| {
        store::sign_in::delete_expired(tx, now).await?;
        store::known_browser::delete_expired(tx, now).await?;
        store::session::delete_expired(tx, now, now.plus_seconds(-IDLE)).await?;
    })
}
