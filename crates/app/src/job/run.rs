//! Claims a job and runs it: done, tried again later, or given up.

use zoop_domain::id::BusinessId;
use zoop_store as store;
use zoop_store::job::Job;

use super::{JobKind, unwinding};
use crate::{
    App, Error, actor, attempt, import, invoice, mail, password_reset, payment_method, plan, refund, session,
    stripe_customer, transaction, webhook,
};

const CLAIM_SECONDS: i64 = 300;
/// Together they last longer than a day: so long Stripe repeats a stored failure under its key, and
/// a mail server may be down.
const MOST_TRIES: i64 = 40;

/// Runs the most urgent job that is due. `false` if none is.
///
/// # Errors
/// The database does not answer. A job that fails is not an error: it is put back or given up.
pub async fn run_next(app: &App) -> Result<bool, Error> {
    let now = app.now();
    let claim = claim_name(app);
    let claimed =
        transaction!(app, |tx| { store::job::lock_next(tx, now, now.plus_seconds(CLAIM_SECONDS), &claim).await? })?;
    let Some(job) = claimed else { return Ok(false) };
    // There may be more: wake another worker.
    app.wake.notify_one();
    let outcome = if job.tries >= MOST_TRIES {
        // Each time its worker died before it could say so.
        Err(Error::internal("no worker came to its end"))
    } else {
        unwinding(Box::pin(run(app, &job))).await
    };
    let kept = transaction!(app, |tx| {
        match &outcome {
            Ok(()) => store::job::delete(tx, &job).await?,
            Err(error) if gives_up(error) || job.tries + 1 >= MOST_TRIES => give_up(app, tx, &job, error).await?,
            Err(error) => {
                let run_at = app.now().plus_seconds(backoff_seconds(app, job.tries));
                store::job::update_retry(tx, &job, run_at, &chain(error)).await?
            }
        }
    })?;
    if !kept {
        tracing::warn!(job = %job.id, kind = job.kind, "a job took longer than its claim; another worker has it");
    }
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
        JobKind::Forget => stripe_customer::forget(app, business(job)?, &parse(&job.payload)?).await,
        JobKind::Charge => invoice::charge::charge(app, business(job)?, &parse(&job.payload)?, &job.id).await,
        JobKind::Bill => plan::bill::bill(app, business(job)?).await.map(drop),
        JobKind::Import => import::run::run(app, business(job)?, &parse(&job.payload)?).await,
        JobKind::ResetPassword => password_reset::ask::answer(app, &job.payload).await,
        JobKind::Guessed => session::sign_in::tell_of_guesses_at(app, &job.payload).await,
        JobKind::Mail => mail::send::send(app, business(job)?, &parse(&job.payload)?).await,
    }
}

async fn give_up(app: &App, tx: &mut store::Tx, job: &Job, error: &Error) -> Result<bool, Error> {
    tracing::error!(job = %job.id, kind = job.kind, error = error as &dyn std::error::Error, "gave a job up");
    let kept = store::job::update_dead(tx, job, &chain(error)).await?;
    if kept {
        let what = job.kind.parse::<JobKind>().map_or("Something that runs by itself", JobKind::words);
        let message = format!(
            "{what} was given up after {} tries. Whoever runs the server can see why and try it once more.",
            job.tries + 1
        );
        let (business, id) = (job.business.as_ref(), job.id.as_str());
        actor::alert_of(app, tx, business, "job.dead", id, &job.payload, message).await?;
    }
    Ok(kept)
}

fn claim_name(app: &App) -> String {
    let bytes = zoop_domain::random::bytes::<8>(app.random.as_ref());
    format!("{:016x}", u64::from_be_bytes(bytes))
}

fn business(job: &Job) -> Result<&BusinessId, Error> {
    job.business.as_ref().ok_or_else(|| Error::internal("the job names no business"))
}

fn parse<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(payload: &str) -> Result<T, Error> {
    payload.parse().map_err(Error::internal)
}

/// What trying again can't mend.
const fn gives_up(error: &Error) -> bool {
    matches!(error, Error::NotFound | Error::Forbidden | Error::Invalid(_) | Error::Fields(_))
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
