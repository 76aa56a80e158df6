//! Asks Stripe how an account stands: when it says that something has changed, when the owner comes back
//! from its pages or wants to know, and once a day.

use zoop_domain::business::StripeAccount;
use zoop_domain::id::BusinessId;
use zoop_store as store;

use super::{ask, disconnect, keep};
use crate::{Actor, App, Error, transaction};

/// Asks Stripe how the business's account stands, and keeps it. Without an account there is nothing to ask.
///
/// # Errors
/// [`Error::NotFound`] without such a business; [`Error::Upstream`] if Stripe or the database doesn't answer.
pub async fn refresh(app: &App, actor: Actor, business: &BusinessId) -> Result<(), Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    drop(tx);
    match owner.stripe {
        Some(stripe) => look(app, actor, business, stripe).await,
        None => Ok(()),
    }
}

/// The same for the business that has this account, because Stripe tells of it. An account that no
/// business has is left alone.
///
/// # Errors
/// [`Error::Upstream`] if Stripe or the database doesn't answer.
pub async fn refresh_account(app: &App, account: &str) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let Some(owner) = store::business::find_by_account(&mut tx, account).await? else { return Ok(()) };
    drop(tx);
    match owner.stripe {
        Some(stripe) => look(app, Actor::Stripe, &owner.id, stripe).await,
        None => Ok(()),
    }
}

/// The same for every account that is in use, should no event ever arrive. One that can't be read doesn't
/// keep the others from it.
///
/// # Errors
/// The database does not answer, or Stripe doesn't for one of the accounts.
pub async fn refresh_all(app: &App) -> Result<(), Error> {
    if app.stripe.is_none() {
        return Ok(());
    }
    let mut tx = app.db.read().await?;
    let businesses = store::business::list(&mut tx).await?;
    drop(tx);
    let mut failed = None;
    for business in businesses {
        let Some(stripe) = business.stripe.filter(|stripe| stripe.disconnected_at.is_none()) else { continue };
        if let Err(error) = look(app, Actor::Stripe, &business.id, stripe).await {
            failed = Some(error);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn look(app: &App, actor: Actor, business: &BusinessId, known: StripeAccount) -> Result<(), Error> {
    let Some(heard) = ask(app, &known.id).await? else {
        return disconnect::end(app, Actor::Stripe, business, &known.id).await;
    };
    let asked_at = heard.asked_at;
    // Connected or not is the owner's word, not Stripe's.
    let mut now = heard.facts(None);
    transaction!(app, |tx| {
        let before = store::business::lock(tx, business).await?.ok_or(Error::NotFound)?.stripe;
        // Another account since, or a later answer: this one is of no use any more.
        let before = before
            .filter(|before| before.id == known.id && before.checked_at.is_none_or(|checked| checked <= asked_at));
        if let Some(before) = before {
            now.disconnected_at = before.disconnected_at;
            keep(app, tx, actor, business, Some(&before), &now).await?;
        }
    })
}
