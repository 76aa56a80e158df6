//! Moments as the office reads them, in the business's time zone: "Yesterday, 7:48 PM".

use zoop_domain::time::{Date, Instant, TimeZone};

/// A moment among others: the day in a word if it is near, and the time unless it is long ago.
#[must_use]
pub fn short(at: Instant, zone: &TimeZone, today: Date) -> String {
    let (day, clock) = (at.date_in(zone), at.clock_in(zone));
    match today.days_since(day) {
        0 => format!("Today, {clock}"),
        1 => format!("Yesterday, {clock}"),
        _ if day.year() == today.year() => format!("{}, {clock}", without_year(day)),
        _ => day.to_string(),
    }
}

/// A moment alone: "Sep 14, 2026, 9:12 AM".
#[must_use]
pub fn full(at: Instant, zone: &TimeZone) -> String {
    format!("{}, {}", at.date_in(zone), at.clock_in(zone))
}

/// How long ago a day is, in words.
#[must_use]
pub fn ago(day: Date, today: Date) -> String {
    match (today.days_since(day), today.months_since(day)) {
        (..=0, _) => "today".into(),
        (1, _) => "yesterday".into(),
        (days @ ..=59, _) => format!("{days} days ago"),
        (_, months @ ..=23) => format!("{months} months ago"),
        (_, months) => format!("{} years ago", months / 12),
    }
}

/// "1 day", "3 days".
#[must_use]
pub fn days(count: i32) -> String {
    if count == 1 { "1 day".into() } else { format!("{count} days") }
}

/// "Nov 18".
#[must_use]
pub fn without_year(day: Date) -> String {
    let whole = day.to_string();
    whole.split(',').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_days_have_names_and_far_ones_no_time() {
        let zone: TimeZone = "America/Chicago".parse().unwrap();
        let today: Date = "2026-11-23".parse().unwrap();
        let at = |day: &str, hour| day.parse::<Date>().unwrap().at_hour(hour, &zone);
        assert_eq!(short(at("2026-11-23", 9), &zone, today), "Today, 9:00 AM");
        assert_eq!(short(at("2026-11-22", 19), &zone, today), "Yesterday, 7:00 PM");
        assert_eq!(short(at("2026-03-09", 0), &zone, today), "Mar 9, 12:00 AM");
        assert_eq!(short(at("2025-03-09", 12), &zone, today), "Mar 9, 2025");
        assert_eq!(full(at("2026-09-14", 9), &zone), "Sep 14, 2026, 9:00 AM");
        let ago = |day: &str| ago(day.parse().unwrap(), today);
        assert_eq!((ago("2026-11-22"), ago("2026-10-23")), ("yesterday".into(), "31 days ago".into()));
        assert_eq!((ago("2026-08-30"), ago("2023-08-30")), ("3 months ago".into(), "3 years ago".into()));
    }
}
