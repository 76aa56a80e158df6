//! The audit trail: who did what to what, and when. Lines are only ever added.

use zoop_domain::id::{AuditId, BusinessId};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::parse;
use crate::{Result, Tx};

/// A line of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditId,
    /// Who did it: `customer`, `operator`, `stripe`, `zoop`.
    pub actor: String,
    /// What was done: `portal_link.rotated`.
    pub action: String,
    /// The id it was done to.
    pub subject: String,
    /// What else is worth knowing; never a secret.
    pub detail: String,
    /// When.
    pub happened_at: Instant,
}

/// Adds a line.
pub async fn insert(tx: &mut Tx, business: &BusinessId, event: &AuditEvent) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO audit_events (id, business_id, actor, action, subject, detail, happened_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(event.id.as_str())
    .bind(business.as_str())
    .bind(&event.actor)
    .bind(&event.action)
    .bind(&event.subject)
    .bind(&event.detail)
    .bind(event.happened_at.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// What happened to `subject`, oldest first.
pub async fn list(tx: &mut Tx, business: &BusinessId, subject: &str) -> Result<Vec<AuditEvent>> {
    let rows: Vec<(String, String, String, String, String, i64)> = run!(tx, |c| sqlx::query_as(
        "SELECT id, actor, action, subject, detail, happened_at FROM audit_events \
         WHERE business_id = $1 AND subject = $2 ORDER BY happened_at, id",
    )
    .bind(business.as_str())
    .bind(subject)
    .fetch_all(c))?;
    rows.into_iter()
        .map(|(id, actor, action, subject, detail, happened_at)| {
            let happened_at = Instant::from_microseconds(happened_at);
            Ok(AuditEvent { id: parse("audit_events.id", &id)?, actor, action, subject, detail, happened_at })
        })
        .collect()
}

/// Where a page of the trail ends: the line it ends with.
pub type Place = (Instant, AuditId);

/// A line of the trail, and the name of whoever did it, if he is a person.
pub type Named = (AuditEvent, Option<String>);

/// The business's newest lines that are older than `before`, newest first. What came in with a file is told by the
/// line of that import, not by ten thousand of its own.
pub async fn list_newest(tx: &mut Tx, business: &BusinessId, before: Option<&Place>, limit: i64) -> Result<Vec<Named>> {
    let last = (Instant::from_microseconds(i64::MAX), None);
    let (at, id) = before.map_or(last, |(at, id)| (*at, Some(id)));
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT a.id, a.actor, a.action, a.subject, a.detail, a.happened_at, u.name FROM audit_events a \
         LEFT JOIN users u ON u.id = a.actor WHERE a.business_id = $1 \
         AND a.action NOT IN ('customer.imported', 'invoice.imported') AND (a.happened_at, a.id) < ($2, $3) \
         ORDER BY a.happened_at DESC, a.id DESC LIMIT $4",
    )
    .bind(business.as_str())
    .bind(at.as_microseconds())
    .bind(id.map_or("", AuditId::as_str))
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(named).collect()
}

/// The business's oldest lines that are newer than `after`, oldest first: the page before.
pub async fn list_next(tx: &mut Tx, business: &BusinessId, after: &Place, limit: i64) -> Result<Vec<Named>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT a.id, a.actor, a.action, a.subject, a.detail, a.happened_at, u.name FROM audit_events a \
         LEFT JOIN users u ON u.id = a.actor WHERE a.business_id = $1 \
         AND a.action NOT IN ('customer.imported', 'invoice.imported') AND (a.happened_at, a.id) > ($2, $3) \
         ORDER BY a.happened_at, a.id LIMIT $4",
    )
    .bind(business.as_str())
    .bind(after.0.as_microseconds())
    .bind(after.1.as_str())
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(named).collect()
}

type Row = (String, String, String, String, String, i64, Option<String>);

fn named((id, actor, action, subject, detail, happened_at, name): Row) -> Result<Named> {
    let happened_at = Instant::from_microseconds(happened_at);
    Ok((AuditEvent { id: parse("audit_events.id", &id)?, actor, action, subject, detail, happened_at }, name))
}
