//! Pay now: from the customer's click to the address of Stripe's page.

use url::Url;
use zoop_domain::secret::PlainToken;

use super::show::{InvoiceKey, InvoiceView};
use crate::{App, Error};

/// What the customer sent.
#[derive(Clone, Copy, Debug)]
pub struct PayRequest {
    /// The balance he saw, in minor units.
    pub amount_minor: i64,
    /// "Save card for future invoices".
    pub save_card: bool,
}

/// What happens next.
#[derive(Debug)]
pub enum PayOutcome {
    /// On to Stripe's page; the way back is `/r/{code}`, to be remembered in the cookie.
    Checkout {
        /// Stripe's page.
        url: Url,
        /// The code of the way back.
        code: PlainToken,
    },
    /// Nothing is to be paid (any more), or a payment is under way: the invoice page says which.
    NothingToPay,
    /// The balance differs from what he saw; the page has to be shown again.
    BalanceChanged(Box<InvoiceView>),
    /// Stripe can't be reached or refused; nothing was charged. The page is shown again.
    Unavailable(Box<InvoiceView>),
}

/// Starts (or goes on with) paying the invoice behind `key` on Stripe's page.
///
/// # Errors
/// [`Error::NotFound`] as for showing it; [`Error::Invalid`] if it can't be paid online.
pub async fn pay(app: &App, key: InvoiceKey<'_>, request: PayRequest) -> Result<PayOutcome, Error> {
    let _ = (app, key, request);
    unimplemented!()
}
