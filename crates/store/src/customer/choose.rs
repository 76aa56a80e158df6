//! Customers to choose from, by a part of what is known of them.

use zoop_domain::customer::Customer;
use zoop_domain::id::BusinessId;

use super::{Row, columns};
use crate::db::run;
use crate::row::containing;
use crate::{Result, Tx};

/// How many customers' folded texts contain `part`, counted as far as `limit`.
pub async fn count_matching(tx: &mut Tx, business: &BusinessId, part: &str, limit: i64) -> Result<i64> {
    Ok(run!(tx, |c| {
        sqlx::query_scalar(
        "SELECT COUNT(*) FROM (SELECT 1 FROM customers WHERE business_id = $1 AND search LIKE $2 ESCAPE '\\' LIMIT $3) x",
    )
    .bind(business.as_str())
    .bind(containing(part))
    .bind(limit)
    .fetch_one(c)
    })?)
}

/// Up to `limit` customers to choose from, by name: those whose folded name, or address for mail, contains `part`.
pub async fn list_choices(tx: &mut Tx, business: &BusinessId, part: &str, limit: i64) -> Result<Vec<Customer>> {
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM customers c WHERE c.business_id = $1 AND c.archived_at IS NULL \
         AND c.search LIKE $2 ESCAPE '\\' ORDER BY c.sort_key, c.id LIMIT $3"
    ))
    .bind(business.as_str())
    .bind(containing(part))
    .bind(limit)
    .fetch_all(c))?;
    rows.into_iter().map(Customer::try_from).collect()
}
