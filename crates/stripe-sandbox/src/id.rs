//! Identifiers that look like Stripe's, from a seed: the same seed and the same calls give the same ids.
//!
//! The number of times the file was opened is mixed in, so ids stay unique after a restart although the
//! counter starts again.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The source of ids.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    opening: i64,
    next: AtomicU64,
}

impl Ids {
    pub(crate) fn new(seed: u64, opening: i64) -> Self {
        Self { seed, opening, next: AtomicU64::new(0) }
    }

    /// `prefix` and `length` letters and digits.
    pub(crate) fn make(&self, prefix: &str, length: usize) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let text = spell(&[&self.seed.to_be_bytes(), &self.opening.to_be_bytes(), &number.to_be_bytes()], length);
        format!("{prefix}{text}")
    }
}

/// `length` letters and digits that depend on nothing but `parts`.
pub(crate) fn spell(parts: &[&[u8]], length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut block: u8 = 0;
    while text.len() < length {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
            hash.update([0xff]);
        }
        hash.update([block]);
        let wanted = length - text.len();
        text.extend(
            hash.finalize().iter().take(wanted).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])),
        );
        block = block.wrapping_add(1);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_repeat_for_a_seed_and_differ_between_openings() {
        let first = Ids::new(7, 1);
        let again = Ids::new(7, 1);
        let reopened = Ids::new(7, 2);
        let id = first.make("pi_", 24);
        assert_eq!(id, again.make("pi_", 24));
        assert_ne!(id, reopened.make("pi_", 24));
        assert_ne!(id, first.make("pi_", 24));
        assert_eq!(first.make("cs_test_", 58).len(), 66);
    }
}
