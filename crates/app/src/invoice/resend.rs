//! Sends an invoice once more: a mail of its own, beside those that went out before.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::Lifecycle;
use zoop_domain::mail::MailKind;
use zoop_store as store;

use super::send::read_message;
use crate::alert::UNSENT;
use crate::mail::queue::{NO_ADDRESS, NewMail, queue};
use crate::{Actor, App, Error, actor, transaction};

/// Mails the invoice again, with the owner's own words.
///
/// # Errors
/// [`Error::Fields`] for words that can't be sent; [`Error::Conflict`] if it is a draft or over, without an address
/// or a mail server; [`Error::NotFound`] without such an invoice.
pub async fn resend(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
    message: Option<&str>,
) -> Result<(), Error> {
    actor.must_be_member()?;
    app.must_send_mail()?;
    let message = read_message(message)?;
    transaction!(app, |tx| {
        let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        if !matches!(locked.lifecycle, Lifecycle::Open | Lifecycle::Paid) {
            return Err(Error::Conflict("only an open or a paid invoice can be sent again".into()));
        }
        // A mail is unique by what it is about: each further one of an invoice has its number.
        let before = store::mail::list_by_invoice(tx, business, invoice).await?;
        let subject = match before.iter().filter(|mail| mail.kind == MailKind::Invoice).count() {
            0 => invoice.to_string(),
            sent => format!("{invoice}/{}", sent + 1),
        };
        let mail = NewMail::about(MailKind::Invoice, business, &locked.customer, &subject);
        if !queue(app, tx, mail.of_invoice(invoice).saying(message.clone())).await? {
            return Err(Error::Conflict(NO_ADDRESS.into()));
        }
        store::alert::update_mended(tx, business, UNSENT, invoice.as_str(), app.now()).await?;
        actor::record(app, tx, actor, business, Action::InvoiceResent, invoice.as_str(), "").await?;
    })
}
