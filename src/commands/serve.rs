//! `zoop serve`: pages and background work, until it is told to stop; then it finishes what it
//! is doing, writes what it holds and closes the database.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zoop_app::App;
use zoop_web::WebConfig;

use super::Failure;
use crate::cli::Serve;
use crate::config::Config;
use crate::wire;

/// How long requests and jobs under way may take once a stop was asked for.
const GRACE: Duration = Duration::from_secs(25);

pub(crate) async fn serve(config: &Config, options: &Serve) -> Result<(), Failure> {
    if options.migrate {
        wire::database(config).await?.migrate().await?;
    }
    let db = wire::ready_database(config).await?;
    let stripe = wire::stripe(config, &db).await?;
    if stripe.is_none() {
        tracing::warn!("no Stripe key is configured: invoices can’t be paid online");
    }
    if config.is_exposed() {
        tracing::warn!("base_url is http: anyone on the way can read customers’ links");
    }
    let app = wire::app(config, db, stripe);
    zoop_app::business::connect::connect_own_account(&app).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Failure::new(format!("can’t listen on {}: {error}", config.listen)))?;
    tracing::info!("serving {} on {}", config.base_url, config.listen);
    let shutdown = CancellationToken::new();
    tokio::spawn(stop_on_signal(shutdown.clone()));
    run(app, listener, config.trusted_proxies.clone(), shutdown).await
}

/// Serves `app` on `listener` and works in the background until `shutdown`.
pub(crate) async fn run(
    app: App,
    listener: TcpListener,
    trusted_proxies: Vec<ipnet::IpNet>,
    shutdown: CancellationToken,
) -> Result<(), Failure> {
    let request_id_seed = app.now().as_microseconds().unsigned_abs();
    let web = WebConfig { trusted_proxies, request_id_seed, ..WebConfig::default() };
    let router = zoop_web::router(app.clone(), web).map_err(Failure::from_error)?;
    let work = tokio::spawn({
        let (app, shutdown) = (app.clone(), shutdown.clone());
        async move { zoop_app::job::work(&app, shutdown).await }
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let pages = axum::serve(listener, service).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let pages = tokio::spawn(pages.into_future());
    shutdown.cancelled().await;
    if tokio::time::timeout(GRACE, async { tokio::join!(pages, work) }).await.is_err() {
        tracing::warn!("some requests were still under way and are cut off");
    }
    app.db.close().await;
    Ok(())
}

/// Cancels `shutdown` at SIGTERM or Ctrl-C.
pub(crate) async fn stop_on_signal(shutdown: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => terminate.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    shutdown.cancel();
}
