//! Settings of the business: the way in, the team, the audit trail.

use zoop_domain::id::{InvitationId, UserId};

use super::{Route, Who};

/// On to the first of them that one may see.
pub const SETTINGS: &str = "/office/settings";
/// The team; somebody is invited there.
pub const TEAM: &str = "/office/settings/team";
/// Change what somebody of it is.
pub const ROLE: &str = "/office/settings/team/{user}/role";
/// Take somebody out of it.
pub const REMOVE: &str = "/office/settings/team/{user}/remove";
/// Send an invitation again.
pub const SEND_AGAIN: &str = "/office/settings/team/invitations/{invitation}/send";
/// Take an invitation back.
pub const WITHDRAW: &str = "/office/settings/team/invitations/{invitation}/withdraw";
/// Who did what, and when.
pub const AUDIT: &str = "/office/settings/audit";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", SETTINGS, Who::Member),
    ("GET", TEAM, Who::Owner),
    ("POST", TEAM, Who::Owner),
    ("POST", ROLE, Who::Owner),
    ("POST", REMOVE, Who::Owner),
    ("POST", SEND_AGAIN, Who::Owner),
    ("POST", WITHDRAW, Who::Owner),
    ("GET", AUDIT, Who::Owner),
];

/// The team with the dialog that asks what somebody is to be.
#[must_use]
pub fn asking_for_role(user: &UserId) -> String {
    format!("{TEAM}?change={user}")
}

/// The team with the dialog that asks whether somebody is to be taken out of it.
#[must_use]
pub fn asking_to_remove(user: &UserId) -> String {
    format!("{TEAM}?remove={user}")
}

/// Where somebody's role is changed.
#[must_use]
pub fn role(user: &UserId) -> String {
    ROLE.replace("{user}", user.as_str())
}

/// Where somebody is taken out.
#[must_use]
pub fn remove(user: &UserId) -> String {
    REMOVE.replace("{user}", user.as_str())
}

/// Where an invitation is sent again.
#[must_use]
pub fn send_again(invitation: &InvitationId) -> String {
    SEND_AGAIN.replace("{invitation}", invitation.as_str())
}

/// Where an invitation is taken back.
#[must_use]
pub fn withdraw(invitation: &InvitationId) -> String {
    WITHDRAW.replace("{invitation}", invitation.as_str())
}
