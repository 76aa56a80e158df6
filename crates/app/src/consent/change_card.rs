//! "Change card": the customer agrees again, with another card. The old consent ends as replaced and
//! a new one begins, in one transaction.

use zoop_domain::attempt::ConsentDraft;
use zoop_domain::card_setup::CardChange;
use zoop_domain::consent::{Consent, ConsentState, DISCLOSURE_VERSION, EndedHow};
use zoop_domain::id::{ConsentId, PaymentMethodId};
use zoop_domain::payment_method::{ExpiryStatus, MethodState, MethodType, PaymentMethod};
use zoop_domain::plan::{Plan, PlanState};
use zoop_store::portal_link::Visitor;
use zoop_store::{self as store, Tx};

use super::end;
use super::grant::{Grant, grant};
use super::offer::{Evident, words};
use crate::card_setup::start::{SetupOutcome, start_for};
use crate::{Actor, App, Error, plan, portal, transaction};

/// What the customer chooses from.
#[derive(Clone, Debug)]
pub struct CardChoice {
    /// Which consent.
    pub consent: ConsentId,
    /// The plan's title.
    pub plan_title: String,
    /// What is charged now.
    pub current: Option<PaymentMethodId>,
    /// Cards on file that can be charged, default first.
    pub methods: Vec<PaymentMethod>,
    /// The words he agrees to.
    pub disclosure: String,
}

/// Which card it is to be.
#[derive(Clone, Debug)]
pub enum NewCard<'a> {
    /// One on file, by its id as sent.
    Saved(&'a str),
    /// One that he types on Stripe's page.
    Another,
}

/// What happens next.
#[derive(Debug)]
pub enum CardChanged {
    /// The plan is charged to that card now.
    Done {
        /// The plan's title.
        plan_title: String,
        /// "Visa •••• 4242".
        label: String,
    },
    /// On to Stripe's page.
    Setup(SetupOutcome),
}

/// What can be chosen for the consent.
///
/// # Errors
/// [`Error::NotFound`] if the link opens nothing, or he has no such consent that isn't over.
pub async fn ask(app: &App, token: &str, consent: &str) -> Result<CardChoice, Error> {
    let visitor = portal::visitor(app, token).await?;
    let mut tx = app.db.read().await?;
    let (consent, plan) = find(&mut tx, &visitor, consent).await?;
    let methods = store::payment_method::list_active(&mut tx, &visitor.business.id, &visitor.customer.id).await?;
    let account = visitor.business.charging_account();
    let today = app.now().date_in(&visitor.business.time_zone);
    let chargeable = |method: &PaymentMethod| {
        let expired = method.expiry.is_some_and(|expiry| expiry.status_on(today) == ExpiryStatus::Expired);
        !expired && method.kind == MethodType::Card && Some(method.account.as_str()) == account
    };
    let methods = methods.into_iter().filter(chargeable).collect();
    Ok(CardChoice {
        consent: consent.id,
        current: consent.method,
        methods,
        disclosure: words(&visitor.business, &plan),
        plan_title: plan.title,
    })
}

/// Changes the card that the consent charges.
///
/// # Errors
/// [`Error::NotFound`] as for [`ask`], or without such a card; [`Error::Invalid`] if cards can’t be saved.
pub async fn change(
    app: &App,
    token: &str,
    consent: &str,
    card: NewCard<'_>,
    evident: &Evident,
) -> Result<CardChanged, Error> {
    let visitor = portal::visitor(app, token).await?;
    let mut tx = app.db.read().await?;
    let (consent, plan) = find(&mut tx, &visitor, consent).await?;
    let draft = draft(app, &mut tx, &visitor, &plan, evident).await?;
    drop(tx);
    match card {
        NewCard::Another => {
            let change = CardChange { consent: consent.id, draft };
            Ok(CardChanged::Setup(start_for(app, &visitor, Some(change)).await?))
        }
        NewCard::Saved(id) => {
            let id: PaymentMethodId = id.parse().map_err(|_| Error::NotFound)?;
            let label = transaction!(app, |tx| {
                let old = store::consent::lock(tx, &visitor.business.id, &consent.id).await?.ok_or(Error::NotFound)?;
                let method = store::payment_method::get(tx, &visitor.business.id, &id).await?;
                let method = method.filter(|it| it.customer == visitor.customer.id && it.state == MethodState::Active);
                let method = method.filter(|it| it.kind == MethodType::Card);
                let method = method.ok_or(Error::NotFound)?;
                if old.state == ConsentState::Ended {
                    return Err(Error::NotFound);
                }
                // Two clicks on one card are one change.
                if old.state != ConsentState::Live || old.method.as_ref() != Some(&method.id) {
                    replace(app, tx, &old, &draft, &method, EndedHow::Replaced).await?;
                }
                method.label()
            })?;
            Ok(CardChanged::Done { plan_title: plan.title, label })
        }
    }
}

/// What was changed, for the line that says so: the plan's title, and the method it charges now.
/// `None` if nothing charges it.
///
/// # Errors
/// [`Error::NotFound`] if the link opens nothing, or he never had such a consent.
pub async fn outcome(app: &App, token: &str, consent: &str) -> Result<Option<(String, String)>, Error> {
    let visitor = portal::visitor(app, token).await?;
    let business = &visitor.business.id;
    let id: ConsentId = consent.parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let old = store::consent::get(&mut tx, business, &id).await?;
    let old = old.filter(|it| it.customer == visitor.customer.id).ok_or(Error::NotFound)?;
    let plan = store::plan::get(&mut tx, business, &old.plan).await?.ok_or(Error::NotFound)?;
    let live = store::consent::find_live(&mut tx, business, &old.plan).await?;
    let Some(method) = live.and_then(|live| live.method) else { return Ok(None) };
    let method = store::payment_method::get(&mut tx, business, &method).await?;
    Ok(method.map(|method| (plan.title, method.label())))
}

/// Ends the old consent and begins the new one.
pub(crate) async fn replace(
    app: &App,
    tx: &mut Tx,
    old: &Consent,
    draft: &ConsentDraft,
    method: &PaymentMethod,
    how: EndedHow,
) -> Result<(), Error> {
    end::in_transaction(app, tx, Actor::Customer, old, how).await?;
    let new = Grant { business: &old.business, draft, method, attempt: None, attested: None };
    grant(app, tx, Actor::Customer, new).await.map(drop)
}

async fn find(tx: &mut Tx, visitor: &Visitor, consent: &str) -> Result<(Consent, Plan), Error> {
    let id: ConsentId = consent.parse().map_err(|_| Error::NotFound)?;
    let found = store::consent::get(tx, &visitor.business.id, &id).await?;
    let found = found.filter(|it| it.customer == visitor.customer.id && it.state != ConsentState::Ended);
    let found = found.ok_or(Error::NotFound)?;
    let plan = store::plan::get(tx, &visitor.business.id, &found.plan).await?.ok_or(Error::NotFound)?;
    if plan.state == PlanState::Cancelled {
        return Err(Error::NotFound);
    }
    Ok((found, plan))
}

async fn draft(
    app: &App,
    tx: &mut Tx,
    visitor: &Visitor,
    plan: &Plan,
    evident: &Evident,
) -> Result<ConsentDraft, Error> {
    Ok(ConsentDraft {
        plan: plan.id.clone(),
        disclosure_text: words(&visitor.business, plan),
        disclosure_version: DISCLOSURE_VERSION,
        every: plan.schedule.frequency().every().into(),
        cap: plan.cap,
        agreed: plan::totals(tx, &visitor.business, plan).await?.total,
        email: None,
        granted_at: app.now(),
        ip: evident.ip.clone(),
        user_agent: evident.user_agent.clone(),
    })
}
