//! Background work: what kinds of job there are, and how one is run. A job is added in the
//! transaction that caused it, re-reads the truth when it runs, and may run twice.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use zoop_domain::id::{BusinessId, JobId};
use zoop_domain::time::Instant;
use zoop_store::job::Job;
use zoop_store::{self as store, Tx};

use crate::{App, Error, attempt, payment_method, portal, refund, transaction, webhook};

zoop_domain::words! {
    /// What a job does.
    pub enum JobKind {
        /// Deals with a received webhook event; the payload is its id in the inbox.
        Webhook = "webhook",
        /// Sends a refund to Stripe; the payload is the refund's id.
        Refund = "refund",
        /// Ends an attempt that lost its purpose; the payload is the attempt's id.
        Close = "attempt.close",
        /// Detaches a replaced or removed method; the payload is the method's id.
        Detach = "payment_method.detach",
    }
}

const CLAIM_SECONDS: i64 = 300;
/// Together they last longer than a day: so long Stripe repeats a stored failure under the same key.
const MOST_TRIES: i64 = 40;
const IDLE: Duration = Duration::from_secs(1);
const SWEEP_SECONDS: i64 = 10;
const DAY_SECONDS: i64 = 86_400;
const AGAIN_SECONDS: i64 = 600;

/// Adds a job, to run as soon as its transaction is committed.
pub(crate) async fn enqueue(
    app: &App,
    tx: &mut Tx,
    business: Option<&BusinessId>,
    kind: JobKind,
    payload: &str,
) -> Result<(), Error> {
    let now = app.now();
    let job = Job {
        id: JobId::generate(now, app.random.as_ref()),
        business: business.cloned(),
        kind: kind.as_str().into(),
        payload: payload.into(),
        tries: 0,
    };
    store::job::insert(tx, &job, now, now).await?;
    app.wake.notify_one();
    Ok(())
}

/// Works until `shutdown`: runs jobs, asks Stripe about attempts that are due, writes visits,
/// and once a day compares each account with the payments here.
pub async fn work(app: &App, shutdown: CancellationToken) {
    let mut swept = Instant::from_microseconds(0);
    let mut compared = Instant::from_microseconds(0);
    while !shutdown.is_cancelled() {
        let worked = log("jobs", run_next(app).await).unwrap_or(false);
        let now = app.now();
        if now.seconds_since(swept) >= SWEEP_SECONDS {
            swept = now;
            sweep(app).await;
        }
        if now.seconds_since(compared) >= DAY_SECONDS {
            let done = log("comparing accounts", attempt::reconcile::compare_accounts(app).await).is_some();
            compared = if done { now } else { now.plus_seconds(AGAIN_SECONDS - DAY_SECONDS) };
        }
        if !worked {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = app.wake.notified() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }
    log("writing visits", portal::flush_seen(app, true).await);
}

async fn sweep(app: &App) {
    log("writing visits", portal::flush_seen(app, false).await);
    log("asking about attempts", attempt::reconcile::ask_about_due(app).await);
    let expired: Result<u64, Error> =
        transaction!(app, |tx| { store::job::update_expired_claims(tx, app.now()).await? });
    log("taking up lost jobs", expired);
}

fn log<T>(what: &str, outcome: Result<T, Error>) -> Option<T> {
    outcome.inspect_err(|error| tracing::error!(error = error as &dyn std::error::Error, "{what} failed")).ok()
}

/// Runs the job that has waited longest. `false` if none is due.
///
/// # Errors
/// The database does not answer. A job that fails is not an error: it is put back or given up.
pub async fn run_next(app: &App) -> Result<bool, Error> {
    let now = app.now();
    let claimed = transaction!(app, |tx| { store::job::lock_next(tx, now, now.plus_seconds(CLAIM_SECONDS)).await? })?;
    let Some(job) = claimed else { return Ok(false) };
    let outcome = run(app, &job).await;
    transaction!(app, |tx| {
        match &outcome {
            Ok(()) => store::job::delete(tx, &job.id).await?,
            Err(error) if gives_up(error) || job.tries + 1 >= MOST_TRIES => {
                tracing::error!(job = %job.id, kind = job.kind, error = error as &dyn std::error::Error, "gave a job up");
                store::job::update_dead(tx, &job.id, &chain(error)).await?;
            }
            Err(error) => {
                let run_at = app.now().plus_seconds(backoff_seconds(app, job.tries));
                store::job::update_retry(tx, &job.id, run_at, &chain(error)).await?;
            }
        }
    })?;
    Ok(true)
}

/// Runs jobs until none is due. For tests, and for a shutdown that wants the queue empty.
///
/// # Errors
/// The database does not answer.
pub async fn run_all(app: &App) -> Result<usize, Error> {
    let mut count = 0;
    while run_next(app).await? {
        count += 1;
    }
    Ok(count)
}

async fn run(app: &App, job: &Job) -> Result<(), Error> {
    let kind: JobKind = job.kind.parse().map_err(Error::internal)?;
    match kind {
        JobKind::Webhook => webhook::process::process(app, &parse(&job.payload)?).await,
        JobKind::Refund => refund::send::send(app, business(job)?, &parse(&job.payload)?).await,
        JobKind::Close => attempt::close::close(app, business(job)?, &parse(&job.payload)?).await.map(drop),
        JobKind::Detach => payment_method::detach::detach(app, business(job)?, &parse(&job.payload)?).await,
    }
}

fn business(job: &Job) -> Result<&BusinessId, Error> {
    job.business.as_ref().ok_or_else(|| Error::internal("the job names no business"))
}

fn parse<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(payload: &str) -> Result<T, Error> {
    payload.parse().map_err(Error::internal)
}

/// What trying again can't mend.
const fn gives_up(error: &Error) -> bool {
    matches!(error, Error::NotFound | Error::Forbidden | Error::Invalid(_))
}

/// 2, 4, 8 … seconds up to an hour, and up to a quarter more so that a crowd doesn't return at once.
fn backoff_seconds(app: &App, tries: i64) -> i64 {
    let base = 2_i64 << tries.clamp(0, 11);
    let [jitter] = zoop_domain::random::bytes::<1>(app.random.as_ref());
    let base = base.min(3_600);
    base + base * i64::from(jitter) / 1024
}

fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
