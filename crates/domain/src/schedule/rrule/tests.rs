//! The crate against a slow reading of RFC 5545, day by day, and everything a person may type.

use jiff::civil;
use proptest::prelude::*;

use super::*;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn dates(rule: &str, starts_on: &str, count: usize) -> Vec<String> {
    let rule: Rrule = rule.parse().unwrap();
    rule.dates(date(starts_on)).take(count).map(Date::iso).collect()
}

fn refusal(rule: &str) -> String {
    rule.parse::<Rrule>().unwrap_err().to_string()
}

#[test]
fn month_ends_are_those_of_the_rfc() {
    let skips = dates("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-15", 4);
    assert_eq!(skips, ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]);
    let last = dates("FREQ=MONTHLY;BYMONTHDAY=-1", "2028-01-15", 3);
    assert_eq!(last, ["2028-01-31", "2028-02-29", "2028-03-31"]);
    assert_eq!(dates("FREQ=MONTHLY", "2026-01-31", 2), ["2026-01-31", "2026-03-31"]);
    assert_eq!(dates("FREQ=YEARLY", "2096-02-29", 2), ["2096-02-29", "2104-02-29"]);
}

#[test]
fn usual_rules_fire_as_meant() {
    let last_friday = dates("RRULE:FREQ=MONTHLY;BYDAY=-1FR", "2026-09-01", 3);
    assert_eq!(last_friday, ["2026-09-25", "2026-10-30", "2026-11-27"]);
    let last_workday = dates("freq=monthly;byday=mo,tu,we,th,fr;bysetpos=-1;", "2026-01-01", 3);
    assert_eq!(last_workday, ["2026-01-30", "2026-02-27", "2026-03-31"]);
    let fortnight = dates("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "1997-08-05", 4);
    assert_eq!(fortnight, ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]);
    let season = dates("FREQ=WEEKLY;BYMONTH=4,5;BYDAY=MO", "2026-05-20", 3);
    assert_eq!(season, ["2026-05-25", "2027-04-05", "2027-04-12"]);
}

#[test]
fn count_and_until_end_it() {
    assert_eq!(dates("FREQ=MONTHLY;COUNT=3", "2026-01-01", 9), ["2026-01-01", "2026-02-01", "2026-03-01"]);
    for until in ["20260301", "20260301T000000", "20260301T235959Z"] {
        let rule = format!("FREQ=MONTHLY;UNTIL={until}");
        assert_eq!(dates(&rule, "2026-01-01", 9), ["2026-01-01", "2026-02-01", "2026-03-01"]);
    }
    assert!(dates("FREQ=MONTHLY;UNTIL=20251231", "2026-01-01", 9).is_empty());
}

#[test]
fn a_rule_is_kept_without_its_name_and_reads_back() {
    let rule: Rrule = " rrule:FREQ=monthly;BYMONTHDAY=15; ".parse().unwrap();
    assert_eq!(rule.as_str(), "FREQ=MONTHLY;BYMONTHDAY=15");
    assert_eq!(rule.as_str().parse(), Ok(rule));
}

#[test]
fn what_fires_more_than_daily_is_refused() {
    for rule in
        ["FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=2", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=6,18", "FREQ=DAILY;BYSECOND=0"]
    {
        assert!(refusal(rule).starts_with("a plan bills at most once a day"), "{rule}");
    }
}

#[test]
fn every_refusal_says_what_to_write() {
    let cases = [
        ("", "a recurrence rule looks like FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("every second Monday", "a recurrence rule looks like FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("FREQ=MONTHLY\nDTSTART:20260101", "a recurrence rule is one line of plain letters, digits and signs"),
        ("FREQ=DAILY;BYDAY=éMO", "a recurrence rule is one line of plain letters, digits and signs"),
        ("BYMONTHDAY=3", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=FORTNIGHTLY", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=DAILY;EXDATE=20260101", "a recurrence rule has no part \"EXDATE\""),
        ("FREQ=DAILY;FREQ=WEEKLY", "a recurrence rule has FREQ only once"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL takes whole numbers from 1 to 3660, and not 0"),
        ("FREQ=YEARLY;INTERVAL=11", "INTERVAL is at least 1 and at most ten years"),
        ("FREQ=DAILY;INTERVAL=1,2", "COUNT and INTERVAL are one number each"),
        ("FREQ=DAILY;COUNT=0", "COUNT takes whole numbers from 1 to 9999, and not 0"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY takes whole numbers from -31 to 31, and not 0"),
        ("FREQ=DAILY;BYMONTH=-1", "BYMONTH takes whole numbers from 1 to 12, and not 0"),
        ("FREQ=DAILY;UNTIL=20260230", "UNTIL is a day like 20261231"),
        ("FREQ=DAILY;UNTIL=20260101T1", "UNTIL is a day like 20261231"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260101", "a rule ends by COUNT or by UNTIL, not by both"),
        ("FREQ=WEEKLY;BYDAY=2MO", "a number before a weekday goes with FREQ=MONTHLY and FREQ=YEARLY only"),
        ("FREQ=MONTHLY;BYDAY=MO,2TU", "BYDAY has a number before every weekday or before none"),
        ("FREQ=MONTHLY;BYDAY=6MO", "a number before a weekday of FREQ=MONTHLY is 1 to 5 or -1 to -4"),
        (
            "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
            "BYWEEKNO can't be used: name months or days instead, such as BYMONTH=5 or BYYEARDAY=120",
        ),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY doesn't go with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS needs another part, such as BYDAY, to choose from"),
    ];
    for (rule, sentence) in cases {
        assert_eq!(refusal(rule), sentence, "{rule}");
    }
    for rule in ["FREQ=MONTHLY;BYDAY=XMO", "FREQ=MONTHLY;BYDAY=2X9MO", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=WEEKLY;WKST=XX"]
    {
        assert!(refusal(rule).contains("takes MO, TU, WE, TH, FR, SA and SU"), "{rule}");
    }
    let long = format!("FREQ=MONTHLY;BYMONTHDAY={}1", "1,".repeat(250));
    assert_eq!(refusal(&long), "a recurrence rule has at most 500 characters");
}

/// A rule in parts, for the slow reading.
#[derive(Clone, Debug)]
struct Slow {
    frequency: &'static str,
    interval: i32,
    months: Vec<i8>,
    month_days: Vec<i8>,
    year_days: Vec<i16>,
    weekdays: Vec<(i8, usize)>,
    positions: Vec<i32>,
    count: Option<usize>,
    week_start: usize,
}

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

fn number_of(day: civil::Date) -> usize {
    usize::try_from(day.weekday().to_monday_zero_offset()).unwrap()
}

fn list<T: ToString>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

impl Slow {
    fn text(&self) -> String {
        let mut text = format!("FREQ={};INTERVAL={};WKST={}", self.frequency, self.interval, WEEKDAYS[self.week_start]);
        let weekdays = self.weekdays.iter().map(|(number, day)| match number {
            0 => WEEKDAYS[*day].to_owned(),
            _ => format!("{number}{}", WEEKDAYS[*day]),
        });
        let weekdays = weekdays.collect::<Vec<_>>();
        let parts = [
            ("BYMONTH", list(&self.months)),
            ("BYMONTHDAY", list(&self.month_days)),
            ("BYYEARDAY", list(&self.year_days)),
            ("BYDAY", weekdays.join(",")),
            ("BYSETPOS", list(&self.positions)),
            ("COUNT", list(&self.count.into_iter().collect::<Vec<_>>())),
        ];
        for (part, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            text.push_str(&format!(";{part}={value}"));
        }
        text
    }

    fn matches(&self, day: civil::Date, start: civil::Date) -> bool {
        let bare = self.month_days.is_empty() && self.year_days.is_empty() && self.weekdays.is_empty();
        let within = |list: &[i16], first: i16, length: i16| {
            list.is_empty() || list.contains(&first) || list.contains(&(first - length - 1))
        };
        let month_days: Vec<i16> = self.month_days.iter().map(|day| i16::from(*day)).collect();
        let in_month = (i16::from(day.day()), i16::from(day.days_in_month()));
        let in_year = (day.day_of_year(), day.days_in_year());
        let (nth, length) = if self.frequency == "MONTHLY" || !self.months.is_empty() { in_month } else { in_year };
        let weekday = |(number, weekday): &(i8, usize)| {
            let (front, back) = ((nth - 1) / 7 + 1, -((length - nth) / 7 + 1));
            *weekday == number_of(day) && (*number == 0 || i16::from(*number) == front || i16::from(*number) == back)
        };
        (self.months.is_empty() || self.months.contains(&day.month()))
            && within(&month_days, in_month.0, in_month.1)
            && within(&self.year_days, in_year.0, in_year.1)
            && (self.weekdays.is_empty() || self.weekdays.iter().any(weekday))
            && (!bare
                || match self.frequency {
                    "YEARLY" => day.day() == start.day() && (!self.months.is_empty() || day.month() == start.month()),
                    "MONTHLY" => day.day() == start.day(),
                    "WEEKLY" => day.weekday() == start.weekday(),
                    _ => true,
                })
    }

    /// Which period of the rule `day` lies in.
    fn period(&self, day: civil::Date) -> i32 {
        let days = day.since(civil::date(1900, 1, 1)).unwrap().get_days(); // A Monday.
        match self.frequency {
            "YEARLY" => i32::from(day.year()),
            "MONTHLY" => i32::from(day.year()) * 12 + i32::from(day.month()),
            "WEEKLY" => (days - i32::try_from(self.week_start).unwrap()).div_euclid(7),
            _ => days,
        }
    }

    fn dates(&self, start: civil::Date, years: i16) -> Vec<String> {
        let (mut found, mut set) = (Vec::new(), Vec::new());
        let first = civil::date(start.year(), 1, 1);
        let last = civil::date(start.year() + years, 12, 31);
        for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
            let period = self.period(day);
            if (period - self.period(start)) % self.interval == 0 && self.matches(day, start) {
                set.push(day);
            }
            if self.period(day.tomorrow().unwrap()) == period {
                continue;
            }
            let chosen = |at: usize| {
                let (front, back) =
                    (i32::try_from(at + 1).unwrap(), i32::try_from(at).unwrap() - i32::try_from(set.len()).unwrap());
                self.positions.is_empty() || self.positions.contains(&front) || self.positions.contains(&back)
            };
            found.extend(set.iter().enumerate().filter(|(at, day)| chosen(*at) && **day >= start).map(|(_, day)| *day));
            set.clear();
        }
        found.into_iter().take(self.count.unwrap_or(usize::MAX)).map(|day| day.to_string()).collect()
    }
}

fn slow() -> impl Strategy<Value = Slow> {
    let frequency = prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
    let rare = |most: usize| prop_oneof![3 => Just(0..1), 2 => Just(1..most)];
    let months = rare(4).prop_flat_map(|size| prop::collection::vec(1_i8..=12, size));
    let signed = |most: i8| (1..=most).prop_flat_map(|day| prop_oneof![Just(day), Just(-day)]);
    let month_days = rare(4).prop_flat_map(move |size| prop::collection::vec(signed(31), size));
    let year_day = (1_i16..=366).prop_flat_map(|day| prop_oneof![Just(day), Just(-day)]);
    let year_days = prop_oneof![4 => Just(vec![]), 1 => prop::collection::vec(year_day, 1..5)];
    let numbered = any::<bool>();
    let weekdays = rare(4).prop_flat_map(move |size| prop::collection::vec((signed(4), 0_usize..7), size));
    let positions = prop_oneof![3 => Just(vec![]), 1 => prop::collection::vec((1_i32..=5).prop_flat_map(|at| prop_oneof![Just(at), Just(-at)]), 1..3)];
    let rest = (prop::option::weighted(0.2, 1_usize..9), 0_usize..7, 1_i32..=4);
    (frequency, months, month_days, year_days, numbered, weekdays, positions, rest).prop_map(
        |(
            frequency,
            months,
            mut month_days,
            mut year_days,
            numbered,
            mut weekdays,
            mut positions,
            (count, week_start, interval),
        )| {
            let long = matches!(frequency, "MONTHLY" | "YEARLY");
            if frequency == "WEEKLY" {
                month_days.clear();
            }
            if frequency != "YEARLY" {
                year_days.clear();
            }
            if !long || !numbered {
                weekdays.iter_mut().for_each(|(number, _)| *number = 0);
            }
            let bare = months.is_empty() && month_days.is_empty() && year_days.is_empty() && weekdays.is_empty();
            if !long || bare {
                positions.clear();
            }
            Slow { frequency, interval, months, month_days, year_days, weekdays, positions, count, week_start }
        },
    )
}

/// Text that looks like a rule, and now and then is one.
fn typed() -> impl Strategy<Value = String> {
    let name =
        "(RRULE:)?(FREQ|UNTIL|COUNT|INTERVAL|WKST|BYDAY|BYMONTH|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYSETPOS|BYHOUR|X)";
    let value = "(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|[-+]?[0-9]{1,4}(,[-+]?[0-9]{1,3}){0,3}|[-+]?[0-9]{0,2}(MO|SU|é)|[0-9]{8}(T[0-9]{6}Z?)?)";
    let part = (name, value).prop_map(|(name, value)| format!("{name}={value}"));
    let parts = prop::collection::vec(part, 0..6).prop_map(|parts| parts.join(";"));
    let frequency = "FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY);".prop_map(|text| text);
    prop_oneof![any::<String>(), parts.clone(), (frequency, parts).prop_map(|(frequency, parts)| frequency + &parts)]
}

proptest! {
    #[test]
    fn the_dates_are_those_of_a_slow_reading(rule in slow(), days in 0_i64..3_000) {
        let start = civil::date(2024, 1, 1).saturating_add(jiff::Span::new().days(days));
        let text = rule.text();
        let until = civil::date(start.year() + 5, 12, 31).to_string();
        let slow: Vec<_> = rule.dates(start, 6).into_iter().filter(|day| *day <= until).collect();
        // A rule that never fires takes half a second without optimisation; the examples have some.
        prop_assume!(!slow.is_empty());
        let fast: Vec<_> = dates(&text, &start.to_string(), 2_500).into_iter().take_while(|day| *day <= until).collect();
        let differ = fast.iter().zip(&slow).find(|(fast, slow)| fast != slow);
        prop_assert!(fast == slow, "{text} from {start}: {} and {} dates, {differ:?}", fast.len(), slow.len());
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused_and_ends(text in typed(), starts_on in 0_i32..3_000_000) {
        if let Ok(rule) = text.parse::<Rrule>() {
            let start = Date::new(2000, 1, 1).unwrap().plus_days(starts_on);
            let dates: Vec<_> = rule.dates(start).take(50).collect();
            prop_assert!(dates.iter().all(|date| *date >= start));
            prop_assert!(dates.is_sorted_by(|before, after| before < after));
            prop_assert_eq!(rule.as_str().parse::<Rrule>(), Ok(rule));
        }
    }
}
