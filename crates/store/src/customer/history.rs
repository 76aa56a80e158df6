//! What happened to a customer, newest first: his own lines of the audit trail and those of his links, consents,
//! cards, plans, quotes and invoices, the mails he was sent, and when he opened his portal and each invoice.

use zoop_domain::id::{BusinessId, CustomerId, InvoiceId, PlanId, QuoteId};
use zoop_domain::portal_link::A_VISIT;
use zoop_domain::time::Instant;

use crate::db::run;
use crate::row::parse_optional;
use crate::{Error, Result, Tx};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// What: a word of the audit trail, `portal.seen`, `invoice.seen`, or `mail.` and the kind of a mail.
    pub kind: String,
    /// Who did it, as the audit trail says it; empty for what nobody did.
    pub actor: String,
    /// His name, if he is a person who signs in.
    pub actor_name: Option<String>,
    /// What the trail says besides; of a mail its state.
    pub detail: String,
    /// Of a mail whom it went to, and what the server said against it.
    pub mail: Option<(String, Option<String>)>,
    /// The invoice it is about, and its number.
    pub invoice: Option<(InvoiceId, String)>,
    /// The plan, and its title.
    pub plan: Option<(PlanId, String)>,
    /// The quote, and its number.
    pub quote: Option<(QuoteId, String)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    at: i64,
    kind: String,
    actor: String,
    actor_name: Option<String>,
    detail: String,
    recipient: Option<String>,
    error: Option<String>,
    invoice_id: Option<String>,
    invoice_number: Option<String>,
    plan_id: Option<String>,
    plan_title: Option<String>,
    quote_id: Option<String>,
    quote_number: Option<String>,
}

impl TryFrom<Row> for Event {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let invoice = parse_optional("invoices.id", row.invoice_id.as_deref())?;
        let plan = parse_optional("plans.id", row.plan_id.as_deref())?;
        let quote = parse_optional("quotes.id", row.quote_id.as_deref())?;
        Ok(Self {
            at: Instant::from_microseconds(row.at),
            kind: row.kind,
            actor: row.actor,
            actor_name: row.actor_name,
            detail: row.detail,
            mail: row.recipient.map(|recipient| (recipient, row.error)),
            invoice: invoice.zip(row.invoice_number),
            plan: plan.zip(row.plan_title),
            quote: quote.zip(row.quote_number),
        })
    }
}

// A mail about one of several of a thing has the id in front: `quo_…/2`. An id has 30 letters.
// `CROSS JOIN`, so that SQLite asks the trail for each subject and never reads the business's whole trail.
/// The newest `limit` events.
pub async fn list_events(tx: &mut Tx, business: &BusinessId, customer: &CustomerId, limit: i64) -> Result<Vec<Event>> {
    let rows: Vec<Row> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT e.at, e.kind, e.actor, u.name AS actor_name, e.detail, e.recipient, e.error, \
         i.id AS invoice_id, i.number AS invoice_number, p.id AS plan_id, p.title AS plan_title, \
         q.id AS quote_id, q.number AS quote_number FROM ( \
         SELECT * FROM (SELECT a.happened_at AS at, a.action AS kind, a.actor, a.detail, a.subject, \
         CAST(NULL AS TEXT) AS recipient, CAST(NULL AS TEXT) AS error, a.id AS tie FROM ( \
         SELECT CAST($1 AS TEXT) AS id \
         UNION ALL SELECT id FROM portal_links WHERE customer_id = $1 AND business_id = $2 \
         UNION ALL SELECT id FROM consents WHERE customer_id = $1 AND business_id = $2 \
         UNION ALL SELECT id FROM payment_methods WHERE customer_id = $1 AND business_id = $2 \
         UNION ALL SELECT id FROM plans WHERE customer_id = $1 AND business_id = $2 \
         UNION ALL SELECT id FROM quotes WHERE customer_id = $1 AND business_id = $2 \
         UNION ALL SELECT id FROM invoices WHERE customer_id = $1 AND business_id = $2) s \
         CROSS JOIN audit_events a WHERE a.business_id = $2 AND a.subject = s.id \
         ORDER BY a.happened_at DESC, a.id DESC LIMIT $3) trail \
         UNION ALL SELECT * FROM (SELECT m.created_at AS at, 'mail.' || m.kind AS kind, '' AS actor, \
         m.state AS detail, COALESCE(m.invoice_id, SUBSTR(m.subject, 1, 30)) AS subject, m.recipient, m.error, m.id AS tie \
         FROM mails m WHERE m.customer_id = $1 AND m.business_id = $2 \
         ORDER BY m.created_at DESC, m.id DESC LIMIT $3) sent \
         UNION ALL SELECT l.first_seen_at AS at, 'portal.seen' AS kind, 'customer' AS actor, '' AS detail, \
         l.id AS subject, CAST(NULL AS TEXT) AS recipient, CAST(NULL AS TEXT) AS error, l.id AS tie \
         FROM portal_links l WHERE l.customer_id = $1 AND l.business_id = $2 AND l.first_seen_at IS NOT NULL \
         UNION ALL SELECT l.last_seen_at, 'portal.seen', 'customer', '', l.id, NULL, NULL, l.id \
         FROM portal_links l WHERE l.customer_id = $1 AND l.business_id = $2 \
         AND l.last_seen_at >= l.first_seen_at + $4 \
         UNION ALL SELECT v.first_seen_at, 'invoice.seen', 'customer', '', v.id, NULL, NULL, v.id \
         FROM invoices v WHERE v.customer_id = $1 AND v.business_id = $2 AND v.first_seen_at IS NOT NULL \
         UNION ALL SELECT v.last_seen_at, 'invoice.seen', 'customer', 'again', v.id, NULL, NULL, v.id \
         FROM invoices v WHERE v.customer_id = $1 AND v.business_id = $2 \
         AND v.last_seen_at >= v.first_seen_at + $4) e \
         LEFT JOIN users u ON u.id = e.actor \
         LEFT JOIN consents n ON n.business_id = $2 AND n.id = e.subject \
         LEFT JOIN plans p ON p.business_id = $2 AND p.id = COALESCE(n.plan_id, e.subject) \
         LEFT JOIN invoices i ON i.business_id = $2 AND i.id = e.subject \
         LEFT JOIN quotes q ON q.business_id = $2 AND q.id = e.subject \
         ORDER BY e.at DESC, e.tie DESC LIMIT $3",
    )
    .bind(customer.as_str())
    .bind(business.as_str())
    .bind(limit)
    .bind(A_VISIT * 1_000_000)
    .fetch_all(c)
    })?;
    rows.into_iter().map(Event::try_from).collect()
}
