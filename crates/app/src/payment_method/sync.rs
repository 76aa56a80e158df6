//! What changed at Stripe: a card updater brought a new expiry, or somebody detached the method there.

use zoop_domain::audit::Action;
use zoop_domain::consent::SuspendedWhy;
use zoop_domain::payment_method::{CardExpiry, MethodState, PaymentMethod, brand_name};
use zoop_store::{self as store, Tx};
use zoop_stripe::payment_method::{self, PaymentMethod as StripeMethod};

use crate::consent::suspend;
use crate::{Actor, App, Error, actor, stripe, transaction};

/// Brings the method on file in line with what Stripe says of it now. One that isn't on file is
/// somebody else's.
pub(crate) async fn sync(app: &App, account: &str, stripe_id: &str) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let Some(business) = store::business::find_by_account(&mut tx, account).await? else { return Ok(()) };
    let found = store::payment_method::find_by_stripe(&mut tx, &business.id, account, stripe_id).await?;
    drop(tx);
    let Some(method) = found.filter(|method| method.state == MethodState::Active) else { return Ok(()) };
    let stripe = app.stripe()?;
    match payment_method::get(&stripe.client, &stripe.scope(account), stripe_id).await.map_err(Error::from) {
        Ok(now) if now.customer.is_some() => transaction!(app, |tx| { update(app, tx, &method, &now).await? }),
        Ok(_) => transaction!(app, |tx| { gone(app, tx, &method).await? }),
        Err(error) if stripe::is_out_of_reach(&error) => transaction!(app, |tx| { gone(app, tx, &method).await? }),
        Err(error) => Err(error),
    }
}

async fn update(app: &App, tx: &mut Tx, method: &PaymentMethod, now: &StripeMethod) -> Result<(), Error> {
    let Some(card) = &now.card else { return Ok(()) };
    let brand = brand_name(card.brand.as_deref().unwrap_or_default());
    let last4 = card.last4.clone().unwrap_or_else(|| method.last4.clone());
    let expiry = card.exp_month.zip(card.exp_year).and_then(|(month, year)| CardExpiry::new(month.into(), year.into()));
    if (&brand, &last4, expiry) != (&method.brand, &method.last4, method.expiry) {
        store::payment_method::update_details(tx, &method.business, &method.id, &brand, &last4, expiry).await?;
        let detail = format!("{} at Stripe", zoop_domain::payment::method_label(&brand, &last4));
        let id = method.id.as_str();
        actor::record(app, tx, Actor::Stripe, &method.business, Action::PaymentMethodUpdated, id, &detail).await?;
        for consent in store::consent::list_by_method(tx, &method.business, &method.id).await? {
            suspend::resume(app, tx, &consent, SuspendedWhy::CardExpired).await?;
        }
    }
    Ok(())
}

/// It is no longer the customer's at Stripe: it can't be charged, and what it paid needs a new card.
async fn gone(app: &App, tx: &mut Tx, method: &PaymentMethod) -> Result<(), Error> {
    let business = &method.business;
    store::payment_method::update_state(tx, business, &method.id, MethodState::Removed).await?;
    if method.is_default {
        let left = store::payment_method::list_active(tx, business, &method.customer).await?;
        if let Some(next) = left.iter().max_by_key(|it| (it.added_at, it.id.clone())) {
            store::payment_method::update_default(tx, business, &method.customer, &next.id).await?;
        }
    }
    for consent in store::consent::list_by_method(tx, business, &method.id).await? {
        suspend::suspend(app, tx, &consent, SuspendedWhy::CardGone).await?;
    }
    let id = method.id.as_str();
    actor::record(app, tx, Actor::Stripe, business, Action::PaymentMethodDetached, id, &method.label()).await
}
