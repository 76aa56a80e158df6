//! Signing in and out, and what is a person's own.

use super::{Route, Who, home};

/// Sign in.
pub const SIGN_IN: &str = "/sign-in";
/// The second half of it: the code of an authenticator.
pub const CODE: &str = "/sign-in/code";
/// Sign in, after it took too long.
pub const SIGN_IN_LATE: &str = "/sign-in?done=late";
/// Sign in, with a password that was just set.
pub const SIGN_IN_ANEW: &str = "/sign-in?done=password";
/// Sign in, after signing out everywhere.
pub const SIGN_IN_AGAIN: &str = "/sign-in?done=everywhere";
/// Ask for a mail with a way in.
pub const FORGOT_PASSWORD: &str = "/forgot-password";
/// Choose a new password, by the link in that mail.
pub const RESET_PASSWORD: &str = "/reset-password/{token}";
/// One's own account: password, authenticator, browsers.
pub const ACCOUNT: &str = "/office/account";
/// Change one's name.
pub const NAME: &str = "/office/account/name";
/// Change one's password.
pub const PASSWORD: &str = "/office/account/password";
/// The authenticator: its key, and the first code of it.
pub const AUTHENTICATOR: &str = "/office/account/authenticator";
/// Turn it on.
pub const CONFIRM_AUTHENTICATOR: &str = "/office/account/authenticator/confirm";
/// Turn it off.
pub const TURN_OFF_AUTHENTICATOR: &str = "/office/account/authenticator/turn-off";
/// Sign out.
pub const SIGN_OUT: &str = "/office/sign-out";
/// Sign out of every browser.
pub const SIGN_OUT_EVERYWHERE: &str = "/office/account/sign-out-everywhere";
/// Work in another of one's businesses.
pub const SWITCH: &str = "/office/switch";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", SIGN_IN, Who::Everybody),
    ("POST", SIGN_IN, Who::Everybody),
    ("GET", CODE, Who::Everybody),
    ("POST", CODE, Who::Everybody),
    ("GET", FORGOT_PASSWORD, Who::Everybody),
    ("POST", FORGOT_PASSWORD, Who::Everybody),
    ("GET", RESET_PASSWORD, Who::Everybody),
    ("POST", RESET_PASSWORD, Who::Everybody),
    ("GET", ACCOUNT, Who::Member),
    ("POST", NAME, Who::Member),
    ("POST", PASSWORD, Who::Member),
    ("GET", AUTHENTICATOR, Who::Member),
    ("POST", AUTHENTICATOR, Who::Member),
    ("POST", CONFIRM_AUTHENTICATOR, Who::Member),
    ("POST", TURN_OFF_AUTHENTICATOR, Who::Member),
    ("POST", SIGN_OUT, Who::Member),
    ("POST", SIGN_OUT_EVERYWHERE, Who::Member),
    ("POST", SWITCH, Who::Member),
];

/// The page that asks for a code, on the way to `next`.
#[must_use]
pub fn code_then(next: &str) -> String {
    format!("{CODE}?next={}", encoded(next))
}

/// Where a new password is chosen by the link with this token.
#[must_use]
pub fn reset_password(token: &str) -> String {
    RESET_PASSWORD.replace("{token}", token)
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The sign-in page, on the way to `next`, a path of ours.
#[must_use]
pub fn sign_in_then(next: &str) -> String {
    format!("{SIGN_IN}?next={}", encoded(next))
}

/// Where somebody goes who has signed in: to `next` if that is a page of the owner's application, otherwise home.
#[must_use]
pub fn after_sign_in(next: &str) -> &str {
    let rest = next.strip_prefix(home::HOME);
    let is_below = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_below && is_plain { next } else { home::HOME }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_applications_own_pages_are_gone_on_to() {
        for next in ["/office", "/office/customers?q=a%20b", "/office?x=1", "/office/a/b#c"] {
            assert_eq!(after_sign_in(next), next);
        }
        for next in [
            "",
            "/",
            "//evil.example/office",
            "https://evil.example/office",
            "/officer",
            "/office\\x",
            "/office/\r\nX: y",
            "\\\\evil.example",
            "/p/secret",
            "javascript:alert(1)",
            "/sign-in",
            "/office/é",
        ] {
            assert_eq!(after_sign_in(next), "/office", "{next:?}");
        }
    }
}
