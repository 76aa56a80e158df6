//! Keeps a card on file: the one of a payment, if the customer ticked the box, or one that was saved
//! on Stripe's page.

use zoop_domain::audit::Action;
use zoop_domain::consent::ConsentEventKind;
use zoop_domain::id::{BusinessId, CustomerId, PaymentMethodId};
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod, brand_name};
use zoop_store::{self as store, Tx};
use zoop_stripe::payment_method::PaymentMethod as StripeMethod;

use crate::job::{self, JobKind};
use crate::{Actor, App, Error, actor, consent};

/// Whose card is saved, and on which account.
#[derive(Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) business: &'a BusinessId,
    pub(crate) customer: &'a CustomerId,
    pub(crate) account: &'a str,
}

/// Saves the method, and answers with the row that stands for it. A card that is on file already
/// (the same fingerprint) takes the old one's place: consents follow it, the old one is detached.
/// `None` for a kind that is never kept, and for a customer who was erased.
pub(crate) async fn save(
    app: &App,
    tx: &mut Tx,
    owner: Owner<'_>,
    stripe: &StripeMethod,
) -> Result<Option<PaymentMethod>, Error> {
    // Wallets and methods that we never asked for are shown on the receipt, but not kept.
    let Some(mut method) = method_of(app, owner, stripe) else { return Ok(None) };
    let business = owner.business;
    // Whoever asked to be forgotten may still pay, but nothing of him is kept again.
    let customer = store::customer::lock(tx, business, owner.customer).await?.ok_or(Error::NotFound)?;
    if customer.erased_at.is_some() {
        return Ok(None);
    }
    let on_file = store::payment_method::list_active(tx, business, owner.customer).await?;
    let on_file: Vec<_> = on_file.into_iter().filter(|other| other.account == owner.account).collect();
    if let Some(known) = on_file.iter().find(|other| other.stripe_payment_method == method.stripe_payment_method) {
        return Ok(Some(known.clone()));
    }
    let same_card = on_file.iter().find(|other| other.fingerprint.is_some() && other.fingerprint == method.fingerprint);
    method.is_default = on_file.is_empty() || same_card.is_some_and(|old| old.is_default);
    if let Some(old) = same_card {
        store::payment_method::update_state(tx, business, &old.id, MethodState::Removing).await?;
    }
    if !store::payment_method::insert(tx, &method).await? {
        // Stripe's id is known, but the method is being removed: what was told twice is not saved twice.
        return Ok(None);
    }
    if let Some(old) = same_card {
        consents_follow(app, tx, old, &method).await?;
        job::enqueue(app, tx, Some(business), JobKind::Detach, old.id.as_str()).await?;
        let (action, id) = (Action::PaymentMethodReplaced, method.id.as_str());
        actor::record(app, tx, Actor::Customer, business, action, id, &method.label()).await?;
    }
    actor::record(app, tx, Actor::Customer, business, Action::PaymentMethodSaved, method.id.as_str(), &method.label())
        .await?;
    Ok(Some(method))
}

async fn consents_follow(app: &App, tx: &mut Tx, old: &PaymentMethod, new: &PaymentMethod) -> Result<(), Error> {
    let consents = store::consent::list_by_method(tx, &old.business, &old.id).await?;
    for found in &consents {
        store::consent::update_method(tx, &old.business, &found.id, &new.id).await?;
        let detail = format!("the same card, saved again: {} instead of {}", new.id, old.id);
        let kind = ConsentEventKind::MethodFollowed;
        consent::note(app, tx, Actor::Customer, &old.business, &found.id, kind, &detail).await?;
    }
    Ok(())
}

fn method_of(app: &App, owner: Owner<'_>, stripe: &StripeMethod) -> Option<PaymentMethod> {
    let card = stripe.card.as_ref()?;
    Some(PaymentMethod {
        id: PaymentMethodId::generate(app.now(), app.random.as_ref()),
        business: owner.business.clone(),
        customer: owner.customer.clone(),
        account: owner.account.to_owned(),
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
