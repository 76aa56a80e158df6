//! Invitations to a team, as their guests see them.

use super::{Route, Who};

/// Take an invitation up; below it stands a secret.
pub const INVITATION: &str = "/invitations/{token}";

/// Who gets in.
pub const ROUTES: &[Route] = &[("GET", INVITATION, Who::Everybody), ("POST", INVITATION, Who::Everybody)];

/// The invitation whose link has this token.
#[must_use]
pub fn invitation(token: &str) -> String {
    INVITATION.replace("{token}", token)
}
