//! Customers as the business keeps them: entered, edited, archived, found, shown, and erased on request.

pub mod archive;
pub mod create;
pub mod edit;
pub mod erase;
pub mod list;
pub mod show;

use zoop_domain::customer::{Customer, Details, Typed, read};
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_store::{self as store, Tx};

use crate::mail::parse_address;
use crate::{Actor, App, Error};

/// As many of those with the same address for mail are named.
const MOST_TWINS: i64 = 5;

/// A customer who was stored, and whom he may be twice.
#[derive(Clone, Debug)]
pub struct Saved {
    /// His id.
    pub id: CustomerId,
    /// Names of others with the same address for mail. That is allowed: a family shares one.
    pub twins: Vec<String>,
}

/// What was typed, if all of it can be used.
fn details(typed: Typed<'_>) -> Result<Details, Error> {
    let email = match typed.email.trim() {
        "" => Ok(None),
        email => parse_address(email).map(Some).map_err(|_| "Enter an email address, such as dana@example.com.".into()),
    };
    Ok(read(typed, email)?)
}

async fn twins(tx: &mut Tx, customer: &Customer) -> Result<Vec<String>, Error> {
    let Some(email) = &customer.email else { return Ok(Vec::new()) };
    let found = store::customer::list_by_email(tx, &customer.business, email, MOST_TWINS).await?;
    Ok(found.into_iter().filter(|other| other.id != customer.id).map(|other| other.name).collect())
}

/// The customer.
///
/// # Errors
/// [`Error::NotFound`] without such a customer.
pub async fn find(app: &App, actor: Actor, business: &BusinessId, customer: &CustomerId) -> Result<Customer, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    get(&mut tx, business, customer).await
}

/// The same, with a reader that is open already.
///
/// # Errors
/// [`Error::NotFound`] without such a customer.
pub(crate) async fn get(tx: &mut Tx, business: &BusinessId, customer: &CustomerId) -> Result<Customer, Error> {
    store::customer::get(tx, business, customer).await?.ok_or(Error::NotFound)
}
