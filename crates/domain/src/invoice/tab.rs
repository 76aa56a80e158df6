//! The tabs of the office's list. They don't overlap: each invoice stands under one of them, by its status.

use super::Status;

crate::words! {
    /// A tab.
    pub enum Tab {
        /// Being written.
        Draft = "draft",
        /// Due, or a payment is under way: waiting, nothing wrong.
        Sent = "sent",
        /// An automatic charge failed and is tried again.
        InDunning = "in-dunning",
        /// Its day has passed, no try is left, or the bank took a payment back.
        Overdue = "overdue",
        /// Paid, refunds included.
        Paid = "paid",
        /// Written off.
        Uncollectible = "uncollectible",
        /// Canceled.
        Void = "void",
    }
}

impl Status {
    /// The tab it stands under.
    #[must_use]
    pub const fn tab(self) -> Tab {
        match self {
            Self::Draft => Tab::Draft,
            Self::Due(_) | Self::Processing => Tab::Sent,
            Self::DidNotGoThrough(_) => Tab::InDunning,
            Self::Overdue(_) | Self::PastDue | Self::Returned => Tab::Overdue,
            Self::Paid | Self::Refunded | Self::PartlyRefunded => Tab::Paid,
            Self::Closed => Tab::Uncollectible,
            Self::Canceled => Tab::Void,
        }
    }
}

impl Tab {
    /// Whether its invoices are open: their tab follows from the day, attempts and dunning.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::InDunning | Self::Overdue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_retried_is_not_overdue_and_what_is_past_due_is() {
        let day = "2026-11-24".parse().unwrap();
        assert_eq!(Status::DidNotGoThrough(day).tab(), Tab::InDunning);
        assert_eq!((Status::PastDue.tab(), Status::Returned.tab()), (Tab::Overdue, Tab::Overdue));
        assert_eq!((Status::Processing.tab(), Status::Refunded.tab()), (Tab::Sent, Tab::Paid));
        assert!(Tab::Overdue.is_open() && !Tab::Paid.is_open());
    }
}
