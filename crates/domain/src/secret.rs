//! Secrets in links. What the customer holds and what the database holds are two types:
//! a [`PlainToken`] can be shown once and hashed, a [`HashedToken`] can be stored and compared.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::random::{self, Random};

/// A secret of 256 random bits as it stands in a URL: 43 characters of base64url.
#[derive(Clone)]
pub struct PlainToken(SecretString);

/// The SHA-256 of a [`PlainToken`]: all that is stored of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HashedToken([u8; 32]);

/// A text that can't be a token: wrong length or wrong letters.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a token")]
pub struct InvalidToken;

impl PlainToken {
    const LENGTH: usize = 43;

    /// A new secret.
    pub fn generate(random: &dyn Random) -> Self {
        let bytes: [u8; 32] = random::bytes(random);
        Self(URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// Reads a token from a URL.
    ///
    /// # Errors
    /// Anything but 43 canonical base64url characters.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        if text.len() != Self::LENGTH {
            return Err(InvalidToken);
        }
        URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidToken)?;
        Ok(Self(text.into()))
    }

    /// What is stored.
    #[must_use]
    pub fn hash(&self) -> HashedToken {
        HashedToken(Sha256::digest(self.0.expose_secret().as_bytes()).into())
    }

    /// The secret itself, for the one place that shows or links it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainToken(…)")
    }
}

impl HashedToken {
    /// The hash that no token has: looking it up finds nothing, in the time of any other look-up.
    #[must_use]
    pub const fn nothing() -> Self {
        Self([0; 32])
    }

    /// 64 lower-case hex digits, as stored.
    #[must_use]
    pub fn to_hex(self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut hex, byte| {
            hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
            hex
        })
    }
}

impl fmt::Debug for HashedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashedToken({}…)", &self.to_hex()[..8])
    }
}

/// The secret of a public invoice page `/i/{token}`: 128 random bits, 22 characters of base64url.
/// It may be stored, because mails and the owner's copy repeat it; it opens that one invoice only.
#[derive(Clone, PartialEq, Eq)]
pub struct InvoiceToken(Box<str>);

impl InvoiceToken {
    const LENGTH: usize = 22;

    /// A new secret.
    pub fn generate(random: &dyn Random) -> Self {
        let bytes: [u8; 16] = random::bytes(random);
        Self(URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// Reads a token from a URL or the database.
    ///
    /// # Errors
    /// Anything but 22 canonical base64url characters.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        if text.len() != Self::LENGTH {
            return Err(InvalidToken);
        }
        URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidToken)?;
        Ok(Self(text.into()))
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InvoiceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvoiceToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Seed([u8; 32]);
    impl Random for Seed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0[..bytes.len()]);
        }
    }

    #[test]
    fn s32_only_a_hash_is_kept_and_nothing_prints_the_secret() {
        let token = PlainToken::generate(&Seed([9; 32]));
        let hash = token.hash();
        assert_eq!(hash.to_hex().len(), 64);
        assert!(!format!("{token:?} {hash:?}").contains(token.expose()));
        assert_ne!(hash.to_hex(), token.expose());
    }

    proptest! {
        #[test]
        fn a_token_reads_back_with_the_same_hash(seed in any::<[u8; 32]>()) {
            let token = PlainToken::generate(&Seed(seed));
            let again = PlainToken::parse(token.expose()).unwrap();
            prop_assert_eq!(again.hash(), token.hash());
        }

        #[test]
        fn two_texts_never_read_as_one_token(seed in any::<[u8; 32]>(), at in 0_usize..43, letter in "[A-Za-z0-9_-]") {
            let token = PlainToken::generate(&Seed(seed));
            let mut other = token.expose().to_owned();
            other.replace_range(at..=at, &letter);
            if other != token.expose() && let Ok(parsed) = PlainToken::parse(&other) {
                prop_assert_ne!(parsed.hash(), token.hash());
            }
        }

        #[test]
        fn whatever_is_typed_is_refused_or_a_token(text in "\\PC{0,100}") {
            if PlainToken::parse(&text).is_ok() {
                prop_assert_eq!(text.len(), 43);
            }
        }
    }
}
