//! The mail with a way in for one of the team who forgot his password.

use url::Url;

use super::{Letterhead, Mail, templates};

/// A way in.
#[derive(Clone, Debug)]
pub struct PasswordResetMail<'a> {
    /// Who writes: one of his businesses.
    pub letterhead: Letterhead<'a>,
    /// How he is greeted.
    pub recipient: &'a str,
    /// Where the new password is chosen; secret.
    pub url: &'a Url,
}

templates!(PasswordResetMail, "mail/password_reset.html", "mail/password_reset.txt");

impl Mail for PasswordResetMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        "Choose a new password".to_owned()
    }

    fn preheader(&self) -> String {
        "The link works for an hour, once.".to_owned()
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl PasswordResetMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, url};
        let business = sample::greenline();
        let link = url("https://pay.example/reset-password/SECRET");
        let mail = PasswordResetMail { letterhead: Letterhead::new(&business), recipient: "Nora Keane", url: &link };
        vec![("password-reset", sample::drawn(&mail))]
    }
}
