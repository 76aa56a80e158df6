//! What a customer finds when he opens his link.

use zoop_domain::business::Business;
use zoop_domain::consent::ConsentSource;
use zoop_domain::customer::Customer;
use zoop_domain::id::{ConsentId, PortalLinkId};
use zoop_domain::invoice::InvoiceSummary;
use zoop_domain::money::Money;
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::quote::QuoteSummary;
use zoop_domain::time::Date;

use crate::{App, Error};

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
    let _ = (app, token);
    unimplemented!()
}

/// Notes that the customer has opened his portal. Gathered in memory and flushed in batches,
/// at most one write a minute a link.
pub fn mark_seen(app: &App, portal: &Portal) {
    let _ = (app, portal);
    unimplemented!()
}
