//! The envelope of a webhook: that something happened, and to which object. What it says about the object isn't read
//! beyond the ids, because it may be old or out of order: the truth is read again from Stripe.

use serde::Deserialize;
use serde_json::Value;

use crate::de::{self, lenient};
use crate::expandable::has_id;
use crate::{Error, Metadata};

/// An event, `evt_…`.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    /// `evt_…`
    pub id: String,
    /// `type`: `checkout.session.completed`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// False in test mode. A production endpoint for Connect gets those too.
    pub livemode: bool,
    /// The connected account it happened on; `None` for the endpoint's own.
    #[serde(default, deserialize_with = "lenient")]
    pub account: Option<String>,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient")]
    pub created: Option<i64>,
    /// The version of the API the endpoint was made with.
    #[serde(default, deserialize_with = "lenient")]
    pub api_version: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    data: Data,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Data {
    #[serde(deserialize_with = "lenient")]
    object: EventObject,
}

/// What an event says of its object: enough to find it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EventObject {
    /// The object's id.
    #[serde(deserialize_with = "lenient")]
    pub id: Option<String>,
    /// `object`: `payment_intent`, `checkout.session`, …
    #[serde(rename = "object", deserialize_with = "lenient")]
    pub kind: Option<String>,
    /// Ours, as it was then.
    #[serde(deserialize_with = "de::metadata")]
    pub metadata: Metadata,
    /// The customer it names.
    #[serde(deserialize_with = "reference")]
    pub customer: Option<String>,
    /// The charge it names (refunds, disputes).
    #[serde(deserialize_with = "reference")]
    pub charge: Option<String>,
    /// The setup intent it names (sessions).
    #[serde(deserialize_with = "reference")]
    pub setup_intent: Option<String>,
    #[serde(rename = "payment_intent", deserialize_with = "reference")]
    named_payment_intent: Option<String>,
}

has_id!(Event);

impl Event {
    /// Reads a webhook's body. Its signature is `webhook`'s to check, first.
    ///
    /// # Errors
    /// [`Error::Decode`] without an id, a type or a mode.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(body).map_err(|error| Error::decode(&error, None))
    }

    /// The object it happened to.
    #[must_use]
    pub fn object(&self) -> &EventObject {
        &self.data.object
    }
}

impl EventObject {
    /// The payment the object is, or belongs to.
    #[must_use]
    pub fn payment_intent_id(&self) -> Option<&str> {
        match self.kind.as_deref() {
            Some("payment_intent") => self.id.as_deref(),
            _ => self.named_payment_intent.as_deref(),
        }
    }
}

/// An id, or the id of an object.
fn reference<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(id) => Some(id),
        object => object.get("id").and_then(Value::as_str).map(str::to_owned),
    })
}
