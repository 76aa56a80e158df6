//! Failures of whoever guesses, counted by the hash of what is guessed at.

use zoop_domain::throttle::ThrottleKey;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::{Result, Tx};

/// How often it failed, and when last. Whoever else would count there waits.
pub async fn lock(tx: &mut Tx, key: &ThrottleKey, now: Instant) -> Result<(i64, Instant)> {
    let (failures, at): (i64, i64) = run!(tx, |c| sqlx::query_as(
        "INSERT INTO login_throttles (key_hash, failures, last_failed_at) VALUES ($1, 0, $2) \
         ON CONFLICT (key_hash) DO UPDATE SET failures = login_throttles.failures RETURNING failures, last_failed_at",
    )
    .bind(key.as_str())
    .bind(now.as_microseconds())
    .fetch_one(c))?;
    Ok((failures, Instant::from_microseconds(at)))
}

/// How often it failed, and when last; `None` if it never did. Nobody waits.
pub async fn find(tx: &mut Tx, key: &ThrottleKey) -> Result<Option<(i64, Instant)>> {
    let row: Option<(i64, i64)> =
        run!(tx, |c| sqlx::query_as("SELECT failures, last_failed_at FROM login_throttles WHERE key_hash = $1")
            .bind(key.as_str())
            .fetch_optional(c))?;
    Ok(row.map(|(failures, at)| (failures, Instant::from_microseconds(at))))
}

/// Counts one more. Those before `forgotten` don't count.
pub async fn update_failed(tx: &mut Tx, key: &ThrottleKey, now: Instant, forgotten: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE login_throttles SET failures = CASE WHEN last_failed_at < $3 THEN 1 ELSE failures + 1 END, \
         last_failed_at = $2 WHERE key_hash = $1",
    )
    .bind(key.as_str())
    .bind(now.as_microseconds())
    .bind(forgotten.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// One of them was no failure after all.
pub async fn update_forgiven(tx: &mut Tx, key: &ThrottleKey) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE login_throttles SET failures = failures - 1 WHERE key_hash = $1 AND failures > 0"
    )
    .bind(key.as_str())
    .execute(c))?;
    Ok(())
}

/// None of them counts any more.
pub async fn delete(tx: &mut Tx, key: &ThrottleKey) -> Result<()> {
    execute!(tx, |c| sqlx::query("DELETE FROM login_throttles WHERE key_hash = $1").bind(key.as_str()).execute(c))?;
    Ok(())
}

/// Deletes what failed last before `forgotten`: how many.
pub async fn delete_old(tx: &mut Tx, forgotten: Instant) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query("DELETE FROM login_throttles WHERE last_failed_at < $1")
        .bind(forgotten.as_microseconds())
        .execute(c))?)
}
