//! Makes a mail's words from what is true now, one function a kind. `None`: what it was to tell no
//! longer holds, and it is not sent.

mod auto_pay;
mod billing;
mod owner;
mod quote;
mod team;

use url::Url;
use zoop_domain::business::Business;
use zoop_domain::consent::Consent;
use zoop_domain::customer::Customer;
use zoop_domain::id::{InvoiceId, PlanId};
use zoop_domain::invoice::Invoice;
use zoop_domain::mail::{Mail, MailKind};
use zoop_domain::payment::method_label;
use zoop_domain::time::{Date, Instant};
use zoop_store::{self as store, Tx};

use super::{Letterhead, Rendered};
use crate::{App, Error};

/// A mail's words, and what else its message needs.
pub(super) struct Composed {
    pub(super) rendered: Rendered,
    pub(super) business_name: String,
    pub(super) reply_to: Option<String>,
    pub(super) recipient_name: String,
    pub(super) list_unsubscribe: Option<Url>,
}

/// What each kind begins with.
struct Desk<'a> {
    app: &'a App,
    mail: &'a Mail,
    business: Business,
    customer: Customer,
    today: Date,
}

type Written = Option<(Rendered, Option<Url>)>;

/// The mail's words.
///
/// # Errors
/// [`Error::Upstream`] while what it tells isn't known yet; otherwise the database doesn't answer, or
/// what the mail is about is gone.
pub(super) async fn compose(app: &App, mail: &Mail) -> Result<Option<Composed>, Error> {
    let mut tx = app.db.read().await?;
    let business = store::business::get(&mut tx, &mail.business).await?.ok_or(Error::NotFound)?;
    let Some(customer) = &mail.customer else {
        return match mail.kind {
            MailKind::TeamInvitation | MailKind::PasswordReset => team::compose(app, &mut tx, mail, business).await,
            _ => owner::compose(app, &mut tx, mail, business).await,
        };
    };
    let customer = store::customer::get(&mut tx, &mail.business, customer).await?.ok_or(Error::NotFound)?;
    let today = app.now().date_in(&business.time_zone);
    let desk = Desk { app, mail, business, customer, today };
    let written = match mail.kind {
        MailKind::Invoice => desk.invoice(&mut tx).await?,
        MailKind::Receipt => desk.receipt(&mut tx).await?,
        MailKind::AutoPayOn => desk.auto_pay_on(&mut tx).await?,
        MailKind::AutoPayOff => desk.auto_pay_off(&mut tx).await?,
        MailKind::UpcomingCharge => desk.upcoming_charge(&mut tx).await?,
        MailKind::PaymentFailed => desk.payment_failed(&mut tx).await?,
        MailKind::ActionNeeded => desk.action_needed(&mut tx).await?,
        MailKind::CardExpiring => desk.card_expiring(&mut tx).await?,
        MailKind::Refund => desk.refund(&mut tx).await?,
        MailKind::Quote => desk.quote(&mut tx).await?,
        MailKind::TeamInvitation
        | MailKind::PasswordReset
        | MailKind::OwnerPaid
        | MailKind::OwnerChargeFailed
        | MailKind::OwnerAutoPayOff
        | MailKind::OwnerCardRemoved
        | MailKind::OwnerDispute
        | MailKind::OwnerQuoteAnswered => None,
    };
    Ok(written.map(|(rendered, list_unsubscribe)| Composed {
        rendered,
        business_name: desk.business.name,
        reply_to: desk.business.email,
        recipient_name: desk.customer.name,
        list_unsubscribe,
    }))
}

impl Desk<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        Letterhead::new(&self.business)
    }

    fn day(&self, at: Instant) -> Date {
        at.date_in(&self.business.time_zone)
    }

    fn about<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(&self) -> Result<T, Error> {
        self.mail.subject.parse().map_err(Error::internal)
    }

    fn page(&self, invoice: &Invoice) -> Result<Url, Error> {
        self.app.base_url().join(&format!("i/{}", invoice.token.expose())).map_err(Error::internal)
    }

    async fn invoice_of(&self, tx: &mut Tx, id: &InvoiceId) -> Result<Invoice, Error> {
        store::invoice::get(tx, &self.business.id, id).await?.ok_or(Error::NotFound)
    }

    /// "Visa •••• 4242", as the method is called now.
    async fn label(&self, tx: &mut Tx, consent: &Consent) -> Result<String, Error> {
        let method = match &consent.method {
            Some(method) => store::payment_method::get(tx, &self.business.id, method).await?,
            None => None,
        };
        let evidence = &consent.evidence;
        Ok(method.map_or_else(|| method_label(&evidence.method_brand, &evidence.method_last4), |it| it.label()))
    }

    async fn plan_title(&self, tx: &mut Tx, id: &PlanId) -> Result<String, Error> {
        Ok(store::plan::get(tx, &self.business.id, id).await?.ok_or(Error::NotFound)?.title)
    }
}
