//! The owner's hold on a customer's portal link: make it, replace it, cut it off, see whether it
//! is used. The plain token leaves here once and is stored nowhere.

pub mod generate;
pub mod revoke;
pub mod rotate;
pub mod status;

use url::Url;
use zoop_domain::id::{BusinessId, CustomerId, PortalLinkId};
use zoop_domain::portal_link::PortalLink;
use zoop_domain::secret::PlainToken;
use zoop_domain::time::Instant;
use zoop_store::{self as store, Tx};

use crate::{App, Error};

/// A link that was just made. Its URL can't be had again.
#[derive(Debug)]
pub struct NewLink {
    /// The link.
    pub id: PortalLinkId,
    /// The whole secret URL: show it once, store it nowhere.
    pub url: Url,
}

async fn insert(
    app: &App,
    tx: &mut Tx,
    (business, customer): (&BusinessId, &CustomerId),
    token: &PlainToken,
    now: Instant,
) -> Result<NewLink, Error> {
    let found = store::customer::lock(tx, business, customer).await?.ok_or(Error::NotFound)?;
    if found.erased_at.is_some() {
        return Err(Error::Conflict("this customer’s data was erased, so there is nobody to let in".into()));
    }
    let link = PortalLink {
        id: PortalLinkId::generate(now, app.random.as_ref()),
        business: business.clone(),
        customer: customer.clone(),
        created_at: now,
        last_seen_at: None,
        ended: None,
    };
    if !store::portal_link::insert(tx, &link, token.hash()).await? {
        return Err(Error::Conflict("this customer has a portal link already; rotate it to get a new one".into()));
    }
    let url = app.base_url().join(&format!("p/{}", token.expose())).map_err(Error::internal)?;
    Ok(NewLink { id: link.id, url })
}
