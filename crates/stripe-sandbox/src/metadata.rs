//! Metadata: string pairs that callers hang on objects. Updates merge; an empty value deletes a key.
//! Its limits are Stripe's: 50 keys of 40 characters with values of 500.

use serde_json::{Value, json};

use crate::error::ApiError;

const MAX_KEYS: usize = 50;
const MAX_KEY_CHARS: usize = 40;
const MAX_VALUE_CHARS: usize = 500;

/// The change a call asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum MetadataPatch {
    /// Not mentioned.
    #[default]
    Keep,
    /// `metadata=` empties it.
    Clear,
    /// Sets these keys; an empty value deletes its key.
    Merge(Vec<(String, String)>),
}

impl MetadataPatch {
    pub(crate) fn merge(pairs: Vec<(String, String)>) -> Result<Self, ApiError> {
        for (key, value) in &pairs {
            if key.chars().count() > MAX_KEY_CHARS {
                return Err(ApiError::invalid(format!(
                    "Metadata keys can have up to {MAX_KEY_CHARS} characters, but you passed in a key that is {} \
                     characters. Invalid key: {key}",
                    key.chars().count()
                ))
                .param(&format!("metadata[{key}]")));
            }
            if value.chars().count() > MAX_VALUE_CHARS {
                return Err(ApiError::invalid(format!(
                    "Metadata values can have up to {MAX_VALUE_CHARS} characters, but you passed in a value that is \
                     {} characters. Invalid value: {value}",
                    value.chars().count()
                ))
                .param(&format!("metadata[{key}]")));
            }
        }
        Ok(Self::Merge(pairs))
    }

    /// Changes `metadata` of an object in place.
    pub(crate) fn apply(&self, body: &mut Value) -> Result<(), ApiError> {
        let current = body["metadata"].as_object().cloned().unwrap_or_default();
        let next = match self {
            Self::Keep => current,
            Self::Clear => serde_json::Map::new(),
            Self::Merge(pairs) => {
                let mut next = current;
                for (key, value) in pairs {
                    if value.is_empty() {
                        next.remove(key);
                    } else {
                        next.insert(key.clone(), json!(value));
                    }
                }
                next
            }
        };
        if next.len() > MAX_KEYS {
            return Err(ApiError::invalid(format!(
                "You can have up to {MAX_KEYS} metadata keys, but you passed in {}.",
                next.len()
            ))
            .param("metadata"));
        }
        body["metadata"] = Value::Object(next);
        Ok(())
    }
}
