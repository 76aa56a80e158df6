//! Money given back: asked for, and, days later, really there or failed.

use serde::Deserialize;

use crate::de::{self, lenient};
use crate::expandable::has_id;
use crate::open_enum::open_enum;
use crate::{Charge, Client, Error, Expandable, Form, IdempotencyKey, List, Metadata, Page, PaymentIntent, Scope};

open_enum! {
    /// How far the refund has come.
    Status {
        /// Called back.
        Canceled = "canceled",
        /// The bank wouldn't have it: the money is back at the business.
        Failed = "failed",
        /// On its way.
        Pending = "pending",
        /// The payer has something to do.
        RequiresAction = "requires_action",
        /// Sent (a bank may still return it: then it turns to failed).
        Succeeded = "succeeded",
    }
}

open_enum! {
    /// Why money is given back.
    Reason {
        /// It was paid twice.
        Duplicate = "duplicate",
        /// Set by Stripe, never by us.
        ExpiredUncapturedCharge = "expired_uncaptured_charge",
        /// Puts card and mail address on Stripe's block list.
        Fraudulent = "fraudulent",
        /// They asked for it.
        RequestedByCustomer = "requested_by_customer",
    }
}

/// A refund, `re_…` (`pyr_…` for bank debits).
#[derive(Debug, Clone, Deserialize)]
pub struct Refund {
    /// `re_…` or `pyr_…`
    pub id: String,
    /// Minor units.
    pub amount: i64,
    /// Three small letters.
    pub currency: String,
    /// How far it has come.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<Status>,
    /// The charge it takes from.
    #[serde(default, deserialize_with = "lenient")]
    pub charge: Option<Expandable<Charge>>,
    /// The payment it takes from.
    #[serde(default, deserialize_with = "lenient")]
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    /// Why.
    #[serde(default, deserialize_with = "lenient")]
    pub reason: Option<Reason>,
    /// Why it failed.
    #[serde(default, deserialize_with = "lenient")]
    pub failure_reason: Option<String>,
    /// Ours.
    #[serde(default, deserialize_with = "de::metadata")]
    pub metadata: Metadata,
    /// Unix seconds.
    pub created: Option<i64>,
}

has_id!(Refund);

impl Refund {
    /// The payment's id.
    #[must_use]
    pub fn payment_intent_id(&self) -> Option<&str> {
        self.payment_intent.as_ref().map(Expandable::id)
    }

    /// The charge's id.
    #[must_use]
    pub fn charge_id(&self) -> Option<&str> {
        self.charge.as_ref().map(Expandable::id)
    }
}

/// Money to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateRefund {
    /// `pi_…`
    pub payment_intent: String,
    /// Minor units; `None` is all that is left.
    pub amount: Option<i64>,
    /// Why.
    pub reason: Option<Reason>,
    /// Ours.
    pub metadata: Metadata,
}

/// Gives money back.
///
/// # Errors
/// See [`Error`]; [`Error::is_invalid_state`] when all of it was given back before, or is disputed.
pub async fn create(
    client: &Client,
    scope: &Scope,
    params: &CreateRefund,
    key: &IdempotencyKey,
) -> Result<Refund, Error> {
    let mut body = Form::new();
    body.set("payment_intent", &params.payment_intent);
    body.maybe("amount", params.amount);
    body.maybe("reason", params.reason.as_ref());
    body.map("metadata", &params.metadata);
    client.post(scope, "/v1/refunds", &[], &body, key).await
}

/// Reads a refund.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, scope: &Scope, id: &str) -> Result<Refund, Error> {
    client.get(scope, "/v1/refunds/:id", &[id], &Form::new()).await
}

/// Reads the refunds of a payment, also those made at Stripe.
///
/// # Errors
/// See [`Error`].
pub async fn list(client: &Client, scope: &Scope, payment_intent: &str, page: &Page) -> Result<List<Refund>, Error> {
    let mut query = Form::new();
    query.set("payment_intent", payment_intent);
    page.encode(&mut query);
    client.get(scope, "/v1/refunds", &[], &query).await
}
