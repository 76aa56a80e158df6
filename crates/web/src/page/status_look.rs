//! How a status is told: its word, its icon, its tone. The only place where the three meet, so
//! that a list and a page never call the same thing by two names.

use zoop_domain::invoice::Status;
use zoop_domain::time::Date;

/// A status in a customer's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusLook {
    /// "Overdue".
    pub word: String,
    /// The icon's name in the sprite.
    pub icon: &'static str,
    /// The tone's class: good, warn, bad, info or calm.
    pub tone: &'static str,
}

impl StatusLook {
    /// How `status` looks for an invoice due on `due_on`.
    #[must_use]
    pub fn of(status: Status, due_on: Date) -> Self {
        let (icon, tone) = match status {
            Status::Draft => ("receipt", "calm"),
            Status::Canceled => ("canceled", "calm"),
            Status::Closed => ("closed", "calm"),
            Status::Processing => ("processing", "info"),
            Status::Refunded | Status::PartlyRefunded => ("refunded", "calm"),
            Status::Paid => ("paid", "good"),
            Status::Returned | Status::Overdue(_) => ("overdue", "bad"),
            Status::DidNotGoThrough(_) => ("failed", "warn"),
            Status::PastDue => ("past-due", "bad"),
            Status::Due(0) => ("due", "calm"),
            Status::Due(_) => return Self { word: format!("Due {due_on}"), icon: "due", tone: "calm" },
        };
        Self { word: status.word().to_owned(), icon, tone }
    }
}
