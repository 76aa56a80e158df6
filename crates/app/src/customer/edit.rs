//! Changes what is kept of a customer. What was sent keeps the name and address it was sent with.

use zoop_domain::audit::Action;
use zoop_domain::customer::{Customer, Typed};
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_store as store;

use super::{Saved, details, get, twins};
use crate::{Actor, App, Error, actor, transaction};

/// What came of an edit.
#[derive(Clone, Debug)]
pub enum Edited {
    /// It is stored.
    Saved(Saved),
    /// Somebody else has changed him since the form was opened: as he is now. Nothing was stored.
    Stale(Box<Customer>),
}

/// The customer, to be edited.
///
/// # Errors
/// [`Error::NotFound`] without such a customer; [`Error::Conflict`] if his data was erased.
pub async fn open(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<Customer, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    editable(get(&mut tx, business, customer).await?)
}

/// Stores what was typed, if `revision` is still the newest.
///
/// # Errors
/// As for [`open`], and [`Error::Fields`] if something of it can't be used.
pub async fn edit(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    customer: &CustomerId,
    typed: Typed<'_>,
    revision: i64,
) -> Result<Edited, Error> {
    actor.must_be_member()?;
    // Whether he is there comes first: another's id is told nothing about its fields.
    open(app, actor, business, customer).await?;
    let details = details(typed)?;
    transaction!(app, |tx| {
        let found = store::customer::lock(tx, business, customer).await?.ok_or(Error::NotFound)?;
        let found = editable(found)?;
        let changed = found.with(details.clone());
        if found.revision != revision {
            Edited::Stale(Box::new(found))
        } else {
            if changed != found {
                store::customer::update_details(tx, &changed).await?;
                actor::record(app, tx, actor, business, Action::CustomerEdited, customer.as_str(), "").await?;
            }
            Edited::Saved(Saved { id: customer.clone(), twins: twins(tx, &changed).await? })
        }
    })
}

fn editable(customer: Customer) -> Result<Customer, Error> {
    match customer.erased_at {
        Some(_) => Err(Error::Conflict("This customer’s data was erased.".into())),
        None => Ok(customer),
    }
}
