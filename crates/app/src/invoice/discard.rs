//! Deletes a draft. Nobody but the office has seen it, and it has no number.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Deletes the draft.
///
/// # Errors
/// [`Error::Conflict`] if it was sent meanwhile; [`Error::NotFound`] without such an invoice.
pub async fn discard(app: &App, actor: Actor, business: &BusinessId, invoice: &InvoiceId) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let draft = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        if !store::invoice::delete_draft(tx, business, invoice).await? {
            return Err(Error::Conflict("this invoice was sent; it can be voided".into()));
        }
        // Nothing else is left of it.
        let total = draft.ledger.total.to_string();
        actor::record(app, tx, actor, business, Action::InvoiceDiscarded, invoice.as_str(), &total).await?;
    })
}
