//! What is looked for again and again, because nobody tells: visits to write, attempts and card
//! setups to ask about, lost claims, plans and charges that are due, cards that expire, and once a
//! day how each account stands and whether its payments are all here. Doing it twice, or on two machines, is doing it once.

use zoop_domain::time::Instant;
use zoop_store as store;

use super::unwinding;
use crate::{
    App, Error, attempt, business, card_setup, import, invitation, invoice, login_throttle, password_reset,
    payment_method, plan, portal, session, transaction, turn_off_link,
};

const OFTEN_SECONDS: i64 = 10;
const HOURLY_SECONDS: i64 = 3_600;
const DAILY_SECONDS: i64 = 86_400;
const AGAIN_SECONDS: i64 = 600;

/// What is done with our own database, and when each was done last.
#[derive(Debug)]
pub(super) struct Sweeper {
    often: Instant,
    hourly: Instant,
}

/// What Stripe is asked about, and when it was asked last. It may answer late or not at all: nothing else waits for it.
#[derive(Debug)]
pub(super) struct Asker {
    often: Instant,
    daily: Instant,
}

const NEVER: Instant = Instant::from_microseconds(0);

impl Default for Sweeper {
    fn default() -> Self {
        Self { often: NEVER, hourly: NEVER }
    }
}

impl Default for Asker {
    fn default() -> Self {
        Self { often: NEVER, daily: NEVER }
    }
}

/// A clock that jumps makes everything due, and nothing twice.
const fn is_due(now: Instant, last: Instant, seconds: i64) -> bool {
    now.seconds_since(last).abs() >= seconds
}

impl Sweeper {
    /// Does what is due.
    pub(super) async fn sweep_due(&mut self, app: &App) {
        let now = app.now();
        if is_due(now, self.often, OFTEN_SECONDS) {
            self.often = now;
            log(app, "writing visits", portal::flush_seen(app, false)).await;
            look(app).await;
        }
        if is_due(now, self.hourly, HOURLY_SECONDS) {
            self.hourly = now;
            log(app, "deleting what is over", forget(app)).await;
        }
    }
}

impl Asker {
    /// Asks what is due.
    pub(super) async fn ask_due(&mut self, app: &App) {
        let now = app.now();
        if is_due(now, self.often, OFTEN_SECONDS) {
            self.often = now;
            ask(app).await;
        }
        if is_due(now, self.daily, DAILY_SECONDS) {
            let asked = log(app, "asking about accounts", business::connect::refresh_all(app)).await;
            let compared = log(app, "comparing accounts", attempt::reconcile::compare_accounts(app)).await;
            let done = asked.is_some() && compared.is_some();
            self.daily = if done { now } else { now.plus_seconds(AGAIN_SECONDS - DAILY_SECONDS) };
        }
    }
}

/// Asks and looks once for what is due now; what is found is done by jobs, for the most part.
pub async fn sweep(app: &App) {
    ask(app).await;
    look(app).await;
}

async fn ask(app: &App) {
    log(app, "asking about attempts", attempt::reconcile::ask_about_due(app)).await;
    log(app, "asking about card setups", card_setup::settle::ask_about_due(app)).await;
}

async fn look(app: &App) {
    log(app, "taking up lost jobs", take_up(app)).await;
    log(app, "looking for due plans", plan::bill::find_due(app)).await;
    log(app, "announcing charges", plan::announce::announce_due(app)).await;
    log(app, "looking for due charges", invoice::charge::find_due(app)).await;
    log(app, "looking for cards that expire", payment_method::expiry::tell_of_expiring(app)).await;
}

async fn take_up(app: &App) -> Result<u64, Error> {
    transaction!(app, |tx| { store::job::update_expired_claims(tx, app.now()).await? })
}

async fn forget(app: &App) -> Result<(), Error> {
    turn_off_link::forget(app).await?;
    login_throttle::forget(app).await?;
    import::forget(app).await?;
    invitation::forget(app).await?;
    password_reset::forget(app).await?;
    session::end::forget(app).await
}

/// What it came to, if it did. That a program which is being stopped gets no answer is no error.
pub(super) async fn log<T>(app: &App, what: &str, work: impl Future<Output = Result<T, Error>> + Send) -> Option<T> {
    let outcome = unwinding(Box::pin(work)).await;
    if let Err(error) = outcome.as_ref()
        && !app.db.is_closed()
    {
        tracing::error!(error = error as &dyn std::error::Error, "{what} failed");
    }
    outcome.ok()
}
