//! Whether auto-pay charges an open plan invoice now: one pure function of the consent, the dates,
//! and what the customer was told. Nothing is charged before it is due, unannounced when it must be
//! announced, or beyond what was agreed.

use crate::consent::{Evidence, NotCharged};
use crate::mail::MailState;
use crate::money::Money;
use crate::schedule::{BILLING_HOUR, notice_days};
use crate::time::{Date, Instant, TimeZone};

/// A cycle found late is charged no sooner than so long after its mail.
const LATE_SECONDS: i64 = 24 * 3_600;
/// A mail that waits for its server is waited for.
const MAIL_SECONDS: i64 = 3_600;

/// A mail that matters for a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What became of it.
    pub state: MailState,
    /// When it was sent, or given up.
    pub at: Option<Instant>,
}

/// All that the next step follows from.
#[derive(Clone, Debug)]
pub struct ChargeFacts<'a> {
    /// The present instant.
    pub now: Instant,
    /// Where the business's days begin.
    pub zone: &'a TimeZone,
    /// When the invoice is due.
    pub due_on: Date,
    /// Whether it was made after its cycle's day.
    pub made_late: bool,
    /// Whether an automatic charge of it has failed before.
    pub in_dunning: bool,
    /// What is owed.
    pub balance: Money,
    /// What was agreed to.
    pub evidence: &'a Evidence,
    /// What the consent's last charge took, or an invoice came to when it was given.
    pub last: Money,
    /// Whether a bank account is charged.
    pub bank_debit: bool,
    /// The business's setting: announce each charge so many days before.
    pub setting: Option<i64>,
    /// The invoice's own mail, which tells of the charge if the consent was live then.
    pub invoice_mail: Option<Told>,
    /// The announcement of just this amount.
    pub notice: Option<Told>,
}

/// What is to be done with the invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeStep {
    /// Charge it.
    Charge,
    /// Tell the customer, and look again then.
    Announce {
        /// The first moment it may be charged.
        until: Instant,
    },
    /// Look again then.
    Wait {
        /// When.
        until: Instant,
    },
    /// Leave it to the customer.
    Leave(LeaveWhy),
}

/// Why auto-pay leaves an invoice to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveWhy {
    /// The amount isn't covered.
    Amount(NotCharged),
    /// The customer can't be told of it beforehand.
    Unannounced,
    /// The business has not been able to charge for long.
    NoAccount,
}

impl ChargeFacts<'_> {
    /// The next step.
    #[must_use]
    pub fn step(&self) -> ChargeStep {
        if let Err(why) = self.evidence.allows(self.balance) {
            return ChargeStep::Leave(LeaveWhy::Amount(why));
        }
        // What failed was announced, and the mail about the failure told of the next try.
        if self.in_dunning {
            return ChargeStep::Charge;
        }
        let earliest = match self.earliest() {
            Ok(earliest) => earliest,
            Err(until) => return ChargeStep::Wait { until },
        };
        match self.announced(earliest) {
            Announced::Yes if earliest <= self.now => ChargeStep::Charge,
            Announced::Yes => ChargeStep::Wait { until: earliest },
            Announced::Soon(until) => ChargeStep::Wait { until },
            Announced::Not(until) => ChargeStep::Announce { until },
            Announced::Never => ChargeStep::Leave(LeaveWhy::Unannounced),
        }
    }

    /// The first moment it may be charged; `Err` while that isn't known, with when to look again.
    fn earliest(&self) -> Result<Instant, Instant> {
        let due = self.due_on.at_hour(BILLING_HOUR, self.zone);
        match self.invoice_mail {
            Some(Told { state: MailState::Queued, .. }) if self.made_late => Err(self.now.plus_seconds(MAIL_SECONDS)),
            Some(Told { at: Some(at), .. }) if self.made_late => Ok(due.max(at.plus_seconds(LATE_SECONDS))),
            _ => Ok(due),
        }
    }

    fn announced(&self, earliest: Instant) -> Announced {
        let differs = self.balance != self.last;
        let days = match (differs, self.setting) {
            (false, None) => return Announced::Yes,
            (false, Some(days)) => days,
            (true, setting) => notice_days(self.bank_debit, self.evidence.cap.is_some(), setting),
        };
        let charge_on = earliest.max(self.now).date_in(self.zone);
        let soon_enough = |told: Told| {
            let sent = told.at.filter(|_| told.state == MailState::Sent);
            sent.is_some_and(|at| charge_on.days_since(at.date_in(self.zone)) >= clamp(days))
        };
        // The invoice's mail named amount, day and card, if it went out while the consent was live.
        let by_invoice = self.invoice_mail.filter(|told| told.at.is_some_and(|at| at >= self.evidence.granted_at));
        if self.notice.is_some_and(soon_enough) || (self.setting.is_none() && by_invoice.is_some_and(soon_enough)) {
            return Announced::Yes;
        }
        match self.notice {
            Some(Told { state: MailState::Queued, .. }) => Announced::Soon(self.now.plus_seconds(MAIL_SECONDS)),
            Some(Told { state: MailState::Sent, at: Some(at) }) => {
                let first_day = at.date_in(self.zone).plus_days(clamp(days));
                Announced::Soon(first_day.at_hour(BILLING_HOUR, self.zone).max(earliest))
            }
            Some(_) => Announced::Never,
            None => {
                // Not too early: a notice is to be remembered on the day.
                let notice_on = earliest.date_in(self.zone).plus_days(-clamp(days));
                let today = self.now.date_in(self.zone);
                if today < notice_on {
                    return Announced::Soon(notice_on.at_hour(BILLING_HOUR, self.zone));
                }
                Announced::Not(today.plus_days(clamp(days)).at_hour(BILLING_HOUR, self.zone).max(earliest))
            }
        }
    }
}

enum Announced {
    Yes,
    Soon(Instant),
    Not(Instant),
    Never,
}

fn clamp(days: i64) -> i32 {
    i32::try_from(days.clamp(0, 60)).unwrap_or(60)
}
