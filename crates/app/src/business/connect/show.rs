//! How card payments stand, for the owner.

use zoop_domain::business::Business;
use zoop_domain::id::BusinessId;
use zoop_store as store;

use crate::{Actor, App, Error};

/// What the page of card payments shows.
#[derive(Clone, Debug)]
pub struct CardPayments {
    /// The business, with all that is known of its account.
    pub business: Business,
    /// Whether this install can talk to Stripe at all.
    pub has_key: bool,
    /// Whether the business charges, or charged, on the account of the install's own key.
    pub is_own: bool,
    /// Whether it could.
    pub may_use_own: bool,
}

/// Reads it; Stripe isn't asked.
///
/// # Errors
/// [`Error::NotFound`] without such a business; [`Error::Forbidden`] for whoever isn't its owner.
pub async fn show(app: &App, actor: Actor, business: &BusinessId) -> Result<CardPayments, Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let own = app.stripe.as_ref().map(|stripe| stripe.own_account.clone());
    let is_own = own.is_some() && owner.stripe.as_ref().map(|stripe| &stripe.id) == own.as_ref();
    let is_free = owner.stripe.as_ref().is_none_or(|stripe| stripe.disconnected_at.is_some());
    let may_use_own = own.is_some() && !is_own && is_free && store::business::list(&mut tx).await?.len() == 1;
    Ok(CardPayments { business: owner, has_key: own.is_some(), is_own, may_use_own })
}
