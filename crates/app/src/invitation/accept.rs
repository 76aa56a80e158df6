//! Takes an invitation up: a new person gets an account, somebody who has one signs in with it; both belong to the
//! business afterwards.

use std::net::IpAddr;

use secrecy::SecretString;
use zoop_domain::audit::Action;
use zoop_domain::form::FieldErrors;
use zoop_domain::invitation::{Invitation, InvitationEnd};
use zoop_domain::user::User;
use zoop_store::{self as store, Tx};

use super::open::{Invited, open};
use crate::session::Browser;
use crate::session::sign_in::{Credentials, SignIn, check_password, let_in};
use crate::user::NewUser;
use crate::{Actor, App, Error, actor, password, transaction};

/// What the guest entered.
#[derive(Clone, Debug)]
pub struct Guest<'a> {
    /// How he is called; not asked of somebody who has an account.
    pub name: &'a str,
    /// The password he chooses, or has.
    pub password: SecretString,
    /// From where.
    pub ip: IpAddr,
    /// By which browser.
    pub browser: Browser<'a>,
}

/// Takes the invitation up and signs the guest in.
///
/// # Errors
/// [`Error::NotFound`] for an unknown token; [`Error::Conflict`] once it has ended; [`Error::Fields`] for a name or a
/// password that can't be used.
pub async fn accept(app: &App, token: &str, guest: &Guest<'_>) -> Result<SignIn, Error> {
    let Invited { invitation, has_account, is_open, .. } = open(app, token).await?;
    if !is_open {
        return Err(over());
    }
    if has_account { join(app, &invitation, guest).await } else { sign_up(app, &invitation, guest).await }
}

fn over() -> Error {
    Error::Conflict("This invitation has ended. Ask whoever invited you to send another.".to_owned())
}

async fn sign_up(app: &App, invitation: &Invitation, guest: &Guest<'_>) -> Result<SignIn, Error> {
    let mut errors = FieldErrors::default();
    let new = NewUser::read(guest.name, &invitation.email, guest.password.clone(), &mut errors);
    let Some(new) = new else { return Err(errors.into()) };
    let hash = password::hash(app, &new.password).await?;
    transaction!(app, |tx| {
        let user = new.user(app);
        if !store::user::insert(tx, &user, &hash, app.now()).await? {
            return Err(Error::Conflict(format!("{} has an account by now. Load the page again.", user.email)));
        }
        take_up(app, tx, invitation, &user).await?;
        let_in(app, tx, &user, Some(&invitation.business), &guest.browser).await?
    })
}

async fn join(app: &App, invitation: &Invitation, guest: &Guest<'_>) -> Result<SignIn, Error> {
    let who = Credentials {
        email: &invitation.email,
        password: guest.password.clone(),
        ip: guest.ip,
        browser: guest.browser.clone(),
    };
    let checked = match check_password(app, &who).await? {
        Ok(checked) => checked,
        Err(refused) => return Ok(refused),
    };
    transaction!(app, |tx| {
        let Some(user) = checked.lock(tx).await? else { return Ok(SignIn::Refused) };
        take_up(app, tx, invitation, &user).await?;
        let_in(app, tx, &user, Some(&invitation.business), &guest.browser).await?
    })
}

/// Once: of two clicks at a time one is told that it has ended.
async fn take_up(app: &App, tx: &mut Tx, invitation: &Invitation, user: &User) -> Result<(), Error> {
    let (business, now) = (&invitation.business, app.now());
    store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
    if !store::invitation::update_closed(tx, business, &invitation.id, InvitationEnd::Accepted, now).await? {
        return Err(over());
    }
    if store::membership::insert(tx, business, user.id, invitation.role, now).await? {
        let actor = Actor::member(user.id, invitation.role);
        let detail = format!("{} as {}", user.name, invitation.role);
        actor::record(app, tx, actor, business, Action::MemberJoined, user.id.as_str(), &detail).await?;
    }
    Ok(())
}
