//! Turns the authenticator off; the password is asked for.

use secrecy::SecretString;
use zoop_domain::audit::Action;
use zoop_domain::user::User;
use zoop_store as store;

use crate::user::change_password::must_know;
use crate::{Actor, App, Error, actor, transaction};

/// Turns it off. The codes on paper are worth nothing any more.
///
/// # Errors
/// [`Error::Fields`] for a wrong password, or too many in a row.
pub async fn turn_off(app: &App, actor: Actor, user: &User, password: &SecretString) -> Result<(), Error> {
    must_know(app, user, password, "password").await?;
    transaction!(app, |tx| {
        store::authenticator::delete(tx, user.id).await?;
        store::sign_in::delete_by_user(tx, user.id).await?;
        for (business, _, _) in store::membership::list_by_user(tx, user.id).await? {
            actor::record(app, tx, actor, &business, Action::AuthenticatorOff, user.id.as_str(), &user.name).await?;
        }
    })
}
