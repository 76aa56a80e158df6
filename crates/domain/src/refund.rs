//! Money that goes back to the customer.

use crate::id::{BusinessId, PaymentId, RefundId};
use crate::money::Money;
use crate::time::Instant;

crate::words! {
    /// Why money goes back.
    pub enum RefundReason {
        /// It exceeded what was owed, so it goes back by itself.
        Surplus = "surplus",
        /// The owner decided so, here.
        Requested = "requested",
        /// It was made at Stripe and found there.
        External = "external",
    }
}

crate::words! {
    /// How far a refund has come.
    pub enum RefundState {
        /// Decided, not yet confirmed by Stripe.
        Pending = "pending",
        /// Done.
        Succeeded = "succeeded",
        /// Stripe could not send it; the money is still here.
        Failed = "failed",
    }
}

/// A refund as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// The business.
    pub business: BusinessId,
    /// The payment that is given back.
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: RefundReason,
    /// What the owner wrote for his own records, or nothing; no customer ever sees it.
    pub note: String,
    /// How far it has come.
    pub state: RefundState,
    /// `re_…`, once Stripe knows of it.
    pub stripe_refund: Option<String>,
    /// When it was decided.
    pub created_at: Instant,
}

/// The idempotency key of a surplus refund: one for each payment intent, whoever asks first.
#[must_use]
pub fn surplus_key(payment_intent: &str) -> String {
    format!("refund-surplus-{payment_intent}")
}
