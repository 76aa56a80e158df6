//! One payment, from the plan to the money. A saved card is charged in two calls: create unconfirmed (harmless), and,
//! once its id is committed, confirm (the only call here that moves money).

use secrecy::SecretString;
use serde::Deserialize;

use crate::de::{self, lenient};
use crate::expandable::has_id;
use crate::open_enum::open_enum;
use crate::{
    Charge, Client, Created, Customer, Error, ErrorType, Expandable, Form, IdempotencyKey, List, Metadata, Page,
    PaymentMethod, Scope,
};

const EXPAND: [&str; 2] = ["latest_charge", "payment_method"];

open_enum! {
    /// How far the payment has come.
    Status {
        /// Given up: can never take money.
        Canceled = "canceled",
        /// A bank is at work, for up to days.
        Processing = "processing",
        /// The payer has something to do.
        RequiresAction = "requires_action",
        /// Authorized, not taken. Zoop never asks for this.
        RequiresCapture = "requires_capture",
        /// Has a method, and waits for the confirm call.
        RequiresConfirmation = "requires_confirmation",
        /// No method yet, or the last one was refused.
        RequiresPaymentMethod = "requires_payment_method",
        /// Paid.
        Succeeded = "succeeded",
    }
}

open_enum! {
    /// Why we gave a payment up.
    CancellationReason {
        /// Nobody went on with it.
        Abandoned = "abandoned",
        /// There was another one.
        Duplicate = "duplicate",
        /// Not made by the customer.
        Fraudulent = "fraudulent",
        /// They asked for it.
        RequestedByCustomer = "requested_by_customer",
    }
}

/// A payment intent, `pi_…`.
#[derive(Debug, Clone, Deserialize)]
pub struct PaymentIntent {
    /// `pi_…`
    pub id: String,
    /// How far it has come.
    pub status: Status,
    /// Minor units asked for.
    pub amount: i64,
    /// Minor units taken.
    pub amount_received: i64,
    /// Three small letters.
    pub currency: String,
    /// False in test mode.
    pub livemode: bool,
    /// Ours.
    #[serde(default, deserialize_with = "de::metadata")]
    pub metadata: Metadata,
    /// The payer.
    #[serde(default, deserialize_with = "lenient")]
    pub customer: Option<Expandable<Customer>>,
    /// What it is, or was, paid with.
    #[serde(default, deserialize_with = "lenient")]
    pub payment_method: Option<Expandable<PaymentMethod>>,
    /// The last try to take the money.
    #[serde(default, deserialize_with = "lenient")]
    pub latest_charge: Option<Expandable<Charge>>,
    /// Why the last try failed; gone after a success.
    #[serde(default, deserialize_with = "lenient")]
    pub last_payment_error: Option<PaymentError>,
    /// What the payer must do.
    #[serde(default, deserialize_with = "lenient")]
    pub next_action: Option<NextAction>,
    /// Why it was given up.
    #[serde(default, deserialize_with = "lenient")]
    pub cancellation_reason: Option<String>,
    /// Lets whoever holds it confirm.
    #[serde(default, deserialize_with = "de::secret")]
    pub client_secret: Option<SecretString>,
    /// Unix seconds.
    pub created: Option<i64>,
}

/// What the payer must do next.
#[derive(Debug, Clone, Deserialize)]
pub struct NextAction {
    /// `redirect_to_url`, or another of Stripe's names.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where to send them.
    #[serde(default, deserialize_with = "lenient")]
    pub redirect_to_url: Option<RedirectToUrl>,
}

/// The bank's page.
#[derive(Debug, Clone, Deserialize)]
pub struct RedirectToUrl {
    /// The page itself.
    pub url: Option<String>,
    /// Where it sends the payer back to.
    pub return_url: Option<String>,
}

/// Why the last try of an intent failed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PaymentError {
    /// `type`: the family.
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub kind: ErrorType,
    /// What happened, in one word.
    #[serde(deserialize_with = "lenient")]
    pub code: Option<String>,
    /// The issuer's reason.
    #[serde(deserialize_with = "lenient")]
    pub decline_code: Option<String>,
    /// What the issuer advises.
    #[serde(deserialize_with = "lenient")]
    pub advice_code: Option<String>,
    /// A sentence that may be shown to the payer.
    #[serde(deserialize_with = "lenient")]
    pub message: Option<String>,
    /// The charge that failed.
    #[serde(deserialize_with = "lenient")]
    pub charge: Option<String>,
    /// The method that failed: the intent itself no longer names it.
    #[serde(deserialize_with = "lenient")]
    pub payment_method: Option<Expandable<PaymentMethod>>,
}

has_id!(PaymentIntent);

impl PaymentIntent {
    /// The payer's id.
    #[must_use]
    pub fn customer_id(&self) -> Option<&str> {
        self.customer.as_ref().map(Expandable::id)
    }

    /// The method's id.
    #[must_use]
    pub fn payment_method_id(&self) -> Option<&str> {
        self.payment_method.as_ref().map(Expandable::id)
    }

    /// The last charge, where it came along.
    #[must_use]
    pub fn charge(&self) -> Option<&Charge> {
        self.latest_charge.as_ref().and_then(Expandable::object)
    }

    /// The bank's page, if that is what the payment waits for.
    #[must_use]
    pub fn redirect_url(&self) -> Option<&str> {
        self.next_action.as_ref()?.redirect_to_url.as_ref()?.url.as_deref()
    }
}

/// A payment with a saved method, not confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatePaymentIntent {
    /// Minor units.
    pub amount: i64,
    /// Three letters.
    pub currency: String,
    /// `cus_…`
    pub customer: String,
    /// `pm_…`
    pub payment_method: String,
    /// `card`, and `us_bank_account` where the business turned it on.
    pub allowed_payment_method_types: Vec<String>,
    /// For the business's own list at Stripe: "Invoice 1042".
    pub description: Option<String>,
    /// `invoice_id`, `attempt_id`, `business_id`.
    pub metadata: Metadata,
}

/// How to take the money.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfirmPaymentIntent {
    /// Where the bank's page sends the payer back to. Needed when they are present.
    pub return_url: Option<String>,
    /// The payer is absent: a bank that wants to see them refuses, and nobody is left waiting.
    pub off_session: bool,
}

/// Plans a payment. Takes no money.
///
/// # Errors
/// See [`Error`].
pub async fn create(
    client: &Client,
    scope: &Scope,
    params: &CreatePaymentIntent,
    key: &IdempotencyKey,
) -> Result<PaymentIntent, Error> {
    let mut body = Form::new();
    body.set("amount", params.amount);
    body.set("currency", params.currency.to_ascii_lowercase());
    body.set("customer", &params.customer);
    body.set("payment_method", &params.payment_method);
    body.list("allowed_payment_method_types", &params.allowed_payment_method_types);
    body.maybe("description", params.description.as_deref());
    body.map("metadata", &params.metadata);
    body.expand(&EXPAND);
    client.post(scope, "/v1/payment_intents", &[], &body, key).await
}

/// Reads a payment, with its latest charge and its method.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, scope: &Scope, id: &str) -> Result<PaymentIntent, Error> {
    let mut query = Form::new();
    query.expand(&EXPAND);
    client.get(scope, "/v1/payment_intents/:id", &[id], &query).await
}

/// Takes the money.
///
/// # Errors
/// See [`Error`]. After one with [`Error::outcome_unknown`] the money may have moved: read the intent.
pub async fn confirm(
    client: &Client,
    scope: &Scope,
    id: &str,
    params: &ConfirmPaymentIntent,
    key: &IdempotencyKey,
) -> Result<PaymentIntent, Error> {
    let mut body = Form::new();
    body.maybe("return_url", params.return_url.as_deref());
    if params.off_session {
        body.set("off_session", true);
    }
    body.expand(&EXPAND);
    client.post(scope, "/v1/payment_intents/:id/confirm", &[id], &body, key).await
}

/// Gives a payment up: afterwards it can never take money.
///
/// # Errors
/// See [`Error`]; [`Error::is_invalid_state`] when it has succeeded, was given up before, or is under way.
pub async fn cancel(
    client: &Client,
    scope: &Scope,
    id: &str,
    reason: Option<&CancellationReason>,
    key: &IdempotencyKey,
) -> Result<PaymentIntent, Error> {
    let mut body = Form::new();
    body.maybe("cancellation_reason", reason);
    body.expand(&EXPAND);
    client.post(scope, "/v1/payment_intents/:id/cancel", &[id], &body, key).await
}

/// Reads the payments of a span of time, for holding them against ours. Charges and methods stay ids.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    scope: &Scope,
    created: &Created,
    customer: Option<&str>,
    page: &Page,
) -> Result<List<PaymentIntent>, Error> {
    let mut query = Form::new();
    created.encode(&mut query);
    query.maybe("customer", customer);
    page.encode(&mut query);
    client.get(scope, "/v1/payment_intents", &[], &query).await
}
