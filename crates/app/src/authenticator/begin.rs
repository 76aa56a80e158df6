//! Begins with an authenticator: a key for the phone, which isn't asked for until a code of it has come back.

use secrecy::SecretString;
use totp_rs::Secret;
use zoop_domain::random;
use zoop_domain::user::User;
use zoop_store as store;

use super::totp;
use crate::user::change_password::must_know;
use crate::{App, Error, transaction};

/// The key, as the phone takes it.
#[derive(Clone)]
pub struct Key {
    /// In groups of four letters, to be typed.
    pub typed: String,
    /// The address that a QR code holds: `otpauth://totp/…`.
    pub address: String,
}

/// It is as good as the phone.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Makes a new key, for whoever knows the password.
///
/// # Errors
/// [`Error::Fields`] for a wrong password, or too many in a row; [`Error::Conflict`] if an authenticator is asked for already.
pub async fn begin(app: &App, user: &User, password: &SecretString) -> Result<(), Error> {
    must_know(app, user, password, "password").await?;
    let bytes: [u8; 20] = random::bytes(app.random.as_ref());
    let secret = Secret::new_stack(bytes).to_base32();
    let begun = transaction!(app, |tx| { store::authenticator::insert(tx, user.id, &secret).await? })?;
    if begun { Ok(()) } else { Err(Error::Conflict("Your authenticator is on already.".to_owned())) }
}

/// The key that waits for its first code; `None` if none does.
///
/// # Errors
/// The database doesn't answer.
pub async fn key(app: &App, user: &User) -> Result<Option<Key>, Error> {
    let found = store::authenticator::find(&mut app.db.read().await?, user.id).await?;
    let Some(found) = found.filter(|it| !it.is_confirmed) else { return Ok(None) };
    let address = totp(&found.secret, &user.email)?.to_url().map_err(|error| Error::internal(error.to_string()))?;
    let groups: Vec<_> = found.secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    Ok(Some(Key { typed: groups.join(" "), address }))
}
