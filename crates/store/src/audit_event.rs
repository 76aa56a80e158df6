//! The audit trail: who did what to what, and when. Lines are only ever added.

use zoop_domain::id::{AuditId, BusinessId, CustomerId, InvoiceId, PlanId, QuoteId};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{parse, parse_optional};
use crate::{Error, Result, Tx};

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

/// A line of the trail, with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The line.
    pub event: AuditEvent,
    /// The name of whoever did it, if he is a person.
    pub by: Option<String>,
    /// The invoice it is about, and its number; a draft has none.
    pub invoice: Option<(InvoiceId, Option<String>)>,
    /// The quote, alike.
    pub quote: Option<(QuoteId, Option<String>)>,
    /// The plan, and its title.
    pub plan: Option<(PlanId, String)>,
    /// Whom it concerns, and his name.
    pub customer: Option<(CustomerId, String)>,
    /// What an alert said that was set aside.
    pub alert: Option<String>,
}

// Line by line in the index's order, and what each is about by its key: an alert is about a thing in its turn.
macro_rules! told {
    ($after:literal, $order:literal) => {
        concat!(
            "SELECT a.id, a.actor, a.action, a.subject, a.detail, a.happened_at, u.name AS by_name, \
             i.id AS invoice_id, i.number AS invoice_number, q.id AS quote_id, q.number AS quote_number, \
             p.id AS plan_id, p.title AS plan_title, c.id AS customer_id, c.name AS customer_name, w.message \
             FROM audit_events a \
             LEFT JOIN users u ON u.id = a.actor \
             LEFT JOIN alerts w ON w.id = a.subject AND w.business_id = $1 \
             LEFT JOIN payments y ON y.business_id = $1 AND y.id = w.subject \
             LEFT JOIN invoices i ON i.business_id = $1 AND i.id = COALESCE(y.invoice_id, w.subject, a.subject) \
             LEFT JOIN consents n ON n.business_id = $1 AND n.id = a.subject \
             LEFT JOIN plans p ON p.business_id = $1 AND p.id = COALESCE(n.plan_id, w.subject, a.subject) \
             LEFT JOIN quotes q ON q.business_id = $1 AND q.id = a.subject \
             LEFT JOIN portal_links l ON l.business_id = $1 AND l.id = a.subject \
             LEFT JOIN payment_methods m ON m.business_id = $1 AND m.id = a.subject \
             LEFT JOIN customers c ON c.business_id = $1 AND c.id = COALESCE(i.customer_id, p.customer_id, \
             q.customer_id, l.customer_id, m.customer_id, a.subject) \
             WHERE a.business_id = $1 AND a.action NOT IN ('customer.imported', 'invoice.imported') \
             AND (a.happened_at, a.id) ",
            $after,
            " ($2, $3) ORDER BY a.happened_at",
            $order,
            ", a.id",
            $order,
            " LIMIT $4"
        )
    };
}

/// The business's newest lines that are older than `before`, newest first. What came in with a file is told by the
/// line of that import, not by ten thousand of its own.
pub async fn list_newest(tx: &mut Tx, business: &BusinessId, before: Option<&Place>, limit: i64) -> Result<Vec<Told>> {
    let last = (Instant::from_microseconds(i64::MAX), None);
    let (at, id) = before.map_or(last, |(at, id)| (*at, Some(id)));
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(told!("<", " DESC"))
        .bind(business.as_str())
        .bind(at.as_microseconds())
        .bind(id.map_or("", AuditId::as_str))
        .bind(limit)
        .fetch_all(c))?;
    rows.into_iter().map(Told::try_from).collect()
}

/// The business's oldest lines that are newer than `after`, oldest first: the page before.
pub async fn list_next(tx: &mut Tx, business: &BusinessId, after: &Place, limit: i64) -> Result<Vec<Told>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(told!(">", ""))
        .bind(business.as_str())
        .bind(after.0.as_microseconds())
        .bind(after.1.as_str())
        .bind(limit)
        .fetch_all(c))?;
    rows.into_iter().map(Told::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    actor: String,
    action: String,
    subject: String,
    detail: String,
    happened_at: i64,
    by_name: Option<String>,
    invoice_id: Option<String>,
    invoice_number: Option<String>,
    quote_id: Option<String>,
    quote_number: Option<String>,
    plan_id: Option<String>,
    plan_title: Option<String>,
    customer_id: Option<String>,
    customer_name: Option<String>,
    message: Option<String>,
}

impl TryFrom<Row> for Told {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let invoice: Option<InvoiceId> = parse_optional("invoices.id", row.invoice_id.as_deref())?;
        let quote: Option<QuoteId> = parse_optional("quotes.id", row.quote_id.as_deref())?;
        let plan: Option<PlanId> = parse_optional("plans.id", row.plan_id.as_deref())?;
        let customer: Option<CustomerId> = parse_optional("customers.id", row.customer_id.as_deref())?;
        Ok(Self {
            event: AuditEvent {
                id: parse("audit_events.id", &row.id)?,
                actor: row.actor,
                action: row.action,
                subject: row.subject,
                detail: row.detail,
                happened_at: Instant::from_microseconds(row.happened_at),
            },
            by: row.by_name,
            invoice: invoice.map(|id| (id, row.invoice_number)),
            quote: quote.map(|id| (id, row.quote_number)),
            plan: plan.zip(row.plan_title),
            customer: customer.zip(row.customer_name),
            alert: row.message,
        })
    }
}
