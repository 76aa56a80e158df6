//! An invitation to a business's team: a mail with a link that works for a week, once.

use crate::id::{BusinessId, InvitationId, UserId};
use crate::time::Instant;
use crate::user::Role;

/// So many seconds an invitation can be taken up: seven days.
pub const LIFETIME: i64 = 7 * 24 * 3600;

crate::words! {
    /// How an invitation ended.
    pub enum InvitationEnd {
        /// Somebody joined by it.
        Accepted = "accepted",
        /// An owner took it back.
        Withdrawn = "withdrawn",
        /// Another to the same address took its place.
        Replaced = "replaced",
    }
}

/// An invitation as stored. The secrets in its mails are kept as hashes, elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// To which business.
    pub business: BusinessId,
    /// Whom, as the owner wrote it.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Which owner.
    pub invited_by: UserId,
    /// When.
    pub created_at: Instant,
    /// Until when it can be taken up.
    pub expires_at: Instant,
    /// When it ended, and how.
    pub ended: Option<(Instant, InvitationEnd)>,
}

impl Invitation {
    /// Whether it can be taken up at `now`.
    #[must_use]
    pub fn is_open(&self, now: Instant) -> bool {
        self.ended.is_none() && now < self.expires_at
    }
}
