//! The presets' dates by example, by property and against a slow walk through the calendar.

use proptest::prelude::*;

use super::*;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn schedule(word: &str, rrule: Option<&str>, starts_on: Date) -> Schedule {
    Schedule::new(Frequency::read(word, rrule).unwrap(), starts_on).unwrap()
}

/// The first `count` dates, each asked from the one before.
fn walk(schedule: &Schedule, count: usize) -> Vec<Date> {
    std::iter::successors(schedule.first(), |date| schedule.next_after(*date)).take(count).collect()
}

fn isos(word: &str, starts_on: &str, count: usize) -> Vec<String> {
    walk(&schedule(word, None, date(starts_on)), count).into_iter().map(Date::iso).collect()
}

const PRESETS: [&str; 5] = ["weekly", "every_two_weeks", "monthly", "quarterly", "yearly"];

#[test]
fn a_month_end_stays_one_and_never_drifts() {
    assert_eq!(isos("monthly", "2026-01-31", 4), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
    assert_eq!(isos("monthly", "2027-12-30", 4), ["2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"]);
    assert_eq!(isos("quarterly", "2026-11-30", 3), ["2026-11-30", "2027-02-28", "2027-05-30"]);
}

#[test]
fn a_leap_day_comes_back_in_leap_years() {
    let years = isos("yearly", "2024-02-29", 6);
    assert_eq!(years, ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"]);
    assert_eq!(
        isos("yearly", "2096-02-29", 9)[4..],
        ["2100-02-28", "2101-02-28", "2102-02-28", "2103-02-28", "2104-02-29"]
    );
}

#[test]
fn weeks_go_on_over_the_year() {
    assert_eq!(isos("weekly", "2026-12-24", 3), ["2026-12-24", "2026-12-31", "2027-01-07"]);
    assert_eq!(isos("every_two_weeks", "2026-12-24", 3), ["2026-12-24", "2027-01-07", "2027-01-21"]);
}

#[test]
fn a_frequency_reads_back_from_its_word() {
    for word in PRESETS {
        let frequency = Frequency::read(word, Some(" ")).unwrap();
        assert_eq!((frequency.as_str(), frequency.rrule()), (word, None));
        assert_eq!(Frequency::read(word, Some("FREQ=DAILY")), Err(ScheduleError::NeedlessRule));
    }
    let rule = Frequency::read("rrule", Some("RRULE:FREQ=MONTHLY;BYDAY=1MO")).unwrap();
    assert_eq!(
        (rule.as_str(), rule.rrule(), rule.every()),
        ("rrule", Some("FREQ=MONTHLY;BYDAY=1MO"), "on its schedule")
    );
    assert_eq!(Frequency::read("rrule", None), Err(ScheduleError::NoRule));
    assert_eq!(Frequency::read("fortnightly", None), Err(ScheduleError::UnknownFrequency));
}

#[test]
fn a_rule_that_never_fires_is_refused() {
    let rules = [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4,6,9,11;BYMONTHDAY=31",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3;BYMONTHDAY=1",
        "FREQ=YEARLY;BYMONTH=2",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=DAILY;UNTIL=20260130",
    ];
    for rule in rules {
        let frequency = Frequency::read("rrule", Some(rule)).unwrap();
        assert_eq!(Schedule::new(frequency, date("2026-01-31")), Err(ScheduleError::NeverFires), "{rule}");
    }
    let sentence = ScheduleError::NeverFires.to_string();
    assert_eq!(sentence, "this rule never fires: it has no date in the ten years after the plan's start");
}

#[test]
fn a_rule_ends_with_its_count_or_day() {
    let count = schedule("rrule", Some("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2"), date("2026-01-15"));
    assert_eq!(walk(&count, 9), [date("2026-01-31"), date("2026-02-28")]);
    assert_eq!(count.next_after(date("2020-01-01")), Some(date("2026-01-31")));
    let until = schedule("rrule", Some("FREQ=WEEKLY;UNTIL=20260125"), date("2026-01-15"));
    assert_eq!(until.next_after(date("2026-01-22")), None);
}

#[test]
fn the_calendar_ends_and_so_does_a_plan() {
    for word in PRESETS {
        let last = schedule(word, None, date("9999-12-31"));
        assert_eq!((last.first(), last.next_after(date("9999-12-31"))), (Some(date("9999-12-31")), None));
    }
    let daily = Frequency::read("rrule", Some("FREQ=DAILY")).unwrap();
    assert!(Schedule::new(daily.clone(), Date::new(-9998, 1, 1).unwrap()).is_ok());
    assert_eq!(Schedule::new(daily, date("9999-12-29")), Err(ScheduleError::NeverFires));
}

/// Days from 2019 to 2105, so that 2100, which is no leap year, is among them.
fn days() -> impl Strategy<Value = Date> {
    (0_i32..31_400).prop_map(|days| Date::new(2019, 1, 1).unwrap().plus_days(days))
}

/// Whether the preset bills on `day`, read off the calendar.
fn bills(word: &str, starts_on: Date, day: Date) -> bool {
    let since = day.days_since(starts_on);
    let end = Date::end_of_month(day.year(), day.month()).unwrap();
    let same_day = day.day() == starts_on.day().min(end.day());
    let months =
        (i32::from(day.year()) - i32::from(starts_on.year())) * 12 + i32::from(day.month() - starts_on.month());
    since >= 0
        && match word {
            "weekly" => since % 7 == 0,
            "every_two_weeks" => since % 14 == 0,
            "monthly" => same_day,
            "quarterly" => same_day && months % 3 == 0,
            _ => same_day && months % 12 == 0,
        }
}

proptest! {
    #[test]
    fn the_next_date_is_the_first_that_a_slow_walk_finds(
        word in prop::sample::select(PRESETS.to_vec()), starts_on in days(), offset in -400_i32..20_000,
    ) {
        let day = starts_on.plus_days(offset);
        let next = schedule(word, None, starts_on).next_after(day).unwrap();
        let slow = (1..).map(|days| day.plus_days(days)).find(|day| bills(word, starts_on, *day));
        prop_assert_eq!(Some(next), slow);
    }

    #[test]
    fn every_walk_is_of_cycles_on_or_after_the_start(
        word in prop::sample::select(PRESETS.to_vec()), starts_on in days(),
    ) {
        let dates = walk(&schedule(word, None, starts_on), 60);
        prop_assert_eq!((dates.len(), dates[0]), (60, starts_on));
        prop_assert!(dates.is_sorted_by(|before, after| before < after));
        prop_assert!(dates.iter().all(|day| bills(word, starts_on, *day)));
    }

    #[test]
    fn the_presets_and_their_rules_agree_off_the_months_ends(year in 2019_i16..2099, month in 1_i8..=12, day in 1_i8..=28) {
        let starts_on = Date::new(year, month, day).unwrap();
        let rules = ["FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=3", "FREQ=YEARLY"];
        for (word, rule) in PRESETS.into_iter().zip(rules) {
            prop_assert_eq!(walk(&schedule(word, None, starts_on), 6), walk(&schedule("rrule", Some(rule), starts_on), 6));
        }
    }
}
