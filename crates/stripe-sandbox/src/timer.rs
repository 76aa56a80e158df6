//! What happens by itself when its time comes: a Checkout session expires, a refund fails, Stripe has looked at
//! an account.
//!
//! Timers run at the start of whichever transaction comes next, so nobody ever sees an object whose
//! time has passed.

use sqlx::Row as _;

use crate::error::ApiError;
use crate::object::Kind;
use crate::state::Tx;
use crate::{checkout_session, onboarding, refund};

/// More than any test lets pile up; the rest runs in the next transaction.
const BATCH: i64 = 200;

impl Tx {
    /// Wakes `object` of this account at `due`, replacing its earlier timer.
    pub(crate) async fn set_timer(&mut self, object: &str, due: i64) -> Result<(), ApiError> {
        sqlx::query(
            "INSERT INTO timers (account, object, due) VALUES ($1, $2, $3) \
             ON CONFLICT (account, object) DO UPDATE SET due = excluded.due",
        )
        .bind(&self.account)
        .bind(object)
        .bind(due)
        .execute(&mut *self.db)
        .await?;
        Ok(())
    }

    pub(crate) async fn clear_timer(&mut self, object: &str) -> Result<(), ApiError> {
        sqlx::query("DELETE FROM timers WHERE account = $1 AND object = $2")
            .bind(&self.account)
            .bind(object)
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }

    pub(crate) async fn timers_due(&mut self) -> Result<bool, ApiError> {
        let due: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM timers WHERE due <= $1)")
            .bind(self.now)
            .fetch_one(&mut *self.db)
            .await?;
        Ok(due != 0)
    }

    /// Runs what is due, each in its own account.
    pub(crate) async fn run_timers(&mut self) -> Result<(), ApiError> {
        let rows = sqlx::query("SELECT account, object FROM timers WHERE due <= $1 ORDER BY due LIMIT $2")
            .bind(self.now)
            .bind(BATCH)
            .fetch_all(&mut *self.db)
            .await?;
        for row in rows {
            self.account = row.try_get("account")?;
            let id: String = row.try_get("object")?;
            self.clear_timer(&id).await?;
            let Some(object) = self.find(&id).await? else {
                continue;
            };
            match object.kind {
                Kind::Account => onboarding::review_is_over(self, object).await?,
                Kind::CheckoutSession => checkout_session::expire_open(self, object).await?,
                Kind::Refund => refund::settle_later(self, object).await?,
                _ => {}
            }
        }
        Ok(())
    }
}
