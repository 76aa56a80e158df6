//! How long whoever guesses has to wait. What is guessed at is named by a hash: neither an address of mail nor
//! one of the net is kept for it.

use std::fmt;
use std::net::IpAddr;

use sha2::{Digest as _, Sha256};

use crate::id::UserId;
use crate::secret::HashedToken;
use crate::user::email_key;

/// Failures older than this many seconds are forgotten.
pub const FORGOTTEN_AFTER: i64 = 24 * 3600;
/// Nobody waits longer than this many seconds: a stranger's guesses must not lock anybody out for good.
const LONGEST_WAIT: i64 = 900;
const FIRST_WAIT: i64 = 15;

/// What failures are counted by.
#[derive(Clone, PartialEq, Eq)]
pub struct ThrottleKey {
    hash: String,
    free: i64,
}

impl ThrottleKey {
    /// Five tries are free where one secret is guessed at.
    const ONE_SECRET: i64 = 5;
    /// An office shares one address of the net, and more than one of its people mistype.
    const ONE_NET: i64 = 20;

    fn new(kind: &str, what: &str, free: i64) -> Self {
        let digest = Sha256::digest(format!("{kind}:{what}"));
        let hex = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { hash: hex, free }
    }

    /// The password of whoever has this address of mail.
    #[must_use]
    pub fn of_address(email: &str) -> Self {
        Self::new("address", &email_key(email), Self::ONE_SECRET)
    }

    /// The same, from a browser in which he signed in before: what strangers guess elsewhere doesn't keep it out.
    #[must_use]
    pub fn of_browser(token: HashedToken) -> Self {
        Self::new("browser", &token.to_hex(), Self::ONE_SECRET)
    }

    /// This person's password, asked of whoever is signed in as him.
    #[must_use]
    pub fn of_password(user: UserId) -> Self {
        Self::new("password", user.as_str(), Self::ONE_SECRET)
    }

    /// Passwords, from this address of the net. Of IPv6 a household has a whole /64.
    #[must_use]
    pub fn of_net(ip: IpAddr) -> Self {
        Self::new("net", &net(ip), Self::ONE_NET)
    }

    /// The code of this person's authenticator.
    #[must_use]
    pub fn of_code(user: UserId) -> Self {
        Self::new("code", user.as_str(), Self::ONE_SECRET)
    }

    /// The set-up code, from this address of the net.
    #[must_use]
    pub fn of_set_up(ip: IpAddr) -> Self {
        Self::new("set-up", &net(ip), Self::ONE_SECRET)
    }

    /// Mails with a way in, asked for at this address of mail.
    #[must_use]
    pub fn of_reset(email: &str) -> Self {
        Self::new("reset", &email_key(email), 3)
    }

    /// The same, from this address of the net.
    #[must_use]
    pub fn of_reset_net(ip: IpAddr) -> Self {
        Self::new("reset-net", &net(ip), Self::ONE_NET)
    }

    /// 64 hex digits, as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.hash
    }

    /// How many seconds lie between the last of so many failures and the next try: none at first, then twice as
    /// many each time.
    #[must_use]
    pub fn wait_seconds(&self, failures: i64) -> i64 {
        match failures - self.free {
            ..0 => 0,
            beyond => (FIRST_WAIT << beyond.min(10)).min(LONGEST_WAIT),
        }
    }

    /// Whether this failure is the first that has to be waited for.
    #[must_use]
    pub const fn is_first_beyond(&self, failures: i64) -> bool {
        failures == self.free
    }
}

fn net(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => ip.segments()[..4].iter().map(|part| format!("{part:x}:")).collect(),
    }
}

/// What it is the hash of is not to be found out from a log.
impl fmt::Debug for ThrottleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ThrottleKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_tries_each_wait_is_twice_the_last_and_none_is_for_good() {
        let key = ThrottleKey::of_address("nora@greenline.example");
        let waits: Vec<_> = (0..14).map(|failures| key.wait_seconds(failures)).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(key.wait_seconds(i64::MAX), LONGEST_WAIT);
        assert!(key.is_first_beyond(5) && !key.is_first_beyond(6));
    }

    #[test]
    fn an_address_is_one_however_it_is_written_and_no_other_things() {
        assert_eq!(
            ThrottleKey::of_address(" Nora@Greenline.example"),
            ThrottleKey::of_address("nora@greenline.example")
        );
        assert_ne!(ThrottleKey::of_address("a@b.example"), ThrottleKey::of_reset("a@b.example"));
        let net = |ip: &str| ThrottleKey::of_net(ip.parse().unwrap());
        assert_eq!(net("2001:db8:1:2::5"), net("2001:db8:1:2:9::7"));
        assert_ne!(net("2001:db8:1:2::5"), net("2001:db8:1:3::5"));
        assert_eq!(net("::ffff:203.0.113.9"), net("203.0.113.9"));
        assert_ne!(net("203.0.113.9"), net("203.0.113.10"));
        assert_eq!(net("203.0.113.9").as_str().len(), 64);
    }
}
