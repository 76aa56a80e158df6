//! `zoop stripe-sandbox`: the stand-in for Stripe by itself.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zoop_domain::random::Random as _;
use zoop_domain::time::Clock as _;
use zoop_stripe_sandbox::{Sandbox, SandboxConfig, WebhookEndpoint};

use super::{Failure, say, serve, tell};
use crate::cli::StripeSandbox;
use crate::wire::{SystemClock, SystemRandom};

pub(crate) async fn run(options: &StripeSandbox) -> Result<(), Failure> {
    let listener =
        TcpListener::bind(options.listen).await.map_err(|error| serve::cannot_listen(options.listen, &error))?;
    let address = listener.local_addr()?;
    let secret = options.webhook_secret.clone();
    let sandbox = open(SandboxConfig {
        database: options.data.clone(),
        base_url: format!("http://{address}").parse().map_err(Failure::from_error)?,
        secret_key: options.secret_key.clone(),
        webhook: options.webhook_url.clone().map(|url| WebhookEndpoint { url, secret, connect: true }),
        clock: Arc::new(|| SystemClock.now().as_unix_seconds()),
        advance: None,
        seed: seed(),
    })
    .await?;
    for account in &options.accounts {
        let (id, name) = account.split_once('=').unwrap_or((account, account));
        sandbox.put_account(id, true, name).await.map_err(Failure::from_error)?;
    }
    if !address.ip().is_loopback() {
        tell("Anyone who reaches this address can make payments up: keep it to machines you trust.");
    }
    say(format_args!("The stand-in for Stripe is at http://{address}/"));
    say(format_args!("To use it: ZOOP_STRIPE_API_BASE=http://{address} and the key given by --secret-key."));
    let shutdown = CancellationToken::new();
    tokio::spawn(serve::stop_on_signal(shutdown.clone()));
    host(sandbox, listener, shutdown).await
}

/// Opens a sandbox.
pub(crate) async fn open(config: SandboxConfig) -> Result<Sandbox, Failure> {
    let file = config.database.clone();
    Sandbox::open(config).await.map_err(|error| {
        let why = Failure::from_error(error);
        match file {
            Some(file) => Failure::new(format!("{why}; it is kept in {}", file.display())),
            None => why,
        }
    })
}

/// Serves a sandbox and delivers its webhooks until `shutdown`.
pub(crate) async fn host(sandbox: Sandbox, listener: TcpListener, shutdown: CancellationToken) -> Result<(), Failure> {
    let delivery = tokio::spawn({
        let (sandbox, shutdown) = (sandbox.clone(), shutdown.clone());
        async move { sandbox.run(shutdown).await }
    });
    axum::serve(listener, sandbox.router()).with_graceful_shutdown(shutdown.cancelled_owned()).await?;
    delivery.await.map_err(Failure::from_error)
}

/// What a new sandbox's ids are made from.
pub(crate) fn seed() -> u64 {
    let mut bytes = [0; 8];
    SystemRandom.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
