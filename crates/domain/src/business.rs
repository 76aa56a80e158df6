//! A business: who asks for the money, in which currency and time zone, and how it can be paid.

pub mod info;
pub mod instructions;
pub mod notify;
mod stripe_account;

use crate::brand::BrandColor;
use crate::id::{BusinessId, TaxRateId};
use crate::money::Currency;
use crate::time::TimeZone;

pub use stripe_account::{Action, Onboarding, Requirements, StripeAccount, Topic};

/// A business as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Business {
    /// Its id.
    pub id: BusinessId,
    /// Its name, as on its van.
    pub name: String,
    /// Where customers call.
    pub phone: Option<String>,
    /// Where customers write.
    pub email: Option<String>,
    /// Its postal address, one line a row.
    pub address: String,
    /// Where its days begin.
    pub time_zone: TimeZone,
    /// What it bills in.
    pub currency: Currency,
    /// The colour of its buttons and links.
    pub brand_color: Option<BrandColor>,
    /// The content hash of its logo, if it has one.
    pub logo: Option<String>,
    /// How to pay without a card: "Send a check to …"; `None` if it takes none.
    pub payment_instructions: Option<String>,
    /// Its Stripe account, once connected.
    pub stripe: Option<StripeAccount>,
    /// What stands before an invoice's number: `INV-`.
    pub invoice_prefix: String,
    /// So many days before each automatic charge the customer is told of it; `None`: only before
    /// one that differs from the last.
    pub notice_days: Option<i64>,
    /// An invoice is due so many days after its issue date, unless its writer says otherwise.
    pub due_days: i64,
    /// What taxes a line that doesn't say otherwise.
    pub default_tax_rate: Option<TaxRateId>,
}

impl Business {
    /// The account that can be charged on now: connected, and charges are enabled.
    #[must_use]
    pub fn charging_account(&self) -> Option<&str> {
        self.stripe.as_ref().filter(|stripe| stripe.can_charge()).map(|stripe| stripe.id.as_str())
    }

    /// How its card payments stand.
    #[must_use]
    pub fn onboarding(&self) -> Onboarding {
        self.stripe.as_ref().map_or(Onboarding::NotSetUp, StripeAccount::onboarding)
    }

    /// Where it is, in two capital letters, as far as its currency tells: the euro names no country.
    #[must_use]
    pub const fn country(&self) -> Option<&'static str> {
        match self.currency {
            Currency::Usd => Some("US"),
            Currency::Cad => Some("CA"),
            Currency::Gbp => Some("GB"),
            Currency::Aud => Some("AU"),
            Currency::Nzd => Some("NZ"),
            Currency::Eur => None,
        }
    }
}
