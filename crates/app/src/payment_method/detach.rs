//! Takes a method off the customer at Stripe, once it is committed here that it is never charged again.

use zoop_domain::id::{BusinessId, PaymentMethodId};
use zoop_domain::payment_method::MethodState;
use zoop_store as store;
use zoop_stripe::payment_method;

use crate::{App, Error, stripe, transaction};

/// Detaches a method that is being removed. One that Stripe no longer has is detached already.
///
/// # Errors
/// [`Error::NotFound`] without such a method; [`Error::Upstream`] if Stripe doesn't answer.
pub async fn detach(app: &App, business: &BusinessId, id: &PaymentMethodId) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let method = store::payment_method::get(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    if method.state != MethodState::Removing {
        return Ok(());
    }
    let stripe = app.stripe()?;
    let scope = stripe.scope(&method.account);
    let key = stripe::fresh_key(app, &format!("detach-{id}"))?;
    match payment_method::detach(&stripe.client, &scope, &method.stripe_payment_method, &key).await {
        Ok(_) => {}
        Err(error) if error.is_not_found() || error.is_invalid_state() => {}
        Err(error) => return Err(error.into()),
    }
    transaction!(app, |tx| {
        store::payment_method::update_state(tx, business, id, MethodState::Removed).await?;
    })
}
