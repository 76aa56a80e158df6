//! What can go wrong below: said by what the caller can do about it.

/// Why the database did not answer as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database can't be reached or opened.
    #[error("the database can't be opened: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Another transaction was in the way; the same transaction may pass when tried again.
    #[error("the database was busy")]
    Busy(#[source] sqlx::Error),
    /// The database file can't be written.
    #[error("the database is read-only")]
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
        let code = error.as_database_error().and_then(|database| database.code());
        match (code.as_deref(), &error) {
            // PostgreSQL: serialization failure, deadlock. SQLite: BUSY, LOCKED and their kin.
            (Some("40001" | "40P01" | "5" | "6" | "261" | "262" | "517"), _) => Self::Busy(error),
            (Some("25006" | "8" | "264" | "520" | "776" | "1032" | "1288" | "1544"), _) => Self::ReadOnly(error),
            (Some("14" | "26"), _)
            | (None, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => {
                Self::Unavailable(error)
            }
            _ => Self::Database(error),
        }
    }
}
