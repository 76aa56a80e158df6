//! A customer with all that his page shows.

use std::collections::HashMap;

use zoop_domain::audit::Action;
use zoop_domain::business::Business;
use zoop_domain::consent::Consent;
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, ConsentId, CustomerId};
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::portal_link::{LinkEnd, PortalLink};
use zoop_domain::time::{Date, Instant};
use zoop_domain::user::Role;
use zoop_store as store;
use zoop_store::Tx;

use super::get;
use crate::plan::list::ListedPlan;
use crate::{Actor, App, Error, plan};

pub use zoop_store::consent::ListedConsent;
pub use zoop_store::customer::{Event, Sums};
pub use zoop_store::invoice::CustomerInvoice;
pub use zoop_store::quote::CustomerQuote;

/// As many invoices stand on the page.
const NEWEST: i64 = 10;
/// As many quotes.
const QUOTES: i64 = 10;
/// As many consents that are over.
const ENDED: i64 = 20;
/// Nobody needs to know by how many more.
pub const MOST_COUNTED: i64 = 1_000;
/// The timeline grows by so many, up to ten times.
pub const EVENTS: i64 = 30;

/// The page's data, as of one day.
#[derive(Clone, Debug)]
pub struct CustomerView {
    /// Whose customer.
    pub business: Business,
    /// Who.
    pub customer: Customer,
    /// Since when.
    pub since: Date,
    /// The present moment.
    pub now: Instant,
    /// The business's date.
    pub today: Date,
    /// The portal link.
    pub access: Access,
    /// What is owed, and was paid in the last twelve months.
    pub sums: Sums,
    /// The newest invoices.
    pub invoices: Vec<CustomerInvoice>,
    /// How many there are, counted up to one more than [`MOST_COUNTED`].
    pub invoice_count: i64,
    /// The newest quotes.
    pub quotes: Vec<CustomerQuote>,
    /// Plans, newest first.
    pub plans: Vec<ListedPlan>,
    /// Cards and bank accounts on file, default first.
    pub methods: Vec<PaymentMethod>,
    /// Consents that aren't over.
    pub consents: Vec<ListedConsent>,
    /// The last ones that are: their evidence is asked for once a charge is disputed.
    pub ended_consents: Vec<ListedConsent>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// Whether more has happened than that.
    pub has_more_events: bool,
}

/// The portal link as its card tells it.
#[derive(Clone, Debug)]
pub struct Access {
    /// The newest link, live or ended.
    pub link: Option<PortalLink>,
    /// Who made it, if a person did.
    pub made_by: Option<String>,
    /// Who cut it off, if a person did.
    pub ended_by: Option<String>,
    /// Titles of the plans that auto-pay goes on for.
    pub auto_pay: Vec<String>,
    /// Who can do something about it.
    pub owner: Option<String>,
}

impl Access {
    /// The live link.
    #[must_use]
    pub fn live(&self) -> Option<&PortalLink> {
        self.link.as_ref().filter(|link| link.ended.is_none())
    }

    /// When the customer last came in by the newest link.
    #[must_use]
    pub fn last_seen(&self) -> Option<Instant> {
        self.link.as_ref()?.last_seen_at
    }

    /// When the link was cut off, if that was the end of it.
    #[must_use]
    pub fn revoked_at(&self) -> Option<Instant> {
        let ended = self.link.as_ref()?.ended.filter(|(_, how)| *how == LinkEnd::Revoked);
        ended.map(|(at, _)| at)
    }
}

/// The customer, with the newest `events` of what happened.
///
/// # Errors
/// [`Error::NotFound`] without such a customer.
pub async fn show(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    customer: &CustomerId,
    events: i64,
) -> Result<CustomerView, Error> {
    actor.must_be_member()?;
    let events = events.clamp(EVENTS, EVENTS * 10);
    let plans = plan::list::list(app, business, Some(customer)).await?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let found = get(&mut tx, business, customer).await?;
    let since = store::customer::find_since(&mut tx, business, customer).await?.ok_or(Error::NotFound)?;
    let (now, zone) = (app.now(), &owner.time_zone);
    let today = now.date_in(zone);
    let span = (today.plus_months(-12), today);
    let consents = store::consent::list_for_portal(&mut tx, business, customer).await?;
    let mut happened = store::customer::list_events(&mut tx, business, customer, events + 1).await?;
    let has_more_events = happened.len() as i64 > events && events < EVENTS * 10;
    happened.truncate(usize::try_from(events).unwrap_or_default());
    Ok(CustomerView {
        since: since.date_in(zone),
        access: access(&mut tx, business, customer, &consents).await?,
        sums: store::customer::find_sums(&mut tx, business, customer, owner.currency, span).await?,
        invoices: store::invoice::list_by_customer(&mut tx, business, customer, NEWEST).await?,
        invoice_count: store::invoice::count_by_customer(&mut tx, business, customer, MOST_COUNTED + 1).await?,
        quotes: store::quote::list_by_customer(&mut tx, business, customer, QUOTES).await?,
        ended_consents: store::consent::list_ended(&mut tx, business, customer, ENDED).await?,
        methods: store::payment_method::list_active(&mut tx, business, customer).await?,
        customer: found,
        business: owner,
        now,
        today,
        plans,
        consents,
        events: happened,
        has_more_events,
    })
}

async fn access(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    consents: &[ListedConsent],
) -> Result<Access, Error> {
    let link = store::portal_link::find_newest(tx, business, customer).await?;
    let people = store::membership::list(tx, business).await?;
    let owner = people.iter().find(|(_, role)| *role == Role::Owner).map(|(user, _)| user.name.clone());
    let (mut made_by, mut ended_by) = (None, None);
    if let Some(link) = &link {
        for line in store::audit_event::list(tx, business, link.id.as_str()).await? {
            let name = name_of(tx, &line.actor).await?;
            match line.action.parse() {
                Ok(Action::PortalLinkGenerated | Action::PortalLinkRotated) => made_by = name,
                Ok(Action::PortalLinkRevoked) => ended_by = name,
                _ => {}
            }
        }
    }
    let auto_pay = consents.iter().map(|consent| consent.plan_title.clone()).collect();
    Ok(Access { link, made_by, ended_by, auto_pay, owner })
}

/// The name of a person who signs in, if `actor` is one.
async fn name_of(tx: &mut Tx, actor: &str) -> Result<Option<String>, Error> {
    let Ok(user) = actor.parse() else { return Ok(None) };
    Ok(store::user::get(tx, user).await?.map(|user| user.name))
}

/// A consent with its evidence and what became of it, and the names of the people who had to do with it.
#[derive(Clone, Debug)]
pub struct ConsentView {
    /// The consent.
    pub consent: Consent,
    /// The plan's title.
    pub plan_title: String,
    /// Names by user id.
    pub names: HashMap<String, String>,
}

/// The evidence of a consent of this customer.
///
/// # Errors
/// [`Error::NotFound`] if he has no such one.
pub async fn consent(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    customer: &CustomerId,
    consent: &ConsentId,
) -> Result<ConsentView, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let consent = store::consent::get(&mut tx, business, consent).await?;
    let consent = consent.filter(|consent| consent.customer == *customer).ok_or(Error::NotFound)?;
    let plan = store::plan::get(&mut tx, business, &consent.plan).await?.ok_or(Error::NotFound)?;
    let mut names = HashMap::new();
    let attested = consent.evidence.attested.as_ref().map(|attested| attested.by.clone());
    for actor in attested.into_iter().chain(consent.ended.as_ref().map(|ended| ended.by.clone())) {
        if let Some(name) = name_of(&mut tx, &actor).await? {
            names.insert(actor, name);
        }
    }
    Ok(ConsentView { consent, plan_title: plan.title, names })
}
