//! `zoop demo`: a made-up business with years of history, on an embedded database and the stand-in
//! for Stripe, kept in one folder. Everything in it is what the real program does.

mod agreement;
mod cast;
mod clock;
mod folder;
mod history;
#[cfg_attr(not(test), expect(dead_code, reason = "wired in with the first mails"))]
mod mailbox;
mod outcome;
mod output;
mod seed;
mod wallet;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
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

const PAGES: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
const SANDBOX: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 12111);
const WORKERS: usize = 4;

pub(crate) async fn run(options: &Demo) -> Result<(), Failure> {
    let folder = Folder::open(options.data.as_deref(), options.reset)?;
    let kept = folder.read()?;
    let pages = listen(options.listen, kept.as_ref().map(|kept| kept.pages), PAGES).await?;
    let stripe = listen(None, kept.as_ref().map(|kept| kept.stripe), SANDBOX).await?;
    let secrets = kept.as_ref().map_or_else(folder::Secrets::generate, |kept| kept.secrets.clone());
    let places = Places { pages: local(&pages)?, stripe: local(&stripe)? };
    let (base, stripe_base) = (address(places.pages)?, address(places.stripe)?);

    let clock = DemoClock::default();
    let db = open_database(&folder).await?;
    let sandbox = open_sandbox(&folder, &stripe_base, &secrets, &clock).await?;
    let shutdown = CancellationToken::new();
    tokio::spawn(serve::stop_on_signal(shutdown.clone()));
    // Stripe outlives the pages: a payment that is under way can still be finished.
    let stripe_shutdown = CancellationToken::new();
    let hosting = tokio::spawn(stripe_sandbox::host(sandbox.clone(), stripe, stripe_shutdown.clone()));

    let app = app(db, &clock, &base, &stripe_base, &secrets)?;
    let seeded = match kept {
        Some(kept) => kept.seeded,
        None => tokio::select! {
            seeded = seed::seed(&app, &sandbox, &clock) => seeded?,
            // Half a seed is cleared by the next run.
            () = shutdown.cancelled() => return Ok(()),
        },
    };
    let demo = Kept { pages: places.pages, stripe: places.stripe, secrets: secrets.clone(), seeded };
    folder.write(&demo)?;
    let url = base.join("stripe/webhook").map_err(Failure::from_error)?;
    sandbox.set_webhook(Some(WebhookEndpoint { url, secret: secrets.webhook.clone(), connect: true }));

    let running = tokio::spawn(serve::run(app, pages, Vec::new(), WORKERS, shutdown.clone()));
    output::ready(&demo, &base, &stripe_base, folder.path(), options.json);
    let ended = running.await.map_err(Failure::from_error)?;
    stripe_shutdown.cancel();
    hosting.await.map_err(Failure::from_error)??;
    ended
}

/// Where this run listens.
struct Places {
    pages: SocketAddr,
    stripe: SocketAddr,
}

async fn open_database(folder: &Folder) -> Result<Db, Failure> {
    let db = Db::open(&folder.database()).await?;
    match db.migrate().await {
        Ok(_) => Ok(db),
        Err(zoop_store::Error::Schema(_)) => Err(folder.of_another_version()),
        Err(error) => Err(error.into()),
    }
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
        advance: None,
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
    let config = zoop_app::Config {
        base_url: base.clone(),
        checkout_origin: stripe_base.origin().ascii_serialization(),
        mail_from: "mail@zoop.example".into(),
    };
    Ok(App::new(db, Arc::new(clock.clone()), Arc::new(SystemRandom), Some(stripe), None, config))
}

/// Listens where it was asked to; else where it was last time, so that open payment pages still
/// work after a restart; else at the usual place; else on a free port.
async fn listen(
    asked: Option<SocketAddr>,
    last: Option<SocketAddr>,
    usual: SocketAddr,
) -> Result<TcpListener, Failure> {
    if let Some(asked) = asked.filter(|asked| asked.port() != 0) {
        return TcpListener::bind(asked).await.map_err(|error| serve::cannot_listen(asked, &error));
    }
    let usual = if asked.is_some() { None } else { Some(usual) };
    for address in last.into_iter().chain(usual) {
        if let Ok(listener) = TcpListener::bind(address).await {
            return Ok(listener);
        }
    }
    let any = asked.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
    TcpListener::bind(any).await.map_err(|error| serve::cannot_listen(any, &error))
}

fn local(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    Ok(listener.local_addr()?)
}

/// What a browser on this machine calls it by.
fn address(place: SocketAddr) -> Result<Url, Failure> {
    let host = match place.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}/", SocketAddr::new(host, place.port())).parse().map_err(Failure::from_error)
}
