//! Signing in and out, and what is a person's own.

use super::{Route, Who};

/// Sign in.
pub const SIGN_IN: &str = "/sign-in";
/// One's own account: password, authenticator, browsers.
pub const ACCOUNT: &str = "/office/account";
/// Sign out.
pub const SIGN_OUT: &str = "/office/sign-out";

/// Who gets in.
pub const ROUTES: &[Route] = &[("GET", SIGN_IN, Who::Everybody), ("POST", SIGN_OUT, Who::Member)];

/// The sign-in page, on the way to `next`, a path of ours.
#[must_use]
pub fn sign_in_then(next: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{SIGN_IN}?next={query}")
}
