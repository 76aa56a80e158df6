//! Makes a customer's portal link.

use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::secret::PlainToken;

use super::NewLink;
use crate::{Actor, App, Error, actor, transaction};

/// Makes the customer's link.
///
/// # Errors
/// [`Error::NotFound`] without such a customer, [`Error::Conflict`] if he has a live link.
pub async fn generate(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<NewLink, Error> {
    let (token, now) = (PlainToken::generate(app.random.as_ref()), app.now());
    transaction!(app, |tx| {
        let link = super::insert(app, tx, (business, customer), &token, now).await?;
        actor::record(app, tx, actor, business, "portal_link.generated", link.id.as_str(), "").await?;
        link
    })
}
