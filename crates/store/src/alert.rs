//! Alerts: something the owner should look at. One open alert for each kind and subject.

use zoop_domain::id::{AlertId, BusinessId};
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::parse;
use crate::{Result, Tx};

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// What kind of thing it is: `payment.surplus`.
    pub kind: String,
    /// The id it is about.
    pub subject: String,
    /// What happened and what was done, for the owner.
    pub message: String,
    /// When.
    pub raised_at: Instant,
}

/// Raises an alert, unless the same one is open already.
pub async fn insert(tx: &mut Tx, business: Option<&BusinessId>, alert: &Alert) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO alerts (id, business_id, kind, subject, message, raised_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING",
    )
    .bind(alert.id.as_str())
    .bind(business.map(BusinessId::as_str))
    .bind(&alert.kind)
    .bind(&alert.subject)
    .bind(&alert.message)
    .bind(alert.raised_at.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// Open alerts of the business, newest first; with `None` those that no business could be found for.
pub async fn list_open(tx: &mut Tx, business: Option<&BusinessId>) -> Result<Vec<Alert>> {
    let rows: Vec<(String, String, String, String, i64)> = run!(tx, |c| sqlx::query_as(
        "SELECT id, kind, subject, message, raised_at FROM alerts \
         WHERE COALESCE(business_id, '') = $1 AND resolved_at IS NULL ORDER BY raised_at DESC, id DESC",
    )
    .bind(business.map_or("", BusinessId::as_str))
    .fetch_all(c))?;
    rows.into_iter()
        .map(|(id, kind, subject, message, raised_at)| {
            let raised_at = Instant::from_microseconds(raised_at);
            Ok(Alert { id: parse("alerts.id", &id)?, kind, subject, message, raised_at })
        })
        .collect()
}

/// Somebody of the business has seen it, now or before. `false` if there is no such alert.
pub async fn update_resolved(tx: &mut Tx, business: &BusinessId, alert: &AlertId, now: Instant) -> Result<bool> {
    let changed = execute!(tx, |c| sqlx::query(
        "UPDATE alerts SET resolved_at = COALESCE(resolved_at, $3) WHERE business_id = $1 AND id = $2",
    )
    .bind(business.as_str())
    .bind(alert.as_str())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(changed == 1)
}
