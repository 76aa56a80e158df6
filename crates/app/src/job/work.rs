//! The workers: several run jobs side by side, one sweeps, one asks Stripe.

use std::time::Duration;

use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::run::run_next;
use super::sweep::{Asker, Sweeper, log};
use crate::{App, portal};

const IDLE: Duration = Duration::from_secs(1);
const VISITS: Duration = Duration::from_secs(10);

/// Works until `shutdown`: `workers` jobs at a time, and whatever is to be looked for by itself.
/// Without workers another process does both; only the visits to this one are written.
pub async fn work(app: &App, workers: usize, shutdown: CancellationToken) {
    if workers == 0 {
        write_visits(app, &shutdown).await;
    } else {
        let runners = (0..workers).map(|_| run_jobs(app, &shutdown));
        tokio::join!(join_all(runners), sweep_again(app, &shutdown), ask_again(app, &shutdown));
    }
    log(app, "writing visits", portal::flush_seen(app, true)).await;
}

async fn run_jobs(app: &App, shutdown: &CancellationToken) {
    while !shutdown.is_cancelled() {
        if log(app, "jobs", run_next(app)).await.unwrap_or(false) {
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = app.wake.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
        }
    }
}

async fn write_visits(app: &App, shutdown: &CancellationToken) {
    while !shutdown.is_cancelled() {
        log(app, "writing visits", portal::flush_seen(app, false)).await;
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(VISITS) => {}
        }
    }
}

async fn sweep_again(app: &App, shutdown: &CancellationToken) {
    let mut sweeper = Sweeper::default();
    while !shutdown.is_cancelled() {
        sweeper.sweep_due(app).await;
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(IDLE) => {}
        }
    }
}

async fn ask_again(app: &App, shutdown: &CancellationToken) {
    let mut asker = Asker::default();
    while !shutdown.is_cancelled() {
        asker.ask_due(app).await;
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(IDLE) => {}
        }
    }
}
