//! What an invoice's status is today: one pure function of lifecycle, payments, attempts, due
//! date and the business's local date. The order of the arms is the rule.

use super::{Ledger, Lifecycle};
use crate::attempt::AttemptState;
use crate::money::{Money, MoneyError};
use crate::time::Date;

/// All that a status follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusFacts {
    /// The stored part.
    pub lifecycle: Lifecycle,
    /// The sums.
    pub ledger: Ledger,
    /// When it is due.
    pub due_on: Date,
    /// The live attempt, if there is one.
    pub live_attempt: Option<AttemptState>,
    /// Failed automatic charges, if there were any.
    pub dunning: Option<DunningStage>,
    /// Whether a bank return or a lost dispute brought the balance back.
    pub bank_returned: bool,
}

/// How far dunning has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DunningStage {
    /// It is tried again on that day.
    NextTry(Date),
    /// The last try is used up, or the decline can't be retried.
    UsedUp,
    /// The customer stopped the retries.
    Stopped,
}

/// What the customer reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not sent; no customer sees it.
    Draft,
    /// Void.
    Canceled,
    /// Written off.
    Closed,
    /// A bank debit or a charge is under way.
    Processing,
    /// Paid, and all of it went back.
    Refunded,
    /// Paid, and part of it went back.
    PartlyRefunded,
    /// Nothing is owed.
    Paid,
    /// The bank took a payment back.
    Returned,
    /// An automatic charge failed; the next try is on that day.
    DidNotGoThrough(Date),
    /// Automatic charges failed and none follows.
    PastDue,
    /// The due date has passed, by so many days.
    Overdue(i32),
    /// Due in so many days; 0 is today.
    Due(i32),
}

impl StatusFacts {
    /// The status on `today`, the business's local date.
    #[must_use]
    pub fn status_on(&self, today: Date) -> Status {
        match self.lifecycle {
            Lifecycle::Draft => return Status::Draft,
            Lifecycle::Void => return Status::Canceled,
            Lifecycle::Uncollectible => return Status::Closed,
            Lifecycle::Open | Lifecycle::Paid => {}
        }
        if self.live_attempt.is_some_and(AttemptState::is_processing) {
            return Status::Processing;
        }
        if self.lifecycle == Lifecycle::Paid {
            let refunded = self.ledger.refunded.minor();
            return match refunded {
                ..=0 => Status::Paid,
                some if some < self.ledger.total.minor() => Status::PartlyRefunded,
                _ => Status::Refunded,
            };
        }
        if self.bank_returned {
            return Status::Returned;
        }
        match self.dunning {
            Some(DunningStage::NextTry(day)) => return Status::DidNotGoThrough(day),
            Some(DunningStage::UsedUp) => return Status::PastDue,
            Some(DunningStage::Stopped) | None => {}
        }
        match self.due_on.days_since(today) {
            days @ ..0 => Status::Overdue(-days),
            days => Status::Due(days),
        }
    }

    /// What is still to be paid; nothing for a void or written-off invoice.
    ///
    /// # Errors
    /// An overflow, or mixed currencies.
    pub fn owed(&self) -> Result<Money, MoneyError> {
        match self.lifecycle {
            Lifecycle::Open => self.ledger.balance(),
            _ => Ok(Money::zero(self.ledger.total.currency())),
        }
    }
}

impl Status {
    /// What it is called, on pages and on paper.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Canceled => "Canceled",
            Self::Closed => "Closed",
            Self::Processing => "Payment processing",
            Self::Refunded => "Refunded",
            Self::PartlyRefunded => "Partly refunded",
            Self::Paid => "Paid",
            Self::Returned => "Payment returned by the bank",
            Self::DidNotGoThrough(_) => "Payment didn’t go through",
            Self::PastDue => "Past due",
            Self::Overdue(_) => "Overdue",
            Self::Due(0) => "Due today",
            Self::Due(_) => "Due",
        }
    }

    /// Whether it is late in the customer's eyes: past its day, or a payment that failed.
    #[must_use]
    pub const fn is_late(self) -> bool {
        matches!(self, Self::Overdue(_) | Self::PastDue | Self::DidNotGoThrough(_) | Self::Returned)
    }

    /// Whether the customer can do something about it: open, and nothing under way.
    #[must_use]
    pub const fn is_payable(self) -> bool {
        self.is_late() || matches!(self, Self::Due(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn open() -> StatusFacts {
        StatusFacts {
            lifecycle: Lifecycle::Open,
            ledger: Ledger::new(usd(6_495)),
            due_on: day("2026-09-16"),
            live_attempt: None,
            dunning: None,
            bank_returned: false,
        }
    }

    #[test]
    fn s18_each_status_in_its_order() {
        let today = day("2026-09-18");
        let overdue = open();
        assert_eq!(overdue.status_on(today), Status::Overdue(2));
        assert_eq!(overdue.status_on(day("2026-09-16")), Status::Due(0));
        let dunning = StatusFacts { dunning: Some(DunningStage::NextTry(day("2026-09-19"))), ..open() };
        assert_eq!(dunning.status_on(today), Status::DidNotGoThrough(day("2026-09-19")));
        let past_due = StatusFacts { dunning: Some(DunningStage::UsedUp), ..open() };
        assert_eq!(past_due.status_on(today), Status::PastDue);
        let stopped = StatusFacts { dunning: Some(DunningStage::Stopped), ..open() };
        assert_eq!(stopped.status_on(today), Status::Overdue(2));
        let returned = StatusFacts { bank_returned: true, ..past_due };
        assert_eq!(returned.status_on(today), Status::Returned);
        let processing = StatusFacts { live_attempt: Some(AttemptState::Processing), ..returned };
        assert_eq!(processing.status_on(today), Status::Processing);
        let void = StatusFacts { lifecycle: Lifecycle::Void, ..processing };
        assert_eq!(void.status_on(today), Status::Canceled);
        let closed = StatusFacts { lifecycle: Lifecycle::Uncollectible, ..processing };
        assert_eq!(closed.status_on(today), Status::Closed);
    }

    #[test]
    fn an_open_checkout_page_is_not_processing() {
        let waiting = StatusFacts { live_attempt: Some(AttemptState::Open), ..open() };
        assert_eq!(waiting.status_on(day("2026-09-16")), Status::Due(0));
    }

    #[test]
    fn refunds_of_a_paid_invoice_show_and_never_reopen_it() {
        let paid = open().ledger.apply(Lifecycle::Open, usd(6_495)).unwrap();
        let facts = |refunded| StatusFacts {
            lifecycle: paid.lifecycle,
            ledger: paid.ledger.refund(paid.lifecycle, usd(refunded)).unwrap(),
            ..open()
        };
        let today = day("2026-12-01");
        assert_eq!(facts(0).status_on(today), Status::Paid);
        assert_eq!(facts(100).status_on(today), Status::PartlyRefunded);
        assert_eq!(facts(6_495).status_on(today), Status::Refunded);
        assert!(facts(6_495).owed().unwrap().is_zero());
    }

    proptest! {
        #[test]
        fn late_is_exactly_after_the_due_date(offset in -1000_i32..1000) {
            let facts = open();
            let status = facts.status_on(facts.due_on.plus_days(offset));
            prop_assert_eq!(status.is_late(), offset > 0);
            prop_assert!(status.is_payable());
        }
    }
}
