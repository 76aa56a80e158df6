//! Replaces a customer's portal link: the old one is dead at the next request.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::portal_link::LinkEnd;
use zoop_domain::secret::PlainToken;
use zoop_domain::time::Instant;
use zoop_store::{self as store, Tx};

use super::NewLink;
use crate::{Actor, App, Error, actor, nonce, transaction};

/// Ends the customer's link and makes a new one, in one transaction.
///
/// # Errors
/// [`Error::Forbidden`] for anybody but the owner, [`Error::NotFound`] without such a customer,
/// [`Error::Conflict`] if he has no live link.
pub async fn rotate(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<NewLink, Error> {
    actor.must_be_owner()?;
    let (token, now) = (PlainToken::generate(app.random.as_ref()), app.now());
    transaction!(app, |tx| { in_transaction(app, tx, actor, (business, customer), &token, now).await? })
}

/// The same for a form that acts once. `None` if it has acted.
///
/// # Errors
/// As for [`rotate`].
pub async fn rotate_once(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    customer: &CustomerId,
    nonce: &PlainToken,
) -> Result<Option<NewLink>, Error> {
    actor.must_be_owner()?;
    let (token, now) = (PlainToken::generate(app.random.as_ref()), app.now());
    transaction!(app, |tx| {
        match nonce::take(app, tx, nonce).await? {
            true => Some(in_transaction(app, tx, actor, (business, customer), &token, now).await?),
            false => None,
        }
    })
}

async fn in_transaction(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    (business, customer): (&BusinessId, &CustomerId),
    token: &PlainToken,
    now: Instant,
) -> Result<NewLink, Error> {
    store::customer::get(tx, business, customer).await?.ok_or(Error::NotFound)?;
    let old = store::portal_link::update_ended(tx, business, customer, LinkEnd::Rotated, now).await?;
    old.ok_or_else(|| Error::Conflict("this customer has no live portal link to replace; generate one".into()))?;
    let link = super::insert(app, tx, (business, customer), token, now).await?;
    actor::record(app, tx, actor, business, Action::PortalLinkRotated, link.id.as_str(), "").await?;
    Ok(link)
}
