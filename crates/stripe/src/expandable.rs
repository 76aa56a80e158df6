//! A reference to another Stripe object: its id, or, where we asked for it, the object itself.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A Stripe object that has an id.
pub trait HasId {
    /// The id, with Stripe's prefix.
    fn id(&self) -> &str;
}

/// An id, or the object it names.
#[derive(Debug, Clone)]
pub enum Expandable<T> {
    /// Only the id.
    Id(String),
    /// The whole object.
    Object(Box<T>),
}

impl<T: HasId> Expandable<T> {
    /// The id, in both forms.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Object(object) => object.id(),
        }
    }
}

impl<T> Expandable<T> {
    /// The object, when it came along.
    #[must_use]
    pub fn object(&self) -> Option<&T> {
        match self {
            Self::Id(_) => None,
            Self::Object(object) => Some(object),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Expandable<T> {
    /// An object we can't read (a deleted one, or one of a new shape) is read as its id: whoever needs more asks for
    /// it by that id, and gets the error that belongs to it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if let Value::String(id) = value {
            return Ok(Self::Id(id));
        }
        let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
        match (serde_json::from_value(value), id) {
            (Ok(object), _) => Ok(Self::Object(Box::new(object))),
            (Err(_), Some(id)) => Ok(Self::Id(id)),
            (Err(_), None) => Err(D::Error::custom("neither an id nor an object with an id")),
        }
    }
}

/// Implements [`HasId`] for structs with an `id` field.
macro_rules! has_id {
    ($($name:ty),+) => {
        $(impl $crate::HasId for $name {
            fn id(&self) -> &str {
                &self.id
            }
        })+
    };
}

pub(crate) use has_id;
