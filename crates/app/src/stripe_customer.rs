//! Who a customer is at Stripe: made there at his first payment or saved card, forgotten when he is erased.

use zoop_domain::id::{BusinessId, CustomerId};
use zoop_store as store;
use zoop_stripe::Metadata;
use zoop_stripe::customer::{self, CustomerFields};

use crate::{App, Error, stripe, transaction};

/// `cus_…` of the customer in `account`.
pub(crate) async fn get(app: &App, business: &BusinessId, id: &CustomerId, account: &str) -> Result<String, Error> {
    let mut tx = app.db.read().await?;
    if let Some(known) = store::stripe_customer::find(&mut tx, business, id, account).await? {
        return Ok(known);
    }
    let customer = store::customer::get(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let stripe = app.stripe()?;
    let fields = CustomerFields {
        name: Some(customer.name),
        email: customer.email,
        phone: customer.phone,
        metadata: Metadata::from([("customer_id".to_owned(), id.to_string())]),
    };
    // The same key for everybody who asks first: two clicks make one customer.
    let key = stripe::key(format!("customer-{id}"))?;
    let scope = stripe.scope(account);
    let made = match customer::create(&stripe.client, &scope, &fields, &key).await {
        // For a day Stripe repeats a stored failure under its key, and takes no other words under it.
        // A customer too many there moves no money.
        Err(error) if error.api().is_some() && error.outcome_unknown() => {
            let key = stripe::fresh_key(app, &format!("customer-{id}"))?;
            customer::create(&stripe.client, &scope, &fields, &key).await?
        }
        made => made?,
    };
    let known = transaction!(app, |tx| {
        store::stripe_customer::insert(tx, business, id, account, &made.id).await?;
        store::stripe_customer::find(tx, business, id, account).await?
    })?;
    Ok(known.unwrap_or(made.id))
}

/// Blanks his name and contact there, on each account that knows him. Payments keep pointing at the empty customer.
pub(crate) async fn forget(app: &App, business: &BusinessId, id: &CustomerId) -> Result<(), Error> {
    let known = store::stripe_customer::list(&mut app.db.read().await?, business, id).await?;
    // An empty text clears a field.
    let (name, email, phone) = (Some(String::new()), Some(String::new()), Some(String::new()));
    let fields = CustomerFields { name, email, phone, metadata: Metadata::new() };
    for (account, customer) in known {
        let stripe = app.stripe()?;
        let key = stripe::fresh_key(app, &format!("forget-{id}"))?;
        match customer::update(&stripe.client, &stripe.scope(&account), &customer, &fields, &key).await {
            // Deleted there, or the account is no longer ours to write to.
            Err(error) if error.api().is_some_and(|error| matches!(error.http_status, 403 | 404)) => {}
            updated => drop(updated?),
        }
    }
    Ok(())
}
