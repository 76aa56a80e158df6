//! What the business changes of a plan, and what an editor of it must know. Each change is made under [`super::lock`].

use zoop_domain::customer::folded;
use zoop_domain::id::{BusinessId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::plan::{Plan, PlanLine};
use zoop_domain::time::{Date, Instant};

use super::{Due, insert_parts};
use crate::db::{execute, run};
use crate::row::parse_optional;
use crate::{Result, Tx};

/// Which version of the plan there is, or `None` without such a plan.
pub async fn find_revision(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Option<i64>> {
    Ok(run!(tx, |c| sqlx::query_scalar("SELECT revision FROM plans WHERE business_id = $1 AND id = $2")
        .bind(business.as_str())
        .bind(plan.as_str())
        .fetch_optional(c))?)
}

/// The latest cycle that was billed, or `None` before the first.
pub async fn find_last_cycle(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<Option<Date>> {
    let last: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "SELECT MAX(cycle_on) FROM invoices WHERE business_id = $1 AND plan_id = $2 AND cycle_on IS NOT NULL",
    )
    .bind(business.as_str())
    .bind(plan.as_str())
    .fetch_one(c))?;
    parse_optional("invoices.cycle_on", last.as_deref())
}

/// What the plan bills and when from now on, lines and all, and its next revision. `false` if there is no such plan.
pub async fn update_details(tx: &mut Tx, plan: &Plan, lines: &[PlanLine], due: Due) -> Result<bool> {
    let frequency = plan.schedule.frequency();
    let changed = execute!(tx, |c| {
        sqlx::query(
            "UPDATE plans SET title = $3, frequency = $4, rrule = $5, starts_on = $6, lead_days = $7, \
             next_cycle_on = $8, next_run_at = $9, notice_at = $10, cap_minor = $11, search = $12, \
             revision = revision + 1 WHERE business_id = $1 AND id = $2",
        )
        .bind(plan.business.as_str())
        .bind(plan.id.as_str())
        .bind(&plan.title)
        .bind(frequency.as_str())
        .bind(frequency.rrule())
        .bind(plan.schedule.starts_on().iso())
        .bind(i64::from(plan.lead.days()))
        .bind(plan.next_cycle_on.map(Date::iso))
        .bind(due.run_at.map(Instant::as_microseconds))
        .bind(due.notice_at.map(Instant::as_microseconds))
        .bind(plan.cap.map(Money::minor))
        .bind(folded(&plan.title))
        .execute(c)
    })?;
    if changed == 0 {
        return Ok(false);
    }
    execute!(tx, |c| sqlx::query("DELETE FROM plan_lines WHERE business_id = $1 AND plan_id = $2")
        .bind(plan.business.as_str())
        .bind(plan.id.as_str())
        .execute(c))?;
    insert_parts(tx, plan, lines).await?;
    Ok(true)
}
