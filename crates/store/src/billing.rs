//! What a billing run reads and writes: many rows a statement, so that a hundred thousand invoices
//! take no more than a minute. Its statements are built, as those of imports are: their text depends on the
//! number of rows and on nothing else.

use std::collections::BTreeMap;

use zoop_domain::customer::Customer;
use zoop_domain::id::{AttemptId, BusinessId, CustomerId, InvoiceId, PlanId, TaxRateId};
use zoop_domain::invoice::{Lifecycle, Snapshot, Totals};
use zoop_domain::mail::Mail;
use zoop_domain::money::{Quantity, UnitPrice};
use zoop_domain::payment::Payment;
use zoop_domain::payment_method::MethodType;
use zoop_domain::plan::{Plan, PlanLine};
use zoop_domain::secret::InvoiceToken;
use zoop_domain::time::{Date, Instant};

use crate::audit_event::AuditEvent;
use crate::db::build;
use crate::job::NewJob;
use crate::plan::Due;
use crate::row::{parse, parse_optional};
use crate::{Result, Tx};

/// SQLite takes 32,766 parameters a statement, PostgreSQL 65,535.
pub(crate) const MOST_PARAMETERS: usize = 30_000;

/// An invoice that is made and sent at once.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its id.
    pub id: InvoiceId,
    /// Whom it bills.
    pub customer: CustomerId,
    /// The plan it belongs to.
    pub plan: PlanId,
    /// What that was called.
    pub plan_title: String,
    /// The plan's cycle it bills.
    pub cycle_on: Date,
    /// Open, or paid: at once, because it comes to nothing, or long ago.
    pub lifecycle: Lifecycle,
    /// Its number.
    pub number: String,
    /// The secret of its public page.
    pub token: InvoiceToken,
    /// Lines, taxes and sums.
    pub totals: Totals,
    /// The day it is dated.
    pub issued_on: Date,
    /// The day it is due.
    pub due_on: Date,
    /// The day it was paid, if it is.
    pub paid_on: Option<Date>,
    /// Names and addresses as they are now.
    pub snapshot: Snapshot,
    /// Whether it was made after its day.
    pub made_late: bool,
    /// When auto-pay looks at it first.
    pub charge_at: Option<Instant>,
}

/// What a plan's live consent charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveConsent {
    /// Whether that is a bank account.
    pub bank_debit: bool,
    /// Whether a cap was agreed to.
    pub capped: bool,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    plan_id: String,
    currency: String,
    description: String,
    quantity_e4: i64,
    unit_price_minor_e4: i64,
    tax_rate_id: Option<String>,
}

/// The lines of these plans, in order.
pub async fn list_lines(tx: &mut Tx, business: &BusinessId, plans: &[Plan]) -> Result<BTreeMap<PlanId, Vec<PlanLine>>> {
    let mut found = BTreeMap::<PlanId, Vec<PlanLine>>::new();
    if plans.is_empty() {
        return Ok(found);
    }
    let rows: Vec<LineRow> = build!(tx, |c, sql| {
        sql.push(
            "SELECT l.plan_id, p.currency, l.description, l.quantity_e4, l.unit_price_minor_e4, l.tax_rate_id \
             FROM plan_lines l JOIN plans p ON p.business_id = l.business_id AND p.id = l.plan_id \
             WHERE l.business_id = ",
        );
        sql.push_bind(business.as_str()).push(" AND l.plan_id IN (");
        let mut ids = sql.separated(", ");
        for plan in plans {
            ids.push_bind(plan.id.as_str());
        }
        sql.push(") ORDER BY l.plan_id, l.position");
        sql.build_query_as().persistent(false).fetch_all(c).await
    })?;
    for row in rows {
        let currency = parse("plans.currency", &row.currency)?;
        let line = PlanLine {
            description: row.description,
            quantity: Quantity::from_e4(row.quantity_e4),
            unit_price: UnitPrice::from_minor_e4(row.unit_price_minor_e4, currency),
            tax_rate: parse_optional::<TaxRateId>("plan_lines.tax_rate_id", row.tax_rate_id.as_deref())?,
        };
        found.entry(parse("plan_lines.plan_id", &row.plan_id)?).or_default().push(line);
    }
    Ok(found)
}

/// The customers whom these plans bill.
pub async fn list_customers(
    tx: &mut Tx,
    business: &BusinessId,
    plans: &[Plan],
) -> Result<BTreeMap<CustomerId, Customer>> {
    if plans.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<crate::customer::Row> = build!(tx, |c, sql| {
        sql.push(concat!("SELECT ", crate::customer::columns!(), " FROM customers c WHERE c.business_id = "));
        sql.push_bind(business.as_str()).push(" AND c.id IN (");
        let mut ids = sql.separated(", ");
        for plan in plans {
            ids.push_bind(plan.customer.as_str());
        }
        sql.push(")");
        sql.build_query_as().persistent(false).fetch_all(c).await
    })?;
    rows.into_iter().map(|row| Customer::try_from(row).map(|customer| (customer.id.clone(), customer))).collect()
}

/// The live consents of these plans.
pub async fn list_live_consents(
    tx: &mut Tx,
    business: &BusinessId,
    plans: &[Plan],
) -> Result<BTreeMap<PlanId, LiveConsent>> {
    if plans.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(String, Option<String>, bool)> = build!(tx, |c, sql| {
        sql.push(
            "SELECT n.plan_id, m.kind, n.cap_minor IS NOT NULL FROM consents n LEFT JOIN payment_methods m \
             ON m.business_id = n.business_id AND m.id = n.payment_method_id \
             WHERE n.state = 'live' AND n.business_id = ",
        );
        sql.push_bind(business.as_str()).push(" AND n.plan_id IN (");
        let mut ids = sql.separated(", ");
        for plan in plans {
            ids.push_bind(plan.id.as_str());
        }
        sql.push(")");
        sql.build_query_as().persistent(false).fetch_all(c).await
    })?;
    rows.into_iter()
        .map(|(plan, kind, capped)| {
            let kind = parse_optional::<MethodType>("payment_methods.kind", kind.as_deref())?;
            let bank_debit = kind == Some(MethodType::UsBankAccount);
            Ok((parse("consents.plan_id", &plan)?, LiveConsent { bank_debit, capped }))
        })
        .collect()
}

/// Stores invoices that are sent at once, with their lines and taxes. Decided under the plans'
/// locks, so that none is there already: a second one of a cycle is an error, and nothing is stored.
pub async fn insert_invoices(tx: &mut Tx, business: &BusinessId, invoices: &[Sent], now: Instant) -> Result<()> {
    for some in invoices.chunks(MOST_PARAMETERS / 25) {
        build!(tx, |c, sql| {
            sql.push(
                "INSERT INTO invoices (id, business_id, customer_id, plan_id, plan_title, cycle_on, lifecycle, number, \
                 token, currency, issued_on, due_on, paid_on, subtotal_minor, total_minor, customer_name, \
                 customer_address, business_name, business_address, made_late, charge_at, created_at, applied_minor, \
                 returned_minor, refunded_minor, bank_returned, version) ",
            );
            sql.push_values(some, |mut row, invoice| {
                row.push_bind(invoice.id.as_str())
                    .push_bind(business.as_str())
                    .push_bind(invoice.customer.as_str())
                    .push_bind(invoice.plan.as_str())
                    .push_bind(&invoice.plan_title)
                    .push_bind(invoice.cycle_on.iso())
                    .push_bind(invoice.lifecycle.as_str())
                    .push_bind(&invoice.number)
                    .push_bind(invoice.token.expose())
                    .push_bind(invoice.totals.total.currency().as_str())
                    .push_bind(invoice.issued_on.iso())
                    .push_bind(invoice.due_on.iso())
                    .push_bind(invoice.paid_on.map(Date::iso))
                    .push_bind(invoice.totals.subtotal.minor())
                    .push_bind(invoice.totals.total.minor())
                    .push_bind(&invoice.snapshot.customer_name)
                    .push_bind(&invoice.snapshot.customer_address)
                    .push_bind(&invoice.snapshot.business_name)
                    .push_bind(&invoice.snapshot.business_address)
                    .push_bind(invoice.made_late)
                    .push_bind(invoice.charge_at.map(Instant::as_microseconds))
                    .push_bind(now.as_microseconds())
                    .push_bind(if invoice.lifecycle == Lifecycle::Paid { invoice.totals.total.minor() } else { 0 })
                    .push("0, 0, FALSE, 1");
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    insert_lines(tx, business, invoices).await?;
    insert_taxes(tx, business, invoices).await
}

async fn insert_lines(tx: &mut Tx, business: &BusinessId, invoices: &[Sent]) -> Result<()> {
    let lines = invoices.iter().flat_map(|invoice| {
        let lines = invoice.totals.lines.iter().enumerate();
        lines.map(|(position, line)| (invoice.id.as_str(), position as i64, line))
    });
    let lines: Vec<_> = lines.collect();
    for some in lines.chunks(MOST_PARAMETERS / 8) {
        build!(tx, |c, sql| {
            sql.push(
                "INSERT INTO invoice_lines (invoice_id, position, business_id, description, quantity_e4, \
                 unit_price_minor_e4, tax_position, total_minor) ",
            );
            sql.push_values(some, |mut row, (invoice, position, line)| {
                row.push_bind(*invoice)
                    .push_bind(*position)
                    .push_bind(business.as_str())
                    .push_bind(&line.description)
                    .push_bind(line.quantity.as_e4())
                    .push_bind(line.unit_price.as_minor_e4())
                    .push_bind(line.tax.map(|position| position as i64))
                    .push_bind(line.total.minor());
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

async fn insert_taxes(tx: &mut Tx, business: &BusinessId, invoices: &[Sent]) -> Result<()> {
    let taxes = invoices.iter().flat_map(|invoice| {
        let taxes = invoice.totals.taxes.iter().enumerate();
        taxes.map(|(position, tax)| (invoice.id.as_str(), position as i64, tax))
    });
    let taxes: Vec<_> = taxes.collect();
    for some in taxes.chunks(MOST_PARAMETERS / 7) {
        build!(tx, |c, sql| {
            sql.push(
                "INSERT INTO invoice_taxes (invoice_id, position, business_id, name, percent_e4, taxable_minor, \
                 amount_minor) ",
            );
            sql.push_values(some, |mut row, (invoice, position, tax)| {
                row.push_bind(*invoice)
                    .push_bind(*position)
                    .push_bind(business.as_str())
                    .push_bind(&tax.rate.name)
                    .push_bind(tax.rate.percent.as_e4())
                    .push_bind(tax.taxable.minor())
                    .push_bind(tax.amount.minor());
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Stores payments that are new: a second one of an intent is an error, and nothing is stored.
pub async fn insert_payments(tx: &mut Tx, business: &BusinessId, payments: &[Payment]) -> Result<()> {
    for some in payments.chunks(MOST_PARAMETERS / 17) {
        build!(tx, |c, sql| {
            sql.push(
                "INSERT INTO payments (id, business_id, invoice_id, customer_id, attempt_id, kind, state, amount_minor, \
                 applied_minor, refunded_minor, currency, method_label, account, payment_intent, charge, received_at, \
                 received_on) ",
            );
            sql.push_values(some, |mut row, payment| {
                row.push_bind(payment.id.as_str())
                    .push_bind(business.as_str())
                    .push_bind(payment.invoice.as_str())
                    .push_bind(payment.customer.as_str())
                    .push_bind(payment.attempt.as_ref().map(AttemptId::as_str))
                    .push_bind(payment.kind.as_str())
                    .push_bind(payment.state.as_str())
                    .push_bind(payment.amount.minor())
                    .push_bind(payment.applied.minor())
                    .push_bind(payment.refunded.minor())
                    .push_bind(payment.amount.currency().as_str())
                    .push_bind(&payment.method_label)
                    .push_bind(payment.account.as_deref())
                    .push_bind(payment.payment_intent.as_deref())
                    .push_bind(payment.charge.as_deref())
                    .push_bind(payment.received_at.as_microseconds())
                    .push_bind(payment.received_on.iso());
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Stores mails about things that are new, so that none was mailed before.
pub async fn insert_mails(tx: &mut Tx, business: &BusinessId, mails: &[Mail]) -> Result<()> {
    for some in mails.chunks(MOST_PARAMETERS / 12) {
        build!(tx, |c, sql| {
            sql.push(
                "INSERT INTO mails (id, business_id, customer_id, kind, subject, invoice_id, recipient, message, state, \
                 error, created_at, closed_at) ",
            );
            sql.push_values(some, |mut row, mail| {
                row.push_bind(mail.id.as_str())
                    .push_bind(business.as_str())
                    .push_bind(mail.customer.as_ref().map(CustomerId::as_str))
                    .push_bind(mail.kind.as_str())
                    .push_bind(&mail.subject)
                    .push_bind(mail.invoice.as_ref().map(InvoiceId::as_str))
                    .push_bind(&mail.recipient)
                    .push_bind(&mail.message)
                    .push_bind(mail.state.as_str())
                    .push_bind(&mail.error)
                    .push_bind(mail.created_at.as_microseconds())
                    .push_bind(mail.closed_at.map(Instant::as_microseconds));
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Adds jobs of the business that may run from `now`, none of which has a dedupe key.
pub async fn insert_jobs(tx: &mut Tx, business: &BusinessId, jobs: &[NewJob], now: Instant) -> Result<()> {
    for some in jobs.chunks(MOST_PARAMETERS / 7) {
        build!(tx, |c, sql| {
            sql.push("INSERT INTO jobs (id, business_id, kind, payload, priority, run_at, created_at, state, tries) ");
            sql.push_values(some, |mut row, job| {
                row.push_bind(job.id.as_str())
                    .push_bind(business.as_str())
                    .push_bind(&job.kind)
                    .push_bind(&job.payload)
                    .push_bind(job.priority)
                    .push_bind(now.as_microseconds())
                    .push_bind(now.as_microseconds())
                    .push("'queued', 0");
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Adds lines to the audit trail.
pub async fn insert_events(tx: &mut Tx, business: &BusinessId, events: &[AuditEvent]) -> Result<()> {
    for some in events.chunks(MOST_PARAMETERS / 7) {
        build!(tx, |c, sql| {
            sql.push("INSERT INTO audit_events (id, business_id, actor, action, subject, detail, happened_at) ");
            sql.push_values(some, |mut row, event| {
                row.push_bind(event.id.as_str())
                    .push_bind(business.as_str())
                    .push_bind(&event.actor)
                    .push_bind(&event.action)
                    .push_bind(&event.subject)
                    .push_bind(&event.detail)
                    .push_bind(event.happened_at.as_microseconds());
            });
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Moves locked plans on to their next cycles.
pub async fn update_next(tx: &mut Tx, business: &BusinessId, plans: &[(Plan, Due)]) -> Result<()> {
    for some in plans.chunks(MOST_PARAMETERS / 5) {
        // Both parts of the key from the list: with one of them elsewhere, and with statistics,
        // SQLite reads the whole table first, to filter what isn't there.
        build!(tx, |c, sql| {
            sql.push(
                "UPDATE plans SET next_cycle_on = v.column3, next_run_at = v.column4, notice_at = v.column5 FROM (",
            );
            sql.push_values(some, |mut row, (plan, due)| {
                row.push_bind(business.as_str())
                    .push_bind(plan.id.as_str())
                    .push_bind(plan.next_cycle_on.map(Date::iso))
                    .push_bind(due.run_at.map(Instant::as_microseconds))
                    .push_bind(due.notice_at.map(Instant::as_microseconds));
            });
            sql.push(") AS v WHERE (plans.business_id, plans.id) = (v.column1, v.column2)");
            sql.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}
