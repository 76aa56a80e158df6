//! What happens when around a cycle's date: the invoice is made, a notice goes out, it is charged.
//!
//! All of it happens at [`BILLING_HOUR`] of a day of the business, so that daylight saving moves
//! no charge to another day and wakes nobody at night.

use std::str::FromStr;

use crate::time::{Date, Instant, TimeZone};

/// The hour of the business's day at which invoices are made, notices sent and cards charged.
pub const BILLING_HOUR: i8 = 6;

/// A mail of the charge comes at least this long before it, if the cycle was found late.
const SECONDS_OF_WARNING: i64 = 24 * 60 * 60;

/// The least days of notice before a charge that differs from the last one.
const NOTICE_DAYS: i64 = 3;

/// The least days of notice before a bank debit, unless its amount lies within an agreed cap.
const BANK_DEBIT_NOTICE_DAYS: i64 = 10;

/// How many days before its cycle's date an invoice is made, 0 to 60.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeadDays(u8);

/// A lead time that is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the lead time is 0 to 60 days")]
pub struct InvalidLeadDays;

impl LeadDays {
    /// The longest.
    pub const MAX: i64 = 60;

    /// From a number of days.
    ///
    /// # Errors
    /// Below 0 or above 60.
    pub fn new(days: i64) -> Result<Self, InvalidLeadDays> {
        match u8::try_from(days) {
            Ok(short) if days <= Self::MAX => Ok(Self(short)),
            _ => Err(InvalidLeadDays),
        }
    }

    /// The number of days.
    #[must_use]
    pub const fn days(self) -> u8 {
        self.0
    }

    /// The day on which the invoice of the cycle `cycle_on` is made.
    #[must_use]
    pub fn before(self, cycle_on: Date) -> Date {
        cycle_on.plus_days(-i32::from(self.0))
    }
}

impl FromStr for LeadDays {
    type Err = InvalidLeadDays;
    fn from_str(text: &str) -> Result<Self, InvalidLeadDays> {
        text.trim().parse().map_err(|_| InvalidLeadDays).and_then(Self::new)
    }
}

/// When the invoice of the cycle `cycle_on` is made and sent.
#[must_use]
pub fn made_at(cycle_on: Date, lead: LeadDays, zone: &TimeZone) -> Instant {
    lead.before(cycle_on).at_hour(BILLING_HOUR, zone)
}

/// The dates of one cycle's invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CycleDates {
    /// The day it is dated and sent.
    pub issued_on: Date,
    /// The day it is due.
    pub due_on: Date,
    /// When it may be charged.
    pub charge_at: Instant,
    /// Whether it was found after its day, or run by hand before it: its charge waits for its mail.
    pub made_late: bool,
}

impl CycleDates {
    /// When auto-pay looks at the invoice first, `now` at the earliest: in time to announce the
    /// charge, if the business announces each so many days before.
    #[must_use]
    pub fn look_at(self, setting: Option<i64>, zone: &TimeZone, now: Instant) -> Instant {
        setting.map_or(self.charge_at, |days| notice_at(self.due_on, days, zone).max(now).min(self.charge_at))
    }
}

/// The dates of the invoice that is made `now` for the cycle `cycle_on`. Found on its day it is
/// charged on the cycle's date; found late, or run by hand, never within a day of its mail.
#[must_use]
pub fn cycle_dates(cycle_on: Date, lead: LeadDays, zone: &TimeZone, now: Instant, run_now: bool) -> CycleDates {
    let today = now.date_in(zone);
    let charge_at = cycle_on.at_hour(BILLING_HOUR, zone);
    if !run_now && today == lead.before(cycle_on) {
        return CycleDates { issued_on: today, due_on: cycle_on, charge_at, made_late: false };
    }
    CycleDates {
        issued_on: today,
        due_on: cycle_on.max(today),
        charge_at: charge_at.max(now.plus_seconds(SECONDS_OF_WARNING)),
        made_late: true,
    }
}

/// How many days before a charge its notice goes out: what the law and the card networks ask,
/// or the business's `setting` if that is more.
#[must_use]
pub fn notice_days(bank_debit: bool, within_cap: bool, setting: Option<i64>) -> i64 {
    let least = if bank_debit && !within_cap { BANK_DEBIT_NOTICE_DAYS } else { NOTICE_DAYS };
    setting.map_or(least, |days| days.max(least))
}

/// When the notice of the charge on `cycle_on` goes out, `days` before it.
#[must_use]
pub fn notice_at(cycle_on: Date, days: i64, zone: &TimeZone) -> Instant {
    let days = i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX });
    cycle_on.plus_days(days.saturating_neg()).at_hour(BILLING_HOUR, zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ZONES: [&str; 9] = [
        "America/Chicago",
        "Europe/Berlin",
        "Pacific/Auckland",
        "Asia/Beirut",
        "America/Sao_Paulo",
        "Pacific/Apia",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "UTC",
    ];

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> TimeZone {
        name.parse().unwrap()
    }

    fn lead(days: i64) -> LeadDays {
        LeadDays::new(days).unwrap()
    }

    #[test]
    fn six_in_the_morning_is_six_on_the_day_the_clock_moves() {
        let at = |day: &str, name: &str| made_at(date(day), lead(0), &zone(name)).to_string();
        assert_eq!(at("2026-03-07", "America/Chicago"), "2026-03-07T12:00:00Z");
        assert_eq!(at("2026-03-08", "America/Chicago"), "2026-03-08T11:00:00Z");
        assert_eq!(at("2026-10-25", "Europe/Berlin"), "2026-10-25T05:00:00Z");
        assert_eq!(at("2026-09-27", "Pacific/Auckland"), "2026-09-26T17:00:00Z");
        // Midnight itself is skipped in these two.
        assert_eq!(at("2026-03-29", "Asia/Beirut"), "2026-03-29T03:00:00Z");
        assert_eq!(at("2018-11-04", "America/Sao_Paulo"), "2018-11-04T08:00:00Z");
    }

    #[test]
    fn a_day_that_an_island_skipped_falls_on_the_next() {
        let apia = zone("Pacific/Apia");
        let skipped = made_at(date("2011-12-30"), lead(0), &apia);
        assert_eq!(skipped, made_at(date("2011-12-31"), lead(0), &apia));
        assert_eq!(skipped.date_in(&apia), date("2011-12-31"));
    }

    #[test]
    fn a_cycle_in_time_is_due_and_charged_on_its_date() {
        let chicago = zone("America/Chicago");
        let cycle_on = date("2026-03-10");
        let now = made_at(cycle_on, lead(5), &chicago);
        let dates = cycle_dates(cycle_on, lead(5), &chicago, now, false);
        assert_eq!((dates.issued_on.iso(), dates.due_on), ("2026-03-05".to_owned(), cycle_on));
        assert_eq!(dates.charge_at.to_string(), "2026-03-10T11:00:00Z");
        let same_day = cycle_dates(cycle_on, lead(0), &chicago, cycle_on.at_hour(9, &chicago), false);
        assert_eq!(same_day.charge_at, cycle_on.at_hour(6, &chicago));
    }

    #[test]
    fn a_cycle_found_late_or_run_by_hand_is_not_charged_within_a_day() {
        let chicago = zone("America/Chicago");
        let cycle_on = date("2026-03-10");
        let week_late = date("2026-03-17").at_hour(15, &chicago);
        let late = cycle_dates(cycle_on, lead(5), &chicago, week_late, false);
        assert_eq!((late.issued_on.iso(), late.due_on.iso()), ("2026-03-17".to_owned(), "2026-03-17".to_owned()));
        assert_eq!(late.charge_at, week_late.plus_seconds(86_400));
        let day_late = date("2026-03-06").at_hour(15, &chicago);
        let still_early = cycle_dates(cycle_on, lead(5), &chicago, day_late, false);
        assert_eq!((still_early.issued_on.iso(), still_early.due_on), ("2026-03-06".to_owned(), cycle_on));
        assert_eq!(still_early.charge_at, cycle_on.at_hour(6, &chicago));
        let on_its_day = cycle_on.at_hour(7, &chicago);
        let by_hand = cycle_dates(cycle_on, lead(0), &chicago, on_its_day, true);
        assert_eq!((by_hand.due_on, by_hand.charge_at), (cycle_on, on_its_day.plus_seconds(86_400)));
    }

    #[test]
    fn a_lead_time_is_up_to_sixty_days() {
        assert_eq!(" 60 ".parse(), Ok(lead(60)));
        for text in ["61", "-1", "", "5.5", "9223372036854775808"] {
            assert_eq!(text.parse::<LeadDays>(), Err(InvalidLeadDays), "{text}");
        }
    }

    #[test]
    fn a_bank_debit_is_announced_ten_days_before_unless_within_a_cap() {
        assert_eq!(notice_days(false, false, None), 3);
        assert_eq!(notice_days(true, false, None), 10);
        assert_eq!(notice_days(true, true, None), 3);
        assert_eq!(notice_days(true, true, Some(7)), 7);
        assert_eq!(notice_days(true, false, Some(7)), 10);
        assert_eq!(notice_days(false, true, Some(-7)), 3);
        let berlin = zone("Europe/Berlin");
        assert_eq!(notice_at(date("2026-04-01"), 3, &berlin).to_string(), "2026-03-29T04:00:00Z");
        assert!(notice_at(date("2026-04-01"), i64::MAX, &berlin) < notice_at(date("2026-04-01"), 3, &berlin));
    }

    proptest! {
        #[test]
        fn an_invoice_is_made_at_six_of_its_day_everywhere(
            name in prop::sample::select(ZONES.to_vec()), day in 0_i32..40_000, days in 0_i64..=60,
        ) {
            let zone = zone(name);
            let cycle_on = Date::new(2012, 1, 1).unwrap().plus_days(day);
            let made = made_at(cycle_on.plus_days(60), lead(days), &zone);
            let made_on = cycle_on.plus_days(60 - i32::try_from(days).unwrap());
            prop_assert_eq!(made.date_in(&zone), made_on);
            // Six hours lie before it and eighteen after, give or take an hour when the clock moves.
            prop_assert_eq!(made.plus_seconds(17 * 3_600).date_in(&zone), made_on);
            prop_assert_eq!(made.plus_seconds(-5 * 3_600 + 1).date_in(&zone), made_on);
            prop_assert!(made.plus_seconds(-8 * 3_600).date_in(&zone) < made_on);
            prop_assert!(made.plus_seconds(20 * 3_600).date_in(&zone) > made_on);
        }

        #[test]
        fn whenever_a_cycle_is_found_it_is_charged_neither_early_nor_unannounced(
            name in prop::sample::select(ZONES.to_vec()), day in 0_i32..20_000, days in 0_i64..=60,
            late in -100_000_i64..10_000_000, run_now: bool,
        ) {
            let zone = zone(name);
            let cycle_on = Date::new(2012, 1, 1).unwrap().plus_days(day);
            let now = made_at(cycle_on, lead(days), &zone).plus_seconds(late);
            let dates = cycle_dates(cycle_on, lead(days), &zone, now, run_now);
            prop_assert_eq!(dates.issued_on, now.date_in(&zone));
            prop_assert!(dates.due_on >= cycle_on && dates.due_on >= dates.issued_on);
            prop_assert!(dates.charge_at >= cycle_on.at_hour(6, &zone));
            let in_time = !run_now && dates.issued_on == lead(days).before(cycle_on);
            prop_assert!(in_time || dates.charge_at.seconds_since(now) >= 86_400);
            prop_assert!(!in_time || dates.charge_at == cycle_on.at_hour(6, &zone));
            prop_assert_eq!(dates.made_late, !in_time);
            prop_assert_eq!(dates.look_at(None, &zone, now), dates.charge_at);
            let look_at = dates.look_at(Some(7), &zone, now);
            prop_assert!(look_at <= dates.charge_at && (look_at >= now || look_at == dates.charge_at));
        }
    }
}
