//! Instants, dates and time zones, and the clock as an argument.
//!
//! An [`Instant`] has microseconds, because PostgreSQL keeps no more. A due date is a [`Date`]
//! of the business: what day it is depends on its time zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil;

/// Tells the time. In life it is the system's; in tests and the demo it can be moved.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Instant;
}

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_microseconds(microseconds: i64) -> Self {
        Self(microseconds)
    }

    /// From whole seconds since the Unix epoch, as Stripe sends them.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_microseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_unix_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This moment plus `seconds`, which may be negative.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` until this moment, negative if it lies before.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1_000_000
    }

    /// The day of this moment in `zone`.
    #[must_use]
    pub fn date_in(self, zone: &TimeZone) -> Date {
        let timestamp = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX);
        Date(zone.0.to_datetime(timestamp).date())
    }

    /// The time of day in `zone` as a form has it: `19:48`.
    #[must_use]
    pub fn time_in(self, zone: &TimeZone) -> String {
        let timestamp = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX);
        let time = zone.0.to_datetime(timestamp).time();
        format!("{:02}:{:02}", time.hour(), time.minute())
    }

    /// What a clock on the wall shows in `zone`: `7:48 PM`.
    #[must_use]
    pub fn clock_in(self, zone: &TimeZone) -> String {
        let timestamp = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX);
        let time = zone.0.to_datetime(timestamp).time();
        let half = if time.hour() < 12 { "AM" } else { "PM" };
        let hour = match time.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        format!("{hour}:{:02} {half}", time.minute())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{}µs", self.0),
        }
    }
}

/// A calendar day, without a time zone. Shown as "Sep 28, 2026".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// The day `year`-`month`-`day`, or `None` if there is no such day.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        civil::Date::new(year, month, day).ok().map(Self)
    }

    /// This day plus `days`, which may be negative; the calendar's ends stop it.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        // A span holds no more days than this, and the calendar fewer.
        let days = days.clamp(-7_304_484, 7_304_484);
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }

    /// The same day `months` later, or the last of that month if it has no such day;
    /// the calendar's ends stop it.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        // A span holds no more months than this, and the calendar just as many.
        let months = months.clamp(-239_976, 239_976);
        Self(self.0.saturating_add(jiff::Span::new().months(months)))
    }

    /// Days from `earlier` until this day, negative if it lies before.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0.since(earlier.0).map_or(0, |span| span.get_days())
    }

    /// Months from the month of `earlier` until this day's, whatever the days in them.
    #[must_use]
    pub fn months_since(self, earlier: Self) -> i32 {
        let index = |date: Self| i32::from(date.year()) * 12 + i32::from(date.month());
        index(self) - index(earlier)
    }

    /// The last day of `month` in `year`, or `None` if there is no such month.
    #[must_use]
    pub fn end_of_month(year: i16, month: i8) -> Option<Self> {
        civil::Date::new(year, month, 1).ok().map(|first| Self(first.last_of_month()))
    }

    /// The first moment of this day plus `hour` hours in `zone`; a gap of the clock moves it on.
    #[must_use]
    pub fn at_hour(self, hour: i8, zone: &TimeZone) -> Instant {
        let local = self.0.at(hour, 0, 0, 0);
        let instant = zone.0.to_ambiguous_timestamp(local).compatible();
        let beyond = if self.0.year() < 1970 { i64::MIN } else { i64::MAX };
        Instant(instant.map_or(beyond, jiff::Timestamp::as_microsecond))
    }

    /// This day at `09:40` in `zone`; a gap of the clock moves it on. `None` if the text is no time of day.
    #[must_use]
    pub fn at_time(self, typed: &str, zone: &TimeZone) -> Option<Instant> {
        let time: civil::Time = typed.trim().parse().ok()?;
        let instant = zone.0.to_ambiguous_timestamp(self.0.to_datetime(time)).compatible().ok()?;
        Some(Instant(instant.as_microsecond()))
    }

    /// "Monday".
    #[must_use]
    pub fn weekday(self) -> &'static str {
        match self.0.weekday() {
            civil::Weekday::Monday => "Monday",
            civil::Weekday::Tuesday => "Tuesday",
            civil::Weekday::Wednesday => "Wednesday",
            civil::Weekday::Thursday => "Thursday",
            civil::Weekday::Friday => "Friday",
            civil::Weekday::Saturday => "Saturday",
            civil::Weekday::Sunday => "Sunday",
        }
    }

    /// The day in ISO 8601, `2026-09-28`, for `<time datetime>` and the database.
    #[must_use]
    pub fn iso(self) -> String {
        self.0.to_string()
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month = MONTHS[usize::from(self.0.month().unsigned_abs()) - 1];
        write!(f, "{month} {}, {}", self.0.day(), self.0.year())
    }
}

/// A text that is no day of the calendar.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a date like 2026-09-28")]
pub struct InvalidDate;

impl FromStr for Date {
    type Err = InvalidDate;
    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        // A moment is no day: what stands behind the day would be dropped.
        let is_day = !text.contains(['T', 't', ' ', '_']);
        text.parse().ok().filter(|_| is_day).map(Self).ok_or(InvalidDate)
    }
}

/// A time zone by its IANA name, such as `America/Chicago`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(jiff::tz::TimeZone);

/// A name that the IANA database does not have.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown time zone; use an IANA name such as America/Chicago")]
pub struct UnknownTimeZone;

impl TimeZone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(jiff::tz::TimeZone::UTC);

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The names of the places that have one, in their order.
    #[must_use]
    pub fn names() -> Vec<String> {
        let names = jiff::tz::db().available().map(|name| name.to_string());
        let is_place = |name: &String| {
            name.split_once('/').is_some_and(|(region, _)| {
                matches!(
                    region,
                    "Africa"
                        | "America"
                        | "Antarctica"
                        | "Asia"
                        | "Atlantic"
                        | "Australia"
                        | "Europe"
                        | "Indian"
                        | "Pacific"
                )
            })
        };
        let mut names: Vec<_> = names.filter(is_place).collect();
        names.sort();
        names
    }
}

impl FromStr for TimeZone {
    type Err = UnknownTimeZone;
    fn from_str(name: &str) -> Result<Self, UnknownTimeZone> {
        jiff::tz::TimeZone::get(name).map(Self).map_err(|_| UnknownTimeZone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_depends_on_the_zone() {
        let instant = Instant::from_unix_seconds(1_790_000_000); // 2026-09-21T14:13:20Z
        let auckland: TimeZone = "Pacific/Auckland".parse().unwrap();
        let chicago: TimeZone = "America/Chicago".parse().unwrap();
        assert_eq!(instant.date_in(&auckland).iso(), "2026-09-22");
        assert_eq!(instant.date_in(&chicago).iso(), "2026-09-21");
    }

    #[test]
    fn a_clock_on_the_wall_has_twelve_hours() {
        let chicago: TimeZone = "America/Chicago".parse().unwrap();
        let noon = Instant::from_unix_seconds(1_790_010_000);
        assert_eq!(noon.clock_in(&chicago), "12:00 PM");
        assert_eq!(noon.plus_seconds(12 * 3_600 + 5 * 60).clock_in(&chicago), "12:05 AM");
        assert_eq!(noon.plus_seconds(7 * 3_600 + 48 * 60).clock_in(&chicago), "7:48 PM");
    }

    #[test]
    fn a_time_that_was_typed_is_a_moment_of_its_day() {
        let chicago: TimeZone = "America/Chicago".parse().unwrap();
        let day: Date = "2026-11-23".parse().unwrap();
        assert_eq!(day.weekday(), "Monday");
        assert_eq!(day.at_time("09:40", &chicago).map(|at| at.time_in(&chicago)).as_deref(), Some("09:40"));
        assert_eq!(day.at_time("09:40", &chicago), Some(day.at_hour(9, &chicago).plus_seconds(40 * 60)));
        for wrong in ["", "9", "25:00", "noon"] {
            assert_eq!(day.at_time(wrong, &chicago), None, "{wrong}");
        }
    }

    #[test]
    fn every_name_that_is_offered_is_known() {
        let names = TimeZone::names();
        assert!(
            names.iter().any(|name| name == "America/Chicago")
                && names.iter().all(|name| name.parse::<TimeZone>().is_ok())
        );
    }

    #[test]
    fn a_date_is_shown_as_people_write_it() {
        let date: Date = "2026-09-08".parse().unwrap();
        assert_eq!(date.to_string(), "Sep 8, 2026");
        assert_eq!(date.plus_days(30).days_since(date), 30);
        assert_eq!(date.plus_days(-400).days_since(date), -400);
        assert_eq!(Date::end_of_month(2028, 2).unwrap().iso(), "2028-02-29");
        assert_eq!("2026-12-31T18:30".parse::<Date>(), Err(InvalidDate));
    }

    #[test]
    fn months_end_early_and_the_calendar_ends_at_all() {
        let date: Date = "2028-01-31".parse().unwrap();
        assert_eq!(date.plus_months(1).iso(), "2028-02-29");
        assert_eq!(date.plus_months(13).iso(), "2029-02-28");
        assert_eq!(date.plus_months(-2).iso(), "2027-11-30");
        for far in [i32::MAX, i32::MIN] {
            assert_eq!(date.plus_months(far), date.plus_days(far));
        }
    }

    #[test]
    fn an_hour_that_the_clock_skips_moves_on() {
        let chicago: TimeZone = "America/Chicago".parse().unwrap();
        let spring: Date = "2026-03-08".parse().unwrap();
        let two = spring.at_hour(2, &chicago);
        assert_eq!(two.to_string(), "2026-03-08T08:00:00Z");
    }
}
