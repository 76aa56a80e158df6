//! Declines that a test asked for: the next charges of a saved card fail as it says, whatever card it is.
//! They wait in the method's hidden part, so a restart forgets none.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::object::Object;
use crate::outcome::Decline;
use crate::state::Tx;

/// What the next charges meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ForcedDecline {
    /// None: what the card itself does.
    #[serde(default)]
    pub(crate) decline_code: Option<String>,
    /// Absent: what goes with the code; `null`: none.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) advice_code: Option<Option<String>>,
    /// How many charges; None: all.
    #[serde(default)]
    pub(crate) count: Option<u32>,
}

/// Tells a `null` from a field that isn't there.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl ForcedDecline {
    /// Each charge from now on meets this code; None: no more.
    pub(crate) fn always(decline_code: Option<String>) -> Self {
        Self { decline_code, advice_code: None, count: None }
    }

    fn decline(&self) -> Option<Decline> {
        let decline = Decline::named(self.decline_code.as_deref()?)?;
        match &self.advice_code {
            None => Some(decline),
            Some(advice) => decline.advising(advice.as_deref()),
        }
    }

    /// Puts it on a method; without a code, or for no charge, it takes an earlier one away.
    pub(crate) fn put_on(&self, method: &mut Object) -> Result<(), ApiError> {
        if self.decline_code.is_none() || self.count == Some(0) {
            method.hidden["forced"] = Value::Null;
            return Ok(());
        }
        if !method.body["card"].is_object() {
            return Err(ApiError::invalid("Only a card declines at once: end a bank debit by its PaymentIntent."));
        }
        if self.decline().is_none() {
            return Err(ApiError::invalid("Unknown decline or advice code.").param("decline_code"));
        }
        method.hidden["forced"] = json!(self);
        Ok(())
    }
}

fn on(method: &Object) -> Option<ForcedDecline> {
    serde_json::from_value(method.hidden["forced"].clone()).ok()
}

/// The decline that the next charge is to meet.
pub(crate) fn next(method: &Object) -> Option<Decline> {
    on(method)?.decline()
}

/// One of them was met.
pub(crate) async fn spend(tx: &mut Tx, method: &mut Object) -> Result<(), ApiError> {
    let Some(forced) = on(method) else {
        return Ok(());
    };
    let Some(count) = forced.count else {
        return Ok(());
    };
    ForcedDecline { count: Some(count.saturating_sub(1)), ..forced }.put_on(method)?;
    tx.save(method).await
}

/// A renewed card is no longer expired.
pub(crate) fn renewed(method: &mut Object) {
    if on(method).is_some_and(|forced| forced.decline_code.as_deref() == Some("expired_card")) {
        method.hidden["forced"] = Value::Null;
    }
}
