//! Takes an invitation back.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvitationId};
use zoop_domain::invitation::{Invitation, InvitationEnd};
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Ends the invitation: its link opens nothing any more.
///
/// # Errors
/// [`Error::Forbidden`] but for an owner; [`Error::NotFound`] without such an invitation; [`Error::Conflict`] if it
/// has ended.
pub async fn withdraw(app: &App, actor: Actor, business: &BusinessId, id: &InvitationId) -> Result<Invitation, Error> {
    actor.must_be_owner()?;
    transaction!(app, |tx| {
        let invitation = store::invitation::get(tx, business, id).await?.ok_or(Error::NotFound)?;
        if !store::invitation::update_closed(tx, business, id, InvitationEnd::Withdrawn, app.now()).await? {
            return Err(Error::Conflict(format!("The invitation of {} has ended already.", invitation.email)));
        }
        actor::record(app, tx, actor, business, Action::InvitationWithdrawn, id.as_str(), &invitation.email).await?;
        invitation
    })
}
