//! What can go wrong below: said by what the caller can do about it.

use crate::db::sqlite_code;

/// Why the database did not answer as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database can't be reached or opened.
    #[error("the database can't be opened: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Another transaction was in the way; the same transaction may pass when tried again.
    #[error("the database was busy")]
    Busy(#[source] sqlx::Error),
    /// The database can't be written: it is read-only, or its disk is full.
    #[error("the database can't be written")]
    ReadOnly(#[source] sqlx::Error),
    /// The database was made by a newer version of this program, or its schema was edited.
    #[error("the database's schema doesn't fit this version of the program: {0}")]
    Schema(#[source] sqlx::migrate::MigrateError),
    /// The address is neither an SQLite nor a PostgreSQL one.
    #[error("not a database address: it begins with sqlite:// or postgres://")]
    Address,
    /// A PostgreSQL database whose texts don't sort by bytes.
    #[error("the database sorts by {found:?}; create it with LC_COLLATE 'C' (see docs/database.md)")]
    Collation {
        /// The collation found.
        found: String,
    },
    /// A row holds what no version of this program writes.
    #[error("{column} holds something unreadable: {value:?}")]
    Corrupt {
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// Any other error of the database.
    #[error("the database refused: {0}")]
    Database(#[source] sqlx::Error),
}

/// The store's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Whether the same transaction may pass when tried again.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy(_))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
                _ => Self::Database(error),
            };
        };
        match (sqlite_code(database), database.code().as_deref()) {
            // BUSY, LOCKED and PROTOCOL; serialization failure, deadlock, a lock not had in time.
            (Some(5 | 6 | 15), _) | (None, Some("40001" | "40P01" | "55P03")) => Self::Busy(error),
            // READONLY and FULL; a read-only transaction, a full disk.
            (Some(8 | 13), _) | (None, Some("25006" | "53100")) => Self::ReadOnly(error),
            // IOERR, CANTOPEN and NOTADB; too many clients, shutting down or starting up.
            (Some(10 | 14 | 26), _) | (None, Some("53300" | "57P01" | "57P02" | "57P03")) => Self::Unavailable(error),
            // PostgreSQL's class of connection errors.
            (None, Some(code)) if code.starts_with("08") => Self::Unavailable(error),
            _ => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as StdError;
    use std::fmt;

    use sqlx::error::{DatabaseError, ErrorKind};

    use super::Error;

    /// An error as PostgreSQL reports it.
    #[derive(Debug)]
    struct Coded(&'static str);

    impl fmt::Display for Coded {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl StdError for Coded {}

    impl DatabaseError for Coded {
        fn message(&self) -> &str {
            self.0
        }
        fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
            Some(self.0.into())
        }
        fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn from(code: &'static str) -> Error {
        sqlx::Error::Database(Box::new(Coded(code))).into()
    }

    #[test]
    fn a_code_is_read_by_what_the_caller_can_do() {
        for code in ["40001", "40P01", "55P03"] {
            assert!(matches!(from(code), Error::Busy(_)) && from(code).is_transient(), "{code}");
        }
        for code in ["25006", "53100"] {
            assert!(matches!(from(code), Error::ReadOnly(_)), "{code}");
        }
        for code in ["08006", "08P01", "53300", "57P01", "57P02", "57P03"] {
            assert!(matches!(from(code), Error::Unavailable(_)), "{code}");
        }
        // A PostgreSQL code is never taken for an SQLite one.
        for code in ["5", "8", "14", "23505", "23503", "22021", "25P02", "42P01"] {
            assert!(matches!(from(code), Error::Database(_)) && !from(code).is_transient(), "{code}");
        }
    }

    #[test]
    fn a_pool_that_is_shut_or_exhausted_is_away_and_a_bug_is_a_bug() {
        for error in [sqlx::Error::PoolTimedOut, sqlx::Error::PoolClosed, sqlx::Error::WorkerCrashed] {
            assert!(matches!(Error::from(error), Error::Unavailable(_)));
        }
        for error in [sqlx::Error::RowNotFound, sqlx::Error::ColumnNotFound("id".into())] {
            assert!(matches!(Error::from(error), Error::Database(_)));
        }
    }
}
