//! "Turn off": the customer ends auto-pay for one plan, in his portal or by the link of a mail. He is
//! asked first, and told afterwards whether a payment was already on its way.

use zoop_domain::consent::{Consent, ConsentState, EndedHow};
use zoop_domain::id::{BusinessId, ConsentId};
use zoop_domain::money::Money;
use zoop_domain::time::Date;
use zoop_store as store;

use super::end::{self, EndedConsent};
use crate::portal::{self, Door};
use crate::{Actor, App, Error};

/// What the customer is asked.
#[derive(Clone, Debug)]
pub struct TurnOff {
    /// The consent.
    pub consent: ConsentId,
    /// The plan's title.
    pub plan_title: String,
    /// What is charged: "Visa •••• 4242".
    pub method_label: String,
    /// Invoices whose failed payment won't be tried again then: number and what is owed.
    pub unpaid: Vec<(String, Money)>,
}

/// What was turned off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnedOff {
    /// The plan's title.
    pub plan_title: String,
    /// Since when, in the business's time zone.
    pub since: Date,
    /// A payment that was already on its way.
    pub on_its_way: Option<Money>,
}

/// What turning the consent off would come to. `None` if it is over.
///
/// # Errors
/// [`Error::NotFound`] if the link opens nothing, or not this consent.
pub async fn ask(app: &App, token: &str, consent: &str) -> Result<Option<TurnOff>, Error> {
    let (_, consent) = find(app, token, consent).await?;
    if consent.state == ConsentState::Ended {
        return Ok(None);
    }
    describe(app, &consent).await.map(Some)
}

/// The same for a consent that was just read.
pub(crate) async fn describe(app: &App, consent: &Consent) -> Result<TurnOff, Error> {
    let mut tx = app.db.read().await?;
    let business = &consent.business;
    let plan = store::plan::get(&mut tx, business, &consent.plan).await?.ok_or(Error::NotFound)?;
    let method = match &consent.method {
        Some(method) => store::payment_method::get(&mut tx, business, method).await?,
        None => None,
    };
    let mut unpaid = Vec::new();
    for id in store::dunning::list_by_plan(&mut tx, business, &consent.plan).await? {
        if let Some(invoice) = store::invoice::get(&mut tx, business, &id).await? {
            unpaid.push((invoice.number, invoice.facts.owed()?));
        }
    }
    let evidence = &consent.evidence;
    let label = zoop_domain::payment::method_label(&evidence.method_brand, &evidence.method_last4);
    Ok(TurnOff {
        consent: consent.id.clone(),
        plan_title: plan.title,
        method_label: method.map_or(label, |method| method.label()),
        unpaid,
    })
}

/// Turns auto-pay off. Doing it twice is doing it once.
///
/// # Errors
/// [`Error::NotFound`] as for [`ask`].
pub async fn turn_off(app: &App, token: &str, consent: &str) -> Result<EndedConsent, Error> {
    let (how, consent) = find(app, token, consent).await?;
    end::end(app, Actor::Customer, &consent.business, &consent.id, how).await
}

/// What was turned off, for the line that says so. `None` while it isn't.
///
/// # Errors
/// [`Error::NotFound`] as for [`ask`].
pub async fn outcome(app: &App, token: &str, consent: &str) -> Result<Option<TurnedOff>, Error> {
    let (_, consent) = find(app, token, consent).await?;
    describe_ended(app, &consent.business, &consent.id).await
}

/// The same for a consent that was just found.
pub(crate) async fn describe_ended(
    app: &App,
    business: &BusinessId,
    consent: &ConsentId,
) -> Result<Option<TurnedOff>, Error> {
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let consent = store::consent::get(&mut tx, business, consent).await?.ok_or(Error::NotFound)?;
    let plan = store::plan::get(&mut tx, business, &consent.plan).await?.ok_or(Error::NotFound)?;
    let Some(ended) = consent.ended else { return Ok(None) };
    let on_its_way = end::on_its_way(&mut tx, business, &ended).await?;
    Ok(Some(TurnedOff { plan_title: plan.title, since: ended.at.date_in(&owner.time_zone), on_its_way }))
}

/// The consent, and how it would end by this link.
async fn find(app: &App, token: &str, consent: &str) -> Result<(EndedHow, Consent), Error> {
    let id: ConsentId = consent.parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let (how, business, customer) = match portal::door(app, &mut tx, token).await? {
        Door::Portal(visitor) => (EndedHow::Portal, visitor.business.id, Some(visitor.customer.id)),
        Door::Mail { visitor, consent } if consent == id => {
            (EndedHow::EmailLink, visitor.business.id, Some(visitor.customer.id))
        }
        Door::Mail { visitor, .. } => (EndedHow::Portal, visitor.business.id, Some(visitor.customer.id)),
        Door::Consent { business, consent } | Door::Ended { business, consent } if consent == id => {
            (EndedHow::EmailLink, business.id, None)
        }
        Door::Consent { .. } | Door::Ended { .. } => return Err(Error::NotFound),
    };
    let found = store::consent::get(&mut tx, &business, &id).await?;
    let found = found.filter(|found| customer.is_none_or(|customer| customer == found.customer));
    Ok((how, found.ok_or(Error::NotFound)?))
}
