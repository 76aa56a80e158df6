//! What a customer finds when he opens his link.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zoop_domain::business::Business;
use zoop_domain::consent::{ConsentSource, ConsentState, SuspendedWhy};
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, ConsentId, CustomerId, InvoiceId, PaymentMethodId, PortalLinkId};
use zoop_domain::invoice::InvoiceSummary;
use zoop_domain::money::Money;
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::quote::QuoteSummary;
use zoop_domain::secret::{HashedToken, PlainToken};
use zoop_domain::time::{Date, Instant};
use zoop_store::consent::ListedConsent;
use zoop_store::portal_link::Visitor;
use zoop_store::{self as store, Tx};

use crate::consent::turn_off::{self, TurnOff, TurnedOff};
use crate::{Actor, App, Error, transaction, turn_off_link};

/// The portal home's data, as of one day.
#[derive(Clone, Debug)]
pub struct Portal {
    /// Whose portal it is.
    pub business: Business,
    /// Who came in.
    pub customer: Customer,
    /// By which link; by none if the business looks at what its customer sees.
    pub link: Option<PortalLinkId>,
    /// The business's local date.
    pub today: Date,
    /// Sent, unanswered, unexpired; newest first.
    pub quotes: Vec<QuoteSummary>,
    /// The 50 newest by issue date.
    pub invoices: Vec<InvoiceSummary>,
    /// Older ones that are still unpaid; newest first.
    pub older_unpaid: Vec<InvoiceSummary>,
    /// Cards and bank accounts on file, default first, then newest first.
    pub methods: Vec<SavedMethod>,
    /// Consents that aren't over: live ones, and those that need a new card.
    pub consents: Vec<ActiveConsent>,
    /// Whether a card can be saved now.
    pub takes_cards: bool,
}

/// A method on file with the plans it pays.
#[derive(Clone, Debug)]
pub struct SavedMethod {
    /// The method.
    pub method: PaymentMethod,
    /// The day it was added, in the business's time zone.
    pub added_on: Date,
    /// Titles of the plans it pays by auto-pay.
    pub plans: Vec<String>,
}

/// One row of the auto-pay section.
#[derive(Clone, Debug)]
pub struct ActiveConsent {
    /// The consent.
    pub id: ConsentId,
    /// Which plan it pays.
    pub plan_title: String,
    /// "Visa".
    pub method_brand: String,
    /// "4242".
    pub method_last4: String,
    /// When it was given, in the business's time zone.
    pub granted_on: Date,
    /// The most one payment may take.
    pub cap: Option<Money>,
    /// Where it came from.
    pub source: ConsentSource,
    /// Why it can't be charged for now, if it is suspended: it needs a new card.
    pub suspended: Option<SuspendedWhy>,
    /// The method it charges, if that is still on file.
    pub method: Option<PaymentMethodId>,
}

/// What a link opens.
#[derive(Clone, Debug)]
pub enum Opened {
    /// The whole portal.
    Portal(Box<Portal>),
    /// One consent, to be turned off: the link came with a mail, and the portal link that was live
    /// then no longer is.
    Consent(Box<OneConsent>),
    /// The consent of a mail's link is over.
    Ended(Box<EndedOne>),
}

/// All that a mail's link still opens.
#[derive(Clone, Debug)]
pub struct OneConsent {
    /// In whose name.
    pub business: Business,
    /// What can be turned off.
    pub turn_off: TurnOff,
}

/// What a mail's link says once its consent is over.
#[derive(Clone, Debug)]
pub struct EndedOne {
    /// In whose name.
    pub business: Business,
    /// What is off.
    pub turned_off: TurnedOff,
}

/// Opens what the link with this token opens.
///
/// # Errors
/// [`Error::NotFound`] for a token that is malformed, unknown, rotated or revoked, alike.
pub async fn open(app: &App, token: &str) -> Result<Opened, Error> {
    let mut tx = app.db.read().await?;
    let (business, consent) = match door(app, &mut tx, token).await? {
        Door::Portal(visitor) | Door::Mail { visitor, .. } => {
            let Visitor { link, business, customer } = *visitor;
            return Ok(Opened::Portal(Box::new(home(app, &mut tx, Some(link), business, customer).await?)));
        }
        Door::Consent { business, consent } | Door::Ended { business, consent } => (business, consent),
    };
    let found = store::consent::get(&mut tx, &business.id, &consent).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let business = *business;
    Ok(match turn_off::describe_ended(app, &business.id, &consent).await? {
        Some(turned_off) => Opened::Ended(Box::new(EndedOne { business, turned_off })),
        None => {
            let turn_off = turn_off::describe(app, &found).await?;
            Opened::Consent(Box::new(OneConsent { business, turn_off }))
        }
    })
}

/// Whether this token opens the whole portal; `false` if just one consent, over or not.
///
/// # Errors
/// [`Error::NotFound`] as for [`open`].
pub async fn opens_all(app: &App, token: &str) -> Result<bool, Error> {
    let mut tx = app.db.read().await?;
    Ok(match door(app, &mut tx, token).await? {
        Door::Portal(_) | Door::Mail { .. } => true,
        Door::Consent { .. } | Door::Ended { .. } => false,
    })
}

/// The portal as that customer sees it, for the business's own people. No link is involved, so no visit is noted.
///
/// # Errors
/// [`Error::NotFound`] without such a customer.
pub async fn view(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<Portal, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let customer = store::customer::get(&mut tx, business, customer).await?.ok_or(Error::NotFound)?;
    home(app, &mut tx, None, owner, customer).await
}

async fn home(
    app: &App,
    tx: &mut Tx,
    link: Option<PortalLinkId>,
    business: Business,
    customer: Customer,
) -> Result<Portal, Error> {
    let today = app.now().date_in(&business.time_zone);
    let invoices = store::invoice::list_for_portal(tx, &business.id, &customer.id).await?;
    let quotes = store::quote::list_outstanding(tx, &business.id, &customer.id, today).await?;
    let methods = store::payment_method::list_active(tx, &business.id, &customer.id).await?;
    let consents = store::consent::list_for_portal(tx, &business.id, &customer.id).await?;
    let methods = methods.into_iter().map(|method| SavedMethod {
        added_on: method.added_at.date_in(&business.time_zone),
        plans: plans_paid_by(&method, &consents),
        method,
    });
    Ok(Portal {
        link,
        today,
        quotes,
        invoices: invoices.newest,
        older_unpaid: invoices.older_open,
        methods: methods.collect(),
        consents: consents.into_iter().map(|consent| active(consent, &business)).collect(),
        takes_cards: app.stripe.is_some() && business.charging_account().is_some(),
        business,
        customer,
    })
}

/// What a token lets somebody into.
pub(crate) enum Door {
    /// The portal, by its own link.
    Portal(Box<Visitor>),
    /// The portal, by the link of a mail about a consent.
    Mail { visitor: Box<Visitor>, consent: ConsentId },
    /// That consent alone.
    Consent { business: Box<Business>, consent: ConsentId },
    /// That consent, which is over.
    Ended { business: Box<Business>, consent: ConsentId },
}

/// What the token opens. A malformed one takes the way of an unknown one: look-ups that find nothing.
pub(crate) async fn door(app: &App, tx: &mut Tx, token: &str) -> Result<Door, Error> {
    let hash = PlainToken::parse(token).map_or_else(|_| HashedToken::nothing(), |token| token.hash());
    if let Some(visitor) = store::portal_link::find_visitor(tx, hash).await? {
        return Ok(Door::Portal(Box::new(visitor)));
    }
    match turn_off_link::open(app, tx, hash).await?.ok_or(Error::NotFound)? {
        turn_off_link::Opened::Portal { link, business, customer, consent } => {
            let customer = store::customer::get(tx, &business.id, &customer).await?.ok_or(Error::NotFound)?;
            let visitor = Box::new(Visitor { link, business: *business, customer });
            Ok(Door::Mail { visitor, consent })
        }
        turn_off_link::Opened::Consent { business, consent } => Ok(Door::Consent { business, consent }),
        turn_off_link::Opened::Ended { business, consent } => Ok(Door::Ended { business, consent }),
    }
}

/// Who comes into the whole portal by this token.
pub(crate) async fn visitor(app: &App, token: &str) -> Result<Visitor, Error> {
    let mut tx = app.db.read().await?;
    visitor_in(app, &mut tx, token).await
}

/// The same, with a reader that is open already.
pub(crate) async fn visitor_in(app: &App, tx: &mut Tx, token: &str) -> Result<Visitor, Error> {
    match door(app, tx, token).await? {
        Door::Portal(visitor) | Door::Mail { visitor, .. } => Ok(*visitor),
        Door::Consent { .. } | Door::Ended { .. } => Err(Error::NotFound),
    }
}

fn plans_paid_by(method: &PaymentMethod, consents: &[ListedConsent]) -> Vec<String> {
    let live = consents.iter().filter(|consent| consent.state == ConsentState::Live);
    let paid = live.filter(|consent| consent.method.as_ref() == Some(&method.id));
    paid.map(|consent| consent.plan_title.clone()).collect()
}

fn active(consent: ListedConsent, business: &Business) -> ActiveConsent {
    ActiveConsent {
        id: consent.id,
        plan_title: consent.plan_title,
        method_brand: consent.method_brand,
        method_last4: consent.method_last4,
        granted_on: consent.granted_at.date_in(&business.time_zone),
        cap: consent.cap,
        source: consent.source,
        suspended: consent.suspended_why,
        method: consent.method,
    }
}

/// Notes that the customer has opened his portal. Gathered in memory and flushed in batches,
/// at most one write a minute a link.
pub fn mark_seen(app: &App, portal: &Portal) {
    let Some(link) = &portal.link else { return };
    app.seen.mark(Thing::Portal(link.clone()), &portal.business.id, app.now());
}

/// Notes that the customer has opened this invoice, in the portal or by its own link; alike.
pub fn mark_invoice_seen(app: &App, business: &BusinessId, invoice: &InvoiceId) {
    app.seen.mark(Thing::Invoice(invoice.clone()), business, app.now());
}

/// Writes the gathered marks that are due, all in one transaction. With `all`, at shutdown, also
/// those whose thing was written less than a minute ago.
///
/// Answers how many were written.
///
/// # Errors
/// The database does not answer; the marks are kept for the next time.
pub async fn flush_seen(app: &App, all: bool) -> Result<usize, Error> {
    let due = app.seen.lock().due(app.now(), all);
    if due.is_empty() {
        return Ok(0);
    }
    let count = due.len();
    let written = transaction!(app, |tx| {
        for (thing, mark) in &due {
            match thing {
                Thing::Portal(link) => {
                    store::portal_link::update_last_seen(tx, &mark.business, link, mark.at).await?;
                }
                Thing::Invoice(invoice) => {
                    store::invoice::update_last_seen(tx, &mark.business, invoice, mark.at).await?;
                }
            }
        }
    });
    app.seen.lock().written(due, app.now(), written.is_ok());
    written.map(|()| count)
}

const A_MINUTE: i64 = 60;

/// What was opened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Thing {
    Portal(PortalLinkId),
    Invoice(InvoiceId),
}

/// Visits that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Marks>);

#[derive(Debug, Default)]
struct Marks {
    pending: HashMap<Thing, Mark>,
    written: HashMap<Thing, Instant>,
}

#[derive(Clone, Debug)]
struct Mark {
    business: BusinessId,
    at: Instant,
}

impl Seen {
    fn mark(&self, thing: Thing, business: &BusinessId, at: Instant) {
        self.lock().pending.insert(thing, Mark { business: business.clone(), at });
    }

    fn lock(&self) -> MutexGuard<'_, Marks> {
        // A panic while holding the lock leaves at worst a mark out of place.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Marks {
    fn due(&mut self, now: Instant, all: bool) -> Vec<(Thing, Mark)> {
        self.written.retain(|_, at| now.seconds_since(*at) < A_MINUTE);
        let written = &self.written;
        self.pending.extract_if(|thing, _| all || !written.contains_key(thing)).collect()
    }

    fn written(&mut self, marks: Vec<(Thing, Mark)>, now: Instant, stored: bool) {
        for (thing, mark) in marks {
            if stored {
                self.written.insert(thing, now);
            } else {
                self.pending.entry(thing).or_insert(mark);
            }
        }
    }
}
