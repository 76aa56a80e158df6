//! Mails about what was asked for and what was paid: invoice, receipt, refund.

use url::Url;
use zoop_domain::consent::NotCharged;
use zoop_domain::id::{PaymentId, RefundId};
use zoop_domain::invoice::{Lifecycle, PayBlock};
use zoop_domain::payment::PaymentKind;
use zoop_domain::refund::{RefundReason, RefundState};
use zoop_store::{self as store, Tx};

use super::{Desk, Written};
use crate::Error;
use crate::mail::{HowPaid, InvoiceMail, Mail as _, ReceiptMail, RefundMail};

impl Desk<'_> {
    pub(super) async fn invoice(&self, tx: &mut Tx) -> Result<Written, Error> {
        // A further mail of an invoice has a number behind the id in its subject.
        let id = match &self.mail.invoice {
            Some(id) => id.clone(),
            None => self.about()?,
        };
        let invoice = self.invoice_of(tx, &id).await?;
        if !matches!(invoice.facts.lifecycle, Lifecycle::Open | Lifecycle::Paid) {
            return Ok(None);
        }
        let balance = invoice.facts.owed()?;
        let online = PayBlock::of(&self.business, &invoice.facts, self.today)?.is_online();
        let consent = match &invoice.plan {
            Some(plan) => store::consent::find_live(tx, &self.business.id, plan).await?,
            None => None,
        };
        let label = match &consent {
            Some(consent) => self.label(tx, consent).await?,
            None => String::new(),
        };
        let charge_at = store::invoice::find_charge_at(tx, &self.business.id, &invoice.id).await?;
        let how = match (&consent, charge_at) {
            _ if !balance.is_positive() => HowPaid::Paid,
            (Some(consent), Some(at)) => match (consent.evidence.allows(balance), consent.evidence.cap) {
                (Ok(()), _) => HowPaid::Automatic { method: &label, on: self.day(at).max(invoice.facts.due_on) },
                (Err(NotCharged::OverCap), Some(cap)) => HowPaid::OverCap { cap },
                (Err(_), _) => HowPaid::ByHand { online },
            },
            _ => HowPaid::ByHand { online },
        };
        let url = self.page(&invoice)?;
        let pdf = below(&url, "invoice.pdf")?;
        let words = InvoiceMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            number: &invoice.number,
            totals: &invoice.totals,
            balance,
            due_on: invoice.facts.due_on,
            plan: invoice.plan_title.as_deref(),
            how,
            message: self.mail.message.as_deref(),
            url: &url,
            pdf: &pdf,
        };
        Ok(Some((words.render()?, None)))
    }

    pub(super) async fn receipt(&self, tx: &mut Tx) -> Result<Written, Error> {
        let id: PaymentId = self.about()?;
        let payment = store::payment::get(tx, &self.business.id, &id).await?.ok_or(Error::NotFound)?;
        let invoice = self.invoice_of(tx, &payment.invoice).await?;
        let attempt = match &payment.attempt {
            Some(attempt) => store::attempt::get(tx, &self.business.id, attempt).await?,
            None => None,
        };
        let balance = invoice.facts.owed()?;
        let page = self.page(&invoice)?;
        let (url, pdf) = match invoice.facts.lifecycle {
            Lifecycle::Paid => (below(&page, "receipt")?, below(&page, "receipt.pdf")?),
            _ => (page.clone(), below(&page, "invoice.pdf")?),
        };
        let words = ReceiptMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            number: &invoice.number,
            plan: invoice.plan_title.as_deref(),
            amount: payment.amount,
            method: &payment.method_label,
            paid_on: payment.received_on,
            charge: payment.charge.as_deref(),
            total: invoice.totals.total,
            balance,
            is_automatic: attempt.is_some_and(|attempt| attempt.consent.is_some()),
            url: &url,
            pdf: &pdf,
        };
        Ok(Some((words.render()?, None)))
    }

    pub(super) async fn refund(&self, tx: &mut Tx) -> Result<Written, Error> {
        let id: RefundId = self.about()?;
        let refund = store::refund::get(tx, &self.business.id, &id).await?.ok_or(Error::NotFound)?;
        if refund.state == RefundState::Failed {
            return Ok(None);
        }
        let payment = store::payment::get(tx, &self.business.id, &refund.payment).await?.ok_or(Error::NotFound)?;
        let invoice = self.invoice_of(tx, &payment.invoice).await?;
        let url = self.page(&invoice)?;
        let words = RefundMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            number: &invoice.number,
            amount: refund.amount,
            method: (payment.kind == PaymentKind::Stripe).then_some(payment.method_label.as_str()),
            refunded_on: self.day(refund.created_at),
            is_surplus: refund.reason == RefundReason::Surplus,
            url: &url,
        };
        Ok(Some((words.render()?, None)))
    }
}

/// What stands below an invoice's page.
fn below(page: &Url, name: &str) -> Result<Url, Error> {
    Url::parse(&format!("{page}/{name}")).map_err(Error::internal)
}
