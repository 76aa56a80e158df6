//! Files on their way in: what they hold, and how far they have come. Their rows are stored in the file beside.

mod rows;

use zoop_domain::id::{BusinessId, ImportId};
use zoop_domain::import::{Import, ImportState};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::parse;
use crate::{Error, Result, Tx};

pub use rows::{Opened, insert_customers, insert_invoices, list_references};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    kind: String,
    state: String,
    file_name: String,
    encoding: String,
    content_hash: String,
    row_count: i64,
    left_out: i64,
    made_by: String,
    error: Option<String>,
    created_at: i64,
    finished_at: Option<i64>,
}

/// The select list of [`Row`].
macro_rules! columns {
    () => {
        "id, business_id, kind, state, file_name, encoding, content_hash, row_count, left_out, made_by, error, \
         created_at, finished_at"
    };
}

impl TryFrom<Row> for Import {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("imports.id", &row.id)?,
            business: parse("imports.business_id", &row.business_id)?,
            kind: parse("imports.kind", &row.kind)?,
            state: parse("imports.state", &row.state)?,
            file_name: row.file_name,
            encoding: row.encoding,
            content_hash: row.content_hash,
            row_count: row.row_count,
            left_out: row.left_out,
            made_by: row.made_by,
            error: row.error,
            created_at: Instant::from_microseconds(row.created_at),
            finished_at: row.finished_at.map(Instant::from_microseconds),
        })
    }
}

/// Keeps a file that was looked at.
pub async fn insert(tx: &mut Tx, import: &Import, content: &str) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO imports (id, business_id, kind, state, file_name, encoding, content, content_hash, row_count, \
         left_out, made_by, error, created_at, finished_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(import.id.as_str())
    .bind(import.business.as_str())
    .bind(import.kind.as_str())
    .bind(import.state.as_str())
    .bind(&import.file_name)
    .bind(&import.encoding)
    .bind(content)
    .bind(&import.content_hash)
    .bind(import.row_count)
    .bind(import.left_out)
    .bind(&import.made_by)
    .bind(&import.error)
    .bind(import.created_at.as_microseconds())
    .bind(import.finished_at.map(Instant::as_microseconds))
    .execute(c))?;
    Ok(())
}

/// The import without what its file holds, or `None` if the business has no such one.
pub async fn get(tx: &mut Tx, business: &BusinessId, import: &ImportId) -> Result<Option<Import>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM imports WHERE business_id = $1 AND id = $2"
    ))
    .bind(business.as_str())
    .bind(import.as_str())
    .fetch_optional(c))?;
    row.map(Import::try_from).transpose()
}

/// What its file holds, or `None` once that is gone.
pub async fn find_content(tx: &mut Tx, business: &BusinessId, import: &ImportId) -> Result<Option<String>> {
    let content: Option<Option<String>> =
        run!(tx, |c| sqlx::query_scalar("SELECT content FROM imports WHERE business_id = $1 AND id = $2")
            .bind(business.as_str())
            .bind(import.as_str())
            .fetch_optional(c))?;
    Ok(content.flatten())
}

/// The last import of the same file that was done.
pub async fn find_same(tx: &mut Tx, business: &BusinessId, content_hash: &str) -> Result<Option<Import>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM imports WHERE business_id = $1 AND content_hash = $2 AND state = 'done' \
          ORDER BY finished_at DESC LIMIT 1"
    ))
    .bind(business.as_str())
    .bind(content_hash)
    .fetch_optional(c))?;
    row.map(Import::try_from).transpose()
}

/// Somebody said yes: whether he is the first, and its file is still there.
pub async fn update_started(tx: &mut Tx, business: &BusinessId, import: &ImportId) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE imports SET state = 'running', error = NULL WHERE business_id = $1 AND id = $2 \
         AND state IN ('checked', 'failed') AND content IS NOT NULL",
    )
    .bind(business.as_str())
    .bind(import.as_str())
    .execute(c))?;
    Ok(changed == 1)
}

/// It is done or has failed, if it was running: whether it was.
pub async fn update_finished(tx: &mut Tx, import: &Import) -> Result<bool> {
    let content = if import.state == ImportState::Done { None } else { Some("") };
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE imports SET state = $3, row_count = $4, left_out = $5, error = $6, finished_at = $7, \
         content = CASE WHEN CAST($8 AS TEXT) IS NULL THEN NULL ELSE content END \
         WHERE business_id = $1 AND id = $2 AND state = 'running'",
    )
    .bind(import.business.as_str())
    .bind(import.id.as_str())
    .bind(import.state.as_str())
    .bind(import.row_count)
    .bind(import.left_out)
    .bind(&import.error)
    .bind(import.finished_at.map(Instant::as_microseconds))
    .bind(content)
    .execute(c))?;
    Ok(changed == 1)
}

/// What files hold that were brought before `before` goes, unless one is running: how many.
pub async fn update_forgotten(tx: &mut Tx, before: Instant) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query(
        "UPDATE imports SET content = NULL WHERE created_at < $1 AND content IS NOT NULL AND state <> 'running'"
    )
    .bind(before.as_microseconds())
    .execute(c))?)
}
