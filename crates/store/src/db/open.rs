//! Opens the two databases, and says how their connections behave.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _};

use super::{Backend, Options};
use crate::{Error, Result};

const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// A PostgreSQL connection that lay idle for longer is asked whether it still lives.
const TRUSTED: Duration = Duration::from_secs(1);
/// Texts whose order tells bytes from every language's rules: case, accents, punctuation.
const SORTED: &str = "-b A-c AB Z _ a a-c ab z ~ é";

/// A pool of connections to the PostgreSQL database at `address`.
pub(super) async fn postgres(address: &str, options: Options) -> Result<Backend> {
    let Options { lock_wait, connection_wait, log_statements } = options;
    let options = PgConnectOptions::from_str(address).map_err(|_| Error::Address)?.application_name("zoop");
    let options = logging(options, log_statements);
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(connection_wait)
        .test_before_acquire(false)
        // After a restart of the server no request meets a connection that is long dead.
        .before_acquire(|connection, idle| {
            Box::pin(async move {
                if idle.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        // As SQLite does: who waits too long for a lock is told so, and may try again.
        .after_connect(move |connection, _| {
            Box::pin(async move {
                sqlx::query("SELECT set_config('lock_timeout', $1, FALSE)")
                    .bind(lock_wait.as_millis().to_string())
                    .execute(connection)
                    .await
                    .map(drop)
            })
        })
        .connect_with(options)
        .await
        .map_err(cannot_open)?;
    // By what it does, not by its name: ICU and libc have many names, and one for two orders.
    let (found, sorted): (String, String) = sqlx::query_as(
        "SELECT datcollate || CASE TO_JSONB(d) ->> 'datlocprovider' WHEN 'i' THEN ', by ICU' ELSE '' END, \
         (SELECT STRING_AGG(it, ' ' ORDER BY it) FROM UNNEST($1) AS it) \
         FROM pg_database d WHERE datname = CURRENT_DATABASE()",
    )
    .bind(SORTED.split(' ').map(str::to_owned).collect::<Vec<_>>())
    .fetch_one(&pool)
    .await
    .map_err(cannot_open)?;
    if sorted != SORTED {
        return Err(Error::Collation { found });
    }
    Ok(Backend::Postgres(pool))
}

/// The writer and the readers of the SQLite file at `path`.
pub(super) async fn sqlite(path: &Path, options: Options) -> Result<Backend> {
    let Options { lock_wait, connection_wait, log_statements } = options;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(lock_wait)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL may lose the last commits in a power cut; a lost payment is not an option.
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-8000")
        .pragma("mmap_size", "1073741824")
        .row_buffer_size(256);
    let options = logging(options, log_statements);
    let pool = |most| {
        SqlitePoolOptions::new().max_connections(most).acquire_timeout(connection_wait).test_before_acquire(false)
    };
    // The writer first: it makes the file and turns on the write-ahead log.
    let writer = pool(1).connect_with(options.clone()).await.map_err(cannot_open)?;
    let readers = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(Backend::Sqlite { readers, writer })
}

fn logging<O: ConnectOptions>(options: O, statements: bool) -> O {
    if statements { options } else { options.disable_statement_logging() }
}

/// Whatever keeps a database from opening, it is away; a busy or read-only one is said to be so.
pub(super) fn cannot_open(error: sqlx::Error) -> Error {
    match error.into() {
        Error::Database(error) => Error::Unavailable(error),
        error => error,
    }
}
