//! Sends a queued mail: its words are made now, from what is true now. A mail that the server can't
//! take yet is tried again; one that it refuses is kept as failed, with the server's words.

use zoop_domain::id::{BusinessId, MailId};
use zoop_domain::mail::{Mail, MailKind, MailState, NO_SERVER, mask_portal_links};
use zoop_store as store;

use super::compose::{Composed, compose};
use super::{MailError, Message, Party};
use crate::{App, Error, actor, transaction};

/// Sends the mail, unless it was sent or what it was to tell no longer holds.
///
/// # Errors
/// [`Error::NotFound`] without such a mail; [`Error::Upstream`] if the mail server doesn't take it for
/// now, so that the job tries again.
pub async fn send(app: &App, business: &BusinessId, id: &MailId) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let mail = store::mail::get(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    if mail.state != MailState::Queued {
        return Ok(());
    }
    let Some(mailer) = &app.mailer else {
        return close(app, &mail, MailState::Failed, Some(NO_SERVER)).await;
    };
    let Some(composed) = compose(app, &mail).await? else {
        return close(app, &mail, MailState::Dropped, None).await;
    };
    match mailer.send(&message(app, &mail, composed)).await {
        Ok(()) => close(app, &mail, MailState::Sent, None).await,
        Err(error @ MailError::Temporary { .. }) => Err(Error::Upstream(error.into())),
        Err(error @ MailError::Permanent { .. }) => {
            let said = error.to_string();
            close(app, &mail, MailState::Failed, Some(&said)).await
        }
    }
}

fn message(app: &App, mail: &Mail, composed: Composed) -> Message {
    let host = app.base_url().host_str().unwrap_or("localhost");
    Message {
        // The same each time: whoever gets it twice can tell.
        id: format!("{}@{host}", mail.id),
        from: Party { name: composed.business_name, address: app.config.mail_from.clone() },
        reply_to: composed.reply_to,
        to: Party { name: composed.recipient_name, address: mail.recipient.clone() },
        subject: composed.rendered.subject,
        text: composed.rendered.text,
        html: composed.rendered.html,
        list_unsubscribe: composed.list_unsubscribe,
        date: mail.created_at,
    }
}

async fn close(app: &App, mail: &Mail, state: MailState, error: Option<&str>) -> Result<(), Error> {
    // A link into the portal that the owner pasted stays nowhere once the mail has left.
    let message = mail.message.as_deref().map(mask_portal_links);
    transaction!(app, |tx| {
        let (business, id) = (&mail.business, &mail.id);
        let closed = store::mail::update_closed(tx, business, id, state, error, message.as_deref(), app.now()).await?;
        if closed && error.is_some() {
            // What the server said may name the recipient: it stays with the mail, which is erased with him.
            let message = "An email could not be delivered.".into();
            let owner = if mail.kind == MailKind::Quote { mail.about() } else { id.as_str() };
            actor::alert_of(app, tx, Some(business), "mail.failed", id.as_str(), owner, message).await?;
        }
    })
}
