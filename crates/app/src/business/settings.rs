//! What the owner's settings show.

use zoop_domain::business::Business;
use zoop_domain::id::BusinessId;
use zoop_store as store;

use crate::{Actor, App, Error};

/// The business as its owner may change it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The business.
    pub business: Business,
    /// Which state of it this is: a change names it, so that it overwrites no other.
    pub revision: i64,
    /// "INV-1196".
    pub next_number: String,
    /// Whether it can still choose what it bills in.
    pub may_change_currency: bool,
}

/// Reads them.
///
/// # Errors
/// [`Error::NotFound`] without such a business; [`Error::Forbidden`] for whoever isn't its owner.
pub async fn settings(app: &App, actor: Actor, business: &BusinessId) -> Result<Settings, Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let found = store::business::find_settings(&mut tx, business).await?.ok_or(Error::NotFound)?;
    Ok(Settings {
        revision: found.revision,
        next_number: format!("{}{}", owner.invoice_prefix, found.next_number),
        may_change_currency: !found.has_documents,
        business: owner,
    })
}
