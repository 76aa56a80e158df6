//! A saved card or bank account: what may be shown of it, and the calls that keep or drop it.

use serde::Deserialize;

use crate::de::lenient;
use crate::expandable::has_id;
use crate::open_enum::open_enum;
use crate::{Client, Customer, Error, Expandable, Form, IdempotencyKey, List, Metadata, Page, Scope, de};

open_enum! {
    /// Whether Checkout may offer the method to its owner again.
    AllowRedisplay {
        /// Yes.
        Always = "always",
        /// Only where the owner can be told apart from others; Checkout doesn't.
        Limited = "limited",
        /// Nothing was said.
        Unspecified = "unspecified",
    }
}

/// A payment method, `pm_…`.
#[derive(Debug, Clone, Deserialize)]
pub struct PaymentMethod {
    /// `pm_…`
    pub id: String,
    /// `card`, `us_bank_account`, or another of Stripe's names.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its owner; `None` once detached.
    #[serde(default, deserialize_with = "lenient")]
    pub customer: Option<Expandable<Customer>>,
    /// For a card.
    #[serde(default, deserialize_with = "lenient")]
    pub card: Option<Card>,
    /// For a bank account.
    #[serde(default, deserialize_with = "lenient")]
    pub us_bank_account: Option<UsBankAccount>,
    /// Whether Checkout may offer it again.
    #[serde(default, deserialize_with = "lenient")]
    pub allow_redisplay: Option<AllowRedisplay>,
    /// Ours.
    #[serde(default, deserialize_with = "de::metadata")]
    pub metadata: Metadata,
    /// Unix seconds.
    pub created: Option<i64>,
    /// False in test mode.
    pub livemode: Option<bool>,
}

/// What may be known of a card. Never its number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Card {
    /// `visa`, `mastercard`, `amex`, …
    #[serde(deserialize_with = "lenient")]
    pub brand: Option<String>,
    /// The last four digits.
    #[serde(deserialize_with = "lenient")]
    pub last4: Option<String>,
    /// 1 to 12.
    #[serde(deserialize_with = "lenient")]
    pub exp_month: Option<u8>,
    /// Four digits.
    #[serde(deserialize_with = "lenient")]
    pub exp_year: Option<u16>,
    /// The same for the same number, within one account.
    #[serde(deserialize_with = "lenient")]
    pub fingerprint: Option<String>,
    /// `credit`, `debit`, `prepaid`.
    #[serde(deserialize_with = "lenient")]
    pub funding: Option<String>,
    /// Where the card came out of a wallet.
    #[serde(deserialize_with = "lenient")]
    pub wallet: Option<Wallet>,
}

/// A wallet on a telephone or in a browser.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Wallet {
    /// `apple_pay`, `google_pay`, `link`, …
    #[serde(rename = "type")]
    pub kind: String,
}

/// What may be known of a bank account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct UsBankAccount {
    /// The bank's name.
    #[serde(deserialize_with = "lenient")]
    pub bank_name: Option<String>,
    /// The last four digits.
    #[serde(deserialize_with = "lenient")]
    pub last4: Option<String>,
    /// The same for the same account number.
    #[serde(deserialize_with = "lenient")]
    pub fingerprint: Option<String>,
}

has_id!(PaymentMethod);

impl PaymentMethod {
    /// The owner's id.
    #[must_use]
    pub fn customer_id(&self) -> Option<&str> {
        self.customer.as_ref().map(Expandable::id)
    }
}

/// What may be changed on a method; `None` leaves it alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpdatePaymentMethod {
    /// Whether Checkout may offer it again.
    pub allow_redisplay: Option<AllowRedisplay>,
    /// A renewed card's month, 1 to 12.
    pub exp_month: Option<u8>,
    /// A renewed card's year.
    pub exp_year: Option<u16>,
    /// Ours: keys that aren't named are left alone.
    pub metadata: Metadata,
}

/// Reads a method.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, scope: &Scope, id: &str) -> Result<PaymentMethod, Error> {
    client.get(scope, "/v1/payment_methods/:id", &[id], &Form::new()).await
}

/// Reads a customer's methods, all or those of one type.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    scope: &Scope,
    customer: &str,
    kind: Option<&str>,
    page: &Page,
) -> Result<List<PaymentMethod>, Error> {
    let mut query = Form::new();
    query.set("customer", customer);
    query.maybe("type", kind);
    page.encode(&mut query);
    client.get(scope, "/v1/payment_methods", &[], &query).await
}

/// Gives a method to a customer.
///
/// # Errors
/// See [`Error`]; the bank may refuse ([`Error::is_card_error`]).
pub async fn attach(
    client: &Client,
    scope: &Scope,
    id: &str,
    customer: &str,
    key: &IdempotencyKey,
) -> Result<PaymentMethod, Error> {
    let mut body = Form::new();
    body.set("customer", customer);
    client.post(scope, "/v1/payment_methods/:id/attach", &[id], &body, key).await
}

/// Takes a method from its customer, for good.
///
/// # Errors
/// See [`Error`]; [`Error::is_invalid_state`] when it has no owner any more.
pub async fn detach(client: &Client, scope: &Scope, id: &str, key: &IdempotencyKey) -> Result<PaymentMethod, Error> {
    client.post(scope, "/v1/payment_methods/:id/detach", &[id], &Form::new(), key).await
}

/// Changes the named fields.
///
/// # Errors
/// See [`Error`].
pub async fn update(
    client: &Client,
    scope: &Scope,
    id: &str,
    fields: &UpdatePaymentMethod,
    key: &IdempotencyKey,
) -> Result<PaymentMethod, Error> {
    let mut body = Form::new();
    body.maybe("allow_redisplay", fields.allow_redisplay.as_ref());
    body.nest("card", |card| {
        card.maybe("exp_month", fields.exp_month);
        card.maybe("exp_year", fields.exp_year);
    });
    body.map("metadata", &fields.metadata);
    client.post(scope, "/v1/payment_methods/:id", &[id], &body, key).await
}
