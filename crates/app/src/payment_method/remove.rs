//! The customer removes a card or bank account. What it pays is named first; once he confirms,
//! auto-pay ends with it in the same transaction, and only then Stripe is told.

use zoop_domain::audit::Action;
use zoop_domain::business::notify::Event;
use zoop_domain::consent::EndedHow;
use zoop_domain::id::PaymentMethodId;
use zoop_domain::money::Money;
use zoop_domain::payment_method::{MethodState, PaymentMethod};
use zoop_store::{self as store, Tx};

use crate::consent::end;
use crate::job::{self, JobKind};
use crate::{Actor, App, Error, actor, notice, portal, transaction};

/// What removing a method comes to.
#[derive(Clone, Debug)]
pub struct Removal {
    /// The method.
    pub method: PaymentMethod,
    /// Titles of the plans whose auto-pay ends with it.
    pub plans: Vec<String>,
    /// The method that becomes the default, if this one is it and another is left.
    pub next_default: Option<PaymentMethod>,
}

/// What the customer is told once it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// "Visa •••• 4242".
    pub label: String,
    /// Titles of the plans whose auto-pay ended with it.
    pub plans: Vec<String>,
    /// A charge by auto-pay that was under way and can't be taken back.
    pub on_its_way: Option<Money>,
}

/// What removing the method would come to.
///
/// # Errors
/// [`Error::NotFound`] if the link opens nothing, or he has no such method.
pub async fn ask(app: &App, token: &str, method: &str) -> Result<Removal, Error> {
    let visitor = portal::visitor(app, token).await?;
    let method: PaymentMethodId = method.parse().map_err(|_| Error::NotFound)?;
    let (business, customer) = (&visitor.business.id, &visitor.customer.id);
    let mut tx = app.db.read().await?;
    let active = store::payment_method::list_active(&mut tx, business, customer).await?;
    let found = active.iter().find(|it| it.id == method).cloned().ok_or(Error::NotFound)?;
    let mut plans = Vec::new();
    for consent in store::consent::list_by_method(&mut tx, business, &method).await? {
        plans.extend(store::plan::get(&mut tx, business, &consent.plan).await?.map(|plan| plan.title));
    }
    let next_default = if found.is_default { newest_of(&active, &method).cloned() } else { None };
    Ok(Removal { method: found, plans, next_default })
}

/// Removes the method. One that is gone already is no error: the customer has what he wanted.
///
/// # Errors
/// [`Error::NotFound`] if the link opens nothing, or he never had such a method.
pub async fn remove(app: &App, token: &str, method: &str) -> Result<Removed, Error> {
    let visitor = portal::visitor(app, token).await?;
    let id: PaymentMethodId = method.parse().map_err(|_| Error::NotFound)?;
    let business = &visitor.business.id;
    let (label, plans, on_its_way) = transaction!(app, |tx| {
        let found = store::payment_method::get(tx, business, &id).await?;
        let found = found.filter(|found| found.customer == visitor.customer.id).ok_or(Error::NotFound)?;
        let label = found.label();
        if found.state == MethodState::Active {
            let (plans, on_its_way) = take_off(app, tx, &found).await?;
            (label, plans, on_its_way)
        } else {
            (label, Vec::new(), None)
        }
    })?;
    let on_its_way = match on_its_way {
        Some(attempt) => end::take_back(app, business, &attempt).await?,
        None => None,
    };
    Ok(Removed { label, plans, on_its_way })
}

/// What was removed, for the line that says so. `None` while it isn't.
///
/// # Errors
/// [`Error::NotFound`] if the link opens nothing, or he never had such a method.
pub async fn outcome(app: &App, token: &str, method: &str) -> Result<Option<Removed>, Error> {
    let visitor = portal::visitor(app, token).await?;
    let id: PaymentMethodId = method.parse().map_err(|_| Error::NotFound)?;
    let business = &visitor.business.id;
    let mut tx = app.db.read().await?;
    let found = store::payment_method::get(&mut tx, business, &id).await?;
    let found = found.filter(|found| found.customer == visitor.customer.id).ok_or(Error::NotFound)?;
    if found.state == MethodState::Active {
        return Ok(None);
    }
    let (mut plans, mut on_its_way) = (Vec::new(), None);
    for consent in store::consent::list_ended_with_method(&mut tx, business, &id).await? {
        plans.extend(store::plan::get(&mut tx, business, &consent.plan).await?.map(|plan| plan.title));
        if let (Some(ended), None) = (&consent.ended, on_its_way) {
            on_its_way = end::on_its_way(&mut tx, business, ended).await?;
        }
    }
    Ok(Some(Removed { label: found.label(), plans, on_its_way }))
}

type TakenOff = (Vec<String>, Option<zoop_domain::id::AttemptId>);

async fn take_off(app: &App, tx: &mut Tx, method: &PaymentMethod) -> Result<TakenOff, Error> {
    let business = &method.business;
    store::payment_method::update_state(tx, business, &method.id, MethodState::Removing).await?;
    notice::tell(app, tx, business, Event::CardRemoved, method.id.as_str()).await?;
    if method.is_default {
        let left = store::payment_method::list_active(tx, business, &method.customer).await?;
        if let Some(next) = newest_of(&left, &method.id) {
            store::payment_method::update_default(tx, business, &method.customer, &next.id).await?;
        }
    }
    let (mut plans, mut on_its_way) = (Vec::new(), None);
    for consent in store::consent::list_by_method(tx, business, &method.id).await? {
        // Under its lock: a charge that is being claimed by it comes first, or never.
        let Some(consent) = store::consent::lock(tx, business, &consent.id).await? else { continue };
        let ended = end::in_transaction(app, tx, Actor::Customer, &consent, EndedHow::CardRemoved).await?;
        on_its_way = on_its_way.or(ended.on_its_way);
        plans.extend(store::plan::get(tx, business, &consent.plan).await?.map(|plan| plan.title));
    }
    // A payment that he began himself with this card and did not finish.
    for attempt in store::attempt::list_live_by_method(tx, business, &method.id).await? {
        job::enqueue(app, tx, Some(business), JobKind::Close, attempt.id.as_str()).await?;
    }
    job::enqueue(app, tx, Some(business), JobKind::Detach, method.id.as_str()).await?;
    actor::record(
        app,
        tx,
        Actor::Customer,
        business,
        Action::PaymentMethodRemoved,
        method.id.as_str(),
        &method.label(),
    )
    .await?;
    Ok((plans, on_its_way))
}

/// The method added last, apart from one.
fn newest_of<'a>(methods: &'a [PaymentMethod], except: &PaymentMethodId) -> Option<&'a PaymentMethod> {
    methods.iter().filter(|it| it.id != *except).max_by_key(|it| (it.added_at, it.id.clone()))
}
