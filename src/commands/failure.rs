//! Why a command failed, for the person at the keyboard: one line that says what is wrong and
//! how to mend it. What libraries say in their own words stays out, except where only they know.

use std::error::Error as StdError;
use std::fmt;

use zoop_store::Error as StoreError;

use crate::config::ConfigError;

/// Why a command failed, in one line.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// What is wrong, and what to do about it; the two apart, as `zoop doctor` shows them.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// What is wrong.
    pub what: String,
    /// How to mend it: a sentence.
    pub mend: String,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into().replace(['\n', '\r'], " "))
    }

    /// The whole chain of an error in one line.
    pub(crate) fn from_error(error: impl StdError) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            if !text.contains(&cause_text) {
                text = format!("{text}: {cause_text}");
            }
            source = cause.source();
        }
        Self::new(text)
    }
}

impl Trouble {
    pub(crate) fn new(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), mend: mend.into() }
    }

    /// An SQLite file that can't be opened in time: nothing else takes so long.
    pub(crate) fn with_file(error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) if is_late(&cause.to_string()) => Self::locked(),
            error => Self::from(error),
        }
    }

    fn locked() -> Self {
        Self::new(
            "the database is locked by another program",
            "Nothing was changed. Stop the other program, or try again in a moment.",
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Trouble> for Failure {
    fn from(Trouble { what, mend }: Trouble) -> Self {
        Self::new(format!("{what}. {mend}"))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::from_error(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Trouble::from(&error).into()
    }
}

/// A database in trouble is told as such, wherever it came up.
impl From<zoop_app::Error> for Failure {
    fn from(error: zoop_app::Error) -> Self {
        let cause = StdError::source(&error).and_then(|cause| cause.downcast_ref::<StoreError>());
        match cause {
            Some(cause) => Trouble::from(cause).into(),
            None => Self::from_error(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::from_error(error)
    }
}

/// The address is never repeated: it may hold a password.
impl From<&StoreError> for Trouble {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Address => Self::new(
                "database_url is no database’s address",
                "It begins with sqlite:// or postgres://, such as sqlite:///var/lib/zoop/zoop.db.",
            ),
            StoreError::Unavailable(cause) => unavailable(&cause.to_string()),
            StoreError::Busy(_) => Self::locked(),
            StoreError::ReadOnly(_) => Self::new(
                "the database can’t be written",
                "Let the user that runs zoop write the file and its folder, and check that the disk isn’t full.",
            ),
            StoreError::Schema(_) => Self::new(
                "the database was made by a newer version of zoop, or its tables were changed by hand",
                "Nothing was changed. Run the version that made it, or restore a backup.",
            ),
            StoreError::Collation { found } => Self::new(
                format!("the PostgreSQL database sorts by {found:?}"),
                "Make it with: CREATE DATABASE zoop TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'.",
            ),
            StoreError::Corrupt { .. } => Self::new(
                error.to_string(),
                "Nothing zoop writes looks like that: restore a backup, and please report it.",
            ),
            StoreError::Database(cause) => Self::new(
                format!("the database refused: {}", plain(&cause.to_string())),
                "Check that it belongs to zoop alone and that its user may read and write all of it.",
            ),
        }
    }
}

fn unavailable(cause: &str) -> Trouble {
    if cause.contains("not a database") {
        return Trouble::new(
            "the file that database_url names is no SQLite database",
            "Nothing was changed. Name another file, or restore a backup.",
        );
    }
    if cause.contains("unable to open database file") {
        return Trouble::new(
            "the database’s file can’t be opened",
            "Let the user that runs zoop read and write the file and its folder.",
        );
    }
    let mend = "Check that it runs, and that ZOOP_DATABASE_URL has the right host, port, user and password.";
    if is_late(cause) {
        return Trouble::new("the database doesn’t answer", mend);
    }
    Trouble::new(format!("the database can’t be opened: {}", plain(cause)), mend)
}

fn is_late(cause: &str) -> bool {
    cause.contains("timed out")
}

/// Without the library's own introduction.
fn plain(cause: &str) -> &str {
    cause.strip_prefix("error returned from database: ").unwrap_or(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line() {
        let failure = Failure::new("first\nsecond");
        assert_eq!(failure.to_string(), "first second");
        let failure = Failure::from(zoop_app::Error::internal("an\nepic"));
        assert_eq!(failure.to_string(), "something went wrong on our side: an epic");
    }

    #[test]
    fn a_database_in_trouble_is_told_the_same_through_the_app() {
        let direct = Failure::from(StoreError::Address).to_string();
        let through = Failure::from(zoop_app::Error::from(StoreError::Address)).to_string();
        assert_eq!(direct, through);
        assert!(direct.contains("sqlite://") && direct.contains("postgres://"), "{direct}");
    }
}
