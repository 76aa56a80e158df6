//! The queue of jobs: rows in the same database, added in the transaction that caused them.
//! A payload holds ids only. A claim lasts for a while; a claim that ran out is taken up again.

use zoop_domain::id::{BusinessId, JobId};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{parse, parse_optional};
use crate::{Error, Result, Tx};

/// A job as claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Whose work it is; `None` for the install's own.
    pub business: Option<BusinessId>,
    /// What is to be done.
    pub kind: String,
    /// The id it is to be done to.
    pub payload: String,
    /// How often it was tried before.
    pub tries: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: Option<String>,
    kind: String,
    payload: String,
    tries: i64,
}

impl TryFrom<Row> for Job {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("jobs.id", &row.id)?,
            business: parse_optional("jobs.business_id", row.business_id.as_deref())?,
            kind: row.kind,
            payload: row.payload,
            tries: row.tries,
        })
    }
}

/// Adds a job that may run from `run_at`.
pub async fn insert(tx: &mut Tx, job: &Job, run_at: Instant, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO jobs (id, business_id, kind, payload, state, run_at, tries, created_at) \
         VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7)",
    )
    .bind(job.id.as_str())
    .bind(job.business.as_ref().map(BusinessId::as_str))
    .bind(&job.kind)
    .bind(&job.payload)
    .bind(run_at.as_microseconds())
    .bind(job.tries)
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// Claims the job that has waited longest and may run by `now`, until `claimed_until`. On
/// PostgreSQL rows that another worker is claiming are skipped: the one branch between backends.
pub async fn lock_next(tx: &mut Tx, now: Instant, claimed_until: Instant) -> Result<Option<Job>> {
    macro_rules! claim {
        ($skip:literal) => {
            concat!(
                "UPDATE jobs SET state = 'claimed', claimed_until = $2 WHERE id = (SELECT id FROM jobs \
                 WHERE state = 'queued' AND run_at <= $1 ORDER BY run_at, id LIMIT 1",
                $skip,
                ") RETURNING id, business_id, kind, payload, tries"
            )
        };
    }
    let sql = if tx.is_postgres() { claim!(" FOR UPDATE SKIP LOCKED") } else { claim!("") };
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(sql)
        .bind(now.as_microseconds())
        .bind(claimed_until.as_microseconds())
        .fetch_optional(c))?;
    row.map(Job::try_from).transpose()
}

/// Puts back jobs whose claim ran out: their worker is gone. How many those were.
pub async fn update_expired_claims(tx: &mut Tx, now: Instant) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query(
        "UPDATE jobs SET state = 'queued', claimed_until = NULL, tries = tries + 1 \
         WHERE state = 'claimed' AND claimed_until < $1",
    )
    .bind(now.as_microseconds())
    .execute(c))?)
}

/// The job is done: it is taken off the queue.
pub async fn delete(tx: &mut Tx, job: &JobId) -> Result<()> {
    execute!(tx, |c| sqlx::query("DELETE FROM jobs WHERE id = $1").bind(job.as_str()).execute(c))?;
    Ok(())
}

/// The claimed job failed and runs again from `run_at`.
pub async fn update_retry(tx: &mut Tx, job: &JobId, run_at: Instant, error: &str) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE jobs SET state = 'queued', claimed_until = NULL, tries = tries + 1, run_at = $2, last_error = $3 \
         WHERE id = $1 AND state = 'claimed'",
    )
    .bind(job.as_str())
    .bind(run_at.as_microseconds())
    .bind(error)
    .execute(c))?;
    Ok(())
}

/// The claimed job is given up: it stays, for somebody to look at.
pub async fn update_dead(tx: &mut Tx, job: &JobId, error: &str) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE jobs SET state = 'dead', claimed_until = NULL, tries = tries + 1, last_error = $2 \
         WHERE id = $1 AND state = 'claimed'",
    )
    .bind(job.as_str())
    .bind(error)
    .execute(c))?;
    Ok(())
}

/// How many jobs wait or run, and how many were given up.
pub async fn count(tx: &mut Tx) -> Result<(i64, i64)> {
    Ok(run!(tx, |c| sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(CASE WHEN state <> 'dead' THEN 1 ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) AS BIGINT) FROM jobs",
    )
    .fetch_one(c))?)
}
