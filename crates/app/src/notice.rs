//! Tells a business's owners by mail what its customers and their banks did, in the transaction of what is told.
//! Whatever the owners turned off isn't even queued.

use zoop_domain::business::notify::Event;
use zoop_domain::id::BusinessId;
use zoop_domain::mail::MailKind;
use zoop_domain::user::Role;
use zoop_store::{self as store, Tx};

use crate::mail::queue::{StaffMail, queue_to_staff};
use crate::{App, Error};

/// The mail that tells of an event.
const fn kind(event: Event) -> MailKind {
    match event {
        Event::Paid => MailKind::OwnerPaid,
        Event::ChargeFailed => MailKind::OwnerChargeFailed,
        Event::AutoPayOff => MailKind::OwnerAutoPayOff,
        Event::CardRemoved => MailKind::OwnerCardRemoved,
        Event::Dispute => MailKind::OwnerDispute,
        Event::QuoteAnswered => MailKind::OwnerQuoteAnswered,
    }
}

/// Queues a mail to each owner, if they want to be told. `about` names the thing, once for each event.
pub(crate) async fn tell(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    event: Event,
    about: &str,
) -> Result<(), Error> {
    let notify = store::business::find_notify(tx, business).await?.ok_or(Error::NotFound)?;
    if !notify.tells(event) {
        return Ok(());
    }
    for (user, role) in store::membership::list(tx, business).await? {
        if role == Role::Owner {
            let subject = format!("{about}/{}", user.id);
            let mail = StaffMail { kind: kind(event), business, recipient: &user.email, subject: &subject };
            queue_to_staff(app, tx, mail).await?;
        }
    }
    Ok(())
}
