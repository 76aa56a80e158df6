//! A business's team: who belongs to it and as what. At least one owner always remains; whoever changes that waits
//! for whoever is changing it, and is asked again who he is.

pub mod change_role;
pub mod list;
pub mod remove;

use zoop_domain::id::{BusinessId, UserId};
use zoop_domain::user::{Role, User};
use zoop_store::{self as store, Tx};

use crate::{Actor, Error};

/// Locks the team: somebody of it, as what he is in it.
async fn lock(tx: &mut Tx, actor: Actor, business: &BusinessId, member: UserId) -> Result<(User, Role), Error> {
    store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
    // Another owner may have taken his role from him while he waited.
    if let Actor::Owner(user) = actor
        && store::membership::find(tx, business, user).await? != Some(Role::Owner)
    {
        return Err(Error::Forbidden);
    }
    let role = store::membership::find(tx, business, member).await?.ok_or(Error::NotFound)?;
    let user = store::user::get(tx, member).await?.ok_or(Error::NotFound)?;
    Ok((user, role))
}

/// Refuses to go on without an owner.
async fn must_keep_an_owner(tx: &mut Tx, business: &BusinessId) -> Result<(), Error> {
    if store::membership::count_owners(tx, business).await? == 0 {
        return Err(Error::Conflict("A business needs an owner: make somebody else one first.".to_owned()));
    }
    Ok(())
}
