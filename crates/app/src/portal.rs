//! What a customer finds when he opens his link.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zoop_domain::business::Business;
use zoop_domain::consent::ConsentSource;
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, ConsentId, PortalLinkId};
use zoop_domain::invoice::InvoiceSummary;
use zoop_domain::money::Money;
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::quote::QuoteSummary;
use zoop_domain::secret::{HashedToken, PlainToken};
use zoop_domain::time::{Date, Instant};
use zoop_store::consent::LiveConsent;
use zoop_store::portal_link::Visitor;
use zoop_store::{self as store, Tx};

use crate::{App, Error, transaction};

/// The portal home's data, as of one day.
#[derive(Clone, Debug)]
pub struct Portal {
    /// Whose portal it is.
    pub business: Business,
    /// Who came in.
    pub customer: Customer,
    /// By which link.
    pub link: PortalLinkId,
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
    /// Live consents.
    pub consents: Vec<ActiveConsent>,
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
}

/// Opens the portal of the live link with this token.
///
/// # Errors
/// [`Error::NotFound`] for a token that is malformed, unknown, rotated or revoked, alike.
pub async fn open(app: &App, token: &str) -> Result<Portal, Error> {
    let mut tx = app.db.read().await?;
    let Visitor { link, business, customer } = visitor(&mut tx, token).await?;
    let today = app.now().date_in(&business.time_zone);
    let invoices = store::invoice::list_for_portal(&mut tx, &business.id, &customer.id).await?;
    let quotes = store::quote::list_outstanding(&mut tx, &business.id, &customer.id, today).await?;
    let methods = store::payment_method::list_active(&mut tx, &business.id, &customer.id).await?;
    let consents = store::consent::list_live(&mut tx, &business.id, &customer.id).await?;
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
        business,
        customer,
    })
}

/// Who comes in by the live link with this token.
pub(crate) async fn visitor(tx: &mut Tx, token: &str) -> Result<Visitor, Error> {
    // A malformed token takes the way of an unknown one: a look-up that finds nothing.
    let hash = PlainToken::parse(token).map_or_else(|_| HashedToken::nothing(), |token| token.hash());
    store::portal_link::find_visitor(tx, hash).await?.ok_or(Error::NotFound)
}

fn plans_paid_by(method: &PaymentMethod, consents: &[LiveConsent]) -> Vec<String> {
    let paid = consents.iter().filter(|consent| consent.method.as_ref() == Some(&method.id));
    paid.map(|consent| consent.plan_title.clone()).collect()
}

fn active(consent: LiveConsent, business: &Business) -> ActiveConsent {
    ActiveConsent {
        id: consent.id,
        plan_title: consent.plan_title,
        method_brand: consent.method_brand,
        method_last4: consent.method_last4,
        granted_on: consent.granted_at.date_in(&business.time_zone),
        cap: consent.cap,
        source: consent.source,
    }
}

/// Notes that the customer has opened his portal. Gathered in memory and flushed in batches,
/// at most one write a minute a link.
pub fn mark_seen(app: &App, portal: &Portal) {
    let mark = Mark { business: portal.business.id.clone(), at: app.now() };
    app.seen.lock().pending.insert(portal.link.clone(), mark);
}

/// Writes the gathered marks that are due, all in one transaction. With `all`, at shutdown, also
/// those whose link was written less than a minute ago.
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
        for (link, mark) in &due {
            store::portal_link::update_last_seen(tx, &mark.business, link, mark.at).await?;
        }
    });
    app.seen.lock().written(due, app.now(), written.is_ok());
    written.map(|()| count)
}

const A_MINUTE: i64 = 60;

/// Visits that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Marks>);

#[derive(Debug, Default)]
struct Marks {
    pending: HashMap<PortalLinkId, Mark>,
    written: HashMap<PortalLinkId, Instant>,
}

#[derive(Clone, Debug)]
struct Mark {
    business: BusinessId,
    at: Instant,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Marks> {
        // A panic while holding the lock leaves at worst a mark out of place.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Marks {
    fn due(&mut self, now: Instant, all: bool) -> Vec<(PortalLinkId, Mark)> {
        self.written.retain(|_, at| now.seconds_since(*at) < A_MINUTE);
        let written = &self.written;
        self.pending.extract_if(|link, _| all || !written.contains_key(link)).collect()
    }

    fn written(&mut self, marks: Vec<(PortalLinkId, Mark)>, now: Instant, stored: bool) {
        for (link, mark) in marks {
            if stored {
                self.written.insert(link, now);
            } else {
                self.pending.entry(link).or_insert(mark);
            }
        }
    }
}
