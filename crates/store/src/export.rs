//! Everything a business has, table by table, to be taken away: page by page, in the order of ids. The columns stand
//! here one by one, so that none comes along by itself: no token, no hash of one, nothing of a card but what its owner
//! sees.

use sqlx::Row as _;
use zoop_domain::export::Meaning::{self, Count, Decimal, Flag, Moment, Money, Price, Text};
use zoop_domain::export::Table;
use zoop_domain::id::BusinessId;

use crate::db::run;
use crate::{Result, Tx};

/// Where a table goes on: behind the row with these keys.
pub type Place = (String, i64);

/// A row: a text for each column, or nothing.
pub type Cells = Vec<Option<String>>;

/// A table's columns and the statement that reads a page of it.
struct Shape {
    columns: &'static [(&'static str, Meaning)],
    sql: &'static str,
}

/// `$1` business, `$2` and `$3` the keys of the row before, `$4` how many. The keys come first, then the columns.
macro_rules! shape {
    ($table:literal by $key:literal, $second:literal, $after:literal $order:literal,
        $($name:literal = $column:literal $meaning:ident),+ $(,)?) => {
        Shape {
            columns: &[$(($name, $meaning)),+],
            sql: concat!(
                "SELECT ", $key, " AS key_text, ", $second, " AS key_number", $(", CAST(", $column, " AS TEXT) AS \"", $name, "\""),+,
                " FROM ", $table, " t WHERE t.business_id = $1 AND ", $after, " ORDER BY ", $order, " LIMIT $4"
            ),
        }
    };
    ($table:literal by id, $($columns:tt)+) => {
        shape!($table by "t.id", "CAST(0 AS BIGINT)", "t.id > $2 AND CAST($3 AS BIGINT) IS NOT NULL" "t.id", $($columns)+)
    };
}

const CUSTOMERS: Shape = shape!("customers" by id,
    "id" = "t.id" Text, "kind" = "t.kind" Text, "name" = "t.name" Text, "contact" = "t.contact" Text,
    "email" = "t.email" Text, "phone" = "t.phone" Text, "address" = "t.address" Text,
    "archived_at" = "t.archived_at" Moment, "erased_at" = "t.erased_at" Moment, "created_at" = "t.created_at" Moment,
);

const INVOICES: Shape = shape!("invoices" by id,
    "id" = "t.id" Text, "number" = "t.number" Text, "customer_id" = "t.customer_id" Text, "plan_id" = "t.plan_id" Text,
    "quote_id" = "t.quote_id" Text, "reference" = "t.reference" Text, "state" = "t.lifecycle" Text,
    "issued_on" = "t.issued_on" Text, "due_on" = "t.due_on" Text, "currency" = "t.currency" Text,
    "subtotal" = "t.subtotal_minor" Money, "total" = "t.total_minor" Money, "applied" = "t.applied_minor" Money,
    "returned" = "t.returned_minor" Money, "refunded" = "t.refunded_minor" Money,
    "balance" = "CASE WHEN t.lifecycle = 'open' THEN t.total_minor - t.applied_minor + t.returned_minor ELSE 0 END" Money,
    "customer_name" = "t.customer_name" Text, "customer_address" = "t.customer_address" Text,
    "business_name" = "t.business_name" Text, "business_address" = "t.business_address" Text,
    "plan_title" = "t.plan_title" Text, "cycle_on" = "t.cycle_on" Text, "paid_on" = "t.paid_on" Text,
    "voided_on" = "t.voided_on" Text, "written_off_on" = "t.written_off_on" Text, "refunded_on" = "t.refunded_on" Text,
    "returned_on" = "t.returned_on" Text, "replaced_by" = "t.replaced_by" Text, "memo" = "t.memo" Text,
    "notes" = "t.notes" Text, "created_at" = "t.created_at" Moment,
);

const INVOICE_LINES: Shape = shape!(
    "(SELECT l.*, i.currency FROM invoice_lines l JOIN invoices i ON i.business_id = l.business_id \
     AND i.id = l.invoice_id WHERE l.business_id = $1)" by "t.invoice_id", "t.position",
    "(t.invoice_id, t.position) > ($2, $3)" "t.invoice_id, t.position",
    "invoice_id" = "t.invoice_id" Text, "position" = "t.position" Count, "description" = "t.description" Text,
    "quantity" = "t.quantity_e4" Decimal, "currency" = "t.currency" Text,
    "unit_price" = "t.unit_price_minor_e4" Price, "tax_position" = "t.tax_position" Count,
    "is_discount" = "CASE WHEN t.is_discount THEN 1 ELSE 0 END" Flag, "total" = "t.total_minor" Money,
);

const INVOICE_TAXES: Shape = shape!(
    "(SELECT l.*, i.currency FROM invoice_taxes l JOIN invoices i ON i.business_id = l.business_id \
     AND i.id = l.invoice_id WHERE l.business_id = $1)" by "t.invoice_id", "t.position",
    "(t.invoice_id, t.position) > ($2, $3)" "t.invoice_id, t.position",
    "invoice_id" = "t.invoice_id" Text, "position" = "t.position" Count, "name" = "t.name" Text,
    "percent" = "t.percent_e4" Decimal, "currency" = "t.currency" Text, "taxable" = "t.taxable_minor" Money,
    "amount" = "t.amount_minor" Money,
);

const PAYMENTS: Shape = shape!("payments" by id,
    "id" = "t.id" Text, "invoice_id" = "t.invoice_id" Text, "customer_id" = "t.customer_id" Text,
    "kind" = "t.kind" Text, "state" = "t.state" Text, "received_on" = "t.received_on" Text,
    "received_at" = "t.received_at" Moment, "currency" = "t.currency" Text, "amount" = "t.amount_minor" Money,
    "applied" = "t.applied_minor" Money, "refunded" = "t.refunded_minor" Money, "method" = "t.method_label" Text,
    "stripe_account" = "t.account" Text, "stripe_payment_intent" = "t.payment_intent" Text,
    "stripe_charge" = "t.charge" Text, "dispute" = "t.dispute_state" Text, "returned_on" = "t.returned_on" Text,
);

const REFUNDS: Shape = shape!("refunds" by id,
    "id" = "t.id" Text, "invoice_id" = "t.invoice_id" Text, "payment_id" = "t.payment_id" Text,
    "currency" = "t.currency" Text, "amount" = "t.amount_minor" Money, "reason" = "t.reason" Text,
    "note" = "t.note" Text, "state" = "t.state" Text, "stripe_account" = "t.account" Text,
    "stripe_refund" = "t.stripe_refund" Text, "created_at" = "t.created_at" Moment,
);

const QUOTES: Shape = shape!("quotes" by id,
    "id" = "t.id" Text, "number" = "t.number" Text, "customer_id" = "t.customer_id" Text, "state" = "t.state" Text,
    "title" = "t.title" Text, "sent_on" = "t.sent_on" Text, "expires_on" = "t.expires_on" Text,
    "currency" = "t.currency" Text, "subtotal" = "t.subtotal_minor" Money, "total" = "t.total_minor" Money,
    "answered_at" = "t.answered_at" Moment, "answered_name" = "t.answered_name" Text,
    "answered_comment" = "t.answered_comment" Text, "answered_by" = "t.answered_by" Text,
    "answered_ip" = "t.answered_ip" Text, "answered_user_agent" = "t.answered_user_agent" Text,
    "message" = "t.message" Text, "notes" = "t.notes" Text, "created_at" = "t.created_at" Moment,
);

const QUOTE_LINES: Shape = shape!(
    "(SELECT l.*, q.currency FROM quote_lines l JOIN quotes q ON q.business_id = l.business_id \
     AND q.id = l.quote_id WHERE l.business_id = $1)" by "t.quote_id", "t.position",
    "(t.quote_id, t.position) > ($2, $3)" "t.quote_id, t.position",
    "quote_id" = "t.quote_id" Text, "position" = "t.position" Count, "description" = "t.description" Text,
    "quantity" = "t.quantity_e4" Decimal, "currency" = "t.currency" Text,
    "unit_price" = "t.unit_price_minor_e4" Price, "tax_position" = "t.tax_position" Count,
    "is_discount" = "CASE WHEN t.is_discount THEN 1 ELSE 0 END" Flag, "total" = "t.total_minor" Money,
);

const QUOTE_TAXES: Shape = shape!(
    "(SELECT l.*, q.currency FROM quote_taxes l JOIN quotes q ON q.business_id = l.business_id \
     AND q.id = l.quote_id WHERE l.business_id = $1)" by "t.quote_id", "t.position",
    "(t.quote_id, t.position) > ($2, $3)" "t.quote_id, t.position",
    "quote_id" = "t.quote_id" Text, "position" = "t.position" Count, "name" = "t.name" Text,
    "percent" = "t.percent_e4" Decimal, "currency" = "t.currency" Text, "taxable" = "t.taxable_minor" Money,
    "amount" = "t.amount_minor" Money,
);

const PLANS: Shape = shape!("plans" by id,
    "id" = "t.id" Text, "customer_id" = "t.customer_id" Text, "title" = "t.title" Text, "state" = "t.state" Text,
    "frequency" = "t.frequency" Text, "rrule" = "t.rrule" Text, "starts_on" = "t.starts_on" Text,
    "lead_days" = "t.lead_days" Count, "next_cycle_on" = "t.next_cycle_on" Text, "currency" = "t.currency" Text,
    "cap" = "t.cap_minor" Money, "created_at" = "t.created_at" Moment,
);

const PLAN_LINES: Shape = shape!(
    "(SELECT l.*, p.currency FROM plan_lines l JOIN plans p ON p.business_id = l.business_id \
     AND p.id = l.plan_id WHERE l.business_id = $1)" by "t.plan_id", "t.position",
    "(t.plan_id, t.position) > ($2, $3)" "t.plan_id, t.position",
    "plan_id" = "t.plan_id" Text, "position" = "t.position" Count, "description" = "t.description" Text,
    "quantity" = "t.quantity_e4" Decimal, "currency" = "t.currency" Text,
    "unit_price" = "t.unit_price_minor_e4" Price, "tax_rate_id" = "t.tax_rate_id" Text,
);

const TAX_RATES: Shape = shape!("tax_rates" by id,
    "id" = "t.id" Text, "name" = "t.name" Text, "percent" = "t.percent_e4" Decimal,
    "archived_at" = "t.archived_at" Moment, "created_at" = "t.created_at" Moment,
);

const PAYMENT_METHODS: Shape = shape!("payment_methods" by id,
    "id" = "t.id" Text, "customer_id" = "t.customer_id" Text, "kind" = "t.kind" Text, "brand" = "t.brand" Text,
    "last4" = "t.last4" Text, "exp_month" = "t.exp_month" Count, "exp_year" = "t.exp_year" Count,
    "is_default" = "CASE WHEN t.is_default THEN 1 ELSE 0 END" Flag, "state" = "t.state" Text,
    "added_at" = "t.added_at" Moment,
);

const CONSENTS: Shape = shape!("consents" by id,
    "id" = "t.id" Text, "customer_id" = "t.customer_id" Text, "plan_id" = "t.plan_id" Text, "state" = "t.state" Text,
    "source" = "t.source" Text, "currency" = "t.currency" Text, "cap" = "t.cap_minor" Money,
    "agreed" = "t.agreed_minor" Money, "payment_method_id" = "t.payment_method_id" Text,
    "disclosure" = "t.disclosure_text" Text, "disclosure_version" = "t.disclosure_version" Count,
    "granted_at" = "t.granted_at" Moment, "ip" = "t.ip" Text, "user_agent" = "t.user_agent" Text,
    "attested_by" = "t.attested_by" Text, "attested_how" = "t.attested_how" Text,
    "card_brand" = "t.method_brand" Text, "card_last4" = "t.method_last4" Text,
    "suspended_at" = "t.suspended_at" Moment, "suspended_why" = "t.suspended_why" Text,
    "ended_at" = "t.ended_at" Moment, "ended_by" = "t.ended_by" Text, "ended_how" = "t.ended_how" Text,
    "kept_name" = "t.kept_name" Text, "kept_address" = "t.kept_address" Text,
);

const CONSENT_EVENTS: Shape = shape!("consent_events" by "t.id", "t.happened_at",
    "(t.happened_at, t.id) > ($3, $2)" "t.happened_at, t.id",
    "id" = "t.id" Text, "consent_id" = "t.consent_id" Text, "happened_at" = "t.happened_at" Moment,
    "actor" = "t.actor" Text, "kind" = "t.kind" Text, "detail" = "t.detail" Text,
);

const MAILS: Shape = shape!("mails" by id,
    "id" = "t.id" Text, "customer_id" = "t.customer_id" Text, "invoice_id" = "t.invoice_id" Text,
    "kind" = "t.kind" Text, "recipient" = "t.recipient" Text, "state" = "t.state" Text, "error" = "t.error" Text,
    "created_at" = "t.created_at" Moment, "closed_at" = "t.closed_at" Moment,
);

const AUDIT: Shape = shape!("audit_events" by "t.id", "t.happened_at",
    "(t.happened_at, t.id) > ($3, $2)" "t.happened_at, t.id",
    "id" = "t.id" Text, "happened_at" = "t.happened_at" Moment, "actor" = "t.actor" Text, "action" = "t.action" Text,
    "subject" = "t.subject" Text, "detail" = "t.detail" Text,
);

const fn shape(table: Table) -> &'static Shape {
    match table {
        Table::Customers => &CUSTOMERS,
        Table::Invoices => &INVOICES,
        Table::InvoiceLines => &INVOICE_LINES,
        Table::InvoiceTaxes => &INVOICE_TAXES,
        Table::Payments => &PAYMENTS,
        Table::Refunds => &REFUNDS,
        Table::Quotes => &QUOTES,
        Table::QuoteLines => &QUOTE_LINES,
        Table::QuoteTaxes => &QUOTE_TAXES,
        Table::Plans => &PLANS,
        Table::PlanLines => &PLAN_LINES,
        Table::TaxRates => &TAX_RATES,
        Table::PaymentMethods => &PAYMENT_METHODS,
        Table::Consents => &CONSENTS,
        Table::ConsentEvents => &CONSENT_EVENTS,
        Table::Mails => &MAILS,
        Table::Audit => &AUDIT,
    }
}

/// A table's columns: what they are called, and how their texts are meant.
#[must_use]
pub const fn columns(table: Table) -> &'static [(&'static str, Meaning)] {
    shape(table).columns
}

/// Up to `limit` rows behind `after`, and where the table goes on if there may be more.
pub async fn list(
    tx: &mut Tx,
    business: &BusinessId,
    table: Table,
    after: Option<&Place>,
    limit: i64,
) -> Result<(Vec<Cells>, Option<Place>)> {
    let shape = shape(table);
    let (text, number) = after.map_or(("", i64::MIN), |(text, number)| (text.as_str(), *number));
    let read = run!(tx, |c| async {
        let rows =
            sqlx::query(shape.sql).bind(business.as_str()).bind(text).bind(number).bind(limit).fetch_all(c).await?;
        let cells = |row: &_| (0..shape.columns.len()).map(|place| cell(row, place + 2)).collect();
        let last: Option<Place> = match rows.last() {
            Some(row) => Some((row.try_get(0)?, row.try_get(1)?)),
            None => None,
        };
        let read: std::result::Result<Vec<Cells>, sqlx::Error> = rows.iter().map(cells).collect();
        Ok::<_, sqlx::Error>((read?, last))
    });
    Ok(read?)
}

/// A column's text, on either database.
fn cell<'r, R>(row: &'r R, place: usize) -> std::result::Result<Option<String>, sqlx::Error>
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    row.try_get(place)
}
