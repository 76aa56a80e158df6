//! Sets a new password by the link in a mail. It ends all of his sessions; then he signs in with it.

use secrecy::SecretString;
use zoop_domain::secret::PlainToken;
use zoop_domain::user::User;
use zoop_store as store;

use crate::user::set_password::{hash_of, store_in};
use crate::{App, Error, transaction};

/// Whose password the link with this token sets.
///
/// # Errors
/// [`Error::NotFound`] for a token that is unknown, used or older than an hour.
pub async fn open(app: &App, token: &str) -> Result<User, Error> {
    let token = PlainToken::parse(token).map_err(|_| Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let found = store::password_reset::find_by_token(&mut tx, token.hash(), app.now()).await?;
    let found = found.ok_or(Error::NotFound)?;
    store::user::get(&mut tx, found.user).await?.ok_or(Error::NotFound)
}

/// Sets the password. An authenticator is asked for as before.
///
/// # Errors
/// As for [`open`]; [`Error::Fields`] for a password that can't be used.
pub async fn reset(app: &App, token: &str, new: &SecretString) -> Result<(), Error> {
    let user = open(app, token).await?;
    let hash = hash_of("password", app, new).await?;
    let token = PlainToken::parse(token).map_err(|_| Error::NotFound)?;
    transaction!(app, |tx| {
        let now = app.now();
        let found = store::password_reset::find_by_token(tx, token.hash(), now).await?.ok_or(Error::NotFound)?;
        if !store::password_reset::update_used(tx, &found.id, now).await? {
            return Err(Error::NotFound);
        }
        store_in(app, tx, None, user.id, &hash, None).await?;
    })
}
