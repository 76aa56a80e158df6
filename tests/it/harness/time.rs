//! Time that stands until a test moves it, shared with the stand-in for Stripe; and chance that is
//! the same in every run.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use zoop_domain::random::Random;
use zoop_domain::time::{Clock, Instant};

/// 21 Sep 2026, 14:00 UTC: nine in the morning in Chicago.
pub const START: i64 = 1_789_999_200;

/// A clock that stands. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct StandingClock(Arc<AtomicI64>);

impl Default for StandingClock {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(START * 1_000_000)))
    }
}

impl StandingClock {
    /// So many seconds pass.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Seconds since 1970.
    pub fn unix_seconds(&self) -> i64 {
        self.now().as_unix_seconds()
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Instant {
        Instant::from_microseconds(self.0.load(Ordering::SeqCst))
    }
}

/// What ids are made of: ids of one moment sort in the order they were made, as those of different
/// moments do.
const ID_BYTES: usize = 10;

/// Never the same twice in a test, and the same in every run of it.
#[derive(Debug, Default)]
pub struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() == ID_BYTES {
            let count = self.0.fetch_add(1, Ordering::SeqCst);
            bytes[..8].copy_from_slice(&count.to_be_bytes());
            return;
        }
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64: consecutive seeds, unrelated bytes.
            let mut word = self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let word = (word ^ (word >> 31)).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}
