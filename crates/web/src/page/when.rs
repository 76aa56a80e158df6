//! A moment as somebody of the business says it: "Today, 7:55 AM", "Yesterday, 4:10 PM", "Sep 3, 2026, 9:00 AM".

use zoop_domain::time::{Instant, TimeZone};

/// The moment `at`, said at `now` in `zone`.
#[must_use]
pub fn when(at: Instant, now: Instant, zone: &TimeZone) -> String {
    let day = at.date_in(zone);
    let clock = at.clock_in(zone);
    match now.date_in(zone).days_since(day) {
        0 => format!("Today, {clock}"),
        1 => format!("Yesterday, {clock}"),
        _ => format!("{day}, {clock}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_days_have_names() {
        let zone: TimeZone = "America/Chicago".parse().unwrap();
        // 21 Sep 2026, 9:00 in Chicago.
        let now = Instant::from_unix_seconds(1_789_999_200);
        let said = |seconds| when(now.plus_seconds(seconds), now, &zone);
        assert_eq!(said(0), "Today, 9:00 AM");
        assert_eq!(said(-9 * 3600 - 60), "Yesterday, 11:59 PM");
        assert_eq!(said(-48 * 3600), "Sep 19, 2026, 9:00 AM");
    }
}
