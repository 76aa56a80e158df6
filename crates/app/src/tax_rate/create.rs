//! Adds a rate.

use zoop_domain::audit::Action;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::{BusinessId, TaxRateId};
use zoop_domain::tax;
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Adds a rate with the name and the percentage that were typed, and makes it the default if asked to.
///
/// # Errors
/// [`Error::Fields`] for what can't be used, or a rate that is there already; [`Error::NotFound`] without such a
/// business; [`Error::Forbidden`] for whoever isn't its owner.
pub async fn create(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    (name, percent): (&str, &str),
    is_default: bool,
) -> Result<TaxRateId, Error> {
    actor.must_be_owner()?;
    let rate = tax::read(name, percent)?;
    let id = TaxRateId::generate(app.now(), app.random.as_ref());
    transaction!(app, |tx| {
        store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
        if store::tax_rate::list(tx, business).await?.iter().any(|(_, other)| *other == rate) {
            return Err(FieldErrors::one("name", "You have this rate already.").into());
        }
        store::tax_rate::insert(tx, business, &id, &rate, app.now()).await?;
        let detail = format!("{} ({})", rate.name, rate.percent);
        actor::record(app, tx, actor, business, Action::TaxRateCreate, id.as_str(), &detail).await?;
        if is_default {
            store::business::update_default_tax_rate(tx, business, Some(&id)).await?;
            actor::record(app, tx, actor, business, Action::TaxRateDefault, id.as_str(), &detail).await?;
        }
    })?;
    Ok(id)
}
