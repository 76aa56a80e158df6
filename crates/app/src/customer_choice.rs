//! Whom a quote or a plan is for: the first customers that some words find.

use zoop_domain::customer::{Customer, search_words};
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_store as store;
use zoop_store::customer::{Asked, Edge, Tab};

use crate::{Actor, App, Error};

/// As many to choose from at a time.
const AT_ONCE: i64 = 20;

/// The customers to choose from, by name; archived ones aren't.
///
/// # Errors
/// The database does not answer.
pub async fn list(app: &App, actor: Actor, business: &BusinessId, words: &str) -> Result<Vec<Customer>, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let asked = Asked {
        tab: Tab::All,
        edge: &Edge::Start,
        words: &search_words(words),
        number: None,
        currency: owner.currency,
        today: app.now().date_in(&owner.time_zone),
        limit: AT_ONCE,
    };
    let found = store::customer::list(&mut tx, business, &asked).await?;
    Ok(found.into_iter().map(|listed| listed.customer).collect())
}

/// The customer who was chosen, by his id as typed; `None` if he can't be.
///
/// # Errors
/// The database does not answer.
pub async fn find(app: &App, actor: Actor, business: &BusinessId, id: &str) -> Result<Option<Customer>, Error> {
    actor.must_be_member()?;
    let Ok(id) = id.parse::<CustomerId>() else { return Ok(None) };
    let found = store::customer::get(&mut app.db.read().await?, business, &id).await?;
    Ok(found.filter(|customer| customer.archived_at.is_none()))
}
