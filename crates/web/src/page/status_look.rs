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
        let (word, icon, tone) = match status {
            Status::Draft => ("Draft", "receipt", "calm"),
            Status::Canceled => ("Canceled", "canceled", "calm"),
            Status::Closed => ("Closed", "closed", "calm"),
            Status::Processing => ("Payment processing", "processing", "info"),
            Status::Refunded => ("Refunded", "refunded", "calm"),
            Status::PartlyRefunded => ("Partly refunded", "refunded", "calm"),
            Status::Paid => ("Paid", "paid", "good"),
            Status::Returned => ("Payment returned by the bank", "overdue", "bad"),
            Status::DidNotGoThrough(_) => ("Payment didn’t go through", "failed", "warn"),
            Status::PastDue => ("Past due", "past-due", "bad"),
            Status::Overdue(_) => ("Overdue", "overdue", "bad"),
            Status::Due(0) => ("Due today", "due", "calm"),
            Status::Due(_) => return Self { word: format!("Due {due_on}"), icon: "due", tone: "calm" },
        };
        Self { word: word.to_owned(), icon, tone }
    }
}
