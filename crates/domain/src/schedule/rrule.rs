//! A recurrence rule of RFC 5545 (<https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10>), in days.
//!
//! The `rrule` crate finds the dates. It is asked at midnight UTC only, because a cycle's date
//! has no time; and it never sees the text, because it takes `2X9MO` for `MO`, reads a bare UNTIL
//! in the machine's own zone, and fires `FREQ=WEEKLY;BYDAY=2MO` every day. What passes here is
//! bounded: at most daily, INTERVAL at most ten years, a hundred years in all, and the crate's
//! own limit of 100,000 fruitless periods, which takes well under a second.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use ::rrule::{Frequency, NWeekday, RRule, RRuleSet, Tz, Unvalidated, Weekday};

use crate::time::{Date, Instant, TimeZone};

/// The longest text of a rule, in bytes.
const MAX_BYTES: usize = 500;

/// How long a rule is followed, in months from its start.
const MONTHS_FOLLOWED: i32 = 100 * 12;

/// The parts that a rule may have, beside FREQ, UNTIL, WKST and BYDAY, with the greatest number of each.
const NUMBERS: [(&str, i16); 6] =
    [("BYMONTH", 12), ("BYMONTHDAY", 31), ("BYYEARDAY", 366), ("BYSETPOS", 366), ("COUNT", 9_999), ("INTERVAL", 3_660)];

/// Why a recurrence rule is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RruleError {
    /// Too long.
    #[error("a recurrence rule has at most 500 characters")]
    TooLong,
    /// Control characters, or other than ASCII.
    #[error("a recurrence rule is one line of plain letters, digits and signs")]
    NotPlain,
    /// Not `NAME=VALUE;NAME=VALUE`.
    #[error("a recurrence rule looks like FREQ=MONTHLY;BYMONTHDAY=-1")]
    Malformed,
    /// A part that RFC 5545 doesn't have.
    #[error("a recurrence rule has no part {0:?}")]
    UnknownPart(String),
    /// A part stands there twice.
    #[error("a recurrence rule has {0} only once")]
    Repeated(String),
    /// The crate takes the last week of a year for another's, and bills seven days of it.
    #[error("BYWEEKNO can't be used: name months or days instead, such as BYMONTH=5 or BYYEARDAY=120")]
    WeekNumber,
    /// Would fire more than once a day.
    #[error(
        "a plan bills at most once a day: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, without hours, minutes or seconds"
    )]
    MoreThanDaily,
    /// No FREQ, or an unknown one.
    #[error("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY")]
    NoFrequency,
    /// A number is none, or out of range.
    #[error("{part} takes whole numbers from {least} to {most}, and not 0")]
    Number {
        /// The part.
        part: &'static str,
        /// The least.
        least: i16,
        /// The greatest.
        most: i16,
    },
    /// INTERVAL goes beyond ten years.
    #[error("INTERVAL is at least 1 and at most ten years")]
    Interval,
    /// A weekday is none.
    #[error("{0} takes MO, TU, WE, TH, FR, SA and SU, and BYDAY also 2MO for the second or -1FR for the last")]
    Weekday(&'static str),
    /// UNTIL is no day.
    #[error("UNTIL is a day like 20261231")]
    Until,
    /// Parts that don't go together.
    #[error("{0}")]
    Conflict(&'static str),
}

/// A recurrence rule that fires at most once a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rrule {
    text: String,
    // Boxed, because it is many times as large as a preset.
    rule: Box<RRule<Unvalidated>>,
    until: Option<Date>,
}

impl Rrule {
    /// The rule without `RRULE:`, in capitals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its dates from `starts_on` on, in order, for a hundred years at most.
    pub(super) fn dates(&self, starts_on: Date) -> impl Iterator<Item = Date> {
        let horizon = starts_on.plus_months(MONTHS_FOLLOWED);
        let until = self.until.map_or(horizon, |until| until.min(horizon));
        let set = midnight(starts_on).zip(midnight(until)).and_then(|(start, until)| {
            let rule = RRule::clone(&self.rule).until(until).validate(start).ok()?;
            Some(RRuleSet::new(start).rrule(rule).limit())
        });
        set.into_iter()
            .flat_map(|set| set.into_iter())
            .map(|found| Instant::from_unix_seconds(found.timestamp()).date_in(&TimeZone::UTC))
    }
}

/// The first moment of `date` as the crate wants it, or `None` at the calendar's end.
fn midnight(date: Date) -> Option<chrono::DateTime<Tz>> {
    let seconds = date.at_hour(0, &TimeZone::UTC).as_unix_seconds();
    chrono::DateTime::from_timestamp(seconds, 0).map(|utc| utc.with_timezone(&Tz::UTC))
}

impl fmt::Display for Rrule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Rrule {
    type Err = RruleError;
    fn from_str(typed: &str) -> Result<Self, RruleError> {
        if typed.len() > MAX_BYTES {
            return Err(RruleError::TooLong);
        }
        if typed.chars().any(|c| c.is_control() || !c.is_ascii()) {
            return Err(RruleError::NotPlain);
        }
        let capitals = typed.trim().to_ascii_uppercase();
        let text = capitals.strip_prefix("RRULE:").unwrap_or(&capitals).trim_end_matches(';');
        let parts = Parts::read(text)?;
        let rule = Box::new(parts.rule()?);
        Ok(Self { text: text.to_owned(), rule, until: parts.until()? })
    }
}

/// The parts of a rule by name, each known and there once.
struct Parts<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Result<Self, RruleError> {
        let mut parts = BTreeMap::new();
        for part in text.split(';') {
            let (name, value) = part.split_once('=').ok_or(RruleError::Malformed)?;
            match name {
                "BYHOUR" | "BYMINUTE" | "BYSECOND" => return Err(RruleError::MoreThanDaily),
                "BYWEEKNO" => return Err(RruleError::WeekNumber),
                "FREQ" | "UNTIL" | "WKST" | "BYDAY" => {}
                _ if NUMBERS.iter().any(|(known, _)| *known == name) => {}
                _ => return Err(RruleError::UnknownPart(name.to_owned())),
            }
            if parts.insert(name, value).is_some() {
                return Err(RruleError::Repeated(name.to_owned()));
            }
        }
        Ok(Self(parts))
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn frequency(&self) -> Result<Frequency, RruleError> {
        match self.0.get("FREQ").copied() {
            Some("DAILY") => Ok(Frequency::Daily),
            Some("WEEKLY") => Ok(Frequency::Weekly),
            Some("MONTHLY") => Ok(Frequency::Monthly),
            Some("YEARLY") => Ok(Frequency::Yearly),
            Some("HOURLY" | "MINUTELY" | "SECONDLY") => Err(RruleError::MoreThanDaily),
            _ => Err(RruleError::NoFrequency),
        }
    }

    /// The numbers of the part, each within its range; none if the part is missing.
    fn numbers<N: TryFrom<i16>>(&self, name: &str) -> Result<Vec<N>, RruleError> {
        let Some(value) = self.0.get(name) else { return Ok(Vec::new()) };
        let Some(&(part, most)) = NUMBERS.iter().find(|(known, _)| *known == name) else { return Ok(Vec::new()) };
        let counted_back = !matches!(part, "BYMONTH" | "COUNT" | "INTERVAL");
        let least = if counted_back { -most } else { 1 };
        let number = |text: &str| {
            let number = text.parse::<i16>().ok().filter(|number| (least..=most).contains(number) && *number != 0);
            number.and_then(|number| N::try_from(number).ok()).ok_or(RruleError::Number { part, least, most })
        };
        value.split(',').map(number).collect()
    }

    /// The one number of the part.
    fn number<N: TryFrom<i16>>(&self, name: &'static str) -> Result<Option<N>, RruleError> {
        let mut numbers = self.numbers(name)?;
        let first = numbers.pop();
        if numbers.is_empty() { Ok(first) } else { Err(RruleError::Conflict("COUNT and INTERVAL are one number each")) }
    }

    fn weekdays(&self) -> Result<Vec<NWeekday>, RruleError> {
        let error = || RruleError::Weekday("BYDAY");
        let Some(value) = self.0.get("BYDAY") else { return Ok(Vec::new()) };
        let day = |text: &str| {
            let (number, day) = text.split_at_checked(text.len().saturating_sub(2)).ok_or_else(error)?;
            let day = weekday(day).ok_or_else(error)?;
            if number.is_empty() {
                return Ok(NWeekday::Every(day));
            }
            let number = number.parse::<i16>().map_err(|_| error())?;
            if number == 0 || !(-52..=53).contains(&number) { Err(error()) } else { Ok(NWeekday::Nth(number, day)) }
        };
        value.split(',').map(day).collect()
    }

    /// The last day that UNTIL allows; a time after it says nothing more of a day.
    fn until(&self) -> Result<Option<Date>, RruleError> {
        let Some(value) = self.0.get("UNTIL") else { return Ok(None) };
        let (day, time) = value.split_at_checked(8).ok_or(RruleError::Until)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let clock = time.strip_prefix('T').map(|time| time.strip_suffix('Z').unwrap_or(time));
        if !digits(day) || !(time.is_empty() || clock.is_some_and(|clock| clock.len() == 6 && digits(clock))) {
            return Err(RruleError::Until);
        }
        let date = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
        date.parse().map(Some).map_err(|_| RruleError::Until)
    }

    /// What the crate is asked, once all parts are right and go together.
    fn rule(&self) -> Result<RRule<Unvalidated>, RruleError> {
        let frequency = self.frequency()?;
        let weekdays = self.weekdays()?;
        self.go_together(frequency, &weekdays)?;
        let interval = self.number("INTERVAL")?.unwrap_or(1);
        let ten_years = match frequency {
            Frequency::Yearly => 10,
            Frequency::Monthly => 120,
            Frequency::Weekly => 520,
            _ => 3_660,
        };
        if interval > ten_years {
            return Err(RruleError::Interval);
        }
        let months = self.numbers::<u8>("BYMONTH")?;
        let months: Vec<_> = months.into_iter().filter_map(|month| chrono::Month::try_from(month).ok()).collect();
        let week_start = self.0.get("WKST").map_or(Some(Weekday::Mon), |day| weekday(day));
        let rule = RRule::new(frequency)
            .interval(interval)
            .week_start(week_start.ok_or(RruleError::Weekday("WKST"))?)
            .by_month(&months)
            .by_month_day(self.numbers("BYMONTHDAY")?)
            .by_year_day(self.numbers("BYYEARDAY")?)
            .by_set_pos(self.numbers("BYSETPOS")?)
            .by_weekday(weekdays);
        Ok(match self.number("COUNT")? {
            Some(count) => rule.count(count),
            None => rule,
        })
    }

    /// The combinations that RFC 5545 forbids, and those of which the crate makes something else.
    fn go_together(&self, frequency: Frequency, weekdays: &[NWeekday]) -> Result<(), RruleError> {
        use Frequency::{Monthly, Weekly, Yearly};
        let numbered = weekdays.iter().filter(|day| matches!(day, NWeekday::Nth(..))).count();
        let beyond = |day: &NWeekday| matches!(day, NWeekday::Nth(number, _) if !(-4..=5).contains(number));
        let listed = ["BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYDAY"].iter().any(|part| self.has(part));
        let long = matches!(frequency, Monthly | Yearly);
        let conflicts = [
            (self.has("COUNT") && self.has("UNTIL"), "a rule ends by COUNT or by UNTIL, not by both"),
            (self.has("BYMONTHDAY") && frequency == Weekly, "BYMONTHDAY doesn't go with FREQ=WEEKLY"),
            (self.has("BYYEARDAY") && frequency != Yearly, "BYYEARDAY goes with FREQ=YEARLY only"),
            (numbered > 0 && !long, "a number before a weekday goes with FREQ=MONTHLY and FREQ=YEARLY only"),
            (
                frequency == Monthly && weekdays.iter().any(beyond),
                "a number before a weekday of FREQ=MONTHLY is 1 to 5 or -1 to -4",
            ),
            (numbered > 0 && numbered < weekdays.len(), "BYDAY has a number before every weekday or before none"),
            (self.has("BYSETPOS") && !long, "BYSETPOS goes with FREQ=MONTHLY and FREQ=YEARLY only"),
            (self.has("BYSETPOS") && !listed, "BYSETPOS needs another part, such as BYDAY, to choose from"),
        ];
        match conflicts.iter().find(|(found, _)| *found) {
            Some((_, sentence)) => Err(RruleError::Conflict(sentence)),
            None => Ok(()),
        }
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    match text {
        "MO" => Some(Weekday::Mon),
        "TU" => Some(Weekday::Tue),
        "WE" => Some(Weekday::Wed),
        "TH" => Some(Weekday::Thu),
        "FR" => Some(Weekday::Fri),
        "SA" => Some(Weekday::Sat),
        "SU" => Some(Weekday::Sun),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
