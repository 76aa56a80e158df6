//! `zoop demo`: a made-up business with years of history, on an embedded database, the stand-in for
//! Stripe and a mailbox in place of SMTP, kept in one folder. Its time can be moved on. Everything in
//! it is what the real program does.

mod advance;
mod agreement;
mod cast;
mod clock;
mod folder;
mod history;
mod large;
mod mailbox;
mod outcome;
mod output;
mod seed;
mod staff;
mod wallet;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;
use zoop_app::{App, Stripe};
use zoop_domain::time::{Clock as _, TimeZone};
use zoop_store::Db;
use zoop_stripe::{Client, ClientConfig, RetryPolicy};
use zoop_stripe_sandbox::{Advance, PLATFORM_ACCOUNT, Sandbox, SandboxConfig, WebhookEndpoint};

use crate::cli::Demo;
use crate::commands::{Failure, serve, stripe_sandbox};
use crate::wire::SystemRandom;
use advance::Advancer;
use clock::DemoClock;
pub(crate) use clock::StartAt;
use folder::{Folder, Kept};
use mailbox::Mailbox;

const PAGES: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
const SANDBOX: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 12111);
const MAILBOX: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8025);
const WORKERS: usize = 4;
/// Where its businesses are.
const ZONE: &str = "America/Chicago";

/// The lever that moves the clock, once there is something to be moved.
type Lever = Arc<OnceLock<Advancer>>;

pub(crate) async fn run(options: &Demo) -> Result<(), Failure> {
    let folder = Folder::open(options.data.as_deref(), options.reset)?;
    let kept = folder.read()?;
    let clock = folder.clock()?;
    let zone: TimeZone = ZONE.parse().map_err(Failure::from_error)?;
    let start_at = options.now.map(|start| start.instant(&zone));
    if let Some(start) = start_at {
        let (day, today) = (start.date_in(&zone), clock.now().date_in(&zone));
        match kept {
            Some(_) if day < today => return Err(folder.lived_longer(today)),
            Some(_) => {}
            None => clock.go_on_from(start)?,
        }
    }
    let pages = listen(options.listen, kept.as_ref().map(|kept| kept.pages), PAGES).await?;
    let stripe = listen(None, kept.as_ref().map(|kept| kept.stripe), SANDBOX).await?;
    let mails = listen(None, kept.as_ref().map(|kept| kept.mailbox), MAILBOX).await?;
    let secrets = kept.as_ref().map_or_else(folder::Secrets::generate, |kept| kept.secrets.clone());
    let places = Places { pages: local(&pages)?, stripe: local(&stripe)?, mailbox: local(&mails)? };
    let (base, stripe_base, mail_base) = (address(places.pages)?, address(places.stripe)?, address(places.mailbox)?);

    let mailbox = Mailbox::open(folder.mail())?;
    let db = open_database(&folder).await?;
    let lever = Lever::default();
    let sandbox = open_sandbox(&folder, &stripe_base, &secrets, &clock, lever.clone()).await?;
    let shutdown = CancellationToken::new();
    tokio::spawn(serve::stop_on_signal(shutdown.clone()));
    // Stripe outlives the pages: a payment that is under way can still be finished.
    let stripe_shutdown = CancellationToken::new();
    let hosting = tokio::spawn(stripe_sandbox::host(sandbox.clone(), stripe, stripe_shutdown.clone()));

    let app = app(db, &clock, &base, &stripe_base, &secrets, mailbox.clone())?;
    let is_kept = kept.is_some();
    let seeded = match kept {
        Some(kept) => kept.seeded,
        None => tokio::select! {
            seeded = seed::seed(&app, &sandbox, &clock, &mailbox, options.large) => seeded?,
            // Half a seed is cleared by the next run.
            () = shutdown.cancelled() => return Ok(()),
        },
    };
    let Places { pages: at, stripe, mailbox: mailbox_at } = places;
    let demo = Kept { pages: at, stripe, mailbox: mailbox_at, secrets: secrets.clone(), seeded };
    folder.write(&demo)?;
    let url = base.join("stripe/webhook").map_err(Failure::from_error)?;
    sandbox.set_webhook(Some(WebhookEndpoint { url, secret: secrets.webhook.clone(), connect: true }));

    let reading = axum::serve(mails, mailbox.router()).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let reading = tokio::spawn(reading.into_future());
    let running = tokio::spawn(serve::run(app.clone(), pages, Vec::new(), WORKERS, shutdown.clone()));
    let advancer = lever.get_or_init(|| Advancer { app, sandbox, clock, zone, shutdown: shutdown.clone() });
    let arrived = match start_at.filter(|_| is_kept) {
        Some(start) => advancer.until(start).await,
        None => Ok(()),
    };
    // Whoever stops it on the way there has not met an error.
    let arrived = if shutdown.is_cancelled() { Ok(()) } else { arrived };
    if arrived.is_err() {
        shutdown.cancel();
    }
    if !shutdown.is_cancelled() {
        output::ready(&demo, &Addresses { base, stripe: stripe_base, mailbox: mail_base }, folder.path(), options.json);
    }
    let ended = running.await.map_err(Failure::from_error)?;
    stripe_shutdown.cancel();
    hosting.await.map_err(Failure::from_error)??;
    reading.await.map_err(Failure::from_error)??;
    arrived.and(ended)
}

/// Where this run listens.
struct Places {
    pages: SocketAddr,
    stripe: SocketAddr,
    mailbox: SocketAddr,
}

/// What a browser on this machine calls these places.
struct Addresses {
    base: Url,
    stripe: Url,
    mailbox: Url,
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
    lever: Lever,
) -> Result<Sandbox, Failure> {
    let clock = clock.clone();
    let advance: Advance = Arc::new(move |days| {
        let lever = lever.clone();
        Box::pin(async move {
            let advancer = lever.get().ok_or("the demo isn’t ready yet")?;
            advancer.days(days).await.map_err(|failure| failure.to_string())
        })
    });
    stripe_sandbox::open(SandboxConfig {
        database: Some(folder.sandbox()),
        base_url: base.clone(),
        secret_key: secrets.key.clone(),
        webhook: None,
        clock: Arc::new(move || clock.unix_seconds()),
        advance: Some(advance),
        seed: stripe_sandbox::seed(),
    })
    .await
}

fn app(
    db: Db,
    clock: &DemoClock,
    base: &Url,
    stripe_base: &Url,
    secrets: &folder::Secrets,
    mailbox: Mailbox,
) -> Result<App, Failure> {
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
    Ok(App::new(db, Arc::new(clock.clone()), Arc::new(SystemRandom), Some(stripe), Some(Arc::new(mailbox)), config))
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
