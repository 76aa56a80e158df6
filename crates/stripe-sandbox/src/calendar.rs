//! Instants as the calendar has them (UTC): a card's month, and the time that people read.
//! Everything else in the sandbox counts unix seconds.

use jiff::Timestamp;
use jiff::tz::TimeZone;

fn at(unix: i64) -> jiff::Zoned {
    Timestamp::from_second(unix).unwrap_or_default().to_zoned(TimeZone::UTC)
}

/// The year and the month, 1 to 12, of unix seconds.
pub(crate) fn month_of(unix: i64) -> (i64, i64) {
    let at = at(unix);
    (at.year().into(), at.month().into())
}

/// An instant for people.
pub(crate) fn describe(unix: i64) -> String {
    at(unix).strftime("%A, %B %-d, %Y, %-I:%M %p UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::{describe, month_of};

    #[test]
    fn months_begin_and_end_on_the_right_second() {
        assert_eq!(month_of(0), (1970, 1));
        assert_eq!(month_of(951_782_399), (2000, 2));
        assert_eq!(month_of(951_868_799), (2000, 2));
        assert_eq!(month_of(951_868_800), (2000, 3));
        assert_eq!(month_of(1_798_761_599), (2026, 12));
        assert_eq!(month_of(1_798_761_600), (2027, 1));
    }

    #[test]
    fn an_instant_is_read_without_counting() {
        assert_eq!(describe(1_795_300_000), "Saturday, November 21, 2026, 10:26 PM UTC");
    }
}
