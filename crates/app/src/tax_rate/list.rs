//! The business's rates, those that were put away included.

use zoop_domain::id::{BusinessId, TaxRateId};
use zoop_domain::tax::TaxRate;
use zoop_store as store;

use crate::{Actor, App, Error};

/// A rate as its owner sees it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id.
    pub id: TaxRateId,
    /// Name and percentage.
    pub rate: TaxRate,
    /// Whether it was put away.
    pub is_archived: bool,
    /// Whether it taxes a line that doesn't say otherwise.
    pub is_default: bool,
}

/// Lists them: those in use first, by name.
///
/// # Errors
/// [`Error::NotFound`] without such a business; [`Error::Forbidden`] for whoever isn't its owner.
pub async fn list(app: &App, actor: Actor, business: &BusinessId) -> Result<Vec<Listed>, Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let in_use = store::tax_rate::list(&mut tx, business).await?;
    let all = store::tax_rate::list_all(&mut tx, business).await?;
    let listed = |(id, rate): (TaxRateId, TaxRate)| Listed {
        is_archived: !in_use.iter().any(|(other, _)| *other == id),
        is_default: owner.default_tax_rate.as_ref() == Some(&id),
        id,
        rate,
    };
    let mut rates: Vec<_> = all.into_iter().map(listed).collect();
    rates.sort_by_key(|rate| rate.is_archived);
    Ok(rates)
}
