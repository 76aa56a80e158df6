//! People who sign in, and what is their own.

pub mod account;
pub mod change_password;
pub mod create;
pub mod rename;
pub mod set_password;

use secrecy::{ExposeSecret as _, SecretString};
use zoop_domain::form::{self, FieldErrors};
use zoop_domain::id::UserId;
use zoop_domain::throttle::ThrottleKey;
use zoop_domain::user::{User, check_password};
use zoop_store as store;

use crate::mail::parse_address;
use crate::{App, Error};

/// Names are as long as a form's line, and no longer.
const LONGEST_NAME: usize = 100;

/// Somebody who gets an account: how he is called and what he signs in with.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// How he is called.
    pub name: String,
    /// His address.
    pub email: String,
    /// His password.
    pub password: SecretString,
}

impl NewUser {
    /// Reads what was entered in the fields `name`, `email` and `password`; what is wrong with them goes to `errors`.
    pub fn read(name: &str, email: &str, password: SecretString, errors: &mut FieldErrors) -> Option<Self> {
        let name = errors.take("name", read_name(name));
        let email = errors.take("email", read_email(email));
        let checked = errors.take("password", check_password(password.expose_secret()));
        Some(Self { name: name?, email: email?, password: checked.map(|()| password)? })
    }

    /// The person, with an id of his own.
    pub(crate) fn user(&self, app: &App) -> User {
        let id = UserId::generate(app.now(), app.random.as_ref());
        User { id, name: self.name.clone(), email: self.email.clone(), has_totp: false }
    }
}

/// A person's name as entered.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn read_name(text: &str) -> Result<String, String> {
    form::line(text, "a name", LONGEST_NAME)
}

/// An address to sign in with, as entered.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn read_email(text: &str) -> Result<String, String> {
    parse_address(text).map_err(|_| "Enter an email address, such as nora@example.com.".to_owned())
}

/// Who has the address that `key` was made `of`. A job knows no more: an address that is nobody's is kept nowhere.
pub(crate) async fn find_by_key(app: &App, key: &str, of: fn(&str) -> ThrottleKey) -> Result<Option<User>, Error> {
    let everybody = store::user::list(&mut app.db.read().await?).await?;
    Ok(everybody.into_iter().find(|user| of(&user.email).as_str() == key))
}
