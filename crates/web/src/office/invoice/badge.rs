//! How an invoice's status is told in the office: its word, its icon, its tone, and what stands beside it.

use zoop_domain::invoice::{Status, StatusFacts};
use zoop_domain::mail::NotMailed;
use zoop_domain::time::Date;

/// What stands beside an invoice whose mail was refused.
pub const BOUNCED: &str = "email bounced";

/// A status in the office's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// "In dunning".
    pub word: &'static str,
    /// The icon's name in the sprite.
    pub icon: &'static str,
    /// The tone's class: info, good, warn, bad, or none.
    pub tone: &'static str,
    /// "next try Nov 24"; may be empty.
    pub beside: String,
    /// Whether that is bad news.
    pub is_bad: bool,
}

impl Badge {
    /// How an invoice stands on `today`, and why its customer has no mail with it.
    #[must_use]
    pub fn of(facts: &StatusFacts, today: Date, not_mailed: Option<NotMailed>) -> Self {
        let status = facts.status_on(today);
        let late = today.days_since(facts.due_on);
        let (word, icon, tone) = match status {
            Status::Draft => ("Draft", "pencil", ""),
            Status::Due(_) => ("Sent", "send", "info"),
            Status::Processing => ("Processing", "clock", "info"),
            Status::DidNotGoThrough(_) => ("In dunning", "retry", "warn"),
            Status::PastDue => ("Past due", "stop", "bad"),
            Status::Overdue(_) => ("Overdue", "clock", "bad"),
            Status::Returned => ("Payment returned", "undo", "bad"),
            Status::Paid => ("Paid", "check", "good"),
            Status::PartlyRefunded => ("Partly refunded", "undo", ""),
            Status::Refunded => ("Refunded", "undo", ""),
            Status::Closed => ("Uncollectible", "x-circle", ""),
            Status::Canceled => ("Void", "ban", ""),
        };
        let (beside, is_bad) = match status {
            Status::DidNotGoThrough(day) => (format!("next try {}", short(day)), false),
            Status::Overdue(_) | Status::PastDue | Status::Returned if late > 0 => (days_late(late), true),
            Status::Due(_) if not_mailed == Some(NotMailed::Refused) => (BOUNCED.to_owned(), true),
            Status::Due(_) if not_mailed == Some(NotMailed::NoServer) => ("not emailed".to_owned(), true),
            Status::Due(0) => ("due today".to_owned(), false),
            Status::Due(_) if not_mailed == Some(NotMailed::NoAddress) => ("no email".to_owned(), false),
            _ => (String::new(), false),
        };
        Self { word, icon, tone, beside, is_bad }
    }
}

/// "3 days late".
#[must_use]
pub fn days_late(days: i32) -> String {
    if days == 1 { "1 day late".to_owned() } else { format!("{days} days late") }
}

/// "Nov 24", where the year goes without saying.
#[must_use]
pub fn short(day: Date) -> String {
    let whole = day.to_string();
    whole.split(',').next().unwrap_or_default().to_owned()
}
