//! A customer's permission to charge a plan's invoices: append-only evidence.

use crate::id::{BusinessId, ConsentId, CustomerId, PaymentMethodId, PlanId};
use crate::money::Money;
use crate::time::Instant;

crate::words! {
    /// Where the permission came from.
    pub enum ConsentSource {
        /// The customer ticked the box while paying.
        Inline = "inline",
        /// A team member enrolled him, and says how he agreed.
        Attested = "attested",
    }
}

crate::words! {
    /// How far a consent has come. It only moves forward.
    pub enum ConsentState {
        /// The payment it was given with has not succeeded yet.
        Pending = "pending",
        /// It may be charged.
        Live = "live",
        /// It needs a new card, or the business to reconnect.
        Suspended = "suspended",
        /// Over, for whatever reason stands beside.
        Ended = "ended",
    }
}

/// A consent as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The business.
    pub business: BusinessId,
    /// Who gave it.
    pub customer: CustomerId,
    /// For which plan.
    pub plan: PlanId,
    /// What is charged; unknown until the first payment has succeeded.
    pub method: Option<PaymentMethodId>,
    /// The most one payment may take.
    pub cap: Option<Money>,
    /// Where it came from.
    pub source: ConsentSource,
    /// How far it has come.
    pub state: ConsentState,
    /// The words that were agreed to.
    pub disclosure_text: String,
    /// Which version of them.
    pub disclosure_version: i64,
    /// When it was given.
    pub granted_at: Instant,
    /// From which address, for an inline one.
    pub ip: Option<String>,
    /// By which browser, for an inline one.
    pub user_agent: Option<String>,
    /// The method's name when it was given: "Visa".
    pub method_brand: String,
    /// The method's last four digits when it was given.
    pub method_last4: String,
}
