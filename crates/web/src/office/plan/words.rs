//! What plans say in words: how often they bill, and when before that the invoice goes out.

use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::time::Date;

use crate::office::customer::capitalized;
use crate::office::home::chart::ordinal;
use crate::office::when;

/// "Every month, on the 21st".
pub(super) fn rhythm(schedule: &Schedule) -> String {
    let (every, on) = parts(schedule);
    let every = capitalized(every);
    if on.is_empty() { every } else { format!("{every}, {on}") }
}

/// "every month on the 21st".
pub(super) fn running(schedule: &Schedule) -> String {
    let (every, on) = parts(schedule);
    format!("{every} {on}").trim_end().to_owned()
}

fn parts(schedule: &Schedule) -> (&'static str, String) {
    let (frequency, first) = (schedule.frequency(), schedule.starts_on());
    let day = ordinal(first.day());
    let on = match (frequency, first.day()) {
        (Frequency::Weekly | Frequency::EveryTwoWeeks, _) => format!("on {}s", first.weekday()),
        (Frequency::Monthly | Frequency::Quarterly, 29..) => format!("on the {day} or the last day"),
        (Frequency::Monthly | Frequency::Quarterly, _) => format!("on the {day}"),
        (Frequency::Yearly, _) => format!("on {}", when::without_year(first)),
        (Frequency::Rrule(_), _) => return ("by its own rule", String::new()),
    };
    (frequency.every(), on)
}

/// "7 days ahead".
pub(super) fn ahead(lead: LeadDays) -> String {
    match lead.days() {
        0 => "On the day itself".to_owned(),
        days => format!("{} ahead", when::days(days.into())),
    }
}

/// "Mon, Dec 21, 2026".
pub(super) fn with_weekday(day: Date) -> String {
    format!("{}, {day}", &day.weekday()[..3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_is_told_in_words() {
        let told = |word, rule, first: &str| {
            let schedule = Schedule::new(Frequency::read(word, rule).unwrap(), first.parse().unwrap()).unwrap();
            (rhythm(&schedule), running(&schedule))
        };
        let words = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(told("monthly", None, "2026-12-21"), words("Every month, on the 21st", "every month on the 21st"));
        assert_eq!(told("monthly", None, "2026-12-31").0, "Every month, on the 31st or the last day");
        assert_eq!(told("every_two_weeks", None, "2026-12-21").0, "Every two weeks, on Mondays");
        assert_eq!(told("yearly", None, "2026-12-21").1, "every year on Dec 21");
        let rule = Some("FREQ=MONTHLY;BYMONTHDAY=-1");
        assert_eq!(told("rrule", rule, "2026-12-21"), words("By its own rule", "by its own rule"));
        assert_eq!(with_weekday("2026-12-21".parse().unwrap()), "Mon, Dec 21, 2026");
        assert_eq!(
            [0, 1, 7].map(|days| ahead(LeadDays::new(days).unwrap())),
            ["On the day itself", "1 day ahead", "7 days ahead"]
        );
    }
}
