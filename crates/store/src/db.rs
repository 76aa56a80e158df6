//! The two databases: the only file that names a backend.
//!
//! SQLite has one writer and many readers; PostgreSQL one pool. A [`Tx`] is what every store
//! function takes; `run!` runs one SQL text on whichever database is behind it.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::{Error, Result};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

const BUSY: Duration = Duration::from_secs(10);
const ACQUIRE: Duration = Duration::from_secs(10);
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

/// A database that is open.
#[derive(Clone, Debug)]
pub struct Db(Backend);

#[derive(Clone, Debug)]
enum Backend {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres(PgPool),
}

/// A transaction, or a reader outside of one. Dropped without [`Tx::commit`], it changes nothing.
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

impl Db {
    /// Opens the database at `address`: `sqlite://path/to/file.db` or `postgres://…`. An SQLite
    /// file is made if it isn't there.
    ///
    /// # Errors
    /// An unusable address, or a database that can't be opened.
    pub async fn open(address: &str) -> Result<Self> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Self::open_postgres(address).await;
        }
        let path = address.strip_prefix("sqlite://").ok_or(Error::Address)?;
        Self::open_sqlite(Path::new(path)).await
    }

    async fn open_postgres(address: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(address).map_err(|_| Error::Address)?.application_name("zoop");
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .connect_with(options.disable_statement_logging())
            .await
            .map_err(Error::Unavailable)?;
        let found: String = sqlx::query_scalar("SELECT datcollate FROM pg_database WHERE datname = current_database()")
            .fetch_one(&pool)
            .await?;
        if found != "C" && found != "POSIX" {
            return Err(Error::Collation { found });
        }
        Ok(Self(Backend::Postgres(pool)))
    }

    async fn open_sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL may lose the last commits in a power cut; a lost payment is not an option.
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-8000")
            .pragma("mmap_size", "1073741824")
            .row_buffer_size(256)
            .disable_statement_logging();
        let pool =
            |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(ACQUIRE).test_before_acquire(false);
        // The writer first: it makes the file and turns on the write-ahead log.
        let writer = pool(1).connect_with(options.clone()).await.map_err(Error::Unavailable)?;
        let readers = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self(Backend::Sqlite { readers, writer }))
    }

    /// Brings the schema up to this program's version.
    ///
    /// # Errors
    /// A schema that is newer than this program or was edited by hand, or a failing database.
    pub async fn migrate(&self) -> Result<Migration> {
        let migrated = match &self.0 {
            Backend::Sqlite { writer, .. } => MIGRATIONS.run(writer).await,
            Backend::Postgres(pool) => MIGRATIONS.run(pool).await,
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
            Err(error) if error.as_database_error().is_some_and(|it| it.message().contains("_sqlx_migrations")) => {
                Ok(Health::NeedsMigration)
            }
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

fn schema_error(error: MigrateError) -> Error {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        error => Error::Schema(error),
    }
}
