//! Sums over a whole business, for the first page of its owner's application. Each is read from an index
//! that holds all it needs.

use zoop_domain::home::{Accepted, Age, Expiring, Failed, Latest, Month};
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::payment::method_label;
use zoop_domain::time::Date;

use crate::db::run;
use crate::dunning::Row as DunningRow;
use crate::row::{money, parse, parse_optional};
use crate::{Result, Tx};

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

/// What an alert's subject belongs to, if it is an invoice or something of one: the invoice.
pub async fn find_invoice_of(tx: &mut Tx, business: &BusinessId, subject: &str) -> Result<Option<InvoiceId>> {
    let found: Option<Option<String>> = run!(tx, |c| sqlx::query_scalar(
        "SELECT id FROM invoices WHERE business_id = $1 AND id = $2 \
         UNION ALL SELECT invoice_id FROM payments WHERE business_id = $1 AND id = $2 \
         UNION ALL SELECT invoice_id FROM attempts WHERE business_id = $1 AND id = $2 \
         UNION ALL SELECT invoice_id FROM mails WHERE business_id = $1 AND id = $2 LIMIT 1",
    )
    .bind(business.as_str())
    .bind(subject)
    .fetch_optional(c))?;
    parse_optional("invoices.id", found.flatten().as_deref())
}
