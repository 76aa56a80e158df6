//! `zoop serve`: pages and background work, until it is told to stop; then it finishes what it
//! is doing, writes what it holds and closes the database.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zoop_app::App;
use zoop_web::WebConfig;
use zoop_web::serve::HEAD_TIMEOUT;

use super::{Failure, Trouble, recover, tell};
use crate::cli::Serve;
use crate::config::Config;
use crate::wire;

/// How long requests and jobs under way may take once a stop was asked for.
const GRACE: Duration = Duration::from_secs(25);

pub(crate) async fn serve(config: &Config, options: &Serve) -> Result<(), Failure> {
    if options.migrate {
        wire::migrate(config).await?;
    }
    let db = wire::ready_database(config).await?;
    let stripe = wire::stripe(config, &db).await?;
    if stripe.is_none() {
        tracing::warn!("no Stripe key is configured: invoices can’t be paid online");
    }
    if config.is_exposed() {
        tracing::warn!("base_url is http: anyone on the way can read customers’ links");
    }
    let app = wire::app(config, db, stripe)?;
    if !app.sends_mail() {
        tracing::warn!("no mail server is configured: customers get no mail");
    }
    // Before anything is changed: two servers on one address are a mistake.
    let listener = TcpListener::bind(config.listen).await.map_err(|error| cannot_listen(config.listen, &error))?;
    zoop_app::business::connect::connect_own_account(&app).await?;
    tracing::info!("serving {} on {}", config.base_url, listener.local_addr()?);
    if let Some(code) = zoop_app::setup::renew_code(&app).await? {
        // Not to the log, which others may read.
        tell(format_args!("Nobody has an account yet. Set it up at {}setup", config.base_url));
        tell(format_args!("with the set-up code {}. The next start prints another.", code.expose()));
    }
    let shutdown = CancellationToken::new();
    tokio::spawn(stop_on_signal(shutdown.clone()));
    run(app, listener, config.trusted_proxies.clone(), config.workers, shutdown).await
}

/// Why `address` can't be listened on, and what would help.
pub(crate) fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    let mend = match error.kind() {
        ErrorKind::AddrInUse => "Another program listens there: stop it, or give another address.",
        ErrorKind::AddrNotAvailable => "This machine has no such address; 127.0.0.1 and 0.0.0.0 always work.",
        ErrorKind::PermissionDenied => "Ports below 1024 are the system’s: take another, and let a proxy have 443.",
        _ => "Give another address.",
    };
    Trouble::new(format!("can’t listen on {address}: {error}"), mend).into()
}

/// Serves `app` on `listener` until `shutdown`, and works in the background if there are to be `workers`.
pub(crate) async fn run(
    app: App,
    listener: TcpListener,
    trusted_proxies: Vec<ipnet::IpNet>,
    workers: usize,
    shutdown: CancellationToken,
) -> Result<(), Failure> {
    let under_way = recover::take_up(&app).await?;
    let request_id_seed = app.now().as_microseconds().unsigned_abs();
    let web = WebConfig { trusted_proxies, request_id_seed, ..WebConfig::default() };
    let router = zoop_web::router(app.clone(), web).map_err(Failure::from_error)?;
    let work = tokio::spawn({
        let (app, shutdown) = (app.clone(), shutdown.clone());
        async move {
            let settling = shutdown.run_until_cancelled(recover::settle(&app, &under_way));
            tokio::join!(settling, zoop_app::job::work(&app, workers, shutdown.clone()));
        }
    });
    let pages = tokio::spawn(zoop_web::serve::serve(listener, router, HEAD_TIMEOUT, shutdown.clone()));
    shutdown.cancelled().await;
    if tokio::time::timeout(GRACE, async { tokio::join!(pages, work) }).await.is_err() {
        tracing::warn!("some requests were still under way and are cut off");
    }
    app.db.close().await;
    Ok(())
}

/// Cancels `shutdown` at SIGTERM or Ctrl-C. At the second one the process ends at once: nothing
/// is lost then either, the next start takes up what lay unfinished.
pub(crate) async fn stop_on_signal(shutdown: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals can’t be listened to: this process can only be killed");
        return;
    };
    for count in 1.. {
        let code = tokio::select! {
            _ = terminate.recv() => 143,
            _ = interrupt.recv() => 130,
        };
        if count == 2 {
            std::process::exit(code);
        }
        shutdown.cancel();
    }
}
