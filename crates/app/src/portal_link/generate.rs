//! Makes a customer's portal link.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::secret::PlainToken;
use zoop_domain::time::Instant;
use zoop_store::Tx;

use super::NewLink;
use crate::{Actor, App, Error, actor, nonce, transaction};

/// Makes the customer's link.
///
/// # Errors
/// [`Error::Forbidden`] for anybody but the owner, [`Error::NotFound`] without such a customer,
/// [`Error::Conflict`] if he has a live link.
pub async fn generate(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<NewLink, Error> {
    actor.must_be_owner()?;
    let (token, now) = (PlainToken::generate(app.random.as_ref()), app.now());
    transaction!(app, |tx| { in_transaction(app, tx, actor, (business, customer), &token, now).await? })
}

/// The same for a form that acts once. `None` if it has acted.
///
/// # Errors
/// As for [`generate`].
pub async fn generate_once(
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
    let link = super::insert(app, tx, (business, customer), token, now).await?;
    actor::record(app, tx, actor, business, Action::PortalLinkGenerated, link.id.as_str(), "").await?;
    Ok(link)
}
