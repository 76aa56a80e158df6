//! One try to take money, and what became of the money since: given back, or disputed.

use serde::Deserialize;

use crate::de::{self, lenient};
use crate::expandable::has_id;
use crate::open_enum::open_enum;
use crate::payment_method::{Card, UsBankAccount};
use crate::{Client, Customer, Error, Expandable, Form, Metadata, PaymentIntent, Scope};

open_enum! {
    /// What came of the try.
    Status {
        /// Refused.
        Failed = "failed",
        /// A bank is at work.
        Pending = "pending",
        /// Taken.
        Succeeded = "succeeded",
    }
}

/// A charge, `ch_…` (`py_…` for bank debits).
#[derive(Debug, Clone, Deserialize)]
pub struct Charge {
    /// `ch_…` or `py_…`
    pub id: String,
    /// What came of it.
    pub status: Status,
    /// Minor units.
    pub amount: i64,
    /// Minor units given back so far; a failed refund lowers it again.
    pub amount_refunded: i64,
    /// Three small letters.
    pub currency: String,
    /// Given back whole.
    #[serde(default)]
    pub refunded: bool,
    /// Contested by the payer, now or once.
    #[serde(default)]
    pub disputed: bool,
    /// The payment it belongs to.
    #[serde(default, deserialize_with = "lenient")]
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    /// The payer.
    #[serde(default, deserialize_with = "lenient")]
    pub customer: Option<Expandable<Customer>>,
    /// `pm_…`
    #[serde(default, deserialize_with = "lenient")]
    pub payment_method: Option<String>,
    /// What it was paid with, as it was then.
    #[serde(default, deserialize_with = "lenient")]
    pub payment_method_details: Option<PaymentMethodDetails>,
    /// Why it failed, in one word.
    #[serde(default, deserialize_with = "lenient")]
    pub failure_code: Option<String>,
    /// Why it failed, in a sentence.
    #[serde(default, deserialize_with = "lenient")]
    pub failure_message: Option<String>,
    /// What the network and Stripe's own rules said.
    #[serde(default, deserialize_with = "lenient")]
    pub outcome: Option<Outcome>,
    /// Ours.
    #[serde(default, deserialize_with = "de::metadata")]
    pub metadata: Metadata,
    /// Unix seconds.
    pub created: Option<i64>,
    /// False in test mode.
    pub livemode: Option<bool>,
}

/// What a charge was paid with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PaymentMethodDetails {
    /// `card`, `us_bank_account`, or another of Stripe's names.
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub kind: Option<String>,
    /// For a card.
    #[serde(deserialize_with = "lenient")]
    pub card: Option<Card>,
    /// For a bank account.
    #[serde(deserialize_with = "lenient")]
    pub us_bank_account: Option<UsBankAccount>,
}

/// What the network and Stripe's own rules said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// `authorized`, `manual_review`, `issuer_declined`, `blocked`, `invalid`.
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub kind: Option<String>,
    /// `approved_by_network`, `declined_by_network`, …
    #[serde(deserialize_with = "lenient")]
    pub network_status: Option<String>,
    /// The decline code, or the rule that blocked.
    #[serde(deserialize_with = "lenient")]
    pub reason: Option<String>,
    /// What the issuer advises.
    #[serde(deserialize_with = "lenient")]
    pub advice_code: Option<String>,
    /// `normal`, `elevated`, `highest`, …
    #[serde(deserialize_with = "lenient")]
    pub risk_level: Option<String>,
    /// A sentence for the business, not for the payer.
    #[serde(deserialize_with = "lenient")]
    pub seller_message: Option<String>,
}

has_id!(Charge);

impl Charge {
    /// The payment's id.
    #[must_use]
    pub fn payment_intent_id(&self) -> Option<&str> {
        self.payment_intent.as_ref().map(Expandable::id)
    }
}

/// Reads a charge.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, scope: &Scope, id: &str) -> Result<Charge, Error> {
    client.get(scope, "/v1/charges/:id", &[id], &Form::new()).await
}
