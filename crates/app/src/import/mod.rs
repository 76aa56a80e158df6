//! Imports: a file is looked at, somebody says yes, background work takes it over. With an error in it nothing of it
//! comes in, and whatever does comes in with one transaction.

pub mod check;
mod file;
mod plan;
mod progress;
pub mod run;
pub mod show;
pub mod start;

use zoop_domain::id::{BusinessId, CustomerId};
use zoop_store::{self as store, Tx};

use crate::{App, Error, transaction};

pub use file::LARGEST_FILE;
pub use plan::{Listed, Preview};
pub(crate) use progress::Progress;

use plan::Known;

/// What a file holds is kept so long: a day.
const KEPT_SECONDS: i64 = 86_400;
/// As many customers are read at a time.
const AT_ONCE: i64 = 2_000;

/// What a business has, for rows to be read against.
async fn known(app: &App, tx: &mut Tx, business: &BusinessId) -> Result<Known, Error> {
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    let mut customers = Vec::new();
    loop {
        let after: Option<CustomerId> = customers.last().map(|last: &zoop_domain::customer::Customer| last.id.clone());
        let page = store::customer::list_all(tx, business, after.as_ref(), AT_ONCE).await?;
        if page.is_empty() {
            break;
        }
        customers.extend(page);
    }
    let references = store::import::list_references(tx, business).await?;
    let today = app.now().date_in(&owner.time_zone);
    Ok(Known { owner, customers, references, today })
}

/// Deletes what files hold that nobody has said yes to, or that failed.
pub(crate) async fn forget(app: &App) -> Result<(), Error> {
    let before = app.now().plus_seconds(-KEPT_SECONDS);
    transaction!(app, |tx| { store::import::update_forgotten(tx, before).await? }).map(drop)
}
