//! Secrets that people type: the set-up code, and the codes that stand in for a lost authenticator. However
//! they are typed, in small letters or without the dashes, they are the same.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::random::{self, Random};

/// Crockford's letters: none looks like another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP: usize = 4;

/// A code in groups of four letters, each group worth 20 random bits.
#[derive(Clone)]
pub struct TypedCode(SecretString);

impl TypedCode {
    /// A new code of so many groups.
    pub fn generate(random: &dyn Random, groups: usize) -> Self {
        let groups: Vec<String> = (0..groups)
            .map(|_| {
                let bytes: [u8; GROUP] = random::bytes(random);
                bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
            })
            .collect();
        Self(groups.join("-").into())
    }

    /// Reads what somebody typed; it may be no code at all.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let letters: String = text.chars().filter(char::is_ascii_alphanumeric).take(100).collect();
        let letters = letters.to_ascii_uppercase().replace('O', "0").replace(['I', 'L'], "1");
        let groups: Vec<String> =
            letters.as_bytes().chunks(GROUP).map(|it| String::from_utf8_lossy(it).into()).collect();
        Self(groups.join("-").into())
    }

    /// What is stored: 64 hex digits.
    #[must_use]
    pub fn hash(&self) -> String {
        let digest = Sha256::digest(format!("code:{}", self.expose()));
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The code itself, for the one place that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Seed(u8);
    impl Random for Seed {
        fn fill(&self, bytes: &mut [u8]) {
            for (place, byte) in bytes.iter_mut().enumerate() {
                *byte = self.0.wrapping_add(place as u8);
            }
        }
    }

    #[test]
    fn it_is_the_same_however_it_is_typed() {
        let code = TypedCode::generate(&Seed(16), 3);
        assert_eq!(code.expose(), "GHJK-GHJK-GHJK");
        for typed in ["ghjkghjkghjk", " GHJK ghjk-GHJK\n", "GHJK–GHJK–GHJK"] {
            assert_eq!(TypedCode::typed(typed).hash(), code.hash(), "{typed}");
        }
        assert_eq!(TypedCode::typed("oOiIlL").expose(), "0011-11");
        assert!(!format!("{code:?}").contains("GHJK"));
    }

    proptest! {
        #[test]
        fn a_code_reads_back_and_whatever_is_typed_is_harmless(seed in any::<u8>(), text in "\\PC{0,200}") {
            let code = TypedCode::generate(&Seed(seed), 4);
            let read = TypedCode::typed(&code.expose().to_lowercase());
            prop_assert_eq!(read.expose(), code.expose());
            prop_assert!(TypedCode::typed(&text).expose().len() <= 125);
        }
    }
}
