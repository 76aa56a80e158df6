//! Internal notes of an invoice that was sent: "promised to pay on Friday". A draft's are written in its editor.

use zoop_domain::audit::Action;
use zoop_domain::form::{FieldErrors, lines};
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::Lifecycle;
use zoop_domain::invoice::writing::LONGEST_NOTES;
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Stores `notes` in the place of those that were `seen`. No customer ever sees them.
///
/// # Errors
/// [`Error::Fields`] for notes that can't be used, or if somebody else changed them meanwhile;
/// [`Error::Conflict`] for a draft; [`Error::NotFound`] without such an invoice.
pub async fn note(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
    seen: &str,
    notes: &str,
) -> Result<(), Error> {
    actor.must_be_member()?;
    let notes = lines(notes, "notes", LONGEST_NOTES).map_err(|wrong| FieldErrors::one("notes", wrong))?;
    let seen = seen.replace("\r\n", "\n");
    transaction!(app, |tx| {
        let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        if locked.lifecycle == Lifecycle::Draft {
            return Err(Error::Conflict("a draft’s notes are changed in its editor".into()));
        }
        if !store::invoice::update_notes(tx, business, invoice, seen.trim(), &notes).await? {
            let words =
                "Somebody else has changed these notes meanwhile: they stand on the page. Save again to keep yours.";
            return Err(FieldErrors::one("notes", words).into());
        }
        actor::record(app, tx, actor, business, Action::InvoiceNoted, invoice.as_str(), "").await?;
    })
}
