//! Sums over a whole business, for the first page of its owner's application. Each is read from an index
//! that holds all it needs.

use zoop_domain::home::{Accepted, Age, Attention, Expiring, Failed, Latest, Month, Undelivered};
use zoop_domain::id::BusinessId;
use zoop_domain::mail::MailKind;
use zoop_domain::payment::method_label;
use zoop_domain::time::Date;

use crate::db::run;
use crate::dunning::Row as DunningRow;
use crate::row::{money, parse, parse_optional};
use crate::{Error, Result, Tx};

/// What came in from `from` on and until `to`: the month, how many payments, what they came to in minor units without
/// what went back; months without any are left out.
pub async fn list_received(tx: &mut Tx, business: &BusinessId, from: Date, to: Date) -> Result<Vec<(Month, i64, i64)>> {
    let rows: Vec<(String, i64, i64)> = run!(tx, |c| sqlx::query_as(
        "SELECT MIN(received_on), COUNT(*), CAST(SUM(amount_minor - refunded_minor) AS BIGINT) FROM payments \
         WHERE business_id = $1 AND received_on BETWEEN $2 AND $3 AND state = 'succeeded' \
         GROUP BY SUBSTR(received_on, 1, 7) ORDER BY 1",
    )
    .bind(business.as_str())
    .bind(from.iso())
    .bind(to.iso())
    .fetch_all(c))?;
    rows.into_iter()
        .map(|(day, payments, minor)| Ok((Month::of(parse("payments.received_on", &day)?), payments, minor)))
        .collect()
}

/// What is owed: how many invoices and how much, age by age as of `today`.
pub async fn list_owed(tx: &mut Tx, business: &BusinessId, today: Date) -> Result<[(i64, i64); 5]> {
    let mut owed = [(0, 0); 5];
    let since = |age: Age| age.latest_by().map_or_else(String::new, |days| today.plus_days(-days).iso());
    let rows: Vec<(i64, i64, i64)> = run!(tx, |c| sqlx::query_as(
        "SELECT age, COUNT(*), CAST(SUM(balance) AS BIGINT) FROM (SELECT CAST(CASE WHEN due_on >= $2 THEN 0 \
         WHEN due_on >= $3 THEN 1 WHEN due_on >= $4 THEN 2 WHEN due_on >= $5 THEN 3 ELSE 4 END AS BIGINT) AS age, \
         total_minor - applied_minor + returned_minor AS balance \
         FROM invoices WHERE business_id = $1 AND lifecycle = 'open') AS owed GROUP BY age ORDER BY age",
    )
    .bind(business.as_str())
    .bind(since(Age::NotDue))
    .bind(since(Age::Month))
    .bind(since(Age::TwoMonths))
    .bind(since(Age::ThreeMonths))
    .fetch_all(c))?;
    for (age, count, minor) in rows {
        if let Some(place) = usize::try_from(age).ok().and_then(|age| owed.get_mut(age)) {
            *place = (count, minor);
        }
    }
    Ok(owed)
}

#[derive(sqlx::FromRow)]
struct FailedRow {
    invoice_id: String,
    number: Option<String>,
    customer_id: String,
    customer_name: String,
    currency: String,
    owed_minor: i64,
    #[sqlx(flatten)]
    dunning: DunningRow,
    can_retry: bool,
}

/// The open invoices whose automatic charges failed, the latest failure first.
pub async fn list_failed(tx: &mut Tx, business: &BusinessId, limit: i64) -> Result<Vec<Failed>> {
    let rows: Vec<FailedRow> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT d.invoice_id, i.number, i.customer_id, c.name AS customer_name, i.currency, \
         i.total_minor - i.applied_minor + i.returned_minor AS owed_minor, d.tries, d.first_failed_on, d.failed_at, \
         d.failed_on, d.decline_code, d.method_label, d.next_try_on, d.stopped, EXISTS (SELECT 1 FROM consents n \
         WHERE n.business_id = i.business_id AND n.plan_id = i.plan_id AND n.state = 'live') AS can_retry FROM dunnings d \
         JOIN invoices i ON i.business_id = d.business_id AND i.id = d.invoice_id AND i.lifecycle = 'open' \
         JOIN customers c ON c.business_id = i.business_id AND c.id = i.customer_id \
         WHERE d.business_id = $1 AND NOT d.stopped ORDER BY d.failed_at DESC, d.invoice_id DESC LIMIT $2",
    )
    .bind(business.as_str())
    .bind(limit)
    .fetch_all(c)
    })?;
    rows.into_iter()
        .map(|row| {
            Ok(Failed {
                invoice: parse("dunnings.invoice_id", &row.invoice_id)?,
                number: row.number.unwrap_or_default(),
                customer: parse("invoices.customer_id", &row.customer_id)?,
                customer_name: row.customer_name,
                owed: money(row.owed_minor, &row.currency)?,
                dunning: row.dunning.try_into()?,
                can_retry: row.can_retry,
            })
        })
        .collect()
}

/// Quotes that were accepted and aren't billed, the latest answer first.
pub async fn list_accepted(tx: &mut Tx, business: &BusinessId, limit: i64) -> Result<Vec<Accepted>> {
    let rows: Vec<(String, String, String, i64, String)> = run!(tx, |c| sqlx::query_as(
        "SELECT q.id, q.number, c.name, q.total_minor, q.currency FROM quotes q \
         JOIN customers c ON c.business_id = q.business_id AND c.id = q.customer_id \
         WHERE q.business_id = $1 AND q.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM invoices i \
         WHERE i.business_id = q.business_id AND i.quote_id = q.id) ORDER BY q.answered_at DESC, q.id DESC LIMIT $2",
    )
    .bind(business.as_str())
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter()
        .map(|(id, number, customer_name, minor, currency)| {
            Ok(Accepted { quote: parse("quotes.id", &id)?, number, customer_name, total: money(minor, &currency)? })
        })
        .collect()
}

type LatestRow = (String, String, Option<String>, String, bool, String, i64, String);

/// The latest payments, newest first.
// Whoever a row belongs to is always there, by its foreign key. LEFT keeps the joins in their order: with statistics SQLite
// would begin with the customers and sort everything they have.
pub async fn list_latest(tx: &mut Tx, business: &BusinessId, limit: i64) -> Result<Vec<Latest>> {
    let rows: Vec<LatestRow> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT p.id, c.name, i.number, p.method_label, a.consent_id IS NOT NULL, p.received_on, p.amount_minor, p.currency \
         FROM payments p LEFT JOIN invoices i ON i.business_id = p.business_id AND i.id = p.invoice_id \
         LEFT JOIN customers c ON c.business_id = p.business_id AND c.id = p.customer_id \
         LEFT JOIN attempts a ON a.business_id = p.business_id AND a.id = p.attempt_id \
         WHERE p.business_id = $1 ORDER BY p.received_at DESC, p.id DESC LIMIT $2",
    )
    .bind(business.as_str())
    .bind(limit)
    .fetch_all(c)
    })?;
    rows.into_iter()
        .map(|(id, customer_name, number, method_label, automatic, received_on, minor, currency)| {
            Ok(Latest {
                payment: parse("payments.id", &id)?,
                customer_name,
                number: number.unwrap_or_default(),
                method_label,
                automatic,
                received_on: parse("payments.received_on", &received_on)?,
                amount: money(minor, &currency)?,
            })
        })
        .collect()
}

type ExpiringRow = (String, String, String, String, Option<i64>, Option<i64>, String);

/// Cards of live consents that are good until `month` of `year` at the latest, one row a plan.
pub async fn list_expiring(
    tx: &mut Tx,
    business: &BusinessId,
    (year, month): (i64, i64),
    limit: i64,
) -> Result<Vec<Expiring>> {
    let rows: Vec<ExpiringRow> = run!(tx, |c| sqlx::query_as(
        "SELECT m.customer_id, u.name, m.brand, m.last4, m.exp_year, m.exp_month, p.title FROM payment_methods m \
         JOIN consents s ON s.payment_method_id = m.id AND s.business_id = m.business_id AND s.state = 'live' \
         JOIN plans p ON p.business_id = s.business_id AND p.id = s.plan_id \
         JOIN customers u ON u.business_id = m.business_id AND u.id = m.customer_id \
         WHERE m.state = 'active' AND (m.exp_year < $2 OR (m.exp_year = $2 AND m.exp_month <= $3)) \
         AND m.business_id = $1 ORDER BY m.exp_year, m.exp_month, m.id, p.id LIMIT $4",
    )
    .bind(business.as_str())
    .bind(year)
    .bind(month)
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter()
        .map(|(customer, customer_name, brand, last4, year, month, plan_title)| {
            let customer = parse("payment_methods.customer_id", &customer)?;
            let expires_on = year
                .zip(month)
                .and_then(|(year, month)| Date::end_of_month(i16::try_from(year).ok()?, i8::try_from(month).ok()?));
            Ok(Expiring { customer, customer_name, method_label: method_label(&brand, &last4), expires_on, plan_title })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct AttentionRow {
    id: String,
    kind: String,
    message: String,
    customer_id: Option<String>,
    customer_name: Option<String>,
    has_email: bool,
    invoice_id: Option<String>,
    invoice_number: Option<String>,
    payment_id: Option<String>,
    plan_id: Option<String>,
    plan_title: Option<String>,
    quote_id: Option<String>,
    quote_number: Option<String>,
    mail_kind: Option<String>,
    recipient: Option<String>,
    mail_error: Option<String>,
}

impl TryFrom<AttentionRow> for Attention {
    type Error = Error;
    fn try_from(row: AttentionRow) -> Result<Self> {
        let customer = parse_optional("alerts.customer_id", row.customer_id.as_deref())?;
        let invoice = parse_optional("alerts.invoice_id", row.invoice_id.as_deref())?;
        let plan = parse_optional("alerts.plan_id", row.plan_id.as_deref())?;
        let quote = parse_optional("alerts.quote_id", row.quote_id.as_deref())?;
        let mail_kind: Option<MailKind> = parse_optional("mails.kind", row.mail_kind.as_deref())?;
        Ok(Self {
            alert: parse("alerts.id", &row.id)?,
            kind: row.kind,
            message: row.message,
            customer: customer.zip(row.customer_name),
            has_email: row.has_email,
            invoice: invoice.map(|id| (id, row.invoice_number.unwrap_or_default())),
            payment: parse_optional("alerts.payment_id", row.payment_id.as_deref())?,
            plan: plan.zip(row.plan_title),
            quote: quote.map(|id| (id, row.quote_number.unwrap_or_default())),
            mail: mail_kind.map(|kind| Undelivered {
                kind,
                recipient: row.recipient.unwrap_or_default(),
                error: row.mail_error.unwrap_or_default(),
            }),
        })
    }
}

/// Which alerts `a` of `$1` stand on the first page, beside the invoices `i` they are about: not those that a list of
/// its own tells, nor of an invoice that reached nobody once it waits for nothing any more.
macro_rules! attention {
    () => {
        "COALESCE(a.business_id, '') = $1 AND a.resolved_at IS NULL AND a.kind <> 'charge.failed' \
         AND (a.kind <> 'invoice.unsent' OR i.lifecycle = 'open')"
    };
}

/// What somebody should look at, newest first.
pub async fn list_attention(tx: &mut Tx, business: &BusinessId, limit: i64) -> Result<Vec<Attention>> {
    let rows: Vec<AttentionRow> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT a.id, a.kind, a.message, a.customer_id, c.name AS customer_name, c.email IS NOT NULL AS has_email, \
         a.invoice_id, i.number AS invoice_number, a.payment_id, a.plan_id, p.title AS plan_title, a.quote_id, \
         q.number AS quote_number, m.kind AS mail_kind, m.recipient, m.error AS mail_error FROM alerts a \
         LEFT JOIN customers c ON c.business_id = a.business_id AND c.id = a.customer_id \
         LEFT JOIN invoices i ON i.business_id = a.business_id AND i.id = a.invoice_id \
         LEFT JOIN plans p ON p.business_id = a.business_id AND p.id = a.plan_id \
         LEFT JOIN quotes q ON q.business_id = a.business_id AND q.id = a.quote_id \
         LEFT JOIN mails m ON m.business_id = a.business_id AND m.id = a.subject WHERE ",
        attention!(),
        " ORDER BY a.raised_at DESC, a.id DESC LIMIT $2",
    ))
    .bind(business.as_str())
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// How many things somebody should look at.
pub async fn count_attention(tx: &mut Tx, business: &BusinessId) -> Result<i64> {
    Ok(run!(tx, |c| {
        sqlx::query_scalar(concat!(
        "SELECT COUNT(*) FROM alerts a LEFT JOIN invoices i ON i.business_id = a.business_id AND i.id = a.invoice_id WHERE ",
        attention!(),
    ))
    .bind(business.as_str())
    .fetch_one(c)
    })?)
}
