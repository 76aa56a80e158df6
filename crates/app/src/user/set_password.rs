//! Gives somebody a new password; whoever is signed in as him is signed out.

use secrecy::{ExposeSecret as _, SecretString};
use zoop_domain::audit::Action;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::{SessionId, UserId};
use zoop_domain::throttle::ThrottleKey;
use zoop_domain::user::check_password;
use zoop_store::{self as store, Tx};

use crate::{Actor, App, Error, actor, password, transaction};

/// Sets the password of somebody else, as only the operator may.
///
/// # Errors
/// [`Error::Forbidden`] but for the operator; [`Error::Fields`] for one that is too short or too long;
/// [`Error::NotFound`] without such a person.
pub async fn set_password(app: &App, actor: Actor, user: UserId, new: &SecretString) -> Result<(), Error> {
    actor.must_be_operator()?;
    let hash = hash_of("password", app, new).await?;
    transaction!(app, |tx| { store_in(app, tx, Some(actor), user, &hash, None).await? })
}

/// The hash of a new password that stands in `field`.
pub(crate) async fn hash_of(field: &str, app: &App, new: &SecretString) -> Result<String, Error> {
    check_password(new.expose_secret()).map_err(|why| FieldErrors::one(field, why))?;
    password::hash(app, new).await
}

/// Stores the hash, ends his sessions but `kept`, and forgets what was guessed at the old one. Without `by` he did it
/// himself.
pub(crate) async fn store_in(
    app: &App,
    tx: &mut Tx,
    by: Option<Actor>,
    user: UserId,
    hash: &str,
    kept: Option<&SessionId>,
) -> Result<(), Error> {
    let (person, _) = store::user::lock(tx, user).await?.ok_or(Error::NotFound)?;
    store::user::update_password_hash(tx, user, hash).await?;
    store::session::delete_by_user(tx, user, kept).await?;
    // Whoever knew the old one may have had browsers known by it, each with tries of its own.
    store::known_browser::delete_by_user(tx, user).await?;
    store::login_throttle::delete(tx, &ThrottleKey::of_address(&person.email)).await?;
    store::sign_in::delete_by_user(tx, user).await?;
    store::password_reset::update_used_by_user(tx, user, app.now()).await?;
    for (business, _, role) in store::membership::list_by_user(tx, user).await? {
        let actor = by.unwrap_or(Actor::member(user, role));
        actor::record(app, tx, actor, &business, Action::PasswordChanged, user.as_str(), &person.name).await?;
    }
    Ok(())
}
