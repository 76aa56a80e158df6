//! Stripe's own payment page: where it is, what came of it, and how to close it. The card is typed there, never here.

use serde::Deserialize;

use crate::de::{self, lenient};
use crate::expandable::has_id;
use crate::open_enum::open_enum;
use crate::payment_method::AllowRedisplay;
use crate::{
    Client, Customer, Error, Expandable, Form, IdempotencyKey, List, Metadata, Page, PaymentIntent, Scope, SetupIntent,
};

const EXPAND: [&str; 3] =
    ["payment_intent.latest_charge", "payment_intent.payment_method", "setup_intent.payment_method"];

open_enum! {
    /// Whether the page can still be used.
    Status {
        /// The payer is done; the money may still be on its way.
        Complete = "complete",
        /// Closed.
        Expired = "expired",
        /// In use.
        Open = "open",
    }
}

open_enum! {
    /// Whether the money is there.
    PaymentStatus {
        /// There is nothing to pay (setup).
        NoPaymentRequired = "no_payment_required",
        /// It is.
        Paid = "paid",
        /// Not yet.
        Unpaid = "unpaid",
    }
}

open_enum! {
    /// What the page is for.
    Mode {
        /// To pay.
        Payment = "payment",
        /// To save a method.
        Setup = "setup",
        /// Not used by Zoop.
        Subscription = "subscription",
    }
}

/// A Checkout session, `cs_…`.
#[derive(Debug, Clone, Deserialize)]
pub struct Session {
    /// `cs_…`
    pub id: String,
    /// What it is for.
    pub mode: Mode,
    /// Whether the money is there.
    pub payment_status: PaymentStatus,
    /// False in test mode.
    pub livemode: bool,
    /// Whether it can still be used.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<Status>,
    /// The page, while it is open.
    pub url: Option<String>,
    /// Where the payer returns to.
    pub success_url: Option<String>,
    /// Where the payer goes back to.
    pub cancel_url: Option<String>,
    /// Unix seconds.
    pub expires_at: Option<i64>,
    /// Unix seconds.
    pub created: Option<i64>,
    /// The payment, once there is one.
    #[serde(default, deserialize_with = "lenient")]
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    /// The saving, in setup mode.
    #[serde(default, deserialize_with = "lenient")]
    pub setup_intent: Option<Expandable<SetupIntent>>,
    /// The payer.
    #[serde(default, deserialize_with = "lenient")]
    pub customer: Option<Expandable<Customer>>,
    /// Our invoice.
    pub client_reference_id: Option<String>,
    /// Ours.
    #[serde(default, deserialize_with = "de::metadata")]
    pub metadata: Metadata,
    /// Minor units.
    pub amount_total: Option<i64>,
    /// Three small letters.
    pub currency: Option<String>,
}

has_id!(Session);

impl Session {
    /// The payer's id.
    #[must_use]
    pub fn customer_id(&self) -> Option<&str> {
        self.customer.as_ref().map(Expandable::id)
    }

    /// The payment's id.
    #[must_use]
    pub fn payment_intent_id(&self) -> Option<&str> {
        self.payment_intent.as_ref().map(Expandable::id)
    }

    /// The saving's id.
    #[must_use]
    pub fn setup_intent_id(&self) -> Option<&str> {
        self.setup_intent.as_ref().map(Expandable::id)
    }
}

/// A page to pay one sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatePaymentSession {
    /// `cus_…`
    pub customer: String,
    /// Our invoice's id.
    pub client_reference_id: String,
    /// What the payer reads beside the sum: "Invoice 1042".
    pub line_name: String,
    /// Minor units.
    pub amount: i64,
    /// Three letters.
    pub currency: String,
    /// `invoice_id`, `attempt_id`, `business_id`: on the session and on its payment.
    pub metadata: Metadata,
    /// Unix seconds, 30 minutes to 24 hours ahead.
    pub expires_at: i64,
    /// May hold `{CHECKOUT_SESSION_ID}`.
    pub success_url: String,
    /// For the payer who turns back.
    pub cancel_url: String,
    /// `card`, and `us_bank_account` where the business turned it on.
    pub allowed_payment_method_types: Vec<String>,
    /// The payer ticked "save": for charges without them, and to be shown again.
    pub save: bool,
    /// Words beside the button, up to 1200 characters: the consent's.
    pub submit_message: Option<String>,
}

impl CreatePaymentSession {
    /// The request's body.
    #[must_use]
    pub fn form(&self) -> Form {
        let mut form = Form::new();
        form.set("mode", Mode::Payment);
        form.set("customer", &self.customer);
        form.set("client_reference_id", &self.client_reference_id);
        form.nest("line_items", |items| {
            items.nest("0", |item| {
                item.nest("price_data", |price| {
                    price.set("currency", self.currency.to_ascii_lowercase());
                    price.set("unit_amount", self.amount);
                    price.nest("product_data", |product| product.set("name", &self.line_name));
                });
                item.set("quantity", 1);
            });
        });
        form.map("metadata", &self.metadata);
        form.nest("payment_intent_data", |intent| {
            intent.map("metadata", &self.metadata);
            if self.save {
                intent.set("setup_future_usage", "off_session");
            }
        });
        if self.save {
            form.nest("payment_method_data", |method| method.set("allow_redisplay", AllowRedisplay::Always));
        }
        form.list("allowed_payment_method_types", &self.allowed_payment_method_types);
        form.set("expires_at", self.expires_at);
        form.set("success_url", &self.success_url);
        form.set("cancel_url", &self.cancel_url);
        submit_message(&mut form, self.submit_message.as_deref());
        form
    }
}

/// A page to save a method without paying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateSetupSession {
    /// `cus_…`
    pub customer: String,
    /// Three letters: which methods fit depends on it.
    pub currency: String,
    /// Ours, if there is something to name.
    pub client_reference_id: Option<String>,
    /// On the session and on its setup intent.
    pub metadata: Metadata,
    /// Unix seconds, 30 minutes to 24 hours ahead.
    pub expires_at: i64,
    /// May hold `{CHECKOUT_SESSION_ID}`.
    pub success_url: String,
    /// For the payer who turns back.
    pub cancel_url: String,
    /// `card`, and `us_bank_account` where the business turned it on.
    pub allowed_payment_method_types: Vec<String>,
    /// `Always` where the payer agreed to see the method again; `None` leaves it to Checkout.
    pub allow_redisplay: Option<AllowRedisplay>,
    /// Words beside the button, up to 1200 characters: the consent's.
    pub submit_message: Option<String>,
}

impl CreateSetupSession {
    /// The request's body.
    #[must_use]
    pub fn form(&self) -> Form {
        let mut form = Form::new();
        form.set("mode", Mode::Setup);
        form.set("customer", &self.customer);
        form.set("currency", self.currency.to_ascii_lowercase());
        form.maybe("client_reference_id", self.client_reference_id.as_deref());
        form.map("metadata", &self.metadata);
        form.nest("setup_intent_data", |intent| intent.map("metadata", &self.metadata));
        form.nest("payment_method_data", |method| method.maybe("allow_redisplay", self.allow_redisplay.as_ref()));
        form.list("allowed_payment_method_types", &self.allowed_payment_method_types);
        form.set("expires_at", self.expires_at);
        form.set("success_url", &self.success_url);
        form.set("cancel_url", &self.cancel_url);
        submit_message(&mut form, self.submit_message.as_deref());
        form
    }
}

fn submit_message(form: &mut Form, message: Option<&str>) {
    form.nest("custom_text", |text| text.nest("submit", |submit| submit.maybe("message", message)));
}

/// Opens a page to pay. Takes no money by itself.
///
/// # Errors
/// See [`Error`].
pub async fn create_payment(
    client: &Client,
    scope: &Scope,
    params: &CreatePaymentSession,
    key: &IdempotencyKey,
) -> Result<Session, Error> {
    client.post(scope, "/v1/checkout/sessions", &[], &params.form(), key).await
}

/// Opens a page to save a method.
///
/// # Errors
/// See [`Error`].
pub async fn create_setup(
    client: &Client,
    scope: &Scope,
    params: &CreateSetupSession,
    key: &IdempotencyKey,
) -> Result<Session, Error> {
    client.post(scope, "/v1/checkout/sessions", &[], &params.form(), key).await
}

/// Reads a session with its payment (charge and method too) or its saving (method too).
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, scope: &Scope, id: &str) -> Result<Session, Error> {
    let mut query = Form::new();
    query.expand(&EXPAND);
    client.get(scope, "/v1/checkout/sessions/:id", &[id], &query).await
}

/// Closes an open page.
///
/// # Errors
/// See [`Error`]; [`Error::is_invalid_state`] when it isn't open any more: read it, it may be paid.
pub async fn expire(client: &Client, scope: &Scope, id: &str, key: &IdempotencyKey) -> Result<Session, Error> {
    let mut body = Form::new();
    body.expand(&EXPAND);
    client.post(scope, "/v1/checkout/sessions/:id/expire", &[id], &body, key).await
}

/// Reads a customer's sessions, all or those of one status. Payments and savings stay ids.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    scope: &Scope,
    customer: &str,
    status: Option<&Status>,
    page: &Page,
) -> Result<List<Session>, Error> {
    let mut query = Form::new();
    query.set("customer", customer);
    query.maybe("status", status);
    page.encode(&mut query);
    client.get(scope, "/v1/checkout/sessions", &[], &query).await
}
