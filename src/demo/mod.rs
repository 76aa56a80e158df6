//! `zoop demo`: a made-up business with years of history, on an embedded database and the stand-in
//! for Stripe, kept in one folder. Everything in it is what the real program does.

mod clock;
mod folder;
mod history;
mod outcome;
mod output;
mod seed;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;
use zoop_app::{App, Stripe};
use zoop_store::Db;
use zoop_stripe::{Client, ClientConfig, RetryPolicy};
use zoop_stripe_sandbox::{PLATFORM_ACCOUNT, Sandbox, SandboxConfig, WebhookEndpoint};

use crate::cli::Demo;
use crate::commands::{Failure, serve, stripe_sandbox};
use crate::wire::SystemRandom;
use clock::DemoClock;
use folder::{Folder, Kept};

const PAGES: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);
const SANDBOX: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 12111);

pub(crate) async fn run(options: &Demo) -> Result<(), Failure> {
    let folder = Folder::open(options.data.as_deref(), options.reset)?;
    let kept = folder.read()?;
    let pages = listen(options.listen, kept.as_ref().map(|kept| kept.pages), PAGES).await?;
    let stripe = listen(None, kept.as_ref().map(|kept| kept.stripe), SANDBOX).await?;
    let secrets = kept.as_ref().map_or_else(folder::Secrets::generate, |kept| kept.secrets.clone());
    let (base, stripe_base) = (address(&pages)?, address(&stripe)?);

    let clock = DemoClock::default();
    let db = Db::open(&folder.database()).await?;
    db.migrate().await?;
    let sandbox = open_sandbox(&folder, &stripe_base, &secrets, &clock).await?;
    let shutdown = CancellationToken::new();
    tokio::spawn(serve::stop_on_signal(shutdown.clone()));
    let hosting = tokio::spawn(stripe_sandbox::host(sandbox.clone(), stripe, shutdown.clone()));

    let app = app(db, &clock, &base, &stripe_base, &secrets)?;
    let demo = match kept {
        Some(kept) => Kept { pages: local(&pages)?, stripe: port(&stripe_base)?, ..kept },
        None => Kept {
            pages: local(&pages)?,
            stripe: port(&stripe_base)?,
            secrets: secrets.clone(),
            seeded: seed::seed(&app, &sandbox, &clock).await?,
        },
    };
    folder.write(&demo)?;
    let url = base.join("stripe/webhook").map_err(Failure::from_error)?;
    sandbox.set_webhook(Some(WebhookEndpoint { url, secret: secrets.webhook.clone(), connect: true }));

    let running = tokio::spawn(serve::run(app, pages, Vec::new(), shutdown.clone()));
    output::ready(&demo, &base, &stripe_base, folder.path(), options.json)?;
    running.await.map_err(Failure::from_error)??;
    hosting.await.map_err(Failure::from_error)?
}

async fn open_sandbox(
    folder: &Folder,
    base: &Url,
    secrets: &folder::Secrets,
    clock: &DemoClock,
) -> Result<Sandbox, Failure> {
    let clock = clock.clone();
    stripe_sandbox::open(SandboxConfig {
        database: Some(folder.sandbox()),
        base_url: base.clone(),
        secret_key: secrets.key.clone(),
        webhook: None,
        clock: Arc::new(move || clock.unix_seconds()),
        seed: stripe_sandbox::seed(),
    })
    .await
}

fn app(db: Db, clock: &DemoClock, base: &Url, stripe_base: &Url, secrets: &folder::Secrets) -> Result<App, Failure> {
    let client = Client::new(ClientConfig {
        secret_key: SecretString::from(secrets.key.clone()),
        api_base: stripe_base.clone(),
        timeout: Duration::from_secs(10),
        retry: RetryPolicy::default(),
    })
    .map_err(Failure::from_error)?;
    let stripe = Stripe {
        client,
        own_account: PLATFORM_ACCOUNT.into(),
        webhook_secrets: vec![SecretString::from(secrets.webhook.clone())],
        livemode: false,
    };
    let config =
        zoop_app::Config { base_url: base.clone(), checkout_origin: stripe_base.origin().ascii_serialization() };
    Ok(App::new(db, Arc::new(clock.clone()), Arc::new(SystemRandom), Some(stripe), config))
}

/// Listens where it was asked to; else where it was last time, so that open payment pages still
/// work after a restart; else at the usual place; else on a free port.
async fn listen(
    asked: Option<SocketAddr>,
    last: Option<SocketAddr>,
    usual: SocketAddr,
) -> Result<TcpListener, Failure> {
    if let Some(asked) = asked.filter(|asked| asked.port() != 0) {
        let refused = |error| Failure::new(format!("can’t listen on {asked}: {error}"));
        return TcpListener::bind(asked).await.map_err(refused);
    }
    let usual = if asked.is_some() { None } else { Some(usual) };
    for address in last.into_iter().chain(usual) {
        if let Ok(listener) = TcpListener::bind(address).await {
            return Ok(listener);
        }
    }
    let any = asked.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
    Ok(TcpListener::bind(any).await?)
}

fn local(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    Ok(listener.local_addr()?)
}

fn address(listener: &TcpListener) -> Result<Url, Failure> {
    format!("http://{}/", local(listener)?).parse().map_err(Failure::from_error)
}

fn port(url: &Url) -> Result<SocketAddr, Failure> {
    url.authority().parse().map_err(Failure::from_error)
}
