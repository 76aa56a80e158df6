//! What a start does about the run before it, which may have ended in the middle of anything: jobs
//! that it had claimed are free again, and Stripe is asked at once what became of each payment that
//! was under way. Without this both would happen, too, but minutes later.

use zoop_app::App;
use zoop_app::attempt::settle;
use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_store as store;

use super::Failure;

/// Longer than any job is claimed for, and than any payment waits to be asked about.
const LONG_SECONDS: i64 = 3_600;
/// More than that are left to their usual time.
const AT_ONCE: i64 = 200;

/// Frees the jobs: the payments that were under way. To be called before the first request.
pub(crate) async fn take_up(app: &App) -> Result<Vec<Attempt>, Failure> {
    let later = app.now().plus_seconds(LONG_SECONDS);
    let mut tx = app.db.begin().await?;
    let mut under_way = store::attempt::list_due(&mut tx, later, AT_ONCE).await?;
    if app.db.is_postgres() {
        // Other machines are at work on theirs.
        under_way.retain(|attempt| attempt.state != AttemptState::Creating);
    } else {
        store::job::update_expired_claims(&mut tx, later).await?;
    }
    tx.commit().await?;
    Ok(under_way)
}

/// Asks Stripe about each. One that can't be settled now is asked about at its usual time.
pub(crate) async fn settle(app: &App, under_way: &[Attempt]) {
    if app.stripe.is_none() {
        return;
    }
    for attempt in under_way {
        if let Err(error) = settle::settle(app, attempt).await {
            tracing::warn!(attempt = %attempt.id, error = &error as &dyn std::error::Error, "asking about an attempt failed");
        }
    }
}
