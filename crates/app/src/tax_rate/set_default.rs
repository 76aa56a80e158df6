//! Chooses what taxes a line that doesn't say otherwise.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, TaxRateId};
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Makes the rate the default; `None`: nothing is taxed unless its line says so. What is written already stays.
///
/// # Errors
/// [`Error::NotFound`] without such a rate in use; [`Error::Forbidden`] for whoever isn't the owner.
pub async fn set_default(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    rate: Option<&TaxRateId>,
) -> Result<(), Error> {
    actor.must_be_owner()?;
    transaction!(app, |tx| {
        let owner = store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
        let in_use = store::tax_rate::list(tx, business).await?;
        let name = match rate {
            Some(rate) => {
                let (_, found) = in_use.iter().find(|(id, _)| id == rate).ok_or(Error::NotFound)?;
                format!("{} ({})", found.name, found.percent)
            }
            None => "none".to_owned(),
        };
        if owner.default_tax_rate.as_ref() != rate {
            store::business::update_default_tax_rate(tx, business, rate).await?;
            let subject = rate.map_or("none", TaxRateId::as_str);
            actor::record(app, tx, actor, business, Action::TaxRateDefault, subject, &name).await?;
        }
    })
}
