//! The queue of jobs: rows in the same database, added in the transaction that caused them.
//! A payload holds ids only. A claim lasts for a while and has a name; a claim that ran out is
//! taken up again, and its first worker can't move the job on any more.

use zoop_domain::id::{BusinessId, JobId};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{parse, parse_optional};
use crate::{Error, Result, Tx};

/// A job to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// Whose work it is; `None` for the install's own.
    pub business: Option<BusinessId>,
    /// What is to be done.
    pub kind: String,
    /// The id it is to be done to.
    pub payload: String,
    /// Lower numbers run first.
    pub priority: i64,
    /// At most one job with this text waits or runs at a time.
    pub dedupe_key: Option<String>,
}

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
    /// The name of the claim.
    pub claim: String,
}

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadJob {
    /// Its id.
    pub id: JobId,
    /// Whose work it was.
    pub business: Option<BusinessId>,
    /// What was to be done.
    pub kind: String,
    /// The id it was to be done to.
    pub payload: String,
    /// How often it was tried.
    pub tries: i64,
    /// Why it failed last.
    pub last_error: String,
    /// When it was added.
    pub created_at: Instant,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: Option<String>,
    kind: String,
    payload: String,
    tries: i64,
    claim: Option<String>,
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
            claim: row.claim.unwrap_or_default(),
        })
    }
}

/// Adds a job that may run from `run_at`. `false` if one with its dedupe key is there already.
pub async fn insert(tx: &mut Tx, job: &NewJob, run_at: Instant, now: Instant) -> Result<bool> {
    let inserted = execute!(tx, |c| sqlx::query(
        "INSERT INTO jobs (id, business_id, kind, payload, state, priority, run_at, tries, dedupe_key, created_at) \
         VALUES ($1, $2, $3, $4, 'queued', $5, $6, 0, $7, $8) \
         ON CONFLICT (dedupe_key) WHERE state IN ('queued', 'claimed') AND dedupe_key IS NOT NULL DO NOTHING",
    )
    .bind(job.id.as_str())
    .bind(job.business.as_ref().map(BusinessId::as_str))
    .bind(&job.kind)
    .bind(&job.payload)
    .bind(job.priority)
    .bind(run_at.as_microseconds())
    .bind(&job.dedupe_key)
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(inserted == 1)
}

/// Claims the most urgent job that may run by `now`, until `claimed_until`, in the name of `claim`.
/// On PostgreSQL rows that another worker is claiming are skipped: the one branch between backends.
pub async fn lock_next(tx: &mut Tx, now: Instant, claimed_until: Instant, claim: &str) -> Result<Option<Job>> {
    macro_rules! claim {
        ($skip:literal) => {
            concat!(
                "UPDATE jobs SET state = 'claimed', claimed_until = $2, claim = $3 WHERE id = (SELECT id FROM jobs \
                 WHERE state = 'queued' AND run_at <= $1 ORDER BY priority, run_at, id LIMIT 1",
                $skip,
                ") RETURNING id, business_id, kind, payload, tries, claim"
            )
        };
    }
    let sql = if tx.is_postgres() { claim!(" FOR UPDATE SKIP LOCKED") } else { claim!("") };
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(sql)
        .bind(now.as_microseconds())
        .bind(claimed_until.as_microseconds())
        .bind(claim)
        .fetch_optional(c))?;
    row.map(Job::try_from).transpose()
}

/// Puts back jobs whose claim ran out: their worker is gone. How many those were.
pub async fn update_expired_claims(tx: &mut Tx, now: Instant) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query(
        "UPDATE jobs SET state = 'queued', claimed_until = NULL, claim = NULL, tries = tries + 1 \
         WHERE state = 'claimed' AND claimed_until < $1",
    )
    .bind(now.as_microseconds())
    .execute(c))?)
}

/// The claimed job is done: it is taken off the queue. `false` if the claim is no longer its own.
pub async fn delete(tx: &mut Tx, job: &Job) -> Result<bool> {
    let deleted = execute!(tx, |c| sqlx::query("DELETE FROM jobs WHERE id = $1 AND state = 'claimed' AND claim = $2")
        .bind(job.id.as_str())
        .bind(&job.claim)
        .execute(c))?;
    Ok(deleted == 1)
}

/// The claimed job failed and runs again from `run_at`. `false` if the claim is no longer its own.
pub async fn update_retry(tx: &mut Tx, job: &Job, run_at: Instant, error: &str) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE jobs SET state = 'queued', claimed_until = NULL, claim = NULL, tries = tries + 1, run_at = $3, \
         last_error = $4 WHERE id = $1 AND state = 'claimed' AND claim = $2",
    )
    .bind(job.id.as_str())
    .bind(&job.claim)
    .bind(run_at.as_microseconds())
    .bind(error)
    .execute(c))?;
    Ok(changed == 1)
}

/// The claimed job is given up: it stays, for somebody to look at. `false` if the claim is no longer its own.
pub async fn update_dead(tx: &mut Tx, job: &Job, error: &str) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE jobs SET state = 'dead', claimed_until = NULL, claim = NULL, tries = tries + 1, last_error = $3 \
         WHERE id = $1 AND state = 'claimed' AND claim = $2",
    )
    .bind(job.id.as_str())
    .bind(&job.claim)
    .bind(error)
    .execute(c))?;
    Ok(changed == 1)
}

/// A job that was given up runs again, as if it were new. `false` if there is no such job.
pub async fn update_again(tx: &mut Tx, job: &JobId, now: Instant) -> Result<bool> {
    let changed = execute!(tx, |c| {
        sqlx::query(
        "UPDATE jobs SET state = 'queued', tries = 0, run_at = $2, dedupe_key = NULL WHERE id = $1 AND state = 'dead'",
    )
    .bind(job.as_str())
    .bind(now.as_microseconds())
    .execute(c)
    })?;
    Ok(changed == 1)
}

#[derive(sqlx::FromRow)]
struct DeadRow {
    id: String,
    business_id: Option<String>,
    kind: String,
    payload: String,
    tries: i64,
    last_error: Option<String>,
    created_at: i64,
}

/// The jobs that were given up, oldest first.
pub async fn list_dead(tx: &mut Tx, limit: i64) -> Result<Vec<DeadJob>> {
    let rows: Vec<DeadRow> = run!(tx, |c| sqlx::query_as(
        "SELECT id, business_id, kind, payload, tries, last_error, created_at FROM jobs WHERE state = 'dead' \
         ORDER BY created_at, id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter()
        .map(|row| {
            Ok(DeadJob {
                id: parse("jobs.id", &row.id)?,
                business: parse_optional("jobs.business_id", row.business_id.as_deref())?,
                kind: row.kind,
                payload: row.payload,
                tries: row.tries,
                last_error: row.last_error.unwrap_or_default(),
                created_at: Instant::from_microseconds(row.created_at),
            })
        })
        .collect()
}

/// How many jobs wait or run, and how many were given up.
pub async fn count(tx: &mut Tx) -> Result<(i64, i64)> {
    Ok(run!(tx, |c| sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(CASE WHEN state <> 'dead' THEN 1 ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) AS BIGINT) FROM jobs",
    )
    .fetch_one(c))?)
}

/// How many jobs run, or may run by `now`.
pub async fn count_due(tx: &mut Tx, now: Instant) -> Result<i64> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "SELECT COUNT(*) FROM jobs WHERE state = 'claimed' OR (state = 'queued' AND run_at <= $1)",
    )
    .bind(now.as_microseconds())
    .fetch_one(c))?)
}
