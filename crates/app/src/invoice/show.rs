//! Reads an invoice for its page or its receipt.

use zoop_domain::business::Business;
use zoop_domain::consent::{Consent, NotCharged};
use zoop_domain::dunning::Dunning;
use zoop_domain::id::{BusinessId, CustomerId, InvoiceId};
use zoop_domain::invoice::{Invoice, PayBlock, Status};
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment::Payment;
use zoop_domain::payment_method::{ExpiryStatus, MethodType, PaymentMethod};
use zoop_domain::refund::Refund;
use zoop_domain::secret::InvoiceToken;
use zoop_domain::time::Date;
use zoop_store::portal_link::Visitor;
use zoop_store::{self as store, Tx};

use crate::consent::offer::{Offer, offer};
use crate::{Actor, App, Error, portal};

/// By which secret an invoice is opened.
#[derive(Clone, Copy, Debug)]
pub enum InvoiceKey<'a> {
    /// Below a portal link; dies with it.
    Portal {
        /// The portal link's token, as in the URL.
        token: &'a str,
        /// The invoice's id, as in the URL.
        invoice: &'a str,
    },
    /// By the invoice's own public link.
    Public {
        /// The invoice's token, as in the URL.
        token: &'a str,
    },
}

/// An invoice with all that its page and its receipt show.
#[derive(Clone, Debug)]
pub struct InvoiceView {
    /// Whose invoice.
    pub business: Business,
    /// The invoice.
    pub invoice: Invoice,
    /// What was paid, oldest first.
    pub payments: Vec<Payment>,
    /// What went back, oldest first.
    pub refunds: Vec<Refund>,
    /// Failed automatic charges.
    pub dunning: Option<Dunning>,
    /// What is being collected now, while the status is processing: amount, method if known, since when.
    pub processing: Option<Processing>,
    /// The business's local date.
    pub today: Date,
    /// Auto-pay for the plan's future invoices, if it is offered.
    pub offer: Option<Offer>,
    /// What it can be paid with at once, from the portal: default first.
    pub methods: Vec<PaymentMethod>,
    /// How auto-pay will charge it, if it will.
    pub auto_pay: Option<ComingCharge>,
    /// The most auto-pay may take, if it leaves this invoice alone because it is more.
    pub over_cap: Option<Money>,
}

/// The amount that leads a page or a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headline {
    /// "Balance due".
    pub label: &'static str,
    /// How much.
    pub amount: Money,
}

impl InvoiceView {
    /// The status on the day it is looked at.
    #[must_use]
    pub fn status(&self) -> Status {
        self.invoice.facts.status_on(self.today)
    }

    /// What is asked for; once nothing is, what it was about.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn headline(&self) -> Result<Headline, MoneyError> {
        let (status, total, owed) = (self.status(), self.invoice.totals.total, self.invoice.facts.owed()?);
        let (label, amount) = match (status, &self.processing) {
            (Status::Processing, Some(processing)) => ("On its way", processing.amount),
            (Status::Processing, None) => ("On its way", owed),
            _ if !status.is_payable() => ("Total", total),
            _ if owed == total => ("Amount due", owed),
            _ => ("Balance due", owed),
        };
        Ok(Headline { label, amount })
    }
}

/// A charge by auto-pay that is to come.
#[derive(Clone, Debug)]
pub struct ComingCharge {
    /// "Visa •••• 4242".
    pub method_label: String,
    /// The day, in the business's time zone.
    pub on: Date,
}

/// A payment under way.
#[derive(Clone, Debug)]
pub struct Processing {
    /// How much.
    pub amount: Money,
    /// "First Prairie Bank •••• 6789", if it is known.
    pub method_label: Option<String>,
    /// The day it was sent.
    pub since: Date,
}

/// The invoice behind `key`. Drafts don't exist for customers.
///
/// # Errors
/// [`Error::NotFound`] for whatever doesn't open: malformed, unknown, rotated, revoked, another
/// customer's or another business's, alike.
pub async fn show(app: &App, key: InvoiceKey<'_>) -> Result<InvoiceView, Error> {
    let mut tx = app.db.read().await?;
    let (business, invoice) = open(app, &mut tx, key).await?;
    view(app, &mut tx, business, invoice, matches!(key, InvoiceKey::Portal { .. })).await
}

/// An invoice of `business`, as its customer sees it by its own link.
///
/// # Errors
/// [`Error::NotFound`] for a draft, and for what isn't there or is another business's.
pub async fn show_of(app: &App, business: &BusinessId, invoice: &InvoiceId) -> Result<InvoiceView, Error> {
    let mut tx = app.db.read().await?;
    let invoice = store::invoice::get(&mut tx, business, invoice).await?.ok_or(Error::NotFound)?;
    let business = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    view(app, &mut tx, business, invoice, false).await
}

/// An invoice of `customer`, as he sees it in his portal, for the business's own people.
///
/// # Errors
/// As for [`show_of`], and if it is another customer's.
pub async fn show_as(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    customer: &CustomerId,
    invoice: &InvoiceId,
) -> Result<InvoiceView, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let invoice = store::invoice::get(&mut tx, business, invoice).await?;
    let invoice = invoice.filter(|invoice| invoice.customer == *customer).ok_or(Error::NotFound)?;
    let business = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    view(app, &mut tx, business, invoice, true).await
}

/// What there is to see. `inside` the portal, methods on file belong to it.
async fn view(
    app: &App,
    tx: &mut Tx,
    business: Business,
    invoice: Invoice,
    inside: bool,
) -> Result<InvoiceView, Error> {
    let payments = store::payment::list(tx, &business.id, &invoice.id).await?;
    let refunds = store::refund::list(tx, &business.id, &invoice.id).await?;
    let dunning = match invoice.facts.dunning {
        Some(_) => store::dunning::find(tx, &business.id, &invoice.id).await?,
        None => None,
    };
    let processing = match invoice.facts.live_attempt {
        Some(state) if state.is_processing() => processing(tx, &business, &invoice).await?,
        _ => None,
    };
    let today = app.now().date_in(&business.time_zone);
    let online = PayBlock::of(&business, &invoice.facts, today)?.is_online();
    let mut view = InvoiceView {
        business,
        invoice,
        payments,
        refunds,
        dunning,
        processing,
        today,
        offer: None,
        methods: Vec::new(),
        auto_pay: None,
        over_cap: None,
    };
    if online {
        add_ways_to_pay(app, tx, &mut view, inside).await?;
    }
    Ok(view)
}

/// What is offered beside "Pay now". A method on file only inside the portal.
async fn add_ways_to_pay(app: &App, tx: &mut Tx, view: &mut InvoiceView, inside: bool) -> Result<(), Error> {
    let (business, invoice) = (&view.business, &view.invoice);
    if let Some(plan) = &invoice.plan {
        let total = invoice.totals.total;
        view.offer = offer(app, tx, business, &invoice.customer, plan, total).await?;
        if let Some(consent) = store::consent::find_live(tx, &business.id, plan).await? {
            match consent.evidence.allows(invoice.facts.owed()?) {
                Ok(()) => view.auto_pay = coming_charge(tx, business, invoice, &consent).await?,
                Err(NotCharged::OverCap) => view.over_cap = consent.evidence.cap,
                Err(NotCharged::BelowMinimum) => {}
            }
        }
    }
    if inside {
        let methods = store::payment_method::list_active(tx, &business.id, &invoice.customer).await?;
        let chargeable = |method: &PaymentMethod| {
            let valid = method.expiry.is_none_or(|expiry| expiry.status_on(view.today) != ExpiryStatus::Expired);
            valid && method.kind == MethodType::Card && Some(method.account.as_str()) == business.charging_account()
        };
        view.methods = methods.into_iter().filter(chargeable).collect();
    }
    Ok(())
}

async fn coming_charge(
    tx: &mut Tx,
    business: &Business,
    invoice: &Invoice,
    consent: &Consent,
) -> Result<Option<ComingCharge>, Error> {
    let Some(charge_at) = store::invoice::find_charge_at(tx, &business.id, &invoice.id).await? else { return Ok(None) };
    let Some(method) = &consent.method else { return Ok(None) };
    let method = store::payment_method::get(tx, &business.id, method).await?;
    let on = charge_at.date_in(&business.time_zone).max(invoice.facts.due_on);
    Ok(method.map(|method| ComingCharge { method_label: method.label(), on }))
}

async fn open(app: &App, tx: &mut Tx, key: InvoiceKey<'_>) -> Result<(Business, Invoice), Error> {
    match key {
        InvoiceKey::Portal { token, invoice } => {
            let Visitor { business, customer, .. } = portal::visitor_in(app, tx, token).await?;
            let id: InvoiceId = invoice.parse().map_err(|_| Error::NotFound)?;
            let invoice = store::invoice::get(tx, &business.id, &id).await?;
            let invoice = invoice.filter(|invoice| invoice.customer == customer.id).ok_or(Error::NotFound)?;
            Ok((business, invoice))
        }
        InvoiceKey::Public { token } => {
            let token = InvoiceToken::parse(token).map_err(|_| Error::NotFound)?;
            let found = store::invoice::find_by_token(tx, &token).await?.ok_or(Error::NotFound)?;
            let business = store::business::get(tx, &found.business).await?.ok_or(Error::NotFound)?;
            let invoice = store::invoice::get(tx, &found.business, &found.invoice).await?.ok_or(Error::NotFound)?;
            Ok((business, invoice))
        }
    }
}

async fn processing(tx: &mut Tx, business: &Business, invoice: &Invoice) -> Result<Option<Processing>, Error> {
    let attempt = store::attempt::find_live(tx, &business.id, &invoice.id).await?;
    Ok(attempt.map(|attempt| Processing {
        amount: attempt.amount,
        method_label: attempt.method_label,
        since: attempt.created_at.date_in(&business.time_zone),
    }))
}
