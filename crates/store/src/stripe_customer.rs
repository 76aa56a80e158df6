//! Who a customer is at Stripe, account by account.

use zoop_domain::id::{BusinessId, CustomerId};

use crate::db::{execute, run};
use crate::{Result, Tx};

/// `cus_…` of the customer in `account`, or `None` if Stripe doesn't know him yet.
pub async fn find(tx: &mut Tx, business: &BusinessId, customer: &CustomerId, account: &str) -> Result<Option<String>> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "SELECT stripe_customer FROM stripe_customers WHERE business_id = $1 AND customer_id = $2 AND account = $3",
    )
    .bind(business.as_str())
    .bind(customer.as_str())
    .bind(account)
    .fetch_optional(c))?)
}

/// Each account that knows the customer, with who he is there: `cus_…`.
pub async fn list(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Vec<(String, String)>> {
    Ok(run!(tx, |c| sqlx::query_as(
        "SELECT account, stripe_customer FROM stripe_customers WHERE business_id = $1 AND customer_id = $2 \
         ORDER BY account",
    )
    .bind(business.as_str())
    .bind(customer.as_str())
    .fetch_all(c))?)
}

/// Remembers who the customer is at Stripe. The first one stays, whoever comes second.
pub async fn insert(
    tx: &mut Tx,
    business: &BusinessId,
    customer: &CustomerId,
    account: &str,
    stripe_customer: &str,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO stripe_customers (business_id, customer_id, account, stripe_customer) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING",
    )
    .bind(business.as_str())
    .bind(customer.as_str())
    .bind(account)
    .bind(stripe_customer)
    .execute(c))?;
    Ok(())
}
