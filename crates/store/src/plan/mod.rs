//! Recurring plans: the whole one, its lines and which are due here, its changes and the office's lists beside.

mod change;
mod list;

use zoop_domain::customer::folded;
use zoop_domain::id::{BusinessId, CustomerId, PlanId, TaxRateId};
use zoop_domain::money::{Currency, Money, Quantity, UnitPrice};
use zoop_domain::plan::{Plan, PlanLine};
use zoop_domain::schedule::{Frequency, LeadDays, Schedule, ScheduleError};
use zoop_domain::time::{Date, Instant};

use crate::db::{execute, run};
use crate::row::{corrupt, money, parse, parse_optional};
use crate::{Error, Result, Tx};

pub use change::{find_last_cycle, find_revision, update_details};
pub use list::{BilledInvoice, Filter, Listed, count_billed, count_by_state, list_billed, list_page};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    customer_id: String,
    title: String,
    state: String,
    frequency: String,
    rrule: Option<String>,
    starts_on: String,
    lead_days: i64,
    next_cycle_on: Option<String>,
    cap_minor: Option<i64>,
    currency: String,
}

macro_rules! columns {
    () => {
        "id, business_id, customer_id, title, state, frequency, rrule, starts_on, lead_days, next_cycle_on, cap_minor, \
         currency"
    };
}

impl TryFrom<Row> for Plan {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let frequency = Frequency::read(&row.frequency, row.rrule.as_deref());
        let starts_on = parse("plans.starts_on", &row.starts_on)?;
        let schedule = frequency.and_then(|frequency| Schedule::new(frequency, starts_on));
        let schedule = schedule.map_err(|error| match error {
            ScheduleError::UnknownFrequency => corrupt("plans.frequency", &row.frequency),
            _ => corrupt("plans.rrule", &row.rrule.as_deref().unwrap_or("NULL")),
        });
        Ok(Self {
            id: parse("plans.id", &row.id)?,
            business: parse("plans.business_id", &row.business_id)?,
            customer: parse("plans.customer_id", &row.customer_id)?,
            title: row.title,
            state: parse("plans.state", &row.state)?,
            schedule: schedule?,
            lead: LeadDays::new(row.lead_days).map_err(|_| corrupt("plans.lead_days", &row.lead_days))?,
            next_cycle_on: parse_optional("plans.next_cycle_on", row.next_cycle_on.as_deref())?,
            cap: row.cap_minor.map(|minor| money(minor, &row.currency)).transpose()?,
        })
    }
}

/// When something is to be done for a plan; both follow from its next cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Due {
    /// When the next invoice is made.
    pub run_at: Option<Instant>,
    /// When its charge is to be announced, if that is still to be decided.
    pub notice_at: Option<Instant>,
}

/// Stores a new plan that bills in `currency`, with its lines.
pub async fn insert(
    tx: &mut Tx,
    plan: &Plan,
    lines: &[PlanLine],
    currency: Currency,
    due: Due,
    now: Instant,
) -> Result<()> {
    let frequency = plan.schedule.frequency();
    execute!(tx, |c| sqlx::query(
        "INSERT INTO plans (id, business_id, customer_id, title, state, frequency, rrule, starts_on, lead_days, \
         next_cycle_on, next_run_at, notice_at, cap_minor, currency, search, version, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1, $16)",
    )
    .bind(plan.id.as_str())
    .bind(plan.business.as_str())
    .bind(plan.customer.as_str())
    .bind(&plan.title)
    .bind(plan.state.as_str())
    .bind(frequency.as_str())
    .bind(frequency.rrule())
    .bind(plan.schedule.starts_on().iso())
    .bind(i64::from(plan.lead.days()))
    .bind(plan.next_cycle_on.map(Date::iso))
    .bind(due.run_at.map(Instant::as_microseconds))
    .bind(due.notice_at.map(Instant::as_microseconds))
    .bind(plan.cap.map(Money::minor))
    .bind(currency.as_str())
    .bind(folded(&plan.title))
    .bind(now.as_microseconds())
    .execute(c))?;
    insert_parts(tx, plan, lines).await
}

async fn insert_parts(tx: &mut Tx, plan: &Plan, lines: &[PlanLine]) -> Result<()> {
    for (position, line) in lines.iter().enumerate() {
        execute!(tx, |c| sqlx::query(
            "INSERT INTO plan_lines (plan_id, position, business_id, description, quantity_e4, unit_price_minor_e4, \
             tax_rate_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(plan.id.as_str())
        .bind(position as i64)
        .bind(plan.business.as_str())
        .bind(&line.description)
        .bind(line.quantity.as_e4())
        .bind(line.unit_price.as_minor_e4())
        .bind(line.tax_rate.as_ref().map(TaxRateId::as_str))
        .execute(c))?;
    }
    Ok(())
}

/// The plan, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Option<Plan>> {
    let row: Option<Row> =
        run!(tx, |c| sqlx::query_as(concat!("SELECT ", columns!(), " FROM plans WHERE business_id = $1 AND id = $2"))
            .bind(business.as_str())
            .bind(plan.as_str())
            .fetch_optional(c))?;
    row.map(Plan::try_from).transpose()
}

/// The same, and whoever else would change it waits.
pub async fn lock(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Option<Plan>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "UPDATE plans SET version = version + 1 WHERE business_id = $1 AND id = $2 RETURNING ",
        columns!()
    ))
    .bind(business.as_str())
    .bind(plan.as_str())
    .fetch_optional(c))?;
    row.map(Plan::try_from).transpose()
}

/// Locks up to `limit` plans of the business whose next invoice is to be made by `now`, longest due
/// first. Whoever comes second waits, looks again and finds those that were billed meanwhile no longer due.
pub async fn lock_due(tx: &mut Tx, business: &BusinessId, now: Instant, limit: i64) -> Result<Vec<Plan>> {
    // By both parts of the key: by one, SQLite would read all that is due each time.
    let rows: Vec<Row> = run!(tx, |c| {
        sqlx::query_as(concat!(
        "UPDATE plans SET version = version + 1 WHERE state = 'active' AND next_run_at <= $2 AND (business_id, id) IN \
         (SELECT business_id, id FROM plans WHERE business_id = $1 AND state = 'active' AND next_run_at <= $2 \
         ORDER BY next_run_at, id LIMIT $3) RETURNING ",
        columns!()
    ))
    .bind(business.as_str())
    .bind(now.as_microseconds())
    .bind(limit)
    .fetch_all(c)
    })?;
    let mut plans = rows.into_iter().map(Plan::try_from).collect::<Result<Vec<_>>>()?;
    // What is returned has no order.
    plans.sort_by(|a, b| {
        let made_on = |plan: &Plan| plan.next_cycle_on.map(|cycle| plan.lead.before(cycle));
        made_on(a).cmp(&made_on(b)).then_with(|| a.id.cmp(&b.id))
    });
    Ok(plans)
}

/// The businesses that have a plan whose next invoice is to be made by `now`. For the program, not for a tenant.
pub async fn list_due_businesses(tx: &mut Tx, now: Instant) -> Result<Vec<BusinessId>> {
    let ids: Vec<String> = run!(tx, |c| sqlx::query_scalar(
        "SELECT b.id FROM businesses b WHERE EXISTS (SELECT 1 FROM plans p WHERE p.business_id = b.id \
         AND p.state = 'active' AND p.next_run_at <= $1) ORDER BY b.id",
    )
    .bind(now.as_microseconds())
    .fetch_all(c))?;
    ids.iter().map(|id| parse("businesses.id", id)).collect()
}

/// Takes up to `limit` plans off the list of those whose next charge is to be announced by `now`:
/// which they were. For the program, not for a tenant: each names its business.
pub async fn update_notice_due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<Plan>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "UPDATE plans SET notice_at = NULL WHERE state = 'active' AND notice_at <= $1 AND (business_id, id) IN \
         (SELECT business_id, id FROM plans WHERE state = 'active' AND notice_at <= $1 ORDER BY notice_at, id \
         LIMIT $2) RETURNING ",
        columns!()
    ))
    .bind(now.as_microseconds())
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(Plan::try_from).collect()
}

/// The business's plans, newest first, `limit` of them. For the operator.
pub async fn list_all(tx: &mut Tx, business: &BusinessId, limit: i64) -> Result<Vec<Plan>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM plans WHERE business_id = $1 ORDER BY id DESC LIMIT $2"
    ))
    .bind(business.as_str())
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(Plan::try_from).collect()
}

/// The customer's plans, newest first.
pub async fn list(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Vec<Plan>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM plans WHERE customer_id = $1 AND business_id = $2 ORDER BY created_at DESC, id DESC"
    ))
    .bind(customer.as_str())
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(Plan::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct LineRow {
    currency: String,
    description: String,
    quantity_e4: i64,
    unit_price_minor_e4: i64,
    tax_rate_id: Option<String>,
}

impl TryFrom<LineRow> for PlanLine {
    type Error = Error;
    fn try_from(row: LineRow) -> Result<Self> {
        Ok(Self {
            description: row.description,
            quantity: Quantity::from_e4(row.quantity_e4),
            unit_price: UnitPrice::from_minor_e4(row.unit_price_minor_e4, parse("plans.currency", &row.currency)?),
            tax_rate: parse_optional("plan_lines.tax_rate_id", row.tax_rate_id.as_deref())?,
        })
    }
}

/// The plan's lines, in order.
pub async fn list_lines(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Vec<PlanLine>> {
    let rows: Vec<LineRow> = run!(tx, |c| sqlx::query_as(
        "SELECT p.currency, l.description, l.quantity_e4, l.unit_price_minor_e4, l.tax_rate_id FROM plan_lines l \
         JOIN plans p ON p.business_id = l.business_id AND p.id = l.plan_id \
         WHERE l.business_id = $1 AND l.plan_id = $2 ORDER BY l.position",
    )
    .bind(business.as_str())
    .bind(plan.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(PlanLine::try_from).collect()
}

/// A plan's state and next cycle, and when something is to be done for it.
pub async fn update_next(tx: &mut Tx, plan: &Plan, due: Due) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE plans SET state = $3, next_cycle_on = $4, next_run_at = $5, notice_at = $6 \
         WHERE business_id = $1 AND id = $2",
    )
    .bind(plan.business.as_str())
    .bind(plan.id.as_str())
    .bind(plan.state.as_str())
    .bind(plan.next_cycle_on.map(Date::iso))
    .bind(due.run_at.map(Instant::as_microseconds))
    .bind(due.notice_at.map(Instant::as_microseconds))
    .execute(c))?;
    Ok(())
}
