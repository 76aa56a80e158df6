//! Turns the authenticator off; the password is asked for. The operator can do so for somebody who has nothing left to
//! give a code by.

use secrecy::SecretString;
use zoop_domain::audit::Action;
use zoop_domain::id::UserId;
use zoop_domain::user::User;
use zoop_store::{self as store, Tx};

use crate::user::change_password::must_know;
use crate::{Actor, App, Error, actor, transaction};

/// Turns it off. The codes on paper are worth nothing any more.
///
/// # Errors
/// [`Error::Fields`] for a wrong password, or too many in a row.
pub async fn turn_off(app: &App, actor: Actor, user: &User, password: &SecretString) -> Result<(), Error> {
    must_know(app, user, password, "password").await?;
    transaction!(app, |tx| { turn_off_in(app, tx, actor, user).await? })
}

/// Turns off that of somebody who lost his phone and his paper; all of his browsers are signed out.
///
/// # Errors
/// [`Error::Forbidden`] but for the operator; [`Error::NotFound`] without such a person; [`Error::Conflict`] if his is
/// off.
pub async fn turn_off_for(app: &App, actor: Actor, user: UserId) -> Result<(), Error> {
    actor.must_be_operator()?;
    transaction!(app, |tx| {
        let (user, _) = store::user::lock(tx, user).await?.ok_or(Error::NotFound)?;
        if !user.has_totp {
            return Err(Error::Conflict(format!("{} signs in without an authenticator", user.email)));
        }
        turn_off_in(app, tx, actor, &user).await?;
        store::session::delete_by_user(tx, user.id, None).await?;
    })
}

async fn turn_off_in(app: &App, tx: &mut Tx, actor: Actor, user: &User) -> Result<(), Error> {
    store::authenticator::delete(tx, user.id).await?;
    store::sign_in::delete_by_user(tx, user.id).await?;
    for (business, _, _) in store::membership::list_by_user(tx, user.id).await? {
        actor::record(app, tx, actor, &business, Action::AuthenticatorOff, user.id.as_str(), &user.name).await?;
    }
    Ok(())
}
