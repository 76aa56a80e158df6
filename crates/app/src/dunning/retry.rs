//! The owner tries a failed charge again, now.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::Lifecycle;
use zoop_store as store;

use crate::invoice::charge;
use crate::{Actor, App, Error, actor, transaction};

/// Has the invoice charged at once by its plan's live consent. It counts as a try.
///
/// # Errors
/// [`Error::NotFound`] without such an invoice; [`Error::Conflict`] if it isn't open, no charge of it
/// has failed, or its plan has no live consent.
pub async fn retry(app: &App, actor: Actor, business: &BusinessId, invoice: &InvoiceId) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        if locked.lifecycle != Lifecycle::Open {
            return Err(Error::Conflict("this invoice isn’t open".into()));
        }
        if store::dunning::find(tx, business, invoice).await?.is_none() {
            return Err(Error::Conflict("no automatic charge of this invoice has failed".into()));
        }
        let consent = match &locked.plan {
            Some(plan) => store::consent::find_live(tx, business, plan).await?,
            None => None,
        };
        if consent.is_none() {
            return Err(Error::Conflict("auto-pay is not on for this invoice’s plan".into()));
        }
        charge::enqueue(app, tx, business, invoice).await?;
        actor::record(app, tx, actor, business, Action::ChargeRetried, invoice.as_str(), "").await?;
    })
}
