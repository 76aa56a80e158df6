//! The sandbox as others hold it: its configuration, its router, its delivery loop.
//! What it does with a request is decided elsewhere.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::faults::Faults;
use crate::id::Ids;
use crate::ledger::{self, LedgerEntry};
use crate::state::{Origin, PLATFORM, Tx};
use crate::{account, api, idempotency, state, webhook};

/// How often timers and retries are looked at when nothing happens.
const TICK: Duration = Duration::from_millis(250);

/// Where events are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    /// The application's webhook address.
    pub url: Url,
    /// The signing secret, `whsec_…`.
    pub secret: String,
    /// Whether events of connected accounts are sent too.
    #[serde(default)]
    pub connect: bool,
}

/// Moves the sandbox's clock on by so many days, and does what falls due meanwhile. What it couldn't do is
/// said to whoever asked.
pub type Advance = Arc<dyn Fn(i64) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// How a sandbox is set up.
#[derive(Clone)]
pub struct SandboxConfig {
    /// Where objects, ledger, idempotency keys and undelivered events are kept; None: in memory.
    pub database: Option<PathBuf>,
    /// The address people and programs reach it at; Checkout and authentication addresses begin with it.
    pub base_url: Url,
    /// The key that requests must bring, `sk_test_…`.
    pub secret_key: String,
    /// Where events are sent; can be changed later.
    pub webhook: Option<WebhookEndpoint>,
    /// The time in unix seconds.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// How the clock is moved from the front page; None: it can't be.
    pub advance: Option<Advance>,
    /// What ids are made from.
    pub seed: u64,
}

/// Why a sandbox can't work.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The database can't be opened, read or written.
    #[error("the sandbox's database failed")]
    Database(#[from] sqlx::Error),
    /// The client that delivers webhooks can't be built.
    #[error("the sandbox's webhook client can't be built")]
    Client(#[from] reqwest::Error),
    /// The work couldn't be done; the log says why.
    #[error("the sandbox failed at its work; see the log")]
    Failed,
}

/// What every part of a sandbox sees.
pub(crate) struct Shared {
    pub(crate) pool: SqlitePool,
    pub(crate) ids: Ids,
    pub(crate) clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    pub(crate) advance: Option<Advance>,
    /// Held by whoever moves the clock.
    pub(crate) advancing: Mutex<()>,
    pub(crate) base_url: Url,
    pub(crate) secret_key: String,
    pub(crate) http: reqwest::Client,
    pub(crate) faults: Faults,
    pub(crate) wake: Notify,
    /// Held by whoever delivers, so that no event is sent twice at once.
    pub(crate) delivering: Mutex<()>,
    webhook: RwLock<Option<WebhookEndpoint>>,
}

impl Shared {
    pub(crate) fn webhook(&self) -> Option<WebhookEndpoint> {
        self.webhook.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn wants_events_of(&self, account: &str) -> bool {
        self.webhook
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .is_some_and(|endpoint| account == PLATFORM || endpoint.connect)
    }

    /// An address of the sandbox's own.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_str().trim_end_matches('/'))
    }
}

/// A stand-in for Stripe. Clones share one state.
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
}

impl Sandbox {
    /// Opens the sandbox, making its database if there is none.
    ///
    /// # Errors
    /// When the database can't be opened or the webhook client can't be built.
    pub async fn open(config: SandboxConfig) -> Result<Self, SandboxError> {
        // reqwest is built without a provider of its own; an application that installed one keeps it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()?;
        let now = (config.clock)();
        let (pool, opening) = state::open(config.database.as_deref(), now).await?;
        let sandbox = Self {
            shared: Arc::new(Shared {
                pool,
                ids: Ids::new(config.seed, opening),
                clock: config.clock,
                advance: config.advance,
                advancing: Mutex::new(()),
                base_url: config.base_url,
                secret_key: config.secret_key,
                http,
                faults: Faults::default(),
                wake: Notify::new(),
                delivering: Mutex::new(()),
                webhook: RwLock::new(config.webhook),
            }),
        };
        sandbox.found_platform().await?;
        Ok(sandbox)
    }

    /// The API, the hosted pages and the control endpoints.
    pub fn router(&self) -> Router {
        api::router(self)
    }

    /// Changes where events are sent. Events that happen while there is no endpoint are never sent.
    pub fn set_webhook(&self, endpoint: Option<WebhookEndpoint>) {
        *self.shared.webhook.write().unwrap_or_else(PoisonError::into_inner) = endpoint;
        self.shared.wake.notify_one();
    }

    /// Delivers events, with retries, and runs timers until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        loop {
            let work = async {
                self.run_timers().await;
                webhook::deliver_due(&self.shared).await;
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = work => {}
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.shared.wake.notified() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Delivers what is due now and says how many requests were sent.
    pub async fn deliver_pending(&self) -> usize {
        self.run_timers().await;
        webhook::deliver_due(&self.shared).await
    }

    /// The faults to inject.
    pub fn faults(&self) -> Faults {
        self.shared.faults.clone()
    }

    /// The truth: each charge that moved money, oldest first, with what was refunded and disputed of it.
    pub async fn ledger(&self) -> Vec<LedgerEntry> {
        let entries = async {
            let mut tx = Tx::begin(&self.shared, PLATFORM, Origin::default()).await?;
            ledger::read(&mut tx).await
        };
        entries.await.unwrap_or_default()
    }

    /// Makes or changes a connected account and emits `account.updated` when it was there before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_account(&self, account_id: &str, charges_enabled: bool, name: &str) -> Result<(), SandboxError> {
        let put = async {
            let mut tx = Tx::begin(&self.shared, account_id, Origin::default()).await?;
            account::put(&mut tx, charges_enabled, name).await?;
            tx.commit().await
        };
        put.await.map_err(|_| SandboxError::Failed)
    }

    async fn found_platform(&self) -> Result<(), SandboxError> {
        let found = async {
            let mut tx = Tx::begin(&self.shared, PLATFORM, Origin::default()).await?;
            if tx.find(PLATFORM).await?.is_none() {
                account::put(&mut tx, true, "Zoop").await?;
            }
            idempotency::forget_old(&mut tx).await?;
            tx.commit().await
        };
        found.await.map_err(|_| SandboxError::Failed)
    }

    async fn run_timers(&self) {
        // Beginning a transaction runs the timers that are due; there is nothing else to do in it.
        if let Err(error) = Tx::begin(&self.shared, PLATFORM, Origin::default()).await {
            tracing::error!(error = error.field("message"), "timers failed");
        }
    }
}
