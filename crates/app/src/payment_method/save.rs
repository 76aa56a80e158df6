//! Keeps the card of a payment on file, if the customer ticked the box.

use zoop_domain::attempt::Attempt;
use zoop_domain::id::PaymentMethodId;
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod, brand_name};
use zoop_store::{self as store, Tx};
use zoop_stripe::payment_intent::PaymentIntent;
use zoop_stripe::{Expandable, payment_method::PaymentMethod as StripeMethod};

use crate::job::{self, JobKind};
use crate::{Actor, App, Error, actor};

/// Saves the method the intent was paid with. A card that is on file already (the same
/// fingerprint) takes the old one's place: consents follow it, the old one is detached.
pub(crate) async fn save(app: &App, tx: &mut Tx, attempt: &Attempt, intent: &PaymentIntent) -> Result<(), Error> {
    let Some(Expandable::Object(stripe)) = &intent.payment_method else { return Ok(()) };
    // Wallets and methods that we never asked for are shown on the receipt, but not kept.
    let Some(mut method) = method_of(app, attempt, stripe).filter(|_| attempt.terms.save_card) else {
        return Ok(());
    };
    let on_file = store::payment_method::list_active(tx, &attempt.business, &attempt.customer).await?;
    let on_file: Vec<_> = on_file.into_iter().filter(|other| other.account == method.account).collect();
    if on_file.iter().any(|other| other.stripe_payment_method == method.stripe_payment_method) {
        return Ok(());
    }
    let same_card = on_file.iter().find(|other| other.fingerprint.is_some() && other.fingerprint == method.fingerprint);
    method.is_default = on_file.is_empty() || same_card.is_some_and(|old| old.is_default);
    if let Some(old) = same_card {
        store::payment_method::update_state(tx, &attempt.business, &old.id, MethodState::Removing).await?;
    }
    if !store::payment_method::insert(tx, &method).await? {
        return Ok(());
    }
    if let Some(old) = same_card {
        let followed = store::payment_method::update_replaced(tx, &attempt.business, &old.id, &method.id).await?;
        job::enqueue(app, tx, Some(&attempt.business), JobKind::Detach, old.id.as_str()).await?;
        let detail = format!("replaces {}; {followed} consents follow", old.id);
        let id = method.id.as_str();
        actor::record(app, tx, Actor::Customer, &attempt.business, "payment_method.replaced", id, &detail).await?;
    }
    let (id, label) = (method.id.as_str(), method.label());
    actor::record(app, tx, Actor::Customer, &attempt.business, "payment_method.saved", id, &label).await
}

fn method_of(app: &App, attempt: &Attempt, stripe: &StripeMethod) -> Option<PaymentMethod> {
    let card = stripe.card.as_ref()?;
    Some(PaymentMethod {
        id: PaymentMethodId::generate(app.now(), app.random.as_ref()),
        business: attempt.business.clone(),
        customer: attempt.customer.clone(),
        account: attempt.account.clone(),
        stripe_payment_method: stripe.id.clone(),
        kind: MethodType::Card,
        brand: brand_name(card.brand.as_deref().unwrap_or_default()),
        last4: card.last4.clone()?,
        expiry: CardExpiry::new(card.exp_month?.into(), card.exp_year?.into()),
        fingerprint: card.fingerprint.clone(),
        is_default: false,
        state: MethodState::Active,
        added_at: app.now(),
    })
}
