//! Changes one's own password; the one so far is asked for.

use secrecy::SecretString;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::SessionId;
use zoop_domain::throttle::ThrottleKey;
use zoop_domain::user::User;
use zoop_store as store;

use super::set_password::{hash_of, store_in};
use crate::login_throttle::{self, Try};
use crate::session::SignedIn;
use crate::session::begin::renew;
use crate::session::known_browser::remember;
use crate::{App, Error, password, transaction};

/// Changes it. Every other browser is signed out; this one's cookies are worth nothing any more, but the new ones.
///
/// # Errors
/// [`Error::Fields`] for `current`, if it is wrong, or `new`, if it can't be used; [`Error::Conflict`] if he was signed
/// out meanwhile.
pub async fn change_password(
    app: &App,
    user: &User,
    session: &SessionId,
    current: &SecretString,
    new: &SecretString,
) -> Result<SignedIn, Error> {
    must_know(app, user, current, "current").await?;
    let hash = hash_of("new", app, new).await?;
    transaction!(app, |tx| {
        store_in(app, tx, None, user.id, &hash, Some(session)).await?;
        let session = renew(app, tx, session).await?;
        SignedIn { session, browser: remember(app, tx, user.id, None).await? }
    })
}

/// Refuses whoever sits at somebody's browser and doesn't know his password. Its tries are counted apart from those of
/// strangers who would sign in, so that they don't keep him from changing it.
pub(crate) async fn must_know(app: &App, user: &User, typed: &SecretString, field: &str) -> Result<(), Error> {
    let key = ThrottleKey::of_password(user.id);
    if let Try::Wait(seconds) = login_throttle::count(app, std::slice::from_ref(&key)).await? {
        let words = format!("Too many tries. Wait {seconds} seconds, then try again.");
        return Err(FieldErrors::one(field, words).into());
    }
    let hash = store::user::find_password_hash(&mut app.db.read().await?, user.id).await?;
    if !password::is_right(app, typed, hash).await? {
        return Err(FieldErrors::one(field, "That isn’t your password.").into());
    }
    transaction!(app, |tx| { store::login_throttle::delete(tx, &key).await? })
}
