//! How a business's money is doing, for the first page of its owner's application: months, ages of what is
//! owed, and a chart's scale.

use crate::dunning::Dunning;
use crate::id::{AlertId, CustomerId, InvoiceId, PaymentId, PlanId, QuoteId};
use crate::mail::MailKind;
use crate::money::Money;
use crate::time::Date;

/// A month of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

const NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Month {
    /// The month of `date`.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self { year: date.year(), month: date.month() }
    }

    /// Its name: "November".
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.month.unsigned_abs()).clamp(1, 12) - 1]
    }

    /// "November 2026".
    #[must_use]
    pub fn with_year(self) -> String {
        format!("{} {}", self.name(), self.year)
    }

    /// As the first seven letters of its days: `2026-11`.
    #[must_use]
    pub fn iso(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }
}

/// The twelve months that end with that of `today`, oldest first.
#[must_use]
pub fn twelve_months(today: Date) -> Vec<Month> {
    let first = Date::new(today.year(), today.month(), 1).unwrap_or(today);
    (0..12).rev().map(|back| Month::of(first.plus_months(-back))).collect()
}

/// What a month brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// The month.
    pub month: Month,
    /// How many payments.
    pub payments: i64,
    /// What they came to, without what went back.
    pub amount: Money,
}

/// How late an unpaid invoice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Not late.
    NotDue,
    /// 1 to 30 days.
    Month,
    /// 31 to 60.
    TwoMonths,
    /// 61 to 90.
    ThreeMonths,
    /// More.
    Older,
}

impl Age {
    /// All, youngest first.
    pub const ALL: [Self; 5] = [Self::NotDue, Self::Month, Self::TwoMonths, Self::ThreeMonths, Self::Older];

    /// The last due day, counted back from today, that still belongs here; the next age begins a day before.
    /// `None` for the oldest.
    #[must_use]
    pub const fn latest_by(self) -> Option<i32> {
        match self {
            Self::NotDue => Some(0),
            Self::Month => Some(30),
            Self::TwoMonths => Some(60),
            Self::ThreeMonths => Some(90),
            Self::Older => None,
        }
    }

    /// "1–30 days late".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotDue => "Not due yet",
            Self::Month => "1–30 days late",
            Self::TwoMonths => "31–60 days",
            Self::ThreeMonths => "61–90 days",
            Self::Older => "Over 90 days",
        }
    }
}

/// An open invoice whose automatic charge failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Its number.
    pub number: String,
    /// Whose.
    pub customer: CustomerId,
    /// His name, as he is called now.
    pub customer_name: String,
    /// What is owed on it.
    pub owed: Money,
    /// What became of the charges.
    pub dunning: Dunning,
    /// Whether auto-pay still has something to charge.
    pub can_retry: bool,
}

/// Something that somebody should look at, and what it is about as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// The alert.
    pub alert: AlertId,
    /// What kind of thing it is: `payment.surplus`.
    pub kind: String,
    /// What happened and what was done.
    pub message: String,
    /// Whose matter it is, as he is called now.
    pub customer: Option<(CustomerId, String)>,
    /// Whether he has an email address now.
    pub has_email: bool,
    /// The invoice and its number.
    pub invoice: Option<(InvoiceId, String)>,
    /// The payment.
    pub payment: Option<PaymentId>,
    /// The plan and its title.
    pub plan: Option<(PlanId, String)>,
    /// The quote and its number.
    pub quote: Option<(QuoteId, String)>,
    /// The mail that didn't arrive.
    pub mail: Option<Undelivered>,
}

/// A mail that the mail server refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// What it says.
    pub kind: MailKind,
    /// To whom it was to go.
    pub recipient: String,
    /// What the mail server said.
    pub error: String,
}

/// A quote that was accepted and not billed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The quote.
    pub quote: QuoteId,
    /// Its number.
    pub number: String,
    /// Who accepted it, as he is called now.
    pub customer_name: String,
    /// What it comes to.
    pub total: Money,
}

/// A payment, as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// The payment.
    pub payment: PaymentId,
    /// Who paid, as he is called now.
    pub customer_name: String,
    /// The invoice's number.
    pub number: String,
    /// "Visa •••• 4242".
    pub method_label: String,
    /// Whether auto-pay took it.
    pub automatic: bool,
    /// On which day.
    pub received_on: Date,
    /// What arrived.
    pub amount: Money,
}

/// A card that pays plans and expires soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// Whose.
    pub customer: CustomerId,
    /// His name.
    pub customer_name: String,
    /// "Mastercard •••• 5518".
    pub method_label: String,
    /// Its last day.
    pub expires_on: Option<Date>,
    /// One of the plans it pays.
    pub plan_title: String,
}

/// Where the lines of a chart stand: `step`, twice and three times of it, in minor units. The highest line lies
/// at or above `most`.
#[must_use]
pub fn chart_step(most: i64) -> i64 {
    let most = most.max(3);
    let wanted = most / 3 + i64::from(most % 3 != 0);
    let mut unit = 1_i64;
    loop {
        for factor in [1, 2, 4, 5, 8] {
            let step = unit.saturating_mul(factor);
            if step >= wanted {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn twelve_months_end_today() {
        let months = twelve_months("2026-01-31".parse().unwrap());
        assert_eq!(
            (months.len(), months[0].iso(), months[11].with_year()),
            (12, "2025-02".into(), "January 2026".into())
        );
    }

    #[test]
    fn lines_of_a_chart_are_round() {
        assert_eq!(
            (chart_step(2_130_650), chart_step(2_400_000), chart_step(0), chart_step(3)),
            (800_000, 800_000, 1, 1)
        );
    }

    proptest! {
        #[test]
        fn the_highest_line_holds_the_highest_bar(most in 0_i64..1_000_000_000_000) {
            let step = chart_step(most);
            prop_assert!(step * 3 >= most && step * 3 <= most.max(3) * 2 + 6);
        }
    }
}
