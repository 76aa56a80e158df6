//! Stores a new customer.

use zoop_domain::audit::Action;
use zoop_domain::customer::{Customer, Typed};
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_store as store;

use super::{Saved, details, twins};
use crate::{Actor, App, Error, actor, transaction};

/// Stores what was typed as a new customer.
///
/// # Errors
/// [`Error::Fields`] if something of it can't be used.
pub async fn create(app: &App, actor: Actor, business: &BusinessId, typed: Typed<'_>) -> Result<Saved, Error> {
    actor.must_be_member()?;
    let (details, now) = (details(typed)?, app.now());
    let id = CustomerId::generate(now, app.random.as_ref());
    let customer = Customer::named(id, business.clone(), "").with(details);
    transaction!(app, |tx| {
        store::customer::insert(tx, &customer, now).await?;
        actor::record(app, tx, actor, business, Action::CustomerCreated, customer.id.as_str(), "").await?;
        Saved { twins: twins(tx, &customer).await?, id: customer.id.clone() }
    })
}
