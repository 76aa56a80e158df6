//! The mail that invites somebody to a business's team.

use url::Url;
use zoop_domain::time::Date;
use zoop_domain::user::Role;

use super::{Letterhead, Mail, templates};

/// An invitation.
#[derive(Clone, Debug)]
pub struct TeamInvitationMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the guest is greeted: only his address is known.
    pub recipient: &'a str,
    /// Which owner invites.
    pub by: &'a str,
    /// As what.
    pub role: Role,
    /// The last day it can be taken up.
    pub expires_on: Date,
    /// Where it is; secret.
    pub url: &'a Url,
}

impl TeamInvitationMail<'_> {
    fn what_he_may(&self) -> &'static str {
        match self.role {
            Role::Owner => "As an owner you can do everything, portal links and money settings too.",
            Role::Office => "You will work with customers, quotes, invoices, plans and payments.",
        }
    }
}

templates!(TeamInvitationMail, "mail/team_invitation.html", "mail/team_invitation.txt");

impl Mail for TeamInvitationMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("{} invites you to {}", self.by, self.letterhead.name())
    }

    fn preheader(&self) -> String {
        format!("Join the team by {}.", self.expires_on)
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl TeamInvitationMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url};
        let (business, bare) = (sample::greenline(), sample::bare());
        let link = url("https://pay.example/invitations/SECRET");
        let mail = TeamInvitationMail {
            letterhead: Letterhead::new(&business),
            recipient: "priya@greenline.example",
            by: "Nora Keane",
            role: Role::Office,
            expires_on: day("2026-11-27"),
            url: &link,
        };
        let owner = TeamInvitationMail { letterhead: Letterhead::new(&bare), role: Role::Owner, ..mail.clone() };
        vec![("team-invitation", sample::drawn(&mail)), ("team-invitation-owner", sample::drawn(&owner))]
    }
}
