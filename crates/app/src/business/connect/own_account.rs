//! An install with a secret key of its own charges on that key's account: there is no onboarding, and
//! one business at most.

use zoop_domain::id::BusinessId;
use zoop_store as store;

use super::{ask, connect};
use crate::{Actor, App, Error};

/// At the start: the one business of an install charges on the key's account, unless it has, or had, one.
///
/// # Errors
/// [`Error::Upstream`] if Stripe or the database doesn't answer.
pub async fn connect_own_account(app: &App) -> Result<(), Error> {
    if app.stripe.is_none() {
        return Ok(());
    }
    let mut tx = app.db.read().await?;
    let businesses = store::business::list(&mut tx).await?;
    drop(tx);
    match businesses.as_slice() {
        [only] if only.stripe.is_none() => take(app, Actor::Zoop, &only.id, None).await,
        _ => Ok(()),
    }
}

/// The business charges on the account that the install's key belongs to.
///
/// # Errors
/// [`Error::NotFound`] without such a business; [`Error::Conflict`] if there are others, or if it charges on
/// an account of its own; [`Error::Upstream`] if Stripe or the database doesn't answer.
pub async fn use_own_account(app: &App, actor: Actor, business: &BusinessId) -> Result<(), Error> {
    actor.must_be_owner()?;
    let own = &app.stripe()?.own_account;
    let mut tx = app.db.read().await?;
    let businesses = store::business::list(&mut tx).await?;
    drop(tx);
    let owner = businesses.iter().find(|it| it.id == *business).ok_or(Error::NotFound)?;
    if businesses.len() > 1 {
        return Err(Error::Conflict("Only the one business of an install can use the install’s own account.".into()));
    }
    match &owner.stripe {
        Some(other) if other.id != *own && other.disconnected_at.is_none() => {
            Err(Error::Conflict("Disconnect the other Stripe account first.".into()))
        }
        before => take(app, actor, business, before.as_ref().map(|before| before.id.as_str())).await,
    }
}

async fn take(app: &App, actor: Actor, business: &BusinessId, instead_of: Option<&str>) -> Result<(), Error> {
    let own = &app.stripe()?.own_account;
    let heard = ask(app, own).await?.ok_or_else(|| Error::Upstream("the key can't read its own account".into()))?;
    connect(app, actor, business, instead_of, heard).await.map(drop)
}
