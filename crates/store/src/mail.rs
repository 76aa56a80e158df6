//! Mails to customers and to the business's own people: what is to be sent and what became of it, never their text.

use zoop_domain::id::{BusinessId, CustomerId, InvoiceId, MailId};
use zoop_domain::mail::{Mail, MailState};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{parse, parse_optional};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    customer_id: Option<String>,
    kind: String,
    subject: String,
    invoice_id: Option<String>,
    recipient: String,
    message: Option<String>,
    state: String,
    error: Option<String>,
    created_at: i64,
    closed_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, business_id, customer_id, kind, subject, invoice_id, recipient, message, state, error, created_at, closed_at"
    };
}

impl TryFrom<Row> for Mail {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("mails.id", &row.id)?,
            business: parse("mails.business_id", &row.business_id)?,
            customer: parse_optional("mails.customer_id", row.customer_id.as_deref())?,
            kind: parse("mails.kind", &row.kind)?,
            subject: row.subject,
            invoice: parse_optional("mails.invoice_id", row.invoice_id.as_deref())?,
            recipient: row.recipient,
            message: row.message,
            state: parse("mails.state", &row.state)?,
            error: row.error,
            created_at: Instant::from_microseconds(row.created_at),
            closed_at: row.closed_at.map(Instant::from_microseconds),
        })
    }
}

/// Stores a new mail. `false` if one of its kind about the same thing is there already.
pub async fn insert(tx: &mut Tx, mail: &Mail) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| {
        sqlx::query_scalar(
        "INSERT INTO mails (id, business_id, customer_id, kind, subject, invoice_id, recipient, message, state, error, \
         created_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (business_id, kind, subject) DO NOTHING RETURNING id",
    )
    .bind(mail.id.as_str())
    .bind(mail.business.as_str())
    .bind(mail.customer.as_ref().map(CustomerId::as_str))
    .bind(mail.kind.as_str())
    .bind(&mail.subject)
    .bind(mail.invoice.as_ref().map(InvoiceId::as_str))
    .bind(&mail.recipient)
    .bind(&mail.message)
    .bind(mail.state.as_str())
    .bind(&mail.error)
    .bind(mail.created_at.as_microseconds())
    .bind(mail.closed_at.map(Instant::as_microseconds))
    .fetch_optional(c)
    })?;
    Ok(inserted.is_some())
}

/// The mail, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, mail: &MailId) -> Result<Option<Mail>> {
    let row: Option<Row> =
        run!(tx, |c| sqlx::query_as(concat!("SELECT ", columns!(), " FROM mails WHERE business_id = $1 AND id = $2"))
            .bind(business.as_str())
            .bind(mail.as_str())
            .fetch_optional(c))?;
    row.map(Mail::try_from).transpose()
}

/// The mail of a kind about one thing, or `None`.
pub async fn find(tx: &mut Tx, business: &BusinessId, kind: &str, subject: &str) -> Result<Option<Mail>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM mails WHERE business_id = $1 AND kind = $2 AND subject = $3"
    ))
    .bind(business.as_str())
    .bind(kind)
    .bind(subject)
    .fetch_optional(c))?;
    row.map(Mail::try_from).transpose()
}

/// The customer's mails, newest first.
pub async fn list(tx: &mut Tx, business: &BusinessId, customer: &CustomerId, limit: i64) -> Result<Vec<Mail>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM mails WHERE customer_id = $1 AND business_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3"
    ))
    .bind(customer.as_str())
    .bind(business.as_str())
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(Mail::try_from).collect()
}

/// The invoice's mails, oldest first.
pub async fn list_by_invoice(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Vec<Mail>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM mails WHERE invoice_id = $1 AND business_id = $2 ORDER BY created_at, id"
    ))
    .bind(invoice.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Mail::try_from).collect()
}

/// A queued mail is closed: sent, refused or dropped. What the owner wrote stays as `message`, without secrets.
pub async fn update_closed(
    tx: &mut Tx,
    business: &BusinessId,
    mail: &MailId,
    state: MailState,
    error: Option<&str>,
    message: Option<&str>,
    now: Instant,
) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE mails SET state = $3, error = $4, message = $5, closed_at = $6 \
         WHERE business_id = $1 AND id = $2 AND state = 'queued'",
    )
    .bind(business.as_str())
    .bind(mail.as_str())
    .bind(state.as_str())
    .bind(error)
    .bind(message)
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(changed == 1)
}
