//! Background work: what kinds of job there are, and how one is added. A job is added in the
//! transaction that caused it, re-reads the truth when it runs, and may run twice.

mod run;
mod sweep;
mod work;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

pub use run::{run_all, run_next};
pub use sweep::sweep;
pub use work::work;

use zoop_domain::id::{BusinessId, JobId};
use zoop_domain::time::Instant;
use zoop_store::job::{DeadJob, NewJob};
use zoop_store::{self as store, Tx};

use crate::{App, Error, transaction};

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
        /// Tells Stripe to forget an erased customer; the payload is his id.
        Forget = "customer.forget",
        /// Charges an invoice by auto-pay; the payload is the invoice's id.
        Charge = "invoice.charge",
        /// Makes the invoices of a business's due plans; the payload is the business's id.
        Bill = "plan.bill",
        /// Takes over a file that somebody said yes to; the payload is the import's id.
        Import = "import.run",
        /// Answers whoever asked for a new password; the payload is the request's id, and the hash of the address.
        ResetPassword = "password_reset.ask",
        /// Tells the owners that somebody's password is guessed at; the payload is the hash of the address.
        Guessed = "sign_in.guessed",
        /// Sends a mail; the payload is the mail's id.
        Mail = "mail.send",
    }
}

impl JobKind {
    /// Lower numbers run first: who waits for his payment goes before a month's invoices, and these
    /// before their mails.
    const fn priority(self) -> i64 {
        match self {
            Self::Webhook | Self::Refund | Self::Close | Self::Detach | Self::Forget | Self::ResetPassword => 0,
            Self::Charge | Self::Import | Self::Guessed => 1,
            Self::Bill => 2,
            Self::Mail => 3,
        }
    }

    /// What it does, for the owner.
    const fn words(self) -> &'static str {
        match self {
            Self::Webhook => "Taking in what Stripe told",
            Self::Refund => "Sending a refund",
            Self::Close => "Closing a payment page",
            Self::Detach => "Removing a card at Stripe",
            Self::Forget => "Having Stripe forget an erased customer",
            Self::ResetPassword => "Answering a wish for a new password",
            Self::Guessed => "Telling of guesses at a password",
            Self::Charge => "An automatic charge",
            Self::Bill => "Making the invoices of plans",
            Self::Import => "Taking in a file",
            Self::Mail => "Sending an email",
        }
    }

    /// A job of this kind, to do something to `payload`.
    pub(crate) fn job(self, app: &App, business: Option<&BusinessId>, payload: &str) -> NewJob {
        NewJob {
            id: JobId::generate(app.now(), app.random.as_ref()),
            business: business.cloned(),
            kind: self.as_str().into(),
            payload: payload.into(),
            priority: self.priority(),
            dedupe_key: None,
        }
    }
}

/// What `work` comes to; a panic in it is an error like others, so that one bad job or sweep doesn't end all work.
/// The panic itself was reported by its hook. It is boxed, because it is as large as the largest kind of job.
async fn unwinding<T>(work: BoxFuture<'_, Result<T, Error>>) -> Result<T, Error> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| Err(Error::internal("it panicked")))
}

/// Adds a job, to run as soon as its transaction is committed.
pub(crate) async fn enqueue(
    app: &App,
    tx: &mut Tx,
    business: Option<&BusinessId>,
    kind: JobKind,
    payload: &str,
) -> Result<(), Error> {
    let now = app.now();
    store::job::insert(tx, &kind.job(app, business, payload), now, now).await?;
    app.wake.notify_one();
    Ok(())
}

/// The same, unless such a job waits or runs already: `false`. That one may have done its work before what is to
/// be seen by this one was committed, so whoever can't do without looks again later.
pub(crate) async fn enqueue_once(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    kind: JobKind,
    payload: &str,
) -> Result<bool, Error> {
    let now = app.now();
    let job = kind.job(app, Some(business), payload);
    let job = NewJob { dedupe_key: Some(format!("{kind}:{payload}")), ..job };
    let added = store::job::insert(tx, &job, now, now).await?;
    app.wake.notify_one();
    Ok(added)
}

/// Adds a job for each of `payloads`, in one statement.
pub(crate) async fn enqueue_many(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    kind: JobKind,
    payloads: impl Iterator<Item = &str>,
) -> Result<(), Error> {
    let jobs: Vec<NewJob> = payloads.map(|payload| kind.job(app, Some(business), payload)).collect();
    store::billing::insert_jobs(tx, business, &jobs, app.now()).await?;
    app.wake.notify_one();
    Ok(())
}

/// The jobs that were given up, oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn list_dead(app: &App) -> Result<Vec<DeadJob>, Error> {
    const MOST: i64 = 500;
    Ok(store::job::list_dead(&mut app.db.read().await?, MOST).await?)
}

/// Has a job that was given up run again, as if it were new.
///
/// # Errors
/// [`Error::NotFound`] if no such job was given up.
pub async fn retry(app: &App, job: &JobId) -> Result<(), Error> {
    let now: Instant = app.now();
    let found = transaction!(app, |tx| { store::job::update_again(tx, job, now).await? })?;
    app.wake.notify_one();
    if found { Ok(()) } else { Err(Error::NotFound) }
}
