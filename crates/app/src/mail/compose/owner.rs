//! Mails to the owners about what customers and their banks did. The subject names the thing, then the owner.

use url::Url;
use zoop_domain::attempt::AttemptKind;
use zoop_domain::business::Business;
use zoop_domain::dunning::plain_reason;
use zoop_domain::id::{CustomerId, InvoiceId, PaymentId};
use zoop_domain::invoice::Invoice;
use zoop_domain::mail::{Mail, MailKind};
use zoop_domain::payment::{DisputeState, Payment};
use zoop_domain::user::Role;
use zoop_store::{self as store, Tx};

use super::Composed;
use crate::mail::owner_notice::{News, OwnerNoticeMail};
use crate::mail::{Letterhead, Mail as _};
use crate::{App, Error};

pub(super) async fn compose(
    app: &App,
    tx: &mut Tx,
    mail: &Mail,
    business: Business,
) -> Result<Option<Composed>, Error> {
    let (about, owner) = mail.subject.rsplit_once('/').ok_or_else(|| Error::internal("a notice names no owner"))?;
    let owner = owner.parse().map_err(Error::internal)?;
    // Who is no owner any more is told nothing.
    if store::membership::find(tx, &business.id, owner).await? != Some(Role::Owner) {
        return Ok(None);
    }
    let user = store::user::get(tx, owner).await?.ok_or(Error::NotFound)?;
    let notice = Notice { app, business: &business, owner: &user.name };
    let rendered = match mail.kind {
        MailKind::OwnerPaid => notice.paid(tx, about).await?,
        MailKind::OwnerChargeFailed => notice.charge_failed(tx, about).await?,
        MailKind::OwnerAutoPayOff => notice.auto_pay_off(tx, about).await?,
        MailKind::OwnerCardRemoved => notice.card_removed(tx, about).await?,
        MailKind::OwnerDispute => notice.dispute(tx, about).await?,
        MailKind::OwnerQuoteAnswered => notice.quote_answered(tx, about).await?,
        kind => return Err(Error::internal(format!("a mail of kind {kind} goes to nobody"))),
    };
    Ok(Some(Composed {
        rendered,
        business_name: business.name.clone(),
        reply_to: business.email.clone(),
        recipient_name: user.name,
        list_unsubscribe: None,
    }))
}

struct Notice<'a> {
    app: &'a App,
    business: &'a Business,
    owner: &'a str,
}

type Words = Result<crate::mail::Rendered, Error>;

fn id<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> Result<T, Error> {
    text.parse().map_err(Error::internal)
}

impl Notice<'_> {
    async fn paid(&self, tx: &mut Tx, about: &str) -> Words {
        let payment = self.payment(tx, &id(about)?).await?;
        let invoice = self.invoice(tx, &payment.invoice).await?;
        let (amount, balance) = (payment.amount, invoice.facts.owed()?);
        let news = News::Paid { amount, method: &payment.method_label, number: &invoice.number, balance };
        self.of_invoice(tx, &invoice, news).await
    }

    async fn charge_failed(&self, tx: &mut Tx, about: &str) -> Words {
        let attempt = id(about)?;
        let attempt = store::attempt::get(tx, &self.business.id, &attempt).await?.ok_or(Error::NotFound)?;
        let invoice = self.invoice(tx, &attempt.invoice).await?;
        if attempt.kind != AttemptKind::AutoPay {
            let code = store::attempt::find_failure_code(tx, &self.business.id, &attempt.id).await?;
            let news = News::PaymentFailed {
                amount: attempt.amount,
                method: attempt.method_label.as_deref().unwrap_or("bank account"),
                number: &invoice.number,
                reason: plain_reason(code.as_deref().unwrap_or_default()),
            };
            return self.of_invoice(tx, &invoice, news).await;
        }
        let dunning = store::dunning::find(tx, &self.business.id, &attempt.invoice).await?.ok_or(Error::NotFound)?;
        let news = News::ChargeFailed {
            amount: attempt.amount,
            method: &dunning.method_label,
            number: &invoice.number,
            reason: plain_reason(&dunning.decline_code),
            next_try_on: dunning.next_try_on.filter(|_| !dunning.stopped),
        };
        self.of_invoice(tx, &invoice, news).await
    }

    async fn auto_pay_off(&self, tx: &mut Tx, about: &str) -> Words {
        let consent = id(about)?;
        let consent = store::consent::get(tx, &self.business.id, &consent).await?.ok_or(Error::NotFound)?;
        let plan = store::plan::get(tx, &self.business.id, &consent.plan).await?.ok_or(Error::NotFound)?;
        self.of_customer(tx, &consent.customer, News::AutoPayOff { plan: &plan.title }).await
    }

    async fn card_removed(&self, tx: &mut Tx, about: &str) -> Words {
        let method = id(about)?;
        let method = store::payment_method::get(tx, &self.business.id, &method).await?.ok_or(Error::NotFound)?;
        self.of_customer(tx, &method.customer, News::CardRemoved { method: &method.label() }).await
    }

    async fn dispute(&self, tx: &mut Tx, about: &str) -> Words {
        let (payment, state) = about.split_once('/').ok_or_else(|| Error::internal("a dispute without a state"))?;
        let state: DisputeState = id(state)?;
        let payment = self.payment(tx, &id(payment)?).await?;
        let invoice = self.invoice(tx, &payment.invoice).await?;
        let (amount, method) = (payment.amount, payment.method_label.as_str());
        self.of_invoice(tx, &invoice, News::Dispute { amount, method, number: &invoice.number, state }).await
    }

    async fn quote_answered(&self, tx: &mut Tx, about: &str) -> Words {
        let quote = id(about)?;
        let quote = store::quote::get(tx, &self.business.id, &quote).await?.ok_or(Error::NotFound)?;
        let answer = quote.answer.as_ref().ok_or_else(|| Error::internal("a quote without an answer"))?;
        let news = News::QuoteAnswered {
            accepted: answer.accepted,
            total: quote.totals.total,
            number: quote.number.as_deref().unwrap_or_default(),
            comment: &answer.comment,
        };
        self.words(tx, &quote.customer, news, &format!("office/quotes/{}", quote.id)).await
    }

    async fn payment(&self, tx: &mut Tx, id: &PaymentId) -> Result<Payment, Error> {
        store::payment::get(tx, &self.business.id, id).await?.ok_or(Error::NotFound)
    }

    async fn invoice(&self, tx: &mut Tx, id: &InvoiceId) -> Result<Invoice, Error> {
        store::invoice::get(tx, &self.business.id, id).await?.ok_or(Error::NotFound)
    }

    async fn of_invoice(&self, tx: &mut Tx, invoice: &Invoice, news: News<'_>) -> Words {
        self.words(tx, &invoice.customer, news, &format!("office/invoices/{}", invoice.id)).await
    }

    async fn of_customer(&self, tx: &mut Tx, customer: &CustomerId, news: News<'_>) -> Words {
        self.words(tx, customer, news, &format!("office/customers/{customer}")).await
    }

    async fn words(&self, tx: &mut Tx, customer: &CustomerId, news: News<'_>, path: &str) -> Words {
        let customer = store::customer::get(tx, &self.business.id, customer).await?.ok_or(Error::NotFound)?;
        let address = |path: &str| -> Result<Url, Error> { self.app.base_url().join(path).map_err(Error::internal) };
        let mail = OwnerNoticeMail {
            letterhead: Letterhead::new(self.business),
            owner: self.owner,
            customer: &customer.name,
            news,
            url: &address(path)?,
            settings: &address("office/settings/notifications")?,
        };
        mail.render()
    }
}
