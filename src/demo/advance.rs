//! Moves the demo's clock on, day by day, and has everything that falls due done on its day: the
//! sweeps and jobs of the program, the webhooks of the stand-in for Stripe, and the bank debits,
//! for which the demo plays the bank.

use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use tokio_util::sync::CancellationToken;
use zoop_app::{App, job};
use zoop_domain::attempt::AttemptState;
use zoop_domain::schedule::BILLING_HOUR;
use zoop_domain::time::{Clock as _, Instant, TimeZone};
use zoop_store as store;
use zoop_stripe_sandbox::Sandbox;

use super::clock::DemoClock;
use super::outcome::control;
use crate::commands::Failure;

/// A bank takes so long for a debit.
const DEBIT_SECONDS: i64 = 4 * 86_400;
/// Every live attempt is asked about again within this.
const ASKED_SECONDS: i64 = 2 * 3_600;
/// As many debits arrive at a time.
const AT_ONCE: i64 = 500;
/// What isn't done by then is stuck.
const PATIENCE: Duration = Duration::from_secs(60);
/// While another worker is at a job.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Whose time goes by.
pub(super) struct Advancer {
    pub(super) app: App,
    pub(super) sandbox: Sandbox,
    pub(super) clock: DemoClock,
    pub(super) zone: TimeZone,
    pub(super) shutdown: CancellationToken,
}

impl Advancer {
    /// Goes on by so many days, to the same time of day.
    pub(super) async fn days(&self, days: i64) -> Result<(), Failure> {
        let from = self.clock.now();
        self.until(self.after(from, days)?).await
    }

    /// Goes on until `end`: each day it stops when bills are made, and again at the time of day at
    /// which it ends.
    pub(super) async fn until(&self, end: Instant) -> Result<(), Failure> {
        let there = self.shutdown.run_until_cancelled(self.day_by_day(end)).await;
        match there {
            Some(there) if there.is_ok() || !self.shutdown.is_cancelled() => there,
            _ => Err(Failure::new("the demo is being stopped")),
        }
    }

    async fn day_by_day(&self, end: Instant) -> Result<(), Failure> {
        let days = i64::from(end.date_in(&self.zone).days_since(self.clock.now().date_in(&self.zone)));
        for left in (0..=days).rev() {
            let stop = self.after(end, -left)?;
            let billing = stop.date_in(&self.zone).at_hour(BILLING_HOUR, &self.zone);
            for stop in [billing.min(stop), billing.max(stop)] {
                self.go_to(stop.min(end)).await?;
            }
        }
        Ok(())
    }

    /// The same time of day, `days` later.
    fn after(&self, instant: Instant, days: i64) -> Result<Instant, Failure> {
        let here = Timestamp::from_microsecond(instant.as_microseconds()).map_err(Failure::from_error)?;
        let here = here.in_tz(self.zone.name()).map_err(Failure::from_error)?;
        let there = here.checked_add(days.days()).map_err(Failure::from_error)?;
        Ok(Instant::from_microseconds(there.timestamp().as_microsecond()))
    }

    async fn go_to(&self, stop: Instant) -> Result<(), Failure> {
        if stop <= self.clock.now() {
            return Ok(());
        }
        self.clock.go_on_from(stop)?;
        match tokio::time::timeout(PATIENCE, self.work_off()).await {
            Ok(done) => done,
            Err(_) => {
                let day = stop.date_in(&self.zone);
                Err(Failure::new(format!("the work of {day} isn’t done after a minute; `zoop doctor` may tell why")))
            }
        }
    }

    /// Until nothing is due any more, here or at the stand-in for Stripe.
    async fn work_off(&self) -> Result<(), Failure> {
        self.debits_arrive().await?;
        loop {
            job::sweep(&self.app).await;
            if !self.run_due().await? {
                return Ok(());
            }
        }
    }

    /// Whether there was anything to do.
    async fn run_due(&self) -> Result<bool, Failure> {
        let mut worked = false;
        loop {
            let done = job::run_all(&self.app).await? + self.sandbox.deliver_pending().await;
            worked |= done > 0;
            if done > 0 {
                continue;
            }
            let due = store::job::count_due(&mut self.app.db.read().await?, self.app.now()).await?;
            if due == 0 {
                return Ok(worked);
            }
            worked = true;
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn debits_arrive(&self) -> Result<(), Failure> {
        let now = self.app.now();
        let soon = now.plus_seconds(ASKED_SECONDS);
        let under_way = store::attempt::list_due(&mut self.app.db.read().await?, soon, AT_ONCE).await?;
        for attempt in under_way {
            let Some(intent) = attempt.payment_intent.filter(|_| attempt.state == AttemptState::Processing) else {
                continue;
            };
            if now.seconds_since(attempt.created_at) >= DEBIT_SECONDS {
                let succeeds = serde_json::json!({ "outcome": "succeed" });
                // Somebody else may have ended it meanwhile, in the same way or another.
                let _ = control(&self.sandbox, &format!("payment_intents/{intent}/finish"), &succeeds).await;
            }
        }
        Ok(())
    }
}
