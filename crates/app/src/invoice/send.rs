//! Sends a draft: it gets its number from the business's counter, its day, and copies of the
//! names and addresses as they are now. What was sent never changes.

use zoop_domain::audit::Action;
use zoop_domain::form::{FieldErrors, lines};
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::{Lifecycle, Snapshot};
use zoop_domain::mail::MailKind;
use zoop_domain::schedule::{BILLING_HOUR, CycleDates};
use zoop_store as store;

use crate::mail::queue::{NO_ADDRESS, NewMail, queue};
use crate::{Actor, App, Error, actor, transaction};

/// How the customer gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// By mail, with the owner's own words.
    Mail {
        /// Those words.
        message: Option<String>,
    },
    /// The owner hands its link over himself.
    ByHand,
}

/// As many letters may stand in the owner's own words above an invoice.
pub const LONGEST_MESSAGE: usize = 2_000;

/// Sends the draft and answers with its number. A total of zero is paid at once.
///
/// # Errors
/// [`Error::NotFound`] without such an invoice; [`Error::Conflict`] if it was sent before, or if it is to go by mail
/// and the customer has no address or the install no mail server; [`Error::Fields`] for a message that can't be sent.
pub async fn send(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
    delivery: &Delivery,
) -> Result<String, Error> {
    send_reviewed(app, actor, business, invoice, None, delivery).await
}

/// The same, if the draft is still at the `revision` that its sender saw.
///
/// # Errors
/// As [`send`]; [`Error::Conflict`] if somebody changed it meanwhile.
pub async fn send_reviewed(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
    revision: Option<i64>,
    delivery: &Delivery,
) -> Result<String, Error> {
    actor.must_be_member()?;
    let message = match delivery {
        Delivery::Mail { message } => {
            app.must_send_mail()?;
            read_message(message.as_deref())?
        }
        Delivery::ByHand => None,
    };
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        if locked.lifecycle != Lifecycle::Draft {
            return Err(Error::Conflict("this invoice was sent already".into()));
        }
        let today = app.now().date_in(&owner.time_zone);
        let sheet = store::invoice::get_sheet(tx, business, invoice, today).await?.ok_or(Error::NotFound)?;
        if revision.is_some_and(|revision| revision != sheet.revision) {
            return Err(Error::Conflict("this draft was changed while you were looking at it".into()));
        }
        let customer = store::customer::get(tx, business, &locked.customer).await?.ok_or(Error::NotFound)?;
        customer.must_be_billable()?;
        let counter = store::business::update_next_number(tx, business).await?.ok_or(Error::NotFound)?;
        let number = format!("{}{counter:04}", owner.invoice_prefix);
        let snapshot = Snapshot {
            customer_name: customer.name,
            customer_address: customer.address,
            business_name: owner.name,
            business_address: owner.address,
        };
        store::invoice::update_number_and_snapshot(tx, business, invoice, &number, sheet.invoice.issued_on, &snapshot)
            .await?;
        if let Some(canceled) = &sheet.replaces {
            store::invoice::update_replaced_by(tx, business, canceled, invoice).await?;
        }
        if locked.ledger.total.is_zero() {
            store::invoice::update_ledger(tx, business, invoice, Lifecycle::Paid, &locked.ledger, false).await?;
            let dates = zoop_domain::invoice::ClosingDates { paid_on: Some(today), ..locked.dates };
            store::invoice::update_dates(tx, business, invoice, &dates).await?;
        }
        if locked.plan.is_some() && !locked.ledger.total.is_zero() {
            let (due_on, zone) = (locked.due_on, &owner.time_zone);
            let charge_at = due_on.at_hour(BILLING_HOUR, zone);
            let dates = CycleDates { issued_on: today, due_on, charge_at, made_late: false };
            let look_at = dates.look_at(owner.notice_days, zone, app.now());
            store::invoice::update_charge_at(tx, business, invoice, Some(look_at)).await?;
        }
        if matches!(delivery, Delivery::Mail { .. }) {
            let mail = NewMail::about(MailKind::Invoice, business, &locked.customer, invoice.as_str());
            if !queue(app, tx, mail.of_invoice(invoice).saying(message.clone())).await? {
                return Err(Error::Conflict(NO_ADDRESS.into()));
            }
        }
        actor::record(app, tx, actor, business, Action::InvoiceSent, invoice.as_str(), &number).await?;
        number
    })
}

/// The owner's own words, as a mail can carry them.
pub(super) fn read_message(message: Option<&str>) -> Result<Option<String>, FieldErrors> {
    let read = lines(message.unwrap_or_default(), "a message", LONGEST_MESSAGE);
    let message = read.map_err(|wrong| FieldErrors::one("message", wrong))?;
    Ok(Some(message).filter(|message| !message.is_empty()))
}
