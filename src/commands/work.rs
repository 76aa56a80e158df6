//! `zoop work`: the background work without pages, until it is told to stop. On another machine, or
//! beside servers that only serve.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Failure, serve};
use crate::cli::Work;
use crate::config::Config;
use crate::wire;

/// How long jobs under way may take once a stop was asked for.
const GRACE: Duration = Duration::from_secs(25);

pub(crate) async fn run(config: &Config, options: &Work) -> Result<(), Failure> {
    let db = wire::ready_database(config).await?;
    let stripe = wire::stripe(config, &db).await?;
    let app = wire::app(config, db, stripe)?;
    // Who asks for this command wants work done: 0 is for servers.
    let workers = options.workers.map_or(config.workers.max(1), usize::from);
    zoop_app::business::connect::connect_own_account(&app).await?;
    tracing::info!("working, {workers} jobs at a time");
    let shutdown = CancellationToken::new();
    tokio::spawn(serve::stop_on_signal(shutdown.clone()));
    let work = tokio::spawn({
        let (app, shutdown) = (app.clone(), shutdown.clone());
        async move { zoop_app::job::work(&app, workers, shutdown).await }
    });
    shutdown.cancelled().await;
    if tokio::time::timeout(GRACE, work).await.is_err() {
        tracing::warn!("some jobs were still under way and are cut off");
    }
    app.db.close().await;
    Ok(())
}
