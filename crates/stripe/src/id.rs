//! For whom a request is made (`Scope`), under which key it may be repeated (`IdempotencyKey`), and which texts may
//! stand as an id in a path. A Stripe id may have come in with a URL: it is checked before it goes out.

use crate::Error;

/// The account a request acts on. Each call takes one: ids mean nothing without their account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The account the secret key belongs to.
    Own,
    /// A connected account, `acct_…`: a direct charge on it.
    Connected(String),
}

impl Scope {
    /// The account to name in the `Stripe-Account` header.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Own => None,
            Self::Connected(account) => Some(account),
        }
    }
}

/// The name of one intended effect: Stripe does it once, however often it is asked under this key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// A key of 1 to 255 printable ASCII characters.
    ///
    /// # Errors
    /// [`Error::Config`] for any other text.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        let key = key.into();
        if (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(key))
        } else {
            Err(Error::Config("an idempotency key has 1 to 255 printable ASCII characters".to_owned()))
        }
    }

    /// The key as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Refuses what can't be a Stripe id, so that no text can change the meaning of a path or a header.
pub(crate) fn check(id: &str) -> Result<&str, Error> {
    let fits = (1..=255).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits { Ok(id) } else { Err(Error::InvalidId) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_place_in_the_path() {
        for bad in ["", ".", "..", "cs_1/expire", "cs_1?x=1", "cs 1", "cs_1\n", "cs_é", "%2e%2e"] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        assert!(check("cs_test_a1YS1URlnyQCN5fUUduORoQ7").is_ok());
        assert!(check(&"a".repeat(256)).is_err());
    }

    #[test]
    fn a_key_is_short_and_printable() {
        assert!(IdempotencyKey::new("refund-surplus-pi_1").is_ok());
        for bad in ["", "a b", "a\r\nX: y", "ключ"] {
            assert!(IdempotencyKey::new(bad).is_err(), "{bad:?}");
        }
        assert!(IdempotencyKey::new("k".repeat(256)).is_err());
    }
}
