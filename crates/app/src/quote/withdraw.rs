//! Takes a quote back before it is answered, or throws a draft away.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, QuoteId};
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Takes a sent quote back: none of its links opens anything any more.
///
/// # Errors
/// [`Error::NotFound`] without such a quote; [`Error::Conflict`] if it wasn't sent, or was answered.
pub async fn withdraw(app: &App, actor: Actor, business: &BusinessId, quote: &QuoteId) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let found = store::quote::lock(tx, business, quote).await?.ok_or(Error::NotFound)?;
        found.withdrawable()?;
        store::quote::update_withdrawn(tx, business, quote).await?;
        store::quote_link::delete(tx, business, quote).await?;
        actor::record(app, tx, actor, business, Action::QuoteWithdrawn, quote.as_str(), "").await?;
    })
}

/// Deletes a draft for good.
///
/// # Errors
/// [`Error::NotFound`] without such a quote; [`Error::Conflict`] if it was sent.
pub async fn delete(app: &App, actor: Actor, business: &BusinessId, quote: &QuoteId) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let found = store::quote::lock(tx, business, quote).await?.ok_or(Error::NotFound)?;
        found.editable()?;
        store::quote::delete(tx, business, quote).await?;
        actor::record(app, tx, actor, business, Action::QuoteDeleted, quote.as_str(), &found.title).await?;
    })
}
