//! The way back from Stripe, `/r/{code}`: settles, then says where the invoice stands.

use zoop_domain::business::Business;
use zoop_domain::money::Money;

use crate::{App, Error};

/// What the customer finds on the way back.
#[derive(Clone, Debug)]
pub struct WayBack {
    /// Whom he paid.
    pub business: Business,
    /// The invoice's number.
    pub invoice_number: String,
    /// How much the attempt was for.
    pub amount: Money,
    /// How it went.
    pub outcome: Outcome,
}

/// How an attempt went, as far as it is known now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Paid.
    Paid,
    /// Stripe is still collecting.
    Processing,
    /// Nothing was charged: canceled, expired or declined.
    NotPaid,
}

/// Settles the attempt behind `code` and tells how it went. Can be repeated for 24 hours.
/// `session` is what Stripe put into the success URL; if present it must be the attempt's own.
///
/// # Errors
/// [`Error::NotFound`] for an unknown or outdated code, or a session that isn't the attempt's.
pub async fn come_back(app: &App, code: &str, session: Option<&str>) -> Result<WayBack, Error> {
    let _ = (app, code, session);
    unimplemented!()
}
