//! Sends a draft: it gets its number from the business's counter, its day, and copies of the
//! names and addresses as they are now. What was sent never changes.

use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::{Lifecycle, Snapshot};
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// Sends the draft and answers with its number. A total of zero is paid at once.
///
/// # Errors
/// [`Error::NotFound`] without such an invoice, [`Error::Conflict`] if it was sent before.
pub async fn send(app: &App, actor: Actor, business: &BusinessId, invoice: &InvoiceId) -> Result<String, Error> {
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        if locked.lifecycle != Lifecycle::Draft {
            return Err(Error::Conflict("this invoice was sent already".into()));
        }
        let customer = store::customer::get(tx, business, &locked.customer).await?.ok_or(Error::NotFound)?;
        let counter = store::business::update_next_number(tx, business).await?.ok_or(Error::NotFound)?;
        let number = format!("{}{counter:04}", owner.invoice_prefix);
        let today = app.now().date_in(&owner.time_zone);
        let snapshot = Snapshot {
            customer_name: customer.name,
            customer_address: customer.address,
            business_name: owner.name,
            business_address: owner.address,
        };
        store::invoice::update_number_and_snapshot(tx, business, invoice, &number, today, &snapshot).await?;
        if locked.ledger.total.is_zero() {
            store::invoice::update_ledger(tx, business, invoice, Lifecycle::Paid, &locked.ledger, false).await?;
            let dates = zoop_domain::invoice::ClosingDates { paid_on: Some(today), ..locked.dates };
            store::invoice::update_dates(tx, business, invoice, &dates).await?;
        }
        actor::record(app, tx, actor, business, "invoice.sent", invoice.as_str(), &number).await?;
        number
    })
}
