//! Alerts: something the owner should look at. One open alert for each kind and subject.

use zoop_domain::id::{AlertId, BusinessId, CustomerId, InvoiceId, PaymentId, PlanId, QuoteId};
use zoop_domain::time::Instant;

use crate::billing::MOST_PARAMETERS;
use crate::db::{build, execute, run};
use crate::row::{parse, parse_optional};
use crate::{Error, Result, Tx};

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// What kind of thing it is: `payment.surplus`.
    pub kind: String,
    /// The id it is about.
    pub subject: String,
    /// What happened and what was done, for the owner; names nobody, because names are erased elsewhere.
    pub message: String,
    /// What that belongs to.
    pub about: About,
    /// When.
    pub raised_at: Instant,
}

/// What an alert belongs to, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Whose matter it is.
    pub customer: Option<CustomerId>,
    /// The invoice.
    pub invoice: Option<InvoiceId>,
    /// The payment.
    pub payment: Option<PaymentId>,
    /// The plan.
    pub plan: Option<PlanId>,
    /// The quote.
    pub quote: Option<QuoteId>,
}

#[derive(Default, sqlx::FromRow)]
struct AboutRow {
    customer_id: Option<String>,
    invoice_id: Option<String>,
    payment_id: Option<String>,
    plan_id: Option<String>,
    quote_id: Option<String>,
}

impl TryFrom<AboutRow> for About {
    type Error = Error;
    fn try_from(row: AboutRow) -> Result<Self> {
        Ok(Self {
            customer: parse_optional("alerts.customer_id", row.customer_id.as_deref())?,
            invoice: parse_optional("alerts.invoice_id", row.invoice_id.as_deref())?,
            payment: parse_optional("alerts.payment_id", row.payment_id.as_deref())?,
            plan: parse_optional("alerts.plan_id", row.plan_id.as_deref())?,
            quote: parse_optional("alerts.quote_id", row.quote_id.as_deref())?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    subject: String,
    message: String,
    #[sqlx(flatten)]
    about: AboutRow,
    raised_at: i64,
}

/// Raises an alert, unless the same one is open already.
pub async fn insert(tx: &mut Tx, business: Option<&BusinessId>, alert: &Alert) -> Result<()> {
    let about = &alert.about;
    execute!(tx, |c| sqlx::query(
        "INSERT INTO alerts (id, business_id, kind, subject, message, customer_id, invoice_id, payment_id, plan_id, \
         quote_id, raised_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
    )
    .bind(alert.id.as_str())
    .bind(business.map(BusinessId::as_str))
    .bind(&alert.kind)
    .bind(&alert.subject)
    .bind(&alert.message)
    .bind(about.customer.as_ref().map(CustomerId::as_str))
    .bind(about.invoice.as_ref().map(InvoiceId::as_str))
    .bind(about.payment.as_ref().map(PaymentId::as_str))
    .bind(about.plan.as_ref().map(PlanId::as_str))
    .bind(about.quote.as_ref().map(QuoteId::as_str))
    .bind(alert.raised_at.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// Raises alerts about invoices that were just made, so that none of them is open already.
pub async fn insert_of_invoices(tx: &mut Tx, business: &BusinessId, alerts: &[Alert]) -> Result<()> {
    for some in alerts.chunks(MOST_PARAMETERS / 9) {
        build!(tx, |c, sql| {
            sql.push(
                "INSERT INTO alerts (id, business_id, kind, subject, message, customer_id, invoice_id, plan_id, raised_at) ",
            );
            sql.push_values(some, |mut row, alert| {
                row.push_bind(alert.id.as_str())
                    .push_bind(business.as_str())
                    .push_bind(&alert.kind)
                    .push_bind(&alert.subject)
                    .push_bind(&alert.message)
                    .push_bind(alert.about.customer.as_ref().map(CustomerId::as_str))
                    .push_bind(alert.about.invoice.as_ref().map(InvoiceId::as_str))
                    .push_bind(alert.about.plan.as_ref().map(PlanId::as_str))
                    .push_bind(alert.raised_at.as_microseconds());
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// What the thing with this id belongs to: an invoice, a payment, an attempt, a refund, a plan, a quote or a mail.
pub async fn find_about(tx: &mut Tx, business: &BusinessId, id: &str) -> Result<About> {
    let row: Option<AboutRow> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT customer_id, id AS invoice_id, CAST(NULL AS TEXT) AS payment_id, plan_id, CAST(NULL AS TEXT) AS quote_id \
         FROM invoices WHERE business_id = $1 AND id = $2 \
         UNION ALL SELECT customer_id, invoice_id, id, CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM payments \
         WHERE business_id = $1 AND id = $2 \
         UNION ALL SELECT customer_id, invoice_id, CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM attempts \
         WHERE business_id = $1 AND id = $2 \
         UNION ALL SELECT p.customer_id, p.invoice_id, p.id, CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM refunds r \
         JOIN payments p ON p.business_id = r.business_id AND p.id = r.payment_id WHERE r.business_id = $1 AND r.id = $2 \
         UNION ALL SELECT customer_id, CAST(NULL AS TEXT), CAST(NULL AS TEXT), id, CAST(NULL AS TEXT) FROM plans \
         WHERE business_id = $1 AND id = $2 \
         UNION ALL SELECT customer_id, CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), id FROM quotes \
         WHERE business_id = $1 AND id = $2 \
         UNION ALL SELECT customer_id, invoice_id, CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM mails \
         WHERE business_id = $1 AND id = $2 LIMIT 1",
    )
    .bind(business.as_str())
    .bind(id)
    .fetch_optional(c)
    })?;
    row.unwrap_or_default().try_into()
}

/// Open alerts of the business, newest first; with `None` those that no business could be found for.
pub async fn list_open(tx: &mut Tx, business: Option<&BusinessId>) -> Result<Vec<Alert>> {
    let rows: Vec<Row> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT id, kind, subject, message, customer_id, invoice_id, payment_id, plan_id, quote_id, raised_at FROM alerts \
         WHERE COALESCE(business_id, '') = $1 AND resolved_at IS NULL ORDER BY raised_at DESC, id DESC",
    )
    .bind(business.map_or("", BusinessId::as_str))
    .fetch_all(c)
    })?;
    rows.into_iter()
        .map(|row| {
            Ok(Alert {
                id: parse("alerts.id", &row.id)?,
                kind: row.kind,
                subject: row.subject,
                message: row.message,
                about: row.about.try_into()?,
                raised_at: Instant::from_microseconds(row.raised_at),
            })
        })
        .collect()
}

/// Somebody of the business has seen it, now or before. `false` if there is no such alert.
pub async fn update_resolved(tx: &mut Tx, business: &BusinessId, alert: &AlertId, now: Instant) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE alerts SET resolved_at = COALESCE(resolved_at, $3) WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(alert.as_str())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(changed == 1)
}

/// What the alert told has been mended, if one of this kind is open about `subject`.
pub async fn update_mended(tx: &mut Tx, business: &BusinessId, kind: &str, subject: &str, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE alerts SET resolved_at = $4 WHERE COALESCE(business_id, '') = $1 AND kind = $2 AND subject = $3 \
         AND resolved_at IS NULL",
    )
    .bind(business.as_str())
    .bind(kind)
    .bind(subject)
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}
