//! Reads an invoice for its page or its receipt.

use zoop_domain::business::Business;
use zoop_domain::dunning::Dunning;
use zoop_domain::invoice::Invoice;
use zoop_domain::money::Money;
use zoop_domain::payment::Payment;
use zoop_domain::refund::Refund;
use zoop_domain::time::Date;

use crate::{App, Error};

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
    let _ = (app, key);
    unimplemented!()
}
