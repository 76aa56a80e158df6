//! Replaces a customer's portal link: the old one is dead at the next request.

use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::portal_link::LinkEnd;
use zoop_domain::secret::PlainToken;
use zoop_store as store;

use super::NewLink;
use crate::{Actor, App, Error, actor, transaction};

/// Ends the customer's link and makes a new one, in one transaction.
///
/// # Errors
/// [`Error::NotFound`] without such a customer, [`Error::Conflict`] if he has no live link.
pub async fn rotate(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<NewLink, Error> {
    let (token, now) = (PlainToken::generate(app.random.as_ref()), app.now());
    transaction!(app, |tx| {
        store::customer::get(tx, business, customer).await?.ok_or(Error::NotFound)?;
        let old = store::portal_link::update_ended(tx, business, customer, LinkEnd::Rotated, now).await?;
        let old = old
            .ok_or_else(|| Error::Conflict("this customer has no live portal link to replace; generate one".into()))?;
        let link = super::insert(app, tx, (business, customer), &token, now).await?;
        let detail = format!("replaces {old}");
        actor::record(app, tx, actor, business, "portal_link.rotated", link.id.as_str(), &detail).await?;
        link
    })
}
