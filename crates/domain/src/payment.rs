//! A payment: money that arrived for an invoice, by Stripe or by hand.

use crate::form::{FieldErrors, optional_line};
use crate::id::{AttemptId, BusinessId, CustomerId, InvoiceId, PaymentId};
use crate::invoice::entry::plain_number;
use crate::money::Money;
use crate::time::{Date, Instant};

crate::words! {
    /// How the money came.
    pub enum PaymentKind {
        /// Through Stripe: a card or a bank debit.
        Stripe = "stripe",
        /// A check, recorded by the business.
        Check = "check",
        /// Cash, recorded by the business.
        Cash = "cash",
        /// Zelle, recorded by the business.
        Zelle = "zelle",
        /// Venmo, recorded by the business.
        Venmo = "venmo",
        /// A bank transfer, recorded by the business.
        Wire = "wire",
        /// Anything else, recorded by the business.
        Other = "other",
    }
}

impl PaymentKind {
    /// "Check"; what a payment through Stripe is called says its method.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stripe => "Card",
            Self::Check => "Check",
            Self::Cash => "Cash",
            Self::Zelle => "Zelle",
            Self::Venmo => "Venmo",
            Self::Wire => "Wire",
            Self::Other => "Other",
        }
    }
}

/// What a payment recorded by hand is called: "Check #1042", "Zelle 8812", "Cash".
#[must_use]
pub fn hand_label(kind: PaymentKind, reference: Option<&str>) -> String {
    match (kind, reference) {
        (PaymentKind::Check, Some(number)) => format!("Check #{}", number.trim_start_matches('#')),
        (PaymentKind::Other, Some(words)) => words.to_owned(),
        (PaymentKind::Other, None) => "Other payment".to_owned(),
        (kind, Some(words)) => format!("{} {words}", kind.name()),
        (kind, None) => kind.name().to_owned(),
    }
}

/// A payment recorded by hand, as typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypedPayment<'a> {
    /// How much.
    pub amount: &'a str,
    /// The day it arrived.
    pub received_on: &'a str,
    /// How, as [`PaymentKind`] is written.
    pub method: &'a str,
    /// The check's number, or what else tells it from others.
    pub reference: &'a str,
}

/// A payment recorded by hand, once it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandPayment {
    /// How.
    pub kind: PaymentKind,
    /// How much.
    pub amount: Money,
    /// "Check #1042", "Cash".
    pub label: String,
    /// On which day.
    pub received_on: Date,
}

/// The longest reference, in characters.
const LONGEST_REFERENCE: usize = 60;

impl TypedPayment<'_> {
    /// Reads it on `today`, while `owed` is owed.
    ///
    /// # Errors
    /// Whatever can't be used, by field.
    pub fn read(&self, owed: Money, today: Date) -> Result<HandPayment, FieldErrors> {
        let mut errors = FieldErrors::default();
        let amount = errors.take("amount", amount_up_to(self.amount, owed, "owed"));
        let received_on = errors.take("received", received_day(self.received_on, today));
        let kind = self.method.parse().ok().filter(|kind| *kind != PaymentKind::Stripe);
        let kind = errors.take("method", kind.ok_or("Say how it was paid."));
        let reference = optional_line(self.reference, "a reference", LONGEST_REFERENCE);
        let reference = errors.take("reference", reference);
        match (amount, received_on, kind, reference) {
            (Some(amount), Some(received_on), Some(kind), Some(reference)) => {
                Ok(HandPayment { kind, amount, label: hand_label(kind, reference.as_deref()), received_on })
            }
            _ => Err(errors),
        }
    }
}

/// An amount above nothing and up to `most`, which is what is "owed", or "left".
///
/// # Errors
/// What to enter instead.
pub fn amount_up_to(typed: &str, most: Money, what: &str) -> Result<Money, String> {
    let currency = most.currency();
    let plain = plain_number(typed);
    let amount = Money::from_typed(plain.trim_start_matches(currency.symbol()), currency);
    let amount = amount.map_err(|_| format!("Enter an amount such as {most}."))?;
    if !amount.is_positive() {
        return Err(format!("Enter an amount such as {most}."));
    }
    match amount.minus(most) {
        Ok(beyond) if beyond.is_positive() => {
            Err(format!("That is {beyond} more than is {what}. Enter {most} or less."))
        }
        Ok(_) => Ok(amount),
        Err(_) => Err(format!("Enter {most} or less.")),
    }
}

fn received_day(typed: &str, today: Date) -> Result<Date, String> {
    let day: Date = typed.trim().parse().map_err(|_| "Enter the day you received it.")?;
    if day > today {
        return Err(format!("Enter {today} or a day before it."));
    }
    if today.days_since(day) > 3_660 { Err("Enter a day of the last ten years.".into()) } else { Ok(day) }
}

crate::words! {
    /// Which payments the office's list shows.
    pub enum Which {
        /// All of them.
        All = "all",
        /// Through Stripe.
        Card = "card",
        /// Recorded by hand.
        Hand = "hand",
        /// Given back, in whole or in part.
        Refunded = "refunded",
        /// Disputed, or taken back by the bank.
        Disputed = "disputed",
    }
}

crate::words! {
    /// What became of the money.
    pub enum PaymentState {
        /// It is here.
        Succeeded = "succeeded",
        /// The bank took it back, or a dispute was lost.
        Returned = "returned",
    }
}

crate::words! {
    /// A chargeback on the payment, as far as it has come.
    pub enum DisputeState {
        /// The customer's bank has asked; the money is held back.
        Open = "open",
        /// Decided for the business.
        Won = "won",
        /// Decided for the customer.
        Lost = "lost",
    }
}

/// A payment as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The business.
    pub business: BusinessId,
    /// The invoice it was made for.
    pub invoice: InvoiceId,
    /// Who paid.
    pub customer: CustomerId,
    /// The attempt that led to it, if it was ours.
    pub attempt: Option<AttemptId>,
    /// How it came.
    pub kind: PaymentKind,
    /// What became of it.
    pub state: PaymentState,
    /// What arrived.
    pub amount: Money,
    /// The part that paid the invoice; the rest is surplus and goes back.
    pub applied: Money,
    /// What was sent back, surplus included.
    pub refunded: Money,
    /// "Visa •••• 4242", "Check #1042", "Cash".
    pub method_label: String,
    /// Stripe's account: `acct_…`, for payments through Stripe.
    pub account: Option<String>,
    /// `pi_…`, for payments through Stripe.
    pub payment_intent: Option<String>,
    /// `ch_…`, for payments through Stripe.
    pub charge: Option<String>,
    /// When it arrived.
    pub received_at: Instant,
    /// The day it arrived, in the business's time zone.
    pub received_on: Date,
    /// A chargeback, if there is one.
    pub dispute: Option<DisputeState>,
    /// The day the first dispute was told.
    pub disputed_on: Option<Date>,
    /// The day the bank took it back.
    pub returned_on: Option<Date>,
}

crate::words! {
    /// Why a payment by hand doesn't count after all.
    pub enum TakenBackWhy {
        /// The bank didn't pay it.
        Bounced = "bounced",
        /// It was never made, or not for this invoice.
        Mistake = "mistake",
    }
}

impl TakenBackWhy {
    /// As a person reads it: "it bounced".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Bounced => "it bounced",
            Self::Mistake => "recorded by mistake",
        }
    }
}

/// Why a payment can't be taken back by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTakenBack {
    /// Only Stripe and the bank know what becomes of it.
    #[error("a payment through Stripe is refunded, or disputed at the bank")]
    ByStripe,
    /// It doesn't count already.
    #[error("this payment was taken back already")]
    Already,
    /// Then it has arrived, or there would have been nothing to give.
    #[error("part of this payment was given back already")]
    Refunded,
}

impl Payment {
    /// Whether it can be taken back by hand.
    ///
    /// # Errors
    /// Why not.
    pub fn can_be_taken_back(&self) -> Result<(), NotTakenBack> {
        match self {
            Self { kind: PaymentKind::Stripe, .. } => Err(NotTakenBack::ByStripe),
            Self { state: PaymentState::Returned, .. } => Err(NotTakenBack::Already),
            Self { refunded, .. } if !refunded.is_zero() => Err(NotTakenBack::Refunded),
            _ => Ok(()),
        }
    }
}

/// How a payment method is named on a receipt: "Visa •••• 4242".
#[must_use]
pub fn method_label(name: &str, last4: &str) -> String {
    format!("{name} •••• {last4}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    #[test]
    fn a_payment_by_hand_is_read_and_named() {
        let today: Date = "2026-11-23".parse().unwrap();
        let typed = TypedPayment { amount: "$298.96", received_on: "2026-11-23", method: "check", reference: "1058" };
        let paid = typed.read(usd(29_896), today).unwrap();
        assert_eq!((paid.amount, paid.label.as_str()), (usd(29_896), "Check #1058"));
        assert_eq!(hand_label(PaymentKind::Zelle, None), "Zelle");
        assert_eq!(hand_label(PaymentKind::Check, Some("#7")), "Check #7");
        let wrong = TypedPayment { amount: "398.96", received_on: "2026-11-24", method: "stripe", reference: "a\nb" };
        let errors = wrong.read(usd(29_896), today).unwrap_err();
        assert_eq!(errors.of("amount"), Some("That is $100.00 more than is owed. Enter $298.96 or less."));
        assert!(["received", "method", "reference"].iter().all(|field| errors.of(field).is_some()));
        for amount in ["", "0", "-5", "x"] {
            assert!(amount_up_to(amount, usd(100), "owed").is_err(), "{amount}");
        }
    }
}
