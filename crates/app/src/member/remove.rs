//! Takes somebody out of the team.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, UserId};
use zoop_domain::user::User;
use zoop_store as store;

use super::{lock, must_keep_an_owner};
use crate::{Actor, App, Error, actor, transaction};

/// Removes `member`; his browsers are signed out of this business at once. His account stays.
///
/// # Errors
/// [`Error::Forbidden`] but for an owner; [`Error::NotFound`] for somebody who isn't in the team;
/// [`Error::Conflict`] if no owner would be left.
pub async fn remove(app: &App, actor: Actor, business: &BusinessId, member: UserId) -> Result<User, Error> {
    actor.must_be_owner()?;
    transaction!(app, |tx| {
        let (user, role) = lock(tx, actor, business, member).await?;
        store::session::delete_by_member(tx, business, member).await?;
        store::membership::delete(tx, business, member).await?;
        must_keep_an_owner(tx, business).await?;
        let detail = format!("{}, was {role}", user.name);
        actor::record(app, tx, actor, business, Action::MemberRemoved, member.as_str(), &detail).await?;
        user
    })
}
