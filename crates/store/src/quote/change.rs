//! The changes of a quote's life. Each is made under [`lock`], in one transaction with what caused it.

use zoop_domain::id::{BusinessId, InvoiceId, QuoteId, TaxRateId};
use zoop_domain::quote::{Answer, AnsweredBy, Quote};
use zoop_domain::time::Date;

use super::{Row, columns, whole};
use crate::db::{execute, run};
use crate::{Result, Tx};

/// What a quote is searched by.
fn search(number: Option<&str>, title: &str) -> String {
    format!("{} {title}", number.unwrap_or_default()).trim().to_lowercase()
}

/// Stores a quote as it is, with its lines.
pub async fn insert(tx: &mut Tx, quote: &Quote) -> Result<()> {
    execute!(tx, |c| {
        sqlx::query(
        "INSERT INTO quotes (id, business_id, customer_id, state, number, title, message, notes, sent_on, expires_on, \
         mails, default_tax_rate_id, subtotal_minor, total_minor, currency, search, revision, version, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, $18)",
    )
    .bind(quote.id.as_str())
    .bind(quote.business.as_str())
    .bind(quote.customer.as_str())
    .bind(quote.state.as_str())
    .bind(&quote.number)
    .bind(&quote.title)
    .bind(&quote.message)
    .bind(&quote.notes)
    .bind(quote.sent_on.map(Date::iso))
    .bind(quote.expires_on.map(Date::iso))
    .bind(quote.mails)
    .bind(quote.default_tax.as_ref().map(TaxRateId::as_str))
    .bind(quote.totals.subtotal.minor())
    .bind(quote.totals.total.minor())
    .bind(quote.totals.total.currency().as_str())
    .bind(search(quote.number.as_deref(), &quote.title))
    .bind(quote.revision)
    .bind(quote.created_at.as_microseconds())
    .execute(c)
    })?;
    insert_parts(tx, quote).await
}

async fn insert_parts(tx: &mut Tx, quote: &Quote) -> Result<()> {
    for (position, (chosen, line)) in quote.lines.iter().zip(&quote.totals.lines).enumerate() {
        execute!(tx, |c| sqlx::query(
            "INSERT INTO quote_lines (quote_id, position, business_id, description, quantity_e4, \
             unit_price_minor_e4, tax_choice, tax_position, is_discount, total_minor) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(quote.id.as_str())
        .bind(position as i64)
        .bind(quote.business.as_str())
        .bind(&line.description)
        .bind(line.quantity.as_e4())
        .bind(line.unit_price.as_minor_e4())
        .bind(chosen.tax.to_string())
        .bind(line.tax.map(|position| position as i64))
        .bind(chosen.is_discount)
        .bind(line.total.minor())
        .execute(c))?;
    }
    for (position, tax) in quote.totals.taxes.iter().enumerate() {
        execute!(tx, |c| sqlx::query(
            "INSERT INTO quote_taxes (quote_id, position, business_id, name, percent_e4, taxable_minor, amount_minor) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(quote.id.as_str())
        .bind(position as i64)
        .bind(quote.business.as_str())
        .bind(&tax.rate.name)
        .bind(tax.rate.percent.as_e4())
        .bind(tax.taxable.minor())
        .bind(tax.amount.minor())
        .execute(c))?;
    }
    Ok(())
}

async fn delete_parts(tx: &mut Tx, business: &BusinessId, quote: &QuoteId) -> Result<()> {
    execute!(tx, |c| sqlx::query("DELETE FROM quote_lines WHERE business_id = $1 AND quote_id = $2")
        .bind(business.as_str())
        .bind(quote.as_str())
        .execute(c))?;
    execute!(tx, |c| sqlx::query("DELETE FROM quote_taxes WHERE business_id = $1 AND quote_id = $2")
        .bind(business.as_str())
        .bind(quote.as_str())
        .execute(c))?;
    Ok(())
}

/// Locks the quote until the transaction ends and reads it, or `None` if the business has no such one.
pub async fn lock(tx: &mut Tx, business: &BusinessId, quote: &QuoteId) -> Result<Option<Quote>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "UPDATE quotes SET version = version + 1 WHERE business_id = $1 AND id = $2 RETURNING ",
        columns!()
    ))
    .bind(business.as_str())
    .bind(quote.as_str())
    .fetch_optional(c))?;
    whole(tx, business, row).await
}

/// What a draft says now, lines and all, and its next revision. `false` if it is no draft.
pub async fn update_draft(tx: &mut Tx, quote: &Quote) -> Result<bool> {
    let changed = execute!(tx, |c| {
        sqlx::query(
            "UPDATE quotes SET customer_id = $3, title = $4, message = $5, notes = $6, expires_on = $7, \
         default_tax_rate_id = $8, subtotal_minor = $9, total_minor = $10, search = $11, revision = revision + 1 \
         WHERE business_id = $1 AND id = $2 AND state = 'draft'",
        )
        .bind(quote.business.as_str())
        .bind(quote.id.as_str())
        .bind(quote.customer.as_str())
        .bind(&quote.title)
        .bind(&quote.message)
        .bind(&quote.notes)
        .bind(quote.expires_on.map(Date::iso))
        .bind(quote.default_tax.as_ref().map(TaxRateId::as_str))
        .bind(quote.totals.subtotal.minor())
        .bind(quote.totals.total.minor())
        .bind(search(None, &quote.title))
        .execute(c)
    })?;
    if changed == 0 {
        return Ok(false);
    }
    delete_parts(tx, &quote.business, &quote.id).await?;
    insert_parts(tx, quote).await?;
    Ok(true)
}

/// Sends a draft: its number and its day. `false` if it is no draft.
pub async fn update_sent(
    tx: &mut Tx,
    business: &BusinessId,
    quote: &Quote,
    number: &str,
    sent_on: Date,
) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE quotes SET state = 'sent', number = $3, sent_on = $4, search = $5, revision = revision + 1 \
         WHERE business_id = $1 AND id = $2 AND state = 'draft'",
    )
    .bind(business.as_str())
    .bind(quote.id.as_str())
    .bind(number)
    .bind(sent_on.iso())
    .bind(search(Some(number), &quote.title))
    .execute(c))?;
    Ok(changed == 1)
}

/// One mail more carries the quote: how many those are now. `None` if the business has no such quote.
pub async fn update_mails(tx: &mut Tx, business: &BusinessId, quote: &QuoteId) -> Result<Option<i64>> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "UPDATE quotes SET mails = mails + 1 WHERE business_id = $1 AND id = $2 RETURNING mails",
    )
    .bind(business.as_str())
    .bind(quote.as_str())
    .fetch_optional(c))?)
}

/// The answer. `false` if there is one already, or the quote doesn't wait for one: the first stays.
pub async fn update_answered(tx: &mut Tx, business: &BusinessId, quote: &QuoteId, answer: &Answer) -> Result<bool> {
    let (member, ip, agent) = match &answer.by {
        AnsweredBy::Member(member) => (Some(member), None, None),
        AnsweredBy::Customer { ip, user_agent } => (None, ip.as_ref(), user_agent.as_ref()),
    };
    let changed = execute!(tx, |c| {
        sqlx::query(
        "UPDATE quotes SET state = $3, answered_at = $4, answered_name = $5, answered_comment = $6, answered_by = $7, \
         answered_ip = $8, answered_user_agent = $9 WHERE business_id = $1 AND id = $2 AND state = 'sent'",
    )
    .bind(business.as_str())
    .bind(quote.as_str())
    .bind(if answer.accepted { "accepted" } else { "declined" })
    .bind(answer.at.as_microseconds())
    .bind(&answer.name)
    .bind(&answer.comment)
    .bind(member)
    .bind(ip)
    .bind(agent)
    .execute(c)
    })?;
    Ok(changed == 1)
}

/// The business takes a sent quote back. `false` if it doesn't wait any more.
pub async fn update_withdrawn(tx: &mut Tx, business: &BusinessId, quote: &QuoteId) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE quotes SET state = 'withdrawn' WHERE business_id = $1 AND id = $2 AND state = 'sent'",
    )
    .bind(business.as_str())
    .bind(quote.as_str())
    .execute(c))?;
    Ok(changed == 1)
}

/// The invoice was made of the quote. `false` if there is no such pair, or it was made of one before.
pub async fn update_invoiced(tx: &mut Tx, business: &BusinessId, quote: &QuoteId, invoice: &InvoiceId) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE invoices SET quote_id = $2 WHERE business_id = $1 AND id = $3 AND quote_id IS NULL \
         AND EXISTS (SELECT 1 FROM quotes q WHERE q.business_id = $1 AND q.id = $2 AND q.state = 'accepted')",
    )
    .bind(business.as_str())
    .bind(quote.as_str())
    .bind(invoice.as_str())
    .execute(c))?;
    Ok(changed == 1)
}

/// Deletes a draft that nobody has seen. `false` if there is no such draft.
pub async fn delete(tx: &mut Tx, business: &BusinessId, quote: &QuoteId) -> Result<bool> {
    let found: Option<i64> = run!(tx, |c| sqlx::query_scalar(
        "SELECT CAST(1 AS BIGINT) FROM quotes WHERE business_id = $1 AND id = $2 AND state = 'draft'",
    )
    .bind(business.as_str())
    .bind(quote.as_str())
    .fetch_optional(c))?;
    if found.is_none() {
        return Ok(false);
    }
    delete_parts(tx, business, quote).await?;
    let gone =
        execute!(tx, |c| sqlx::query("DELETE FROM quotes WHERE business_id = $1 AND id = $2 AND state = 'draft'",)
            .bind(business.as_str())
            .bind(quote.as_str())
            .execute(c))?;
    Ok(gone == 1)
}
