//! What is looked for again and again, because nobody tells: visits to write, attempts and card
//! setups to ask about, lost claims, plans and charges that are due, cards that expire, and once a
//! day how each account stands and whether its payments are all here. Doing it twice, or on two machines, is doing it once.

use zoop_domain::time::Instant;
use zoop_store as store;

use crate::{
    App, Error, attempt, business, card_setup, import, invitation, invoice, login_throttle, password_reset,
    payment_method, plan, portal, session, transaction, turn_off_link,
};

const OFTEN_SECONDS: i64 = 10;
const HOURLY_SECONDS: i64 = 3_600;
const DAILY_SECONDS: i64 = 86_400;
const AGAIN_SECONDS: i64 = 600;

/// When each sweep was done last.
#[derive(Debug)]
pub(super) struct Sweeper {
    often: Instant,
    hourly: Instant,
    daily: Instant,
}

impl Default for Sweeper {
    fn default() -> Self {
        let never = Instant::from_microseconds(0);
        Self { often: never, hourly: never, daily: never }
    }
}

impl Sweeper {
    /// Does what is due. A clock that jumps makes everything due, and nothing twice.
    pub(super) async fn sweep_due(&mut self, app: &App) {
        let now = app.now();
        let is_due = |last: Instant, seconds: i64| now.seconds_since(last).abs() >= seconds;
        if is_due(self.often, OFTEN_SECONDS) {
            self.often = now;
            log(app, "writing visits", portal::flush_seen(app, false).await);
            sweep(app).await;
        }
        if is_due(self.hourly, HOURLY_SECONDS) {
            self.hourly = now;
            log(app, "deleting what is over", forget(app).await);
        }
        if is_due(self.daily, DAILY_SECONDS) {
            let asked = log(app, "asking about accounts", business::connect::refresh_all(app).await).is_some();
            let compared = log(app, "comparing accounts", attempt::reconcile::compare_accounts(app).await).is_some();
            let done = asked && compared;
            self.daily = if done { now } else { now.plus_seconds(AGAIN_SECONDS - DAILY_SECONDS) };
        }
    }
}

/// Looks once for what is due now; what it finds is done by jobs, for the most part.
pub async fn sweep(app: &App) {
    let lost: Result<u64, Error> = transaction!(app, |tx| { store::job::update_expired_claims(tx, app.now()).await? });
    log(app, "taking up lost jobs", lost);
    log(app, "asking about attempts", attempt::reconcile::ask_about_due(app).await);
    log(app, "asking about card setups", card_setup::settle::ask_about_due(app).await);
    log(app, "looking for due plans", plan::bill::find_due(app).await);
    log(app, "announcing charges", plan::announce::announce_due(app).await);
    log(app, "looking for due charges", invoice::charge::find_due(app).await);
    log(app, "looking for cards that expire", payment_method::expiry::tell_of_expiring(app).await);
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
pub(super) fn log<T>(app: &App, what: &str, outcome: Result<T, Error>) -> Option<T> {
    if let Err(error) = outcome.as_ref()
        && !app.db.is_closed()
    {
        tracing::error!(error = error as &dyn std::error::Error, "{what} failed");
    }
    outcome.ok()
}
