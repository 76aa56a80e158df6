//! Cuts a customer's portal link off for good.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, CustomerId, PortalLinkId};
use zoop_domain::portal_link::LinkEnd;
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Ends the customer's link. A fresh one can be generated any time.
///
/// # Errors
/// [`Error::Forbidden`] for anybody but the owner, [`Error::NotFound`] without such a customer,
/// [`Error::Conflict`] if he has no live link.
pub async fn revoke(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    customer: &CustomerId,
) -> Result<PortalLinkId, Error> {
    actor.must_be_owner()?;
    let now = app.now();
    transaction!(app, |tx| {
        store::customer::get(tx, business, customer).await?.ok_or(Error::NotFound)?;
        let ended = store::portal_link::update_ended(tx, business, customer, LinkEnd::Revoked, now).await?;
        let ended = ended.ok_or_else(|| Error::Conflict("this customer has no live portal link".into()))?;
        actor::record(app, tx, actor, business, Action::PortalLinkRevoked, ended.as_str(), "").await?;
        ended
    })
}
