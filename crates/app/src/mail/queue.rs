//! Queues a mail, in the transaction of what it tells. A mail of a kind about one thing goes out once.

use zoop_domain::id::{BusinessId, CustomerId, InvoiceId, MailId};
use zoop_domain::mail::{Mail, MailKind, MailState, NO_SERVER};
use zoop_store::{self as store, Tx};

use crate::job::{self, JobKind};
use crate::{App, Error};

/// Why nothing can be mailed to somebody.
pub(crate) const NO_ADDRESS: &str = "this customer has no email address; copy the link instead";

/// A mail to be queued.
#[derive(Clone, Debug)]
pub(crate) struct NewMail<'a> {
    kind: MailKind,
    business: &'a BusinessId,
    customer: &'a CustomerId,
    subject: &'a str,
    invoice: Option<&'a InvoiceId>,
    message: Option<String>,
}

impl<'a> NewMail<'a> {
    /// A mail about what `subject` names.
    pub(crate) const fn about(
        kind: MailKind,
        business: &'a BusinessId,
        customer: &'a CustomerId,
        subject: &'a str,
    ) -> Self {
        Self { kind, business, customer, subject, invoice: None, message: None }
    }

    /// It belongs to that invoice.
    pub(crate) const fn of_invoice(mut self, invoice: &'a InvoiceId) -> Self {
        self.invoice = Some(invoice);
        self
    }

    /// With the owner's own words.
    pub(crate) fn saying(mut self, message: Option<String>) -> Self {
        self.message = message;
        self
    }
}

/// Queues the mail. `false` if the customer has no address, or it was queued before.
pub(crate) async fn queue(app: &App, tx: &mut Tx, new: NewMail<'_>) -> Result<bool, Error> {
    let customer = store::customer::get(tx, new.business, new.customer).await?.ok_or(Error::NotFound)?;
    let Some(recipient) = customer.email else { return Ok(false) };
    let mail = Mail {
        customer: Some(new.customer.clone()),
        invoice: new.invoice.cloned(),
        message: new.message,
        ..waiting(app, new.kind, new.business, new.subject, recipient)
    };
    insert(app, tx, &mail).await
}

/// A mail to one of the business's own people, or somebody who is to be one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StaffMail<'a> {
    pub(crate) kind: MailKind,
    pub(crate) business: &'a BusinessId,
    pub(crate) recipient: &'a str,
    /// What it is about.
    pub(crate) subject: &'a str,
}

/// Queues the mail. `false` if it was queued before.
pub(crate) async fn queue_to_staff(app: &App, tx: &mut Tx, new: StaffMail<'_>) -> Result<bool, Error> {
    let mail = waiting(app, new.kind, new.business, new.subject, new.recipient.to_owned());
    insert(app, tx, &mail).await
}

fn waiting(app: &App, kind: MailKind, business: &BusinessId, subject: &str, recipient: String) -> Mail {
    let now = app.now();
    let sendable = app.sends_mail();
    Mail {
        id: MailId::generate(now, app.random.as_ref()),
        business: business.clone(),
        customer: None,
        kind,
        subject: subject.to_owned(),
        invoice: None,
        recipient,
        message: None,
        state: if sendable { MailState::Queued } else { MailState::Failed },
        error: (!sendable).then(|| NO_SERVER.to_owned()),
        created_at: now,
        closed_at: (!sendable).then_some(now),
    }
}

async fn insert(app: &App, tx: &mut Tx, mail: &Mail) -> Result<bool, Error> {
    let queued = store::mail::insert(tx, mail).await?;
    if queued && mail.state == MailState::Queued {
        job::enqueue(app, tx, Some(&mail.business), JobKind::Mail, mail.id.as_str()).await?;
    }
    Ok(queued)
}
