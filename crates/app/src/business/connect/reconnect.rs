//! Takes an account that was disconnected into use again.

use zoop_domain::id::BusinessId;
use zoop_store as store;

use super::{ask, connect};
use crate::{Actor, App, Error};

/// Charges on the same account again, as far as Stripe lets it; auto-pay that waited for it goes on.
///
/// # Errors
/// [`Error::NotFound`] without such a business or without an account; [`Error::Conflict`] if its owner took
/// the permission back at Stripe: then it has to be set up anew; [`Error::Upstream`] if Stripe or the database doesn't
/// answer.
pub async fn reconnect(app: &App, actor: Actor, business: &BusinessId) -> Result<(), Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let known = owner.stripe.ok_or(Error::NotFound)?;
    match ask(app, &known.id).await? {
        Some(heard) => connect(app, actor, business, Some(&known.id), heard).await.map(drop),
        None => Err(Error::Conflict("Stripe no longer gives access to this account. Set up payments again.".into())),
    }
}
