//! What follows a failed automatic charge: the reason in plain words, and whether it is tried again.
//!
//! Decline codes are Stripe's (<https://docs.stripe.com/declines/codes>).

use crate::time::{Date, Instant};

crate::words! {
    /// What a decline means for the next step.
    pub enum DeclineClass {
        /// May pass later: retried.
        Soft = "soft",
        /// The bank wants the customer in person.
        AuthenticationRequired = "authentication_required",
        /// The card is out of date; a new one, or Stripe's card updater, mends it.
        ExpiredCard = "expired_card",
        /// Never try this card again.
        Hard = "hard",
    }
}

impl DeclineClass {
    /// The class of Stripe's `decline_code` (or `code`), with its `advice_code`.
    #[must_use]
    pub fn of(decline_code: &str, advice_code: Option<&str>) -> Self {
        if advice_code == Some("do_not_try_again") {
            return Self::Hard;
        }
        match decline_code {
            "authentication_required" => Self::AuthenticationRequired,
            "expired_card" => Self::ExpiredCard,
            "do_not_try_again"
            | "lost_card"
            | "stolen_card"
            | "pickup_card"
            | "fraudulent"
            | "revocation_of_authorization"
            | "revocation_of_all_authorizations"
            | "stop_payment_order"
            | "invalid_account" => Self::Hard,
            _ => Self::Soft,
        }
    }
}

/// Why a card was declined, in plain words that follow "your bank declined Visa •••• 4242: ".
#[must_use]
pub fn plain_reason(decline_code: &str) -> &'static str {
    match decline_code {
        "insufficient_funds" => "not enough money was available",
        "expired_card" => "the card has expired",
        "authentication_required" => "it wants you to confirm the payment yourself",
        "incorrect_cvc" | "invalid_cvc" => "the security code was wrong",
        "incorrect_number" | "invalid_number" => "the card number was wrong",
        "account_closed" | "bank_account_closed" => "the account is closed",
        "no_account" => "the account could not be found",
        "debit_not_authorized" => "it was not authorized",
        "card_not_supported" => "the card doesn’t take this kind of payment",
        "card_velocity_exceeded" | "withdrawal_count_limit_exceeded" => "the card’s limit was reached",
        // Banks ask not to tell a customer more than this of a lost, stolen or suspect card.
        _ => "it gave no reason",
    }
}

/// Days from the first failure to each next try: five tries in all.
const RETRY_DAYS: [i32; 4] = [1, 3, 5, 7];

/// The day of the next try after `tries` soft declines, the first of them on `first_failed_on`:
/// tomorrow at the earliest, and `None` once the last try is used up.
#[must_use]
pub fn next_try_on(first_failed_on: Date, tries: i64, today: Date) -> Option<Date> {
    let past = usize::try_from(tries).ok()?.checked_sub(1)?;
    let days = RETRY_DAYS.get(past)?;
    Some(first_failed_on.plus_days(*days).max(today.plus_days(1)))
}

/// The dunning of one invoice: what was tried, why it failed, what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dunning {
    /// Automatic charges that failed so far.
    pub tries: i64,
    /// The day the first one failed, in the business's time zone: retries count from it.
    pub first_failed_on: Date,
    /// When the last one failed.
    pub failed_at: Instant,
    /// The day it failed, in the business's time zone.
    pub failed_on: Date,
    /// Stripe's decline code of the last failure.
    pub decline_code: String,
    /// What was charged: "Visa •••• 4242".
    pub method_label: String,
    /// The day of the next try, or `None` if there is none.
    pub next_try_on: Option<Date>,
    /// Whether the customer stopped the retries: then it is a plain unpaid invoice again.
    pub stopped: bool,
}

/// A failed automatic charge.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// When it failed.
    pub at: Instant,
    /// The business's day then.
    pub today: Date,
    /// Stripe's decline code.
    pub decline_code: &'a str,
    /// What it means for the next step.
    pub class: DeclineClass,
    /// What was charged: "Visa •••• 4242".
    pub method_label: &'a str,
}

impl Dunning {
    /// The dunning after one more failure. Only a soft decline is tried again.
    #[must_use]
    pub fn after(before: Option<&Self>, failure: Failure<'_>) -> Self {
        let tries = before.map_or(0, |before| before.tries) + 1;
        let first_failed_on = before.map_or(failure.today, |before| before.first_failed_on);
        let next_try_on = match failure.class {
            DeclineClass::Soft => next_try_on(first_failed_on, tries, failure.today),
            DeclineClass::AuthenticationRequired | DeclineClass::ExpiredCard | DeclineClass::Hard => None,
        };
        Self {
            tries,
            first_failed_on,
            failed_at: failure.at,
            failed_on: failure.today,
            decline_code: failure.decline_code.to_owned(),
            method_label: failure.method_label.to_owned(),
            next_try_on,
            stopped: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_lost_card_is_never_tried_again_and_never_named_so() {
        assert_eq!(DeclineClass::of("lost_card", None), DeclineClass::Hard);
        assert_eq!(DeclineClass::of("generic_decline", Some("do_not_try_again")), DeclineClass::Hard);
        assert_eq!(DeclineClass::of("insufficient_funds", Some("try_again_later")), DeclineClass::Soft);
        assert_eq!(plain_reason("stolen_card"), plain_reason("generic_decline"));
    }

    #[test]
    fn five_tries_in_a_week_and_none_on_the_day_of_a_failure() {
        let first: Date = "2028-02-27".parse().unwrap();
        let next = |tries, today: &str| next_try_on(first, tries, today.parse().unwrap()).map(Date::iso);
        assert_eq!(next(1, "2028-02-27").as_deref(), Some("2028-02-28"));
        assert_eq!(next(2, "2028-02-28").as_deref(), Some("2028-03-01"));
        assert_eq!(next(3, "2028-03-01").as_deref(), Some("2028-03-03"));
        assert_eq!(next(4, "2028-03-03").as_deref(), Some("2028-03-05"));
        assert_eq!(next(2, "2028-03-10").as_deref(), Some("2028-03-11"));
        assert_eq!((next(5, "2028-03-05"), next(0, "2028-03-05"), next(-1, "2028-03-05")), (None, None, None));
    }

    proptest! {
        #[test]
        fn a_next_try_is_after_today_and_later_with_each_failure(
            day in 0_i32..20_000, tries in -2_i64..9, late in 0_i32..40,
        ) {
            let first = Date::new(2000, 1, 1).unwrap().plus_days(day);
            let today = first.plus_days(late);
            let next = next_try_on(first, tries, today);
            prop_assert_eq!(next.is_some(), (1..=4).contains(&tries));
            if let Some(next) = next {
                prop_assert!(next > today);
                prop_assert!(next <= first.plus_days(7).max(today.plus_days(1)));
                prop_assert!(next_try_on(first, tries + 1, next).is_none_or(|after| after > next));
            }
        }
    }
}
