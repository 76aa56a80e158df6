//! Plans as the owner lists them.

use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::money::Money;
use zoop_domain::plan::Plan;
use zoop_store as store;

use super::count;
use crate::{App, Error};

/// As many are listed.
const MOST: i64 = 500;

/// A plan, and what an invoice of it comes to now; `None` if it can't be billed.
#[derive(Clone, Debug)]
pub struct ListedPlan {
    /// The plan.
    pub plan: Plan,
    /// Its price.
    pub price: Option<Money>,
}

/// The plans of the business, or of one customer of it, newest first.
///
/// # Errors
/// [`Error::NotFound`] without such a business.
pub async fn list(app: &App, business: &BusinessId, customer: Option<&CustomerId>) -> Result<Vec<ListedPlan>, Error> {
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let plans = match customer {
        Some(customer) => store::plan::list(&mut tx, business, customer).await?,
        None => store::plan::list_all(&mut tx, business, MOST).await?,
    };
    let mut lines = store::billing::list_lines(&mut tx, business, &plans).await?;
    let rates = store::tax_rate::list_all(&mut tx, business).await?;
    let listed = plans.into_iter().map(|plan| {
        let totals = count(lines.remove(&plan.id).unwrap_or_default(), &rates, owner.currency);
        ListedPlan { plan, price: totals.ok().map(|totals| totals.total) }
    });
    Ok(listed.collect())
}
