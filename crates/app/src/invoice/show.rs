//! Reads an invoice for its page or its receipt.

use zoop_domain::business::Business;
use zoop_domain::dunning::Dunning;
use zoop_domain::id::InvoiceId;
use zoop_domain::invoice::Invoice;
use zoop_domain::money::Money;
use zoop_domain::payment::Payment;
use zoop_domain::refund::Refund;
use zoop_domain::secret::InvoiceToken;
use zoop_domain::time::Date;
use zoop_store::portal_link::Visitor;
use zoop_store::{self as store, Tx};

use crate::{App, Error, portal};

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
    let (business, invoice) = open(&mut tx, key).await?;
    let payments = store::payment::list(&mut tx, &business.id, &invoice.id).await?;
    let refunds = store::refund::list(&mut tx, &business.id, &invoice.id).await?;
    let dunning = match invoice.facts.dunning {
        Some(_) => store::dunning::find(&mut tx, &business.id, &invoice.id).await?,
        None => None,
    };
    let processing = match invoice.facts.live_attempt {
        Some(state) if state.is_processing() => processing(&mut tx, &business, &invoice).await?,
        _ => None,
    };
    let today = app.now().date_in(&business.time_zone);
    Ok(InvoiceView { business, invoice, payments, refunds, dunning, processing, today })
}

async fn open(tx: &mut Tx, key: InvoiceKey<'_>) -> Result<(Business, Invoice), Error> {
    match key {
        InvoiceKey::Portal { token, invoice } => {
            let Visitor { business, customer, .. } = portal::visitor(tx, token).await?;
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
