//! Whether a business can charge: what Stripe says of its account.

use zoop_domain::business::StripeAccount;
use zoop_domain::consent::SuspendedWhy;
use zoop_domain::id::BusinessId;
use zoop_store as store;
use zoop_stripe::account;

use crate::consent::suspend;
use crate::{Actor, App, Error, actor, transaction};

/// Reads the account from Stripe and keeps whether charges are enabled. An account that no
/// business has is left alone.
///
/// # Errors
/// [`Error::Upstream`] if Stripe or the database doesn't answer.
pub async fn refresh(app: &App, account: &str) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let Some(business) = store::business::find_by_account(&mut tx, account).await? else { return Ok(()) };
    drop(tx);
    let stripe = app.stripe()?;
    let found = account::get(&stripe.client, &stripe.scope(account)).await?;
    keep(app, &business.id, StripeAccount { id: account.to_owned(), charges_enabled: found.charges_enabled }).await
}

/// The business took back its permission: it can't charge until it connects again. The account
/// stays, because its old payments still carry it.
///
/// # Errors
/// [`Error::Upstream`] if the database doesn't answer.
pub async fn disconnect(app: &App, account: &str) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let Some(business) = store::business::find_by_account(&mut tx, account).await? else { return Ok(()) };
    drop(tx);
    keep(app, &business.id, StripeAccount { id: account.to_owned(), charges_enabled: false }).await
}

/// In an install with a key of its own, the one business charges on the key's account.
///
/// # Errors
/// [`Error::Upstream`] if Stripe or the database doesn't answer.
pub async fn connect_own_account(app: &App) -> Result<(), Error> {
    let Some(stripe) = &app.stripe else { return Ok(()) };
    let mut tx = app.db.read().await?;
    let businesses = store::business::list(&mut tx).await?;
    drop(tx);
    match businesses.as_slice() {
        [only] if only.stripe.is_none() => {
            let found = account::get(&stripe.client, &stripe.scope(&stripe.own_account)).await?;
            keep(app, &only.id, StripeAccount { id: found.id, charges_enabled: found.charges_enabled }).await
        }
        _ => Ok(()),
    }
}

async fn keep(app: &App, business: &BusinessId, stripe: StripeAccount) -> Result<(), Error> {
    transaction!(app, |tx| {
        store::business::update_stripe(tx, business, Some(&stripe)).await?;
        if stripe.charges_enabled {
            suspend::resume_all(app, tx, business, SuspendedWhy::Disconnected).await?;
        } else {
            suspend::suspend_all(app, tx, business, SuspendedWhy::Disconnected).await?;
        }
        let detail = format!("charges enabled: {}", stripe.charges_enabled);
        actor::record(app, tx, Actor::Stripe, business, "business.stripe", &stripe.id, &detail).await?;
    })
}
