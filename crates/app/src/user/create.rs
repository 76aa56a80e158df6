//! Makes an account, or lets somebody who has one into another business.

use zoop_domain::audit::Action;
use zoop_domain::business::Business;
use zoop_domain::id::{BusinessId, UserId};
use zoop_domain::user::{Role, User};
use zoop_store::{self as store, Tx};

use super::NewUser;
use crate::business::create::{self, NewBusiness};
use crate::{Actor, App, Error, actor, password, transaction};

/// Where somebody is to work.
#[derive(Clone, Debug)]
pub enum Workplace {
    /// In a business that is here.
    Here(BusinessId),
    /// In one that begins with him.
    New(NewBusiness),
}

/// Makes an account with a role in a business: the person, and the business.
///
/// # Errors
/// [`Error::Forbidden`] but for the operator; [`Error::Conflict`] if the address is taken; [`Error::NotFound`] without
/// such a business.
pub async fn create(
    app: &App,
    actor: Actor,
    new: &NewUser,
    role: Role,
    place: &Workplace,
) -> Result<(User, Business), Error> {
    actor.must_be_operator()?;
    let hash = password::hash(app, &new.password).await?;
    transaction!(app, |tx| {
        let user = new.user(app);
        if !store::user::insert(tx, &user, &hash, app.now()).await? {
            return Err(Error::Conflict(format!("{} has an account already", user.email)));
        }
        let business = place_of(app, tx, actor, place).await?;
        join(app, tx, actor, &business.id, &user, role).await?;
        (user, business)
    })
}

/// Lets somebody who has an account into a business as well.
///
/// # Errors
/// [`Error::Forbidden`] but for the operator; [`Error::NotFound`] without such a person or business;
/// [`Error::Conflict`] if he belongs to it.
pub async fn add(app: &App, actor: Actor, user: UserId, role: Role, place: &Workplace) -> Result<Business, Error> {
    actor.must_be_operator()?;
    transaction!(app, |tx| {
        let user = store::user::get(tx, user).await?.ok_or(Error::NotFound)?;
        let business = place_of(app, tx, actor, place).await?;
        join(app, tx, actor, &business.id, &user, role).await?;
        business
    })
}

async fn place_of(app: &App, tx: &mut Tx, actor: Actor, place: &Workplace) -> Result<Business, Error> {
    match place {
        Workplace::Here(business) => store::business::lock(tx, business).await?.ok_or(Error::NotFound),
        Workplace::New(new) => create::create_in(app, tx, actor, new).await,
    }
}

/// He belongs to the business from now on.
pub(crate) async fn join(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    business: &BusinessId,
    user: &User,
    role: Role,
) -> Result<(), Error> {
    if !store::membership::insert(tx, business, user.id, role, app.now()).await? {
        return Err(Error::Conflict(format!("{} belongs to this business already", user.email)));
    }
    let detail = format!("{} as {role}", user.name);
    actor::record(app, tx, actor, business, Action::MemberJoined, user.id.as_str(), &detail).await
}
