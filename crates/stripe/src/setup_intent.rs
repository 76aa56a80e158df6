//! The saving of a card without a payment, as Checkout's setup mode leaves it.

use secrecy::SecretString;
use serde::Deserialize;

use crate::de::{self, lenient};
use crate::expandable::has_id;
use crate::open_enum::open_enum;
use crate::payment_intent::PaymentError;
use crate::{Client, Customer, Error, Expandable, Form, Metadata, PaymentMethod, Scope};

open_enum! {
    /// How far the saving has come.
    Status {
        /// Given up.
        Canceled = "canceled",
        /// Stripe is at work.
        Processing = "processing",
        /// The payer has something to do.
        RequiresAction = "requires_action",
        /// Not confirmed yet.
        RequiresConfirmation = "requires_confirmation",
        /// No method yet, or the last one was refused.
        RequiresPaymentMethod = "requires_payment_method",
        /// Saved.
        Succeeded = "succeeded",
    }
}

/// A setup intent, `seti_…`.
#[derive(Debug, Clone, Deserialize)]
pub struct SetupIntent {
    /// `seti_…`
    pub id: String,
    /// How far it has come.
    pub status: Status,
    /// The owner of what is saved.
    #[serde(default, deserialize_with = "lenient")]
    pub customer: Option<Expandable<Customer>>,
    /// What is saved.
    #[serde(default, deserialize_with = "lenient")]
    pub payment_method: Option<Expandable<PaymentMethod>>,
    /// Why the last try failed.
    #[serde(default, deserialize_with = "lenient")]
    pub last_setup_error: Option<PaymentError>,
    /// `off_session` or `on_session`.
    pub usage: Option<String>,
    /// Ours.
    #[serde(default, deserialize_with = "de::metadata")]
    pub metadata: Metadata,
    /// Lets whoever holds it confirm.
    #[serde(default, deserialize_with = "de::secret")]
    pub client_secret: Option<SecretString>,
    /// Unix seconds.
    pub created: Option<i64>,
    /// False in test mode.
    pub livemode: Option<bool>,
}

has_id!(SetupIntent);

impl SetupIntent {
    /// The owner's id.
    #[must_use]
    pub fn customer_id(&self) -> Option<&str> {
        self.customer.as_ref().map(Expandable::id)
    }

    /// The id of what is saved.
    #[must_use]
    pub fn payment_method_id(&self) -> Option<&str> {
        self.payment_method.as_ref().map(Expandable::id)
    }
}

/// Reads a setup intent, with its payment method.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, scope: &Scope, id: &str) -> Result<SetupIntent, Error> {
    let mut query = Form::new();
    query.expand(&["payment_method"]);
    client.get(scope, "/v1/setup_intents/:id", &[id], &query).await
}
