//! Everything a business has, to be taken away: as a table at a time, or all of it as JSON. It is read page by page
//! while it is written, so that it is never in memory as a whole; what changes meanwhile may be in it or not.

mod json;
mod values;

use zoop_domain::audit::Action;
use zoop_domain::export::{Meaning, Table};
use zoop_domain::id::BusinessId;
use zoop_store as store;
pub use zoop_store::export::Place;

use crate::{Actor, App, Error, actor, transaction};

pub use json::{At, json};

/// As many rows are read at a time.
const AT_ONCE: i64 = 1_000;

/// A page of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its rows, a text a column; what isn't there is empty.
    pub rows: Vec<Vec<String>>,
    /// Where the table goes on, unless it ends here.
    pub next: Option<Place>,
}

/// What the columns of a table are called.
pub fn columns(table: Table) -> impl Iterator<Item = &'static str> {
    store::export::columns(table).iter().map(|(name, _)| *name)
}

/// Notes in the audit trail that something is taken away; `what` is a table's name or "everything".
///
/// # Errors
/// [`Error::Forbidden`] but for an owner.
pub async fn begin(app: &App, actor: Actor, business: &BusinessId, what: &str) -> Result<(), Error> {
    actor.must_be_owner()?;
    transaction!(app, |tx| {
        actor::record(app, tx, actor, business, Action::DataExported, business.as_str(), what).await?;
    })
}

/// The next page of a table.
///
/// # Errors
/// [`Error::Forbidden`] but for an owner; the database does not answer.
pub async fn page(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    table: Table,
    after: Option<&Place>,
) -> Result<Page, Error> {
    let (cells, next) = read(app, actor, business, table, after).await?;
    let rows = cells.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect();
    Ok(Page { rows, next })
}

/// A value as it is written, or that there is none.
type Values = Vec<Vec<Option<String>>>;

async fn read(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    table: Table,
    after: Option<&Place>,
) -> Result<(Values, Option<Place>), Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    let (rows, last) = store::export::list(&mut tx, business, table, after, AT_ONCE).await?;
    let is_whole = i64::try_from(rows.len()).map_err(Error::internal)? < AT_ONCE;
    let columns = store::export::columns(table);
    let currency = columns.iter().position(|(name, _)| *name == "currency");
    let rows: Result<Values, Error> = rows
        .into_iter()
        .map(|row| {
            let currency = currency.and_then(|place| row.get(place).cloned().flatten());
            let meant = row.into_iter().zip(columns.iter().map(|(_, meaning)| *meaning));
            meant.map(|(cell, meaning): (_, Meaning)| values::written(cell, meaning, currency.as_deref())).collect()
        })
        .collect();
    Ok((rows?, last.filter(|_| !is_whole)))
}
