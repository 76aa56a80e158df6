//! Makes the first owner and his business, once, for whoever has the code.

use std::net::IpAddr;

use secrecy::SecretString;
use subtle::ConstantTimeEq as _;
use zoop_domain::code::TypedCode;
use zoop_domain::form::FieldErrors;
use zoop_domain::throttle::ThrottleKey;
use zoop_domain::user::Role;
use zoop_store as store;

use super::SETTING;
use crate::business::create::{EnteredBusiness, NewBusiness, create_in};
use crate::login_throttle::{self, Try};
use crate::session::begin::enter;
use crate::session::{Browser, SignedIn};
use crate::user::{NewUser, create::join};
use crate::{Actor, App, Error, password, transaction};

/// What was entered on the first page.
#[derive(Clone, Debug)]
pub struct Entered<'a> {
    /// The code that the server printed.
    pub code: &'a str,
    /// The owner's name.
    pub name: &'a str,
    /// The address he signs in with.
    pub email: &'a str,
    /// His password.
    pub password: SecretString,
    /// His business.
    pub business: EnteredBusiness<'a>,
    /// From where.
    pub ip: IpAddr,
    /// By which browser.
    pub browser: Browser<'a>,
}

/// What came of it.
#[derive(Debug)]
pub enum SetUp {
    /// The owner is signed in.
    Done(SignedIn),
    /// Not even looked at, for so many seconds.
    Wait(i64),
}

/// Sets the install up, and signs its owner in.
///
/// # Errors
/// [`Error::NotFound`] once somebody has an account; [`Error::Fields`] for a wrong code, or fields that can't be used.
pub async fn set_up(app: &App, entered: &Entered<'_>) -> Result<SetUp, Error> {
    if !super::is_open(app).await? {
        return Err(Error::NotFound);
    }
    let key = ThrottleKey::of_set_up(entered.ip);
    if let Try::Wait(seconds) = login_throttle::count(app, std::slice::from_ref(&key)).await? {
        return Ok(SetUp::Wait(seconds));
    }
    let stored = store::setting::find(&mut app.db.read().await?, SETTING).await?.unwrap_or_default();
    let typed = TypedCode::typed(entered.code).hash();
    if !bool::from(typed.as_bytes().ct_eq(stored.as_bytes())) {
        return Err(wrong_code());
    }
    transaction!(app, |tx| { store::login_throttle::delete(tx, &key).await? })?;
    let mut errors = FieldErrors::default();
    let owner = NewUser::read(entered.name, entered.email, entered.password.clone(), &mut errors);
    let business = NewBusiness::read(entered.business, &mut errors);
    let (Some(owner), Some(business)) = (owner, business) else { return Err(errors.into()) };
    let hash = password::hash(app, &owner.password).await?;
    transaction!(app, |tx| {
        // Of two at once one has the code.
        let first = store::setting::delete(tx, SETTING, &stored).await? && store::user::count(tx).await? == 0;
        if !first {
            return Err(Error::NotFound);
        }
        let user = owner.user(app);
        store::user::insert(tx, &user, &hash, app.now()).await?;
        let actor = Actor::Owner(user.id);
        let made = create_in(app, tx, actor, &business).await?;
        join(app, tx, actor, &made.id, &user, Role::Owner).await?;
        SetUp::Done(enter(app, tx, user.id, &made.id, &entered.browser).await?)
    })
}

fn wrong_code() -> Error {
    let words = "That isn’t the code the server printed when it started last. Look again at what “zoop serve” says.";
    FieldErrors::one("code", words).into()
}
