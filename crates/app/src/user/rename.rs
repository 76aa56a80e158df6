//! Changes one's own name.

use zoop_domain::audit::Action;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::BusinessId;
use zoop_domain::user::User;
use zoop_store as store;

use super::read_name;
use crate::{Actor, App, Error, actor, transaction};

/// Changes it, in every business.
///
/// # Errors
/// [`Error::Fields`] for what is no name.
pub async fn rename(app: &App, actor: Actor, business: &BusinessId, user: &User, name: &str) -> Result<(), Error> {
    let name = read_name(name).map_err(|why| FieldErrors::one("name", why))?;
    transaction!(app, |tx| {
        store::user::update_name(tx, user.id, &name).await?;
        let detail = format!("{name}, was {}", user.name);
        actor::record(app, tx, actor, business, Action::UserRenamed, user.id.as_str(), &detail).await?;
    })
}
