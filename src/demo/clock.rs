//! The demo's clock: the system's, as far ahead as it was moved, in this run or an earlier one; and
//! standing still while history is made.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use zoop_domain::time::{Clock, Date, Instant, TimeZone};

use crate::wire::SystemClock;

const RUNNING: i64 = i64::MIN;
/// The hour of a day that is named without one.
const MORNING: i8 = 9;
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// Shared by the program and the stand-in for Stripe, so that both live in the same time.
#[derive(Clone, Debug)]
pub(super) struct DemoClock(Arc<Hands>);

#[derive(Debug)]
struct Hands {
    stands_at: AtomicI64,
    /// Before the system's, in microseconds.
    ahead: AtomicI64,
    /// Where that is kept.
    file: PathBuf,
}

impl DemoClock {
    /// The clock as `file` keeps it.
    ///
    /// # Errors
    /// A file that can't be read, or holds something else.
    pub(super) fn open(file: PathBuf) -> io::Result<Self> {
        let ahead = match fs::read_to_string(&file) {
            Ok(text) => text.trim().parse().map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?,
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        let (stands_at, ahead) = (AtomicI64::new(RUNNING), AtomicI64::new(ahead));
        Ok(Self(Arc::new(Hands { stands_at, ahead, file })))
    }

    /// Stops at `instant`.
    pub(super) fn stand_at(&self, instant: Instant) {
        self.0.stands_at.store(instant.as_microseconds(), Ordering::SeqCst);
    }

    /// Runs again.
    pub(super) fn run(&self) {
        self.0.stands_at.store(RUNNING, Ordering::SeqCst);
    }

    /// Goes on from `instant`. Kept before anything happens then, so that no later run is earlier.
    pub(super) fn go_on_from(&self, instant: Instant) -> io::Result<()> {
        let ahead = instant.as_microseconds() - SystemClock.now().as_microseconds();
        let new = self.0.file.with_extension("new");
        let mut file = File::create(&new)?;
        writeln!(file, "{ahead}")?;
        file.sync_all()?;
        fs::rename(new, &self.0.file)?;
        self.0.ahead.store(ahead, Ordering::SeqCst);
        Ok(())
    }

    pub(super) fn unix_seconds(&self) -> i64 {
        self.now().as_unix_seconds()
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Instant {
        match self.0.stands_at.load(Ordering::SeqCst) {
            RUNNING => {
                let ahead = self.0.ahead.load(Ordering::SeqCst);
                Instant::from_microseconds(SystemClock.now().as_microseconds() + ahead)
            }
            stands_at => Instant::from_microseconds(stands_at),
        }
    }
}

/// What `--now` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartAt {
    /// A day, from its morning.
    Day(Date),
    /// A moment.
    Moment(Instant),
}

impl StartAt {
    pub(super) fn instant(self, zone: &TimeZone) -> Instant {
        match self {
            Self::Day(day) => day.at_hour(MORNING, zone),
            Self::Moment(moment) => moment,
        }
    }
}

/// A text that `--now` can't use.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum InvalidStart {
    #[error("give a day such as 2026-12-31, or a moment such as 2026-12-31T18:30:00Z")]
    Form,
    #[error("the demo lives from 2000 to 2100")]
    Year,
}

impl FromStr for StartAt {
    type Err = InvalidStart;
    fn from_str(text: &str) -> Result<Self, InvalidStart> {
        let start = match text.parse::<jiff::Timestamp>() {
            Ok(moment) => Self::Moment(Instant::from_microseconds(moment.as_microsecond())),
            Err(_) => {
                let day: Date = text.parse().map_err(|_| InvalidStart::Form)?;
                // A time without its zone would be another one everywhere.
                Self::Day(Some(day).filter(|day| day.iso() == text).ok_or(InvalidStart::Form)?)
            }
        };
        let year = start.instant(&TimeZone::UTC).date_in(&TimeZone::UTC).year();
        if YEARS.contains(&year) { Ok(start) } else { Err(InvalidStart::Year) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn a_moved_clock_is_still_moved_next_time() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("clock");
        let clock = DemoClock::open(file.clone()).unwrap();
        let later = SystemClock.now().plus_seconds(86_400);
        clock.go_on_from(later).unwrap();
        clock.stand_at(Instant::from_unix_seconds(7));
        assert_eq!(clock.unix_seconds(), 7);
        clock.run();
        let again = DemoClock::open(file.clone()).unwrap();
        for clock in [clock, again] {
            assert!((0..60).contains(&clock.now().seconds_since(later)));
        }
        fs::write(&file, "soon").unwrap();
        assert!(DemoClock::open(file).is_err());
    }

    #[test]
    fn a_start_is_a_day_or_a_moment() {
        let chicago: TimeZone = "America/Chicago".parse().unwrap();
        let start = |text: &str| text.parse::<StartAt>().map(|start| start.instant(&chicago).to_string());
        assert_eq!(start("2026-12-31").as_deref(), Ok("2026-12-31T15:00:00Z"));
        assert_eq!(start("2026-12-31T18:30:00-05:00").as_deref(), Ok("2026-12-31T23:30:00Z"));
        for bad in ["", "tomorrow", "31.12.2026", "2026-02-30", "2026-12-31T18:30"] {
            assert_eq!(start(bad), Err(InvalidStart::Form), "{bad}");
        }
        assert_eq!(start("1999-12-31"), Err(InvalidStart::Year));
        assert_eq!(start("9999-12-31"), Err(InvalidStart::Year));
    }
}
