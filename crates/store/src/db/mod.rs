//! The two databases: the only room that names a backend.
//!
//! SQLite has one writer and many readers; PostgreSQL one pool. A [`Tx`] is what every store
//! function takes; `run!` runs one SQL text on whichever database is behind it.

mod open;

use std::path::Path;
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqliteError;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

use self::open::cannot_open;
use crate::{Error, Result};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long to wait for another transaction's lock.
    pub lock_wait: Duration,
    /// How long to wait for a connection; on SQLite also for this program's own writer, of which there is one.
    pub connection_wait: Duration,
    /// Whether the log hears of statements, without their values: all at debug level, those
    /// that took a second as a warning.
    pub log_statements: bool,
}

impl Default for Options {
    fn default() -> Self {
        let wait = Duration::from_secs(10);
        Self { lock_wait: wait, connection_wait: wait, log_statements: false }
    }
}

/// A database that is open.
#[derive(Clone, Debug)]
pub struct Db(Backend);

#[derive(Clone, Debug)]
enum Backend {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres(PgPool),
}

/// A transaction, or a reader outside of one. Dropped without [`Tx::commit`], it changes nothing;
/// PostgreSQL lets its locks go a moment later.
#[derive(Debug)]
pub struct Tx(Inner);

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    SqliteReader(PoolConnection<Sqlite>),
    Postgres(Transaction<'static, Postgres>),
    PostgresReader(PoolConnection<Postgres>),
}

/// The connection behind a [`Tx`].
pub(crate) enum Connection<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// What [`Db::migrate`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The schema's version afterwards.
    pub version: i64,
}

/// How the schema compares with this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// They fit.
    Ready,
    /// `zoop migrate` has not run yet, or not since the last upgrade.
    NeedsMigration,
}

/// Runs one statement on whichever database `$tx` is on.
macro_rules! run {
    ($tx:expr, |$connection:ident| $statement:expr) => {
        match $tx.connection() {
            $crate::db::Connection::Sqlite($connection) => $statement.await,
            $crate::db::Connection::Postgres($connection) => $statement.await,
        }
    };
}
pub(crate) use run;

/// Runs one statement that answers with no rows: how many it changed.
macro_rules! execute {
    ($tx:expr, |$connection:ident| $statement:expr) => {
        match $tx.connection() {
            $crate::db::Connection::Sqlite($connection) => $statement.await.map(|done| done.rows_affected()),
            $crate::db::Connection::Postgres($connection) => $statement.await.map(|done| done.rows_affected()),
        }
    };
}
pub(crate) use execute;

/// The same for a statement whose text grows with its rows; only `billing.rs` and `import/rows.rs` build such.
macro_rules! build {
    ($tx:expr, |$connection:ident, $sql:ident| $statement:expr) => {
        match $tx.connection() {
            $crate::db::Connection::Sqlite($connection) => {
                let mut $sql = sqlx::QueryBuilder::<sqlx::Sqlite>::default();
                $statement
            }
            $crate::db::Connection::Postgres($connection) => {
                let mut $sql = sqlx::QueryBuilder::<sqlx::Postgres>::default();
                $statement
            }
        }
    };
}
pub(crate) use build;

impl Db {
    /// Opens the database at `address`: `sqlite://path/to/file.db` or `postgres://…`. An SQLite
    /// file is made if it isn't there.
    ///
    /// # Errors
    /// An unusable address, or a database that can't be opened.
    pub async fn open(address: &str) -> Result<Self> {
        Self::open_with(address, Options::default()).await
    }

    /// The same, with `options`.
    ///
    /// # Errors
    /// An unusable address, or a database that can't be opened.
    pub async fn open_with(address: &str, options: Options) -> Result<Self> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return open::postgres(address, options).await.map(Self);
        }
        match address.strip_prefix("sqlite://") {
            // Each connection would have a database of its own.
            None | Some("" | ":memory:") => Err(Error::Address),
            Some(path) => open::sqlite(Path::new(path), options).await.map(Self),
        }
    }

    /// Brings the schema up to this program's version.
    ///
    /// # Errors
    /// A schema that is newer than this program or was edited by hand, or a failing database.
    pub async fn migrate(&self) -> Result<Migration> {
        let migrated = match &self.0 {
            Backend::Sqlite { writer, .. } => {
                // SQLite has no lock for this: whoever finds a step done by another looks again.
                let mut steps = MIGRATIONS.iter().count();
                loop {
                    match MIGRATIONS.run(writer).await {
                        Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) if steps > 0 => steps -= 1,
                        migrated => break migrated,
                    }
                }
            }
            Backend::Postgres(pool) => {
                // A refused run leaves a lock that keeps others waiting; it goes with its connection.
                let options = PgConnectOptions::clone(&pool.connect_options());
                let alone = PgPoolOptions::new().max_connections(1).connect_with(options).await.map_err(cannot_open)?;
                let migrated = MIGRATIONS.run(&alone).await;
                alone.close().await;
                migrated
            }
        };
        migrated.map_err(schema_error)?;
        Ok(Migration { version: latest_version() })
    }

    /// Whether the schema fits this program.
    ///
    /// # Errors
    /// A schema that is newer than this program, or a database that does not answer.
    pub async fn health(&self) -> Result<Health> {
        let mut tx = self.read().await?;
        let applied = run!(tx, |c| sqlx::query_scalar::<_, Option<i64>>(
            "SELECT MAX(version) FROM _sqlx_migrations WHERE success"
        )
        .fetch_one(c));
        match applied {
            Ok(Some(version)) if version > latest_version() => {
                Err(Error::Schema(MigrateError::VersionMissing(version)))
            }
            Ok(Some(version)) if version == latest_version() => Ok(Health::Ready),
            Ok(_) => Ok(Health::NeedsMigration),
            // A database without the table of migrations is an empty one.
            Err(error) if error.as_database_error().is_some_and(is_missing_table) => Ok(Health::NeedsMigration),
            Err(error) => Err(error.into()),
        }
    }

    /// Begins a transaction that may write. On SQLite it waits for the other writer here, so
    /// that a transaction that has begun never has to give way.
    ///
    /// # Errors
    /// The database is busy or doesn't answer.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(match &self.0 {
            Backend::Sqlite { writer, .. } => Inner::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Backend::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        }))
    }

    /// A reader: each statement sees the latest committed state.
    ///
    /// # Errors
    /// The database doesn't answer.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx(match &self.0 {
            Backend::Sqlite { readers, .. } => Inner::SqliteReader(readers.acquire().await?),
            Backend::Postgres(pool) => Inner::PostgresReader(pool.acquire().await?),
        }))
    }

    /// Closes all connections, so that SQLite folds its write-ahead log into the file.
    pub async fn close(&self) {
        match &self.0 {
            Backend::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }

    /// Whether it is closed, or being closed: whatever is asked of it fails.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match &self.0 {
            Backend::Sqlite { writer, readers } => readers.is_closed() || writer.is_closed(),
            Backend::Postgres(pool) => pool.is_closed(),
        }
    }

    /// Whether several processes can share this database and claim jobs side by side.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self.0, Backend::Postgres(_))
    }
}

impl Tx {
    /// Makes the changes lasting.
    ///
    /// # Errors
    /// The database refuses or doesn't answer: then nothing is certain but that a retry is safe.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
            Inner::SqliteReader(_) | Inner::PostgresReader(_) => {}
        }
        Ok(())
    }

    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match &mut self.0 {
            Inner::Sqlite(tx) => Connection::Sqlite(tx),
            Inner::SqliteReader(connection) => Connection::Sqlite(connection),
            Inner::Postgres(tx) => Connection::Postgres(tx),
            Inner::PostgresReader(connection) => Connection::Postgres(connection),
        }
    }

    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self.0, Inner::Postgres(_) | Inner::PostgresReader(_))
    }
}

fn latest_version() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// PostgreSQL has a code for it, SQLite has only words.
fn is_missing_table(error: &dyn DatabaseError) -> bool {
    error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table")
}

/// SQLite's primary result code; the code that is reported carries details in its higher bits.
pub(crate) fn sqlite_code(error: &dyn DatabaseError) -> Option<i32> {
    let code: i32 = error.try_downcast_ref::<SqliteError>()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

fn schema_error(error: MigrateError) -> Error {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        error => Error::Schema(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pragma(tx: &mut Tx, name: &str) -> String {
        let sql = format!("SELECT CAST((SELECT * FROM pragma_{name}) AS TEXT)");
        run!(tx, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(sql.clone())).fetch_one(c)).expect("a setting")
    }

    #[tokio::test]
    async fn each_connection_of_a_file_has_its_settings() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&format!("sqlite://{}", folder.path().join("zoop.db").display())).await.expect("it opens");
        let (mut writer, mut reader) = (db.begin().await.expect("the writer"), db.read().await.expect("a reader"));
        for tx in [&mut writer, &mut reader] {
            assert_eq!(pragma(tx, "journal_mode").await, "wal");
            assert_eq!(pragma(tx, "synchronous").await, "2", "FULL");
            assert_eq!(pragma(tx, "foreign_keys").await, "1");
            assert_eq!(pragma(tx, "busy_timeout").await, "10000");
        }
        assert_eq!(pragma(&mut writer, "query_only").await, "0");
        assert_eq!(pragma(&mut reader, "query_only").await, "1");
    }
}
