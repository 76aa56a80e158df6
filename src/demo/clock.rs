//! The demo's clock: the system's, except while history is made, when it stands at that time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use zoop_domain::time::{Clock, Instant};

use crate::wire::SystemClock;

const RUNNING: i64 = i64::MIN;

/// Shared by the program and the stand-in for Stripe, so that both live in the same time.
#[derive(Clone, Debug)]
pub(super) struct DemoClock(Arc<AtomicI64>);

impl Default for DemoClock {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(RUNNING)))
    }
}

impl DemoClock {
    /// Stops at `instant`.
    pub(super) fn stand_at(&self, instant: Instant) {
        self.0.store(instant.as_microseconds(), Ordering::SeqCst);
    }

    /// Runs with the system's clock again.
    pub(super) fn run(&self) {
        self.0.store(RUNNING, Ordering::SeqCst);
    }

    pub(super) fn unix_seconds(&self) -> i64 {
        self.now().as_unix_seconds()
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Instant {
        match self.0.load(Ordering::SeqCst) {
            RUNNING => SystemClock.now(),
            stands_at => Instant::from_microseconds(stands_at),
        }
    }
}
