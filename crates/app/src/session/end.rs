//! Signs a browser out.

use zoop_domain::id::SessionId;
use zoop_store as store;

use crate::{App, Error, transaction};

/// Ends the session; its cookie opens nothing from now on.
///
/// # Errors
/// [`Error::Upstream`] if the database doesn't answer.
pub async fn end(app: &App, session: &SessionId) -> Result<(), Error> {
    transaction!(app, |tx| { store::session::delete(tx, session).await? })
}
