//! Tolerant readers for replies: what decorates a payment (card details, an outcome, metadata) must not be able to
//! make the payment itself unreadable. Amounts, currencies and states aren't read with these.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::Metadata;

/// `null`, or a value of a shape we don't know, is the default.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// Metadata: `null` is empty, and a value that isn't text is left out.
pub(crate) fn metadata<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Metadata, D::Error> {
    let Value::Object(object) = Value::deserialize(deserializer)? else {
        return Ok(Metadata::new());
    };
    let text = object.into_iter().filter_map(|(key, value)| match value {
        Value::String(value) => Some((key, value)),
        _ => None,
    });
    Ok(text.collect())
}

/// A text that must be there and must never be printed.
pub(crate) fn required_secret<'de, D>(deserializer: D) -> Result<secrecy::SecretString, D::Error>
where
    D: Deserializer<'de>,
{
    String::deserialize(deserializer).map(Into::into)
}

/// A text that must never be printed.
pub(crate) fn secret<'de, D>(deserializer: D) -> Result<Option<secrecy::SecretString>, D::Error>
where
    D: Deserializer<'de>,
{
    let text: Option<String> = lenient(deserializer)?;
    Ok(text.map(Into::into))
}
