//! When a request is repeated, and how long to wait first. Pure: it sees statuses, headers and the time spent.
//!
//! The jitter comes from a hash of the request's own name, not from chance: two requests still spread, and a failing
//! test fails again.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use sha2::{Digest, Sha256};

/// How often, how soon and until when a request is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Repeats after the first try.
    pub max_retries: u32,
    /// No try starts later than this after the first one started.
    pub within: Duration,
    /// The wait before the first repeat; each further one doubles it.
    pub base_delay: Duration,
    /// The longest wait that isn't asked for by `Retry-After`.
    pub max_delay: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 3,
            within: Duration::from_secs(120),
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
        }
    }
}

impl RetryPolicy {
    /// The wait before repeat number `retry` (from 0), or `None` when it is time to give up.
    pub(crate) fn delay(&self, retry: u32, spent: Duration, asked: Option<Duration>, name: &str) -> Option<Duration> {
        if retry >= self.max_retries {
            return None;
        }
        let full = self.base_delay.saturating_mul(2_u32.saturating_pow(retry)).min(self.max_delay);
        let delay = (full / 2).saturating_add((full / 2).saturating_mul(u32::from(spread(name, retry))) / 256);
        let delay = delay.max(asked.unwrap_or_default());
        (spent.saturating_add(delay) < self.within).then_some(delay)
    }
}

/// Whether a reply asks for a repeat. Stripe's own word goes before the rule.
pub(crate) fn wanted(status: StatusCode, headers: &HeaderMap) -> bool {
    match headers.get("stripe-should-retry").map(|value| value.as_bytes()) {
        Some(b"true") => true,
        Some(b"false") => false,
        _ => status == StatusCode::CONFLICT || status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error(),
    }
}

/// `Retry-After` in seconds. Its other form, a date, would need a clock, and Stripe doesn't send it.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn spread(name: &str, retry: u32) -> u8 {
    let digest = Sha256::new().chain_update(name).chain_update(retry.to_be_bytes()).finalize();
    digest[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_stay_between_half_and_whole() {
        let policy = RetryPolicy::default();
        for retry in 0..3 {
            let full = policy.base_delay * 2_u32.pow(retry);
            for name in ["a", "b", "c"] {
                let delay = policy.delay(retry, Duration::ZERO, None, name).unwrap();
                assert!(delay >= full / 2 && delay <= full, "{retry} {name} {delay:?}");
                assert_eq!(policy.delay(retry, Duration::ZERO, None, name), Some(delay), "not reproducible");
            }
        }
    }

    #[test]
    fn gives_up_after_the_last_repeat_or_when_time_is_over() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.delay(3, Duration::ZERO, None, "a"), None);
        assert_eq!(policy.delay(0, Duration::from_secs(120), None, "a"), None);
        assert_eq!(policy.delay(0, Duration::ZERO, Some(Duration::from_secs(120)), "a"), None);
        assert_eq!(policy.delay(0, Duration::ZERO, Some(Duration::from_secs(7)), "a"), Some(Duration::from_secs(7)));
    }

    #[test]
    fn extremes_do_not_overflow() {
        let policy = RetryPolicy { max_retries: u32::MAX, base_delay: Duration::MAX, ..RetryPolicy::default() };
        assert!(policy.delay(4_000_000, Duration::ZERO, None, "a").is_some());
        assert_eq!(policy.delay(0, Duration::MAX, Some(Duration::MAX), "a"), None);
    }
}
