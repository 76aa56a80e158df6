//! Ends the use of an account. It stays with the business, because its old payments still carry it, and
//! at Stripe, where it is its owner's.

use zoop_domain::business::StripeAccount;
use zoop_domain::id::BusinessId;
use zoop_store as store;

use super::keep;
use crate::job::{self, JobKind};
use crate::{Actor, App, Error, transaction};

/// Stops charging on the business's account: no page offers Pay now, auto-pay waits, and payment pages
/// that are open are closed after a look. Doing it twice is doing it once.
///
/// # Errors
/// [`Error::NotFound`] without such a business.
pub async fn disconnect(app: &App, actor: Actor, business: &BusinessId) -> Result<(), Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    drop(tx);
    match owner.stripe {
        Some(stripe) => end(app, actor, business, &stripe.id).await,
        None => Ok(()),
    }
}

/// The same, if the business still has that account.
pub(super) async fn end(app: &App, actor: Actor, business: &BusinessId, account: &str) -> Result<(), Error> {
    transaction!(app, |tx| {
        let before = store::business::lock(tx, business).await?.ok_or(Error::NotFound)?.stripe;
        let in_use = before.filter(|before| before.id == account && before.disconnected_at.is_none());
        if let Some(before) = in_use {
            let now = StripeAccount { disconnected_at: Some(app.now()), ..before.clone() };
            keep(app, tx, actor, business, Some(&before), &now).await?;
            for attempt in store::attempt::list_live(tx, business).await? {
                // Those of a consent end with its suspension.
                if attempt.consent.is_none() {
                    job::enqueue(app, tx, Some(business), JobKind::Close, attempt.id.as_str()).await?;
                }
            }
        }
    })
}
