//! Whether a customer has a live portal link, and when he last used it.

use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::portal_link::PortalLink;
use zoop_store as store;

use crate::{App, Error};

/// The customer's newest link, live or ended; `None` if he never had one.
///
/// # Errors
/// [`Error::NotFound`] without such a customer.
pub async fn status(app: &App, business: &BusinessId, customer: &CustomerId) -> Result<Option<PortalLink>, Error> {
    let mut tx = app.db.read().await?;
    store::customer::get(&mut tx, business, customer).await?.ok_or(Error::NotFound)?;
    Ok(store::portal_link::find_newest(&mut tx, business, customer).await?)
}
