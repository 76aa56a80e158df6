//! Quotes: the whole one and what the portal lists here, its changes and the office's list beside.

mod change;
mod list;

use zoop_domain::id::{BusinessId, CustomerId, InvoiceId, QuoteId};
use zoop_domain::invoice::entry::ChosenLine;
use zoop_domain::invoice::{Line, Totals};
use zoop_domain::money::{Currency, Money, Quantity, UnitPrice};
use zoop_domain::quote::{Answer, AnsweredBy, Quote, QuoteState, QuoteSummary};
use zoop_domain::tax::{Percent, TaxLine, TaxRate};
use zoop_domain::time::{Date, Instant};

use crate::db::run;
use crate::row::{corrupt, money, parse, parse_optional};
use crate::{Error, Result, Tx};

pub use change::{
    delete, insert, lock, update_answered, update_draft, update_invoiced, update_mails, update_sent, update_withdrawn,
};
pub use list::{CustomerQuote, Filter, Listed, count_by_status, list, list_by_customer};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    customer_id: String,
    state: String,
    number: Option<String>,
    title: String,
    message: String,
    notes: String,
    sent_on: Option<String>,
    expires_on: Option<String>,
    mails: i64,
    answered_at: Option<i64>,
    answered_name: Option<String>,
    answered_comment: Option<String>,
    answered_by: Option<String>,
    answered_ip: Option<String>,
    answered_user_agent: Option<String>,
    default_tax_rate_id: Option<String>,
    subtotal_minor: i64,
    total_minor: i64,
    currency: String,
    revision: i64,
    created_at: i64,
}

macro_rules! columns {
    () => {
        "id, business_id, customer_id, state, number, title, message, notes, sent_on, expires_on, mails, answered_at, \
         answered_name, answered_comment, answered_by, answered_ip, answered_user_agent, default_tax_rate_id, \
         subtotal_minor, total_minor, currency, revision, created_at"
    };
}
use columns;

#[derive(sqlx::FromRow)]
struct LineRow {
    description: String,
    quantity_e4: i64,
    unit_price_minor_e4: i64,
    tax_choice: String,
    tax_position: Option<i64>,
    is_discount: bool,
    total_minor: i64,
}

#[derive(sqlx::FromRow)]
struct TaxRow {
    name: String,
    percent_e4: i64,
    taxable_minor: i64,
    amount_minor: i64,
}

impl Row {
    fn answer(&self, state: QuoteState) -> Option<Answer> {
        let by = match &self.answered_by {
            Some(member) => AnsweredBy::Member(member.clone()),
            None => AnsweredBy::Customer { ip: self.answered_ip.clone(), user_agent: self.answered_user_agent.clone() },
        };
        Some(Answer {
            accepted: state == QuoteState::Accepted,
            at: Instant::from_microseconds(self.answered_at?),
            name: self.answered_name.clone(),
            comment: self.answered_comment.clone().unwrap_or_default(),
            by,
        })
    }

    fn into_quote(self, lines: Vec<LineRow>, taxes: Vec<TaxRow>) -> Result<Quote> {
        let currency: Currency = parse("quotes.currency", &self.currency)?;
        let state = parse("quotes.state", &self.state)?;
        let chosen = lines.iter().map(|line| chosen(line, currency)).collect::<Result<_>>()?;
        let count = taxes.len();
        Ok(Quote {
            id: parse("quotes.id", &self.id)?,
            business: parse("quotes.business_id", &self.business_id)?,
            customer: parse("quotes.customer_id", &self.customer_id)?,
            answer: self.answer(state),
            state,
            number: self.number,
            title: self.title,
            message: self.message,
            notes: self.notes,
            sent_on: parse_optional("quotes.sent_on", self.sent_on.as_deref())?,
            expires_on: parse_optional("quotes.expires_on", self.expires_on.as_deref())?,
            mails: self.mails,
            lines: chosen,
            default_tax: parse_optional("quotes.default_tax_rate_id", self.default_tax_rate_id.as_deref())?,
            totals: Totals {
                lines: lines.into_iter().map(|line| counted(line, count, currency)).collect::<Result<_>>()?,
                subtotal: Money::new(self.subtotal_minor, currency),
                taxes: taxes.into_iter().map(|tax| tax_line(tax, currency)).collect::<Result<_>>()?,
                total: Money::new(self.total_minor, currency),
            },
            revision: self.revision,
            created_at: Instant::from_microseconds(self.created_at),
        })
    }
}

fn chosen(row: &LineRow, currency: Currency) -> Result<ChosenLine> {
    Ok(ChosenLine {
        description: row.description.clone(),
        quantity: Quantity::from_e4(row.quantity_e4),
        unit_price: UnitPrice::from_minor_e4(row.unit_price_minor_e4, currency),
        tax: parse("quote_lines.tax_choice", &row.tax_choice)?,
        is_discount: row.is_discount,
    })
}

fn counted(row: LineRow, taxes: usize, currency: Currency) -> Result<Line> {
    let tax = row.tax_position.map(|position| {
        let index = usize::try_from(position).ok().filter(|index| *index < taxes);
        index.ok_or_else(|| corrupt("quote_lines.tax_position", &position))
    });
    Ok(Line {
        description: row.description,
        quantity: Quantity::from_e4(row.quantity_e4),
        unit_price: UnitPrice::from_minor_e4(row.unit_price_minor_e4, currency),
        tax: tax.transpose()?,
        total: Money::new(row.total_minor, currency),
    })
}

fn tax_line(row: TaxRow, currency: Currency) -> Result<TaxLine> {
    let percent = Percent::from_e4(row.percent_e4).map_err(|_| corrupt("quote_taxes.percent_e4", &row.percent_e4))?;
    Ok(TaxLine {
        rate: TaxRate { name: row.name, percent },
        taxable: Money::new(row.taxable_minor, currency),
        amount: Money::new(row.amount_minor, currency),
    })
}

/// The quote, drafts included, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, quote: &QuoteId) -> Result<Option<Quote>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM quotes WHERE business_id = $1 AND id = $2"
    ))
    .bind(business.as_str())
    .bind(quote.as_str())
    .fetch_optional(c))?;
    whole(tx, business, row).await
}

/// A row with its lines and taxes.
async fn whole(tx: &mut Tx, business: &BusinessId, row: Option<Row>) -> Result<Option<Quote>> {
    let Some(row) = row else { return Ok(None) };
    let lines: Vec<LineRow> = run!(tx, |c| sqlx::query_as(
        "SELECT description, quantity_e4, unit_price_minor_e4, tax_choice, tax_position, is_discount, total_minor \
         FROM quote_lines WHERE business_id = $1 AND quote_id = $2 ORDER BY position",
    )
    .bind(business.as_str())
    .bind(&row.id)
    .fetch_all(c))?;
    let taxes: Vec<TaxRow> = run!(tx, |c| sqlx::query_as(
        "SELECT name, percent_e4, taxable_minor, amount_minor FROM quote_taxes \
         WHERE business_id = $1 AND quote_id = $2 ORDER BY position",
    )
    .bind(business.as_str())
    .bind(&row.id)
    .fetch_all(c))?;
    row.into_quote(lines, taxes).map(Some)
}

/// The invoice that was made of the quote, and its number once it has one; or `None`.
pub async fn find_invoice(
    tx: &mut Tx,
    business: &BusinessId,
    quote: &QuoteId,
) -> Result<Option<(InvoiceId, Option<String>)>> {
    let row: Option<(String, Option<String>)> =
        run!(tx, |c| sqlx::query_as("SELECT id, number FROM invoices WHERE business_id = $1 AND quote_id = $2")
            .bind(business.as_str())
            .bind(quote.as_str())
            .fetch_optional(c))?;
    row.map(|(id, number)| Ok((parse("invoices.id", &id)?, number))).transpose()
}

/// The quote that an invoice was made of, and its number; or `None`.
pub async fn find_by_invoice(
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
) -> Result<Option<(QuoteId, String)>> {
    let row: Option<(String, Option<String>)> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT q.id, q.number FROM invoices i JOIN quotes q ON q.business_id = i.business_id AND q.id = i.quote_id \
         WHERE i.business_id = $1 AND i.id = $2",
    )
    .bind(business.as_str())
    .bind(invoice.as_str())
    .fetch_optional(c)
    })?;
    row.map(|(id, number)| Ok((parse("quotes.id", &id)?, number.ok_or_else(|| corrupt("quotes.number", &"NULL"))?)))
        .transpose()
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: String,
    number: String,
    title: String,
    sent_on: String,
    total_minor: i64,
    currency: String,
}

impl TryFrom<SummaryRow> for QuoteSummary {
    type Error = Error;
    fn try_from(row: SummaryRow) -> Result<Self> {
        Ok(Self {
            id: parse("quotes.id", &row.id)?,
            number: row.number,
            title: row.title,
            sent_on: parse("quotes.sent_on", &row.sent_on)?,
            total: money(row.total_minor, &row.currency)?,
        })
    }
}

/// The customer's quotes that are sent, unanswered and unexpired on `today`, newest first.
pub async fn list_outstanding(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    today: Date,
) -> Result<Vec<QuoteSummary>> {
    let rows: Vec<SummaryRow> = run!(tx, |c| sqlx::query_as(
        "SELECT id, number, title, sent_on, total_minor, currency FROM quotes \
         WHERE customer_id = $1 AND business_id = $2 AND state = 'sent' \
         AND (expires_on IS NULL OR expires_on >= $3) ORDER BY sent_on DESC, id DESC",
    )
    .bind(customer.as_str())
    .bind(business.as_str())
    .bind(today.iso())
    .fetch_all(c))?;
    rows.into_iter().map(QuoteSummary::try_from).collect()
}
