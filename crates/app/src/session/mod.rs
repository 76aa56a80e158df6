//! Signed-in browsers of the business's own people.

pub mod begin;
pub mod end;
pub(crate) mod known_browser;
pub mod open;
pub mod sign_in;
pub mod switch;

use zoop_domain::secret::PlainToken;

pub use known_browser::LIFETIME as BROWSER_LIFETIME;

/// A session ends after so many seconds, whatever happens: thirty days.
pub const LIFETIME: i64 = 30 * 24 * 3600;
/// And after so many seconds without a request: seven days.
pub const IDLE: i64 = 7 * 24 * 3600;

/// The browser that somebody signs in from.
#[derive(Clone, Debug)]
pub struct Browser<'a> {
    /// As it calls itself.
    pub user_agent: &'a str,
    /// What it is known by, if somebody signed in from it before.
    pub known: Option<PlainToken>,
}

/// What a browser keeps of a complete sign-in, each in a cookie and nowhere else.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session's token.
    pub session: PlainToken,
    /// What the browser is known by the next time.
    pub browser: PlainToken,
}
