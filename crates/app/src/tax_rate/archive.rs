//! Puts a rate away: it is offered no more. What it taxed keeps it, and so do the plans that were made with it.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, TaxRateId};
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Archives the rate; if it was the default, there is none from then on.
///
/// # Errors
/// [`Error::NotFound`] without such a rate in use; [`Error::Forbidden`] for whoever isn't the owner.
pub async fn archive(app: &App, actor: Actor, business: &BusinessId, rate: &TaxRateId) -> Result<(), Error> {
    actor.must_be_owner()?;
    transaction!(app, |tx| {
        let owner = store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
        if !store::tax_rate::update_archived(tx, business, rate, app.now()).await? {
            return Err(Error::NotFound);
        }
        let rates = store::tax_rate::list_all(tx, business).await?;
        let (_, archived) = rates.iter().find(|(id, _)| id == rate).ok_or(Error::NotFound)?;
        let name = format!("{} ({})", archived.name, archived.percent);
        if owner.default_tax_rate.as_ref() == Some(rate) {
            store::business::update_default_tax_rate(tx, business, None).await?;
        }
        actor::record(app, tx, actor, business, Action::TaxRateArchive, rate.as_str(), &name).await?;
    })
}
