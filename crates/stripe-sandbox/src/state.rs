//! The sandbox's memory: one SQLite file, and the transaction in which every request does its work.
//!
//! The pool holds a single connection, so requests take turns; each commits before it is answered, so a
//! sandbox that is killed has lost nothing that it answered.

use std::str::FromStr as _;
use std::sync::Arc;

use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row as _, Sqlite, SqlitePool, Transaction};

use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::sandbox::Shared;

/// The platform's own account.
pub const PLATFORM: &str = "acct_sandbox_platform";

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS openings (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  created INTEGER NOT NULL,
  customer TEXT,
  intent TEXT,
  charge TEXT,
  tag TEXT,
  body TEXT NOT NULL,
  hidden TEXT NOT NULL,
  UNIQUE (account, id)
);
CREATE INDEX IF NOT EXISTS objects_by_id ON objects (id);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_account ON objects (account, kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (account, kind, customer, seq) WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (account, kind, intent, seq) WHERE intent IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (account, kind, charge, seq) WHERE charge IS NOT NULL;
CREATE TABLE IF NOT EXISTS idempotency_keys (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  request TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (account, key)
);
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  event TEXT NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  held INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (due, seq);
CREATE TABLE IF NOT EXISTS timers (
  account TEXT NOT NULL,
  object TEXT NOT NULL,
  due INTEGER NOT NULL,
  PRIMARY KEY (account, object)
);
CREATE INDEX IF NOT EXISTS timers_by_due ON timers (due);
";

/// Opens or makes the file, and says how many times it was opened.
pub(crate) async fn open(database: Option<&std::path::Path>, now: i64) -> Result<(SqlitePool, i64), sqlx::Error> {
    let options = match database {
        Some(path) => SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full),
        None => SqliteConnectOptions::from_str("sqlite::memory:")?,
    };
    // An in-memory database lives as long as its connection: never let the pool replace it.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    sqlx::raw_sql(SCHEMA).execute(&pool).await?;
    let opening: i64 =
        sqlx::query_scalar("INSERT INTO openings (at) VALUES ($1) RETURNING number").bind(now).fetch_one(&pool).await?;
    Ok((pool, opening))
}

/// Who asked for the work: the API request, or nobody (a page, a timer, the control endpoints).
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    pub(crate) request: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

/// One request's transaction, in one account.
pub(crate) struct Tx {
    pub(crate) db: Transaction<'static, Sqlite>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) account: String,
    pub(crate) origin: Origin,
    /// Unix seconds; the same for the whole transaction.
    pub(crate) now: i64,
}

impl Tx {
    /// Takes the turn. Timers that are due by now have run before anything else is seen.
    pub(crate) async fn begin(shared: &Arc<Shared>, account: &str, origin: Origin) -> Result<Self, ApiError> {
        let mut tx = Self::raw(shared, account, origin.clone()).await?;
        if tx.timers_due().await? {
            tx.origin = Origin::default();
            tx.run_timers().await?;
            tx.commit().await?;
            tx = Self::raw(shared, account, origin).await?;
        }
        Ok(tx)
    }

    async fn raw(shared: &Arc<Shared>, account: &str, origin: Origin) -> Result<Self, ApiError> {
        Ok(Self {
            db: shared.pool.begin_with("BEGIN IMMEDIATE").await?,
            shared: Arc::clone(shared),
            account: account.to_owned(),
            origin,
            now: (shared.clock)(),
        })
    }

    /// Makes the work last; dropping the transaction instead undoes it.
    pub(crate) async fn commit(self) -> Result<(), ApiError> {
        self.db.commit().await?;
        self.shared.wake.notify_one();
        Ok(())
    }

    /// Undoes the work and takes the next turn for what must be kept nevertheless.
    pub(crate) async fn start_over(self) -> Result<Self, ApiError> {
        self.db.rollback().await?;
        Self::raw(&self.shared, &self.account, self.origin).await
    }

    pub(crate) fn new_id(&self, kind: Kind) -> String {
        let (prefix, length) = kind.id_shape();
        self.shared.ids.make(prefix, length)
    }

    /// A client secret for an intent.
    pub(crate) fn client_secret(&self, id: &str) -> String {
        self.shared.ids.make(&format!("{id}_secret_"), 25)
    }

    pub(crate) async fn insert(&mut self, object: &Object) -> Result<(), ApiError> {
        sqlx::query(
            "INSERT INTO objects (account, kind, id, created, customer, intent, charge, tag, body, hidden) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&self.account)
        .bind(object.kind.as_str())
        .bind(object.id())
        .bind(object.number("created"))
        .bind(object.text("customer"))
        .bind(object.text("payment_intent"))
        .bind(object.text("charge"))
        .bind(object.tag())
        .bind(object.body.to_string())
        .bind(object.hidden.to_string())
        .execute(&mut *self.db)
        .await?;
        Ok(())
    }

    pub(crate) async fn save(&mut self, object: &Object) -> Result<(), ApiError> {
        sqlx::query(
            "UPDATE objects SET customer = $3, intent = $4, charge = $5, tag = $6, body = $7, hidden = $8 \
             WHERE account = $1 AND id = $2",
        )
        .bind(&self.account)
        .bind(object.id())
        .bind(object.text("customer"))
        .bind(object.text("payment_intent"))
        .bind(object.text("charge"))
        .bind(object.tag())
        .bind(object.body.to_string())
        .bind(object.hidden.to_string())
        .execute(&mut *self.db)
        .await?;
        Ok(())
    }

    /// Any object of this account.
    pub(crate) async fn find(&mut self, id: &str) -> Result<Option<Object>, ApiError> {
        let row = sqlx::query("SELECT kind, body, hidden FROM objects WHERE account = $1 AND id = $2")
            .bind(&self.account)
            .bind(id)
            .fetch_optional(&mut *self.db)
            .await?;
        row.map(|row| read_object(&row)).transpose()
    }

    async fn find_kind(&mut self, kind: Kind, id: &str) -> Result<Option<Object>, ApiError> {
        Ok(self.find(id).await?.filter(|object| object.kind == kind))
    }

    /// An object named in the path.
    pub(crate) async fn get(&mut self, kind: Kind, id: &str) -> Result<Object, ApiError> {
        let (label, param) = kind.missing();
        let found = self.find_kind(kind, id).await?;
        found.ok_or_else(|| ApiError::not_found(label, id, param))
    }

    /// An object named by the parameter `param`.
    pub(crate) async fn get_as(&mut self, kind: Kind, id: &str, param: &str) -> Result<Object, ApiError> {
        let found = self.find_kind(kind, id).await?;
        found.ok_or_else(|| ApiError::no_such(kind.missing().0, id, param))
    }

    /// Moves into the account that has this object: pages and control endpoints know only ids.
    pub(crate) async fn enter(&mut self, kind: Kind, id: &str) -> Result<Object, ApiError> {
        let account: Option<String> = sqlx::query_scalar("SELECT account FROM objects WHERE id = $1 AND kind = $2")
            .bind(id)
            .bind(kind.as_str())
            .fetch_optional(&mut *self.db)
            .await?;
        if let Some(account) = account {
            self.account = account;
        }
        self.get(kind, id).await
    }

    /// The newest objects of a kind over all accounts, each with its account.
    pub(crate) async fn newest(&mut self, kind: Kind, limit: i64) -> Result<Vec<(String, Value)>, ApiError> {
        let rows = sqlx::query("SELECT account, body FROM objects WHERE kind = $1 ORDER BY seq DESC LIMIT $2")
            .bind(kind.as_str())
            .bind(limit)
            .fetch_all(&mut *self.db)
            .await?;
        rows.iter()
            .map(|row| {
                let body: &str = row.try_get("body")?;
                Ok((row.try_get("account")?, serde_json::from_str(body)?))
            })
            .collect()
    }
}

/// Reads a row with the columns kind, body, hidden.
pub(crate) fn read_object(row: &sqlx::sqlite::SqliteRow) -> Result<Object, ApiError> {
    let kind: &str = row.try_get("kind")?;
    let body: &str = row.try_get("body")?;
    let hidden: &str = row.try_get("hidden")?;
    Ok(Object {
        kind: Kind::from_name(kind).ok_or_else(ApiError::server)?,
        body: serde_json::from_str(body)?,
        hidden: serde_json::from_str(hidden)?,
    })
}
