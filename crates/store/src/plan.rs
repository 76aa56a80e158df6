//! Recurring plans.

use zoop_domain::id::{BusinessId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::plan::Plan;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{money, parse};
use crate::{Error, Result, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    business_id: String,
    customer_id: String,
    title: String,
    state: String,
    cap_minor: Option<i64>,
    currency: String,
}

impl TryFrom<Row> for Plan {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse("plans.id", &row.id)?,
            business: parse("plans.business_id", &row.business_id)?,
            customer: parse("plans.customer_id", &row.customer_id)?,
            title: row.title,
            state: parse("plans.state", &row.state)?,
            cap: row.cap_minor.map(|minor| money(minor, &row.currency)).transpose()?,
        })
    }
}

/// Stores a new plan that bills in `currency`.
pub async fn insert(tx: &mut Tx, plan: &Plan, currency: zoop_domain::money::Currency, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO plans (id, business_id, customer_id, title, state, cap_minor, currency, version, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)",
    )
    .bind(plan.id.as_str())
    .bind(plan.business.as_str())
    .bind(plan.customer.as_str())
    .bind(&plan.title)
    .bind(plan.state.as_str())
    .bind(plan.cap.map(Money::minor))
    .bind(currency.as_str())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// The plan, or `None`.
pub async fn get(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Option<Plan>> {
    let row: Option<Row> = run!(tx, |c| sqlx::query_as(
        "SELECT id, business_id, customer_id, title, state, cap_minor, currency FROM plans \
         WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(plan.as_str())
    .fetch_optional(c))?;
    row.map(Plan::try_from).transpose()
}
