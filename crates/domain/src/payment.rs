//! A payment: money that arrived for an invoice, by Stripe or by hand.

use crate::id::{AttemptId, BusinessId, CustomerId, InvoiceId, PaymentId};
use crate::money::Money;
use crate::time::{Date, Instant};

crate::words! {
    /// How the money came.
    pub enum PaymentKind {
        /// Through Stripe: a card or a bank debit.
        Stripe = "stripe",
        /// A check, recorded by the business.
        Check = "check",
        /// Cash, recorded by the business.
        Cash = "cash",
        /// Anything else, recorded by the business.
        Other = "other",
    }
}

crate::words! {
    /// What became of the money.
    pub enum PaymentState {
        /// It is here.
        Succeeded = "succeeded",
        /// The bank took it back, or a dispute was lost.
        Returned = "returned",
    }
}

crate::words! {
    /// A chargeback on the payment, as far as it has come.
    pub enum DisputeState {
        /// The customer's bank has asked; the money is held back.
        Open = "open",
        /// Decided for the business.
        Won = "won",
        /// Decided for the customer.
        Lost = "lost",
    }
}

/// A payment as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The business.
    pub business: BusinessId,
    /// The invoice it was made for.
    pub invoice: InvoiceId,
    /// Who paid.
    pub customer: CustomerId,
    /// The attempt that led to it, if it was ours.
    pub attempt: Option<AttemptId>,
    /// How it came.
    pub kind: PaymentKind,
    /// What became of it.
    pub state: PaymentState,
    /// What arrived.
    pub amount: Money,
    /// The part that paid the invoice; the rest is surplus and goes back.
    pub applied: Money,
    /// What was sent back, surplus included.
    pub refunded: Money,
    /// "Visa •••• 4242", "Check #1042", "Cash".
    pub method_label: String,
    /// Stripe's account: `acct_…`, for payments through Stripe.
    pub account: Option<String>,
    /// `pi_…`, for payments through Stripe.
    pub payment_intent: Option<String>,
    /// `ch_…`, for payments through Stripe.
    pub charge: Option<String>,
    /// When it arrived.
    pub received_at: Instant,
    /// The day it arrived, in the business's time zone.
    pub received_on: Date,
    /// A chargeback, if there is one.
    pub dispute: Option<DisputeState>,
    /// The day the bank took it back.
    pub returned_on: Option<Date>,
}

/// How a payment method is named on a receipt: "Visa •••• 4242".
#[must_use]
pub fn method_label(name: &str, last4: &str) -> String {
    format!("{name} •••• {last4}")
}
