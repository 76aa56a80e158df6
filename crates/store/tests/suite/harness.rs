//! A fresh database for each test, on either backend, and gone afterwards.
//!
//! PostgreSQL is the cluster at `ZOOP_TEST_POSTGRES_URL`. Without one those tests pass unrun,
//! so that a developer needs no server; in CI that would be a lie, so there they fail.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgPool, SqlitePool};
use tempfile::TempDir;
use zoop_store::{Db, Options};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Makes two tests of each case: `name::sqlite` and `name::postgres`.
macro_rules! cases {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                let store = $crate::harness::Store::sqlite().await;
                super::$name(&store).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                if let Some(store) = $crate::harness::Store::postgres().await {
                    super::$name(&store).await;
                }
            }
        }
    )+};
}

/// Runs statements in one transaction and commits it.
macro_rules! commit {
    ($store:expr, |$tx:ident| $body:expr) => {{
        let mut transaction = $store.db.begin().await.expect("a transaction begins");
        let $tx = &mut transaction;
        let value = $body.await.expect("the statement runs");
        transaction.commit().await.expect("the transaction commits");
        value
    }};
}

/// Reads outside of a transaction.
macro_rules! read {
    ($store:expr, |$tx:ident| $body:expr) => {{
        let mut reader = $store.db.read().await.expect("a reader is free");
        let $tx = &mut reader;
        $body.await.expect("the statement runs")
    }};
}

/// A migrated database, and a way around the store for what no version of it would write.
pub struct Store {
    pub db: Db,
    pub address: String,
    raw: Raw,
    // Dropped last: connections first, then what they are connected to.
    _place: Place,
}

enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Where a database lies; it goes with this.
pub enum Place {
    Folder(#[expect(dead_code, reason = "held for its drop")] TempDir),
    Postgres(Box<PgConnectOptions>, String),
}

impl Store {
    pub async fn sqlite() -> Self {
        let store = Self::empty_sqlite().await;
        store.db.migrate().await.expect("the schema applies");
        store
    }

    pub async fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("zoop.db");
        let address = format!("sqlite://{}", path.display());
        let db = Db::open_with(&address, options()).await.expect("an SQLite file is made");
        let options = SqliteConnectOptions::new().filename(&path).disable_statement_logging();
        let raw = SqlitePoolOptions::new().max_connections(2).connect_lazy_with(options);
        Self { db, address, raw: Raw::Sqlite(raw), _place: Place::Folder(folder) }
    }

    /// `None` on a developer's machine without a cluster.
    pub async fn postgres() -> Option<Self> {
        let store = Self::empty_postgres().await?;
        store.db.migrate().await.expect("the schema applies");
        Some(store)
    }

    pub async fn empty_postgres() -> Option<Self> {
        let (address, place) = create_database("LC_COLLATE 'C' LC_CTYPE 'C'").await?;
        let db = Db::open_with(&address, options()).await.expect("PostgreSQL answers");
        let options = PgConnectOptions::from_str(&address).expect("an address").disable_statement_logging();
        let raw = PgPoolOptions::new().max_connections(2).connect_lazy_with(options);
        Some(Self { db, address, raw: Raw::Postgres(raw), _place: place })
    }

    /// Runs statements past the store.
    pub async fn raw(&self, sql: &str) {
        self.try_raw(sql).await.expect("raw SQL runs");
    }

    /// The same, if the database lets it.
    pub async fn try_raw(&self, sql: &str) -> sqlx::Result<()> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop),
            Raw::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop),
        }
    }

    /// The first column of what `sql` answers, as texts.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.expect("raw SQL runs"),
            Raw::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.expect("raw SQL runs"),
        }
    }

    /// Every row of every table, to see that nothing has changed.
    pub async fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let tables = match &self.raw {
            Raw::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            Raw::Postgres(_) => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        };
        let mut dump = BTreeMap::new();
        for table in self.texts(tables).await {
            let rows = match &self.raw {
                Raw::Sqlite(_) => {
                    let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                    let columns: Vec<_> = columns.iter().map(|name| format!("quote({name})")).collect();
                    self.texts(&format!("SELECT concat_ws('|', {}) FROM {table} ORDER BY 1", columns.join(", "))).await
                }
                Raw::Postgres(_) => self.texts(&format!("SELECT t::text FROM {table} t ORDER BY 1")).await,
            };
            dump.insert(table, rows);
        }
        assert!(dump.len() > 20, "the tables are found: {:?}", dump.keys());
        dump
    }

    /// Returns once a statement waits for what another transaction holds. On SQLite a second
    /// transaction waits before its first statement, so there is nothing to see.
    pub async fn until_one_waits(&self) {
        let waiting = "SELECT COUNT(*)::text FROM pg_stat_activity \
                       WHERE datname = CURRENT_DATABASE() AND wait_event_type = 'Lock'";
        while self.is_postgres() && self.texts(waiting).await == ["0"] {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How the database would run `sql`, whatever its values: one step a line.
    pub async fn plan(&self, sql: &str) -> Vec<String> {
        match &self.raw {
            Raw::Sqlite(pool) => {
                let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
                let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(pool).await.expect("a plan");
                steps.into_iter().map(|step| step.3).collect()
            }
            Raw::Postgres(pool) => {
                let parameters = (1..=20).rev().find(|n| sql.contains(&format!("${n}"))).unwrap_or(0);
                let nulls = if parameters == 0 {
                    String::new()
                } else {
                    format!("({})", ["NULL"].repeat(parameters).join(", "))
                };
                let mut connection = pool.acquire().await.expect("a connection");
                // Of empty tables none is worth an index; the question is whether one could be used.
                let prepare = format!(
                    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET plan_cache_mode = force_generic_plan; \
                     PREPARE watched AS {sql}"
                );
                sqlx::raw_sql(sqlx::AssertSqlSafe(prepare)).execute(&mut *connection).await.expect("it prepares");
                let explain = sqlx::AssertSqlSafe(format!("EXPLAIN EXECUTE watched{nulls}"));
                let steps = sqlx::query_scalar(explain).fetch_all(&mut *connection).await.expect("a plan");
                sqlx::raw_sql("DEALLOCATE watched").execute(&mut *connection).await.expect("it is forgotten");
                steps
            }
        }
    }

    pub const fn is_postgres(&self) -> bool {
        matches!(self.raw, Raw::Postgres(_))
    }
}

/// Tests on a busy machine wait long; the fault tests choose their own patience.
pub fn options() -> Options {
    Options { lock_wait: PATIENCE, connection_wait: PATIENCE, ..Options::default() }
}

/// Looks again and again until there is something.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// A new PostgreSQL database: its address, and what drops it. `None` without a cluster.
pub async fn create_database(collation: &str) -> Option<(String, Place)> {
    let Ok(cluster) = std::env::var("ZOOP_TEST_POSTGRES_URL") else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "CI needs ZOOP_TEST_POSTGRES_URL");
        return None;
    };
    let name = format!("zoop_test_{:016x}", RandomState::new().build_hasher().finish());
    let admin = PgConnectOptions::from_str(&cluster).expect("a PostgreSQL address").disable_statement_logging();
    let mut connection = admin.connect().await.expect("the PostgreSQL cluster answers");
    let sql = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {collation}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect("a database is made");
    connection.close().await.expect("the connection closes");
    let address = admin.clone().database(&name).to_url_lossy().to_string();
    Some((address, Place::Postgres(Box::new(admin), name)))
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
                let sql = format!("DROP DATABASE {name} WITH (FORCE)");
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.map(drop)
            })
        });
        let dropped = dropping.join();
        if !std::thread::panicking() {
            dropped.expect("no panic").expect("the database is dropped");
        }
    }
}

/// What a call came to, comparable across tenants: values in full, errors by kind and code only,
/// because their texts name the keys.
pub fn outcome<T: Debug>(result: zoop_store::Result<T>) -> Result<String, String> {
    use std::error::Error as _;
    result.map(|value| format!("{value:?}")).map_err(|error| {
        let database = error.source().and_then(|source| source.downcast_ref::<sqlx::Error>());
        let code = database.and_then(|error| error.as_database_error()?.code().map(|code| code.to_string()));
        format!("{} {code:?}", error.to_string().split(':').next().unwrap_or_default())
    })
}
