//! Makes somebody of the team an owner, or office staff.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, UserId};
use zoop_domain::user::{Role, User};
use zoop_store as store;

use super::{lock, must_keep_an_owner};
use crate::{Actor, App, Error, actor, transaction};

/// Changes what `member` is; it holds from his next request.
///
/// # Errors
/// [`Error::Forbidden`] but for an owner; [`Error::NotFound`] for somebody who isn't in the team;
/// [`Error::Conflict`] if no owner would be left.
pub async fn change_role(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    member: UserId,
    role: Role,
) -> Result<User, Error> {
    actor.must_be_owner()?;
    transaction!(app, |tx| {
        let (user, old) = lock(tx, actor, business, member).await?;
        if old != role {
            store::membership::update_role(tx, business, member, role).await?;
            must_keep_an_owner(tx, business).await?;
            let detail = format!("{} is {role}, was {old}", user.name);
            actor::record(app, tx, actor, business, Action::MemberRoleChanged, member.as_str(), &detail).await?;
        }
        user
    })
}
