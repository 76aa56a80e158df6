//! Somebody says yes to a file that was looked at. Saying it twice is saying it once.

use zoop_domain::id::{BusinessId, ImportId};
use zoop_store as store;

use crate::job::{JobKind, enqueue_once};
use crate::{Actor, App, Error, transaction};

/// Has background work take the file over.
///
/// # Errors
/// [`Error::NotFound`] without such an import; [`Error::Conflict`] if its file is gone by now, or its last try isn't
/// quite over.
pub async fn start(app: &App, actor: Actor, business: &BusinessId, import: &ImportId) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let found = store::import::get(tx, business, import).await?.ok_or(Error::NotFound)?;
        if store::import::update_started(tx, business, import).await? {
            if !enqueue_once(app, tx, business, JobKind::Import, import.as_str()).await? {
                return Err(Error::Conflict("It is just being put away. Try again in a moment.".into()));
            }
        } else if found.may_start() {
            return Err(Error::Conflict("A file is kept for a day, and this one is gone. Choose it again.".into()));
        }
    })
}
