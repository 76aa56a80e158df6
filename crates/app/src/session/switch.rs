//! Works in another of one's businesses.

use zoop_domain::id::{BusinessId, SessionId};
use zoop_store as store;

use crate::{App, Error, transaction};

/// The session is in that business from now on.
///
/// # Errors
/// [`Error::NotFound`] if its person doesn't belong there.
pub async fn switch(app: &App, session: &SessionId, business: &BusinessId) -> Result<(), Error> {
    let moved = transaction!(app, |tx| { store::session::update_business(tx, session, business).await? })?;
    if moved { Ok(()) } else { Err(Error::NotFound) }
}
