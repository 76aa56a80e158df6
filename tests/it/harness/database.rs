//! A fresh database for each test, on either backend, and gone afterwards. PostgreSQL is the
//! cluster at `ZOOP_TEST_POSTGRES_URL`: without one those tests pass unrun, but in CI they fail.
//!
//! Past the store there is a raw way in, to hold what is written against what should be.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, FromRow, PgPool, SqlitePool};
use tempfile::TempDir;
use zoop_store::{Db, Options};

/// A folder in memory, where a machine has one. Every commit waits for the disk otherwise, beside whatever else writes to
/// it; and nobody here cuts the power: a process that dies leaves its file as it is.
const MEMORY: &str = "/dev/shm";

/// A migrated database.
pub struct Database {
    address: String,
    raw: Raw,
    // Dropped last: connections first, then what they are connected to.
    _place: Place,
}

enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

enum Place {
    Folder(#[expect(dead_code, reason = "held for its drop")] TempDir),
    Postgres(Box<PgConnectOptions>, String),
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Database {
    /// `None` for PostgreSQL on a machine without a cluster.
    pub async fn create(backend: Backend) -> Option<Self> {
        let database = match backend {
            Backend::Sqlite => Self::sqlite(),
            Backend::Postgres => Self::postgres().await?,
        };
        database.open().await.migrate().await.expect("the schema applies");
        Some(database)
    }

    fn sqlite() -> Self {
        let folder = if Path::new(MEMORY).is_dir() { tempfile::tempdir_in(MEMORY) } else { tempfile::tempdir() };
        let folder = folder.expect("a temporary folder");
        let path = folder.path().join("zoop.db");
        let options = SqliteConnectOptions::new().filename(&path).disable_statement_logging();
        let raw = SqlitePoolOptions::new().max_connections(2).connect_lazy_with(options);
        let address = format!("sqlite://{}", path.display());
        Self { address, raw: Raw::Sqlite(raw), _place: Place::Folder(folder) }
    }

    async fn postgres() -> Option<Self> {
        let Ok(cluster) = std::env::var("ZOOP_TEST_POSTGRES_URL") else {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "CI needs ZOOP_TEST_POSTGRES_URL");
            return None;
        };
        let name = format!("zoop_it_{:016x}", RandomState::new().build_hasher().finish());
        let admin = PgConnectOptions::from_str(&cluster).expect("a PostgreSQL address").disable_statement_logging();
        let mut connection = admin.connect().await.expect("the PostgreSQL cluster answers");
        let sql = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("a database is made");
        connection.close().await.expect("the connection closes");
        let options = admin.clone().database(&name);
        let address = options.to_url_lossy().to_string();
        let raw = PgPoolOptions::new().max_connections(2).connect_lazy_with(options);
        Some(Self { address, raw: Raw::Postgres(raw), _place: Place::Postgres(Box::new(admin), name) })
    }

    /// The program's own way in; each call is another process's.
    pub async fn open(&self) -> Db {
        let wait = Duration::from_secs(60);
        let options = Options { lock_wait: wait, connection_wait: wait, ..Options::default() };
        Db::open_with(&self.address, options).await.expect("the database opens")
    }

    /// What `sql` answers.
    pub async fn rows<T>(&self, sql: &str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await.expect("raw SQL runs"),
            Raw::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.expect("raw SQL runs"),
        }
    }

    /// Does `sql`, past the store.
    pub async fn execute(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop),
            Raw::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop),
        }
        .expect("raw SQL runs");
    }

    /// Every value of every row of every table, in one text: what somebody who steals it reads.
    pub async fn dump(&self) -> String {
        let tables = match &self.raw {
            Raw::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            Raw::Postgres(_) => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        };
        let tables: Vec<(String,)> = self.rows(tables).await;
        assert!(tables.len() > 20, "the tables are found: {tables:?}");
        let mut dump = String::new();
        for (table,) in tables {
            let sql = match &self.raw {
                Raw::Sqlite(_) => {
                    let columns: Vec<(String,)> =
                        self.rows(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                    let columns: Vec<_> = columns.iter().map(|(name,)| format!("quote({name})")).collect();
                    format!("SELECT concat_ws('|', {}) FROM {table}", columns.join(", "))
                }
                Raw::Postgres(_) => format!("SELECT t::text FROM {table} t"),
            };
            for (row,) in self.rows::<(String,)>(&sql).await {
                dump.push_str(&table);
                dump.push_str(&row);
                dump.push('\n');
            }
        }
        dump
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self::Postgres(admin, name) = self else { return };
        let (admin, name) = (admin.clone(), std::mem::take(name));
        // The test's own runtime may be shutting down, or unwinding.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut connection = admin.connect().await?;
                let sql = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
                sqlx::raw_sql(sql).execute(&mut connection).await.map(drop)
            })
        });
        let dropped = dropping.join();
        if !std::thread::panicking() {
            dropped.expect("no panic").expect("the database is dropped");
        }
    }
}
