//! Blanks what is known of a customer, on his request. Issued invoices and the evidence of consents keep his name
//! and address; the audit trail is never changed.

use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::time::Instant;

use super::update_details;
use crate::db::{execute, run};
use crate::{Result, Tx};

/// How many payments and cards of the customer's are on their way.
pub async fn count_under_way(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<i64> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM invoices i JOIN attempts a ON a.business_id = i.business_id \
         AND a.invoice_id = i.id AND a.state IN ('creating', 'open', 'requires_action', 'processing', 'unknown') \
         WHERE i.customer_id = $1 AND i.business_id = $2) \
         + (SELECT COUNT(*) FROM card_setups s WHERE s.customer_id = $1 AND s.business_id = $2 \
         AND s.closed_at IS NULL)",
    )
    .bind(customer.as_str())
    .bind(business.as_str())
    .fetch_one(c))?)
}

/// Stores what is left of the customer, and blanks his methods, mails, links and what he answered to quotes: those
/// that wait are withdrawn. `known` is what he was called and
/// where he lived: the evidence of his consents keeps that.
pub async fn update_erased(tx: &mut Tx, known: &Customer, now: Instant) -> Result<()> {
    let (business, customer) = (known.business.as_str(), known.id.as_str());
    execute!(tx, |c| sqlx::query(
        "UPDATE consents SET kept_name = $3, kept_address = $4 \
         WHERE customer_id = $1 AND business_id = $2 AND kept_name IS NULL",
    )
    .bind(customer)
    .bind(business)
    .bind(&known.name)
    .bind(&known.address)
    .execute(c))?;
    execute!(tx, |c| sqlx::query(
        "UPDATE payment_methods SET brand = '', last4 = '', exp_month = NULL, exp_year = NULL, fingerprint = NULL, \
         is_default = FALSE WHERE customer_id = $1 AND business_id = $2",
    )
    .bind(customer)
    .bind(business)
    .execute(c))?;
    // What was agreed to while a card was typed holds an address for mail; consents have their own evidence.
    execute!(tx, |c| sqlx::query(
        "UPDATE card_setups SET consent_draft = NULL, replaces_consent_id = NULL \
         WHERE customer_id = $1 AND business_id = $2",
    )
    .bind(customer)
    .bind(business)
    .execute(c))?;
    execute!(tx, |c| sqlx::query(
        "UPDATE attempts SET consent_draft = NULL WHERE business_id = $2 AND consent_draft IS NOT NULL \
         AND invoice_id IN (SELECT i.id FROM invoices i WHERE i.customer_id = $1 AND i.business_id = $2)",
    )
    .bind(customer)
    .bind(business)
    .execute(c))?;
    execute!(tx, |c| sqlx::query(
        "UPDATE mails SET state = CASE WHEN state = 'queued' THEN 'dropped' ELSE state END, \
         closed_at = COALESCE(closed_at, $3), recipient = '', message = NULL, error = NULL \
         WHERE customer_id = $1 AND business_id = $2",
    )
    .bind(customer)
    .bind(business)
    .bind(now.as_microseconds())
    .execute(c))?;
    // What the mail server answered about his address.
    execute!(tx, |c| sqlx::query(
        "UPDATE alerts SET message = '' WHERE business_id = $2 AND subject IN \
         (SELECT m.id FROM mails m WHERE m.customer_id = $1 AND m.business_id = $2)",
    )
    .bind(customer)
    .bind(business)
    .execute(c))?;
    execute!(tx, |c| sqlx::query(
        "DELETE FROM quote_links WHERE business_id = $2 AND quote_id IN \
         (SELECT q.id FROM quotes q WHERE q.customer_id = $1 AND q.business_id = $2)",
    )
    .bind(customer)
    .bind(business)
    .execute(c))?;
    execute!(tx, |c| sqlx::query(
        "UPDATE quotes SET state = CASE WHEN state = 'sent' THEN 'withdrawn' ELSE state END, answered_name = NULL, \
         answered_comment = NULL, answered_ip = NULL, answered_user_agent = NULL \
         WHERE customer_id = $1 AND business_id = $2",
    )
    .bind(customer)
    .bind(business)
    .execute(c))?;
    execute!(tx, |c| sqlx::query(
        "DELETE FROM turn_off_links WHERE business_id = $2 AND consent_id IN \
         (SELECT n.id FROM consents n WHERE n.customer_id = $1 AND n.business_id = $2)",
    )
    .bind(customer)
    .bind(business)
    .execute(c))?;
    update_details(tx, &known.erased(now)).await
}
