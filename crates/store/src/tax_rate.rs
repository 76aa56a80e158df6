//! Tax rates of a business.

use zoop_domain::id::{BusinessId, TaxRateId};
use zoop_domain::tax::{Percent, TaxRate};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{corrupt, parse};
use crate::{Result, Tx};

/// Stores a new rate.
pub async fn insert(tx: &mut Tx, business: &BusinessId, id: &TaxRateId, rate: &TaxRate, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO tax_rates (id, business_id, name, percent_e4, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(business.as_str())
    .bind(&rate.name)
    .bind(rate.percent.as_e4())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// The business's rates in use, by name.
pub async fn list(tx: &mut Tx, business: &BusinessId) -> Result<Vec<(TaxRateId, TaxRate)>> {
    let rows: Vec<(String, String, i64)> = run!(tx, |c| {
        sqlx::query_as(
        "SELECT id, name, percent_e4 FROM tax_rates WHERE business_id = $1 AND archived_at IS NULL ORDER BY name, id",
    )
    .bind(business.as_str())
    .fetch_all(c)
    })?;
    rows.into_iter().map(rate).collect()
}

/// Every rate the business ever had, by name: a plan keeps the rate it was made with.
pub async fn list_all(tx: &mut Tx, business: &BusinessId) -> Result<Vec<(TaxRateId, TaxRate)>> {
    let rows: Vec<(String, String, i64)> = run!(tx, |c| sqlx::query_as(
        "SELECT id, name, percent_e4 FROM tax_rates WHERE business_id = $1 ORDER BY name, id",
    )
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter().map(rate).collect()
}

/// The rate is offered no more. `false` if there is none in use with this id.
pub async fn update_archived(tx: &mut Tx, business: &BusinessId, id: &TaxRateId, now: Instant) -> Result<bool> {
    let archived = execute!(tx, |c| sqlx::query(
        "UPDATE tax_rates SET archived_at = $3 WHERE business_id = $1 AND id = $2 AND archived_at IS NULL",
    )
    .bind(business.as_str())
    .bind(id.as_str())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(archived == 1)
}

fn rate((id, name, percent_e4): (String, String, i64)) -> Result<(TaxRateId, TaxRate)> {
    let percent = Percent::from_e4(percent_e4).map_err(|_| corrupt("tax_rates.percent_e4", &percent_e4))?;
    Ok((parse("tax_rates.id", &id)?, TaxRate { name, percent }))
}
