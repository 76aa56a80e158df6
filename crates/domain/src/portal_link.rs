//! The link that lets a customer in. One is live at a time; rotating or revoking ends it at once.

use crate::id::{BusinessId, CustomerId, PortalLinkId};
use crate::time::Instant;

/// In seconds: whoever comes back sooner is still looking.
pub const A_VISIT: i64 = 3_600;

crate::words! {
    /// How a link ended.
    pub enum LinkEnd {
        /// A new one took its place.
        Rotated = "rotated",
        /// The owner cut it off.
        Revoked = "revoked",
    }
}

/// A portal link as stored; its secret is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalLink {
    /// Its id.
    pub id: PortalLinkId,
    /// The business.
    pub business: BusinessId,
    /// Whom it lets in.
    pub customer: CustomerId,
    /// When it was made.
    pub created_at: Instant,
    /// When the customer last opened the portal.
    pub last_seen_at: Option<Instant>,
    /// When and how it ended; `None` while it is live.
    pub ended: Option<(Instant, LinkEnd)>,
}
