//! Makes a mail's words from what is true now, one function a kind. `None`: what it was to tell no
//! longer holds, and it is not sent.

use url::Url;
use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::business::Business;
use zoop_domain::consent::{Consent, ConsentSource, ConsentState, EndedHow, NotCharged};
use zoop_domain::customer::Customer;
use zoop_domain::id::{AttemptId, ConsentId, InvoiceId, PaymentId, PaymentMethodId, PlanId, RefundId};
use zoop_domain::invoice::{Invoice, Lifecycle, PayBlock};
use zoop_domain::mail::{Mail, MailKind};
use zoop_domain::money::Money;
use zoop_domain::payment::{PaymentKind, method_label};
use zoop_domain::refund::{RefundReason, RefundState};
use zoop_domain::schedule::BILLING_HOUR;
use zoop_domain::time::{Date, Instant};
use zoop_store::{self as store, Tx};

use super::{
    ActionNeededMail, Agreed, AutopayOffMail, AutopayOnMail, CardExpiringMail, HowPaid, InvoiceMail, Letterhead,
    Mail as Words, NextTry, OffBecause, PaymentFailedMail, ReceiptMail, RefundMail, Rendered, UpcomingChargeMail,
    WhyTold,
};
use crate::{App, Error, plan, turn_off_link};

/// A mail's words, and what else its message needs.
pub(super) struct Composed {
    pub(super) rendered: Rendered,
    pub(super) business_name: String,
    pub(super) reply_to: Option<String>,
    pub(super) customer_name: String,
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
    let customer = store::customer::get(&mut tx, &mail.business, &mail.customer).await?.ok_or(Error::NotFound)?;
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
    };
    Ok(written.map(|(rendered, list_unsubscribe)| Composed {
        rendered,
        business_name: desk.business.name,
        reply_to: desk.business.email,
        customer_name: desk.customer.name,
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

    async fn invoice(&self, tx: &mut Tx) -> Result<Written, Error> {
        let invoice = self.invoice_of(tx, &self.about()?).await?;
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
        };
        Ok(Some((words.render()?, None)))
    }

    async fn receipt(&self, tx: &mut Tx) -> Result<Written, Error> {
        let id: PaymentId = self.about()?;
        let payment = store::payment::get(tx, &self.business.id, &id).await?.ok_or(Error::NotFound)?;
        let invoice = self.invoice_of(tx, &payment.invoice).await?;
        let attempt = match &payment.attempt {
            Some(attempt) => store::attempt::get(tx, &self.business.id, attempt).await?,
            None => None,
        };
        let balance = invoice.facts.owed()?;
        let mut url = self.page(&invoice)?;
        if invoice.facts.lifecycle == Lifecycle::Paid {
            url = Url::parse(&format!("{url}/receipt")).map_err(Error::internal)?;
        }
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
        };
        Ok(Some((words.render()?, None)))
    }

    async fn consent(&self, tx: &mut Tx) -> Result<Consent, Error> {
        let id: ConsentId = self.about()?;
        store::consent::get(tx, &self.business.id, &id).await?.ok_or(Error::NotFound)
    }

    async fn auto_pay_on(&self, tx: &mut Tx) -> Result<Written, Error> {
        let consent = self.consent(tx).await?;
        let evidence = &consent.evidence;
        let plan = self.plan_title(tx, &consent.plan).await?;
        let attempt = match &evidence.attempt {
            Some(attempt) => store::attempt::get(tx, &self.business.id, attempt).await?,
            None => None,
        };
        let number = match attempt {
            Some(attempt) => Some(self.invoice_of(tx, &attempt.invoice).await?.number),
            None => None,
        };
        let how = evidence.attested.as_ref().map(|attested| attested.how.as_str());
        let agreed = match (evidence.source, &number) {
            (ConsentSource::Attested, _) => Agreed::Attested { how: how.unwrap_or_default() },
            (ConsentSource::Inline, Some(invoice)) => Agreed::WhilePaying { invoice },
            (ConsentSource::Inline, None) => Agreed::InPortal,
        };
        // The secret is minted now, and stands in this mail alone.
        let turn_off = turn_off_link::mint(self.app, &self.business.id, &consent.id).await?;
        let words = AutopayOnMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            plan: &plan,
            method: &method_label(&evidence.method_brand, &evidence.method_last4),
            granted_on: self.day(evidence.granted_at),
            cap: evidence.cap,
            disclosure: &evidence.disclosure_text,
            agreed,
            turn_off: &turn_off,
        };
        Ok(Some((words.render()?, Some(turn_off.clone()))))
    }

    async fn auto_pay_off(&self, tx: &mut Tx) -> Result<Written, Error> {
        let consent = self.consent(tx).await?;
        let Some(ended) = &consent.ended else { return Ok(None) };
        let because = match ended.how {
            EndedHow::Portal | EndedHow::EmailLink => OffBecause::Customer,
            EndedHow::CardRemoved => OffBecause::CardRemoved,
            EndedHow::Owner => OffBecause::Business,
            EndedHow::PlanCancelled => OffBecause::PlanCanceled,
            EndedHow::Replaced => return Ok(None),
        };
        let on_its_way = match &ended.on_its_way {
            Some(attempt) => self.on_its_way(tx, attempt).await?,
            None => None,
        };
        let plan = self.plan_title(tx, &consent.plan).await?;
        let method = self.label(tx, &consent).await?;
        let words = AutopayOffMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            plan: &plan,
            method: &method,
            ended_on: self.day(ended.at),
            because,
            on_its_way,
        };
        Ok(Some((words.render()?, None)))
    }

    /// What could not be taken back. While Stripe hasn't said, the mail waits.
    async fn on_its_way(&self, tx: &mut Tx, attempt: &AttemptId) -> Result<Option<Money>, Error> {
        let attempt = store::attempt::get(tx, &self.business.id, attempt).await?.ok_or(Error::NotFound)?;
        match attempt.state {
            AttemptState::Failed | AttemptState::Canceled => Ok(None),
            AttemptState::Succeeded | AttemptState::Processing => Ok(Some(attempt.amount)),
            AttemptState::Creating | AttemptState::Open | AttemptState::RequiresAction | AttemptState::Unknown => {
                Err(Error::Upstream("whether a charge could be taken back isn’t known yet".into()))
            }
        }
    }

    async fn upcoming_charge(&self, tx: &mut Tx) -> Result<Written, Error> {
        let Some(coming) = self.coming(tx).await? else { return Ok(None) };
        let Some(consent) = store::consent::find_live(tx, &self.business.id, &coming.plan).await? else {
            return Ok(None);
        };
        let last = store::attempt::find_last_charged(tx, &self.business.id, &consent.id).await?;
        let agreed = consent.evidence.agreed;
        let why = match last.map(|minor| Money::new(minor, agreed.currency())) {
            Some(last) if last != coming.amount => WhyTold::Differs { last },
            None if agreed != coming.amount => WhyTold::Differs { last: agreed },
            None => WhyTold::First,
            Some(_) => WhyTold::Always,
        };
        let plan = self.plan_title(tx, &coming.plan).await?;
        let method = self.label(tx, &consent).await?;
        let turn_off = turn_off_link::mint(self.app, &self.business.id, &consent.id).await?;
        let words = UpcomingChargeMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            invoice: coming.invoice.as_ref().map(|(number, url)| (number.as_str(), url)),
            plan: &plan,
            amount: coming.amount,
            method: &method,
            on: coming.on,
            why,
            turn_off: Some(&turn_off),
        };
        Ok(Some((words.render()?, Some(turn_off.clone()))))
    }

    /// The charge that is announced: of an invoice, `inv_…/6495`, or of a cycle before its invoice is
    /// made, `pln_…/2026-12-01/6495`. `None` if it won't take place, or not so.
    async fn coming(&self, tx: &mut Tx) -> Result<Option<Coming>, Error> {
        let parts: Vec<&str> = self.mail.subject.split('/').collect();
        match parts[..] {
            [invoice, minor] => {
                let invoice = self.invoice_of(tx, &invoice.parse().map_err(Error::internal)?).await?;
                let amount = invoice.facts.owed()?;
                let Some(plan) = invoice.plan.clone().filter(|_| amount.minor().to_string() == minor) else {
                    return Ok(None);
                };
                let at = store::invoice::find_charge_at(tx, &self.business.id, &invoice.id).await?;
                let Some(at) = at.filter(|_| amount.is_positive()) else { return Ok(None) };
                let (on, url) = (self.day(at).max(invoice.facts.due_on), self.page(&invoice)?);
                Ok(Some(Coming { plan, amount, on, invoice: Some((invoice.number, url)) }))
            }
            [id, cycle, minor] => {
                let id: PlanId = id.parse().map_err(Error::internal)?;
                let on: Date = cycle.parse().map_err(Error::internal)?;
                let found = store::plan::get(tx, &self.business.id, &id).await?.ok_or(Error::NotFound)?;
                let amount = plan::totals(tx, &self.business, &found).await?.total;
                let holds = found.next_cycle_on == Some(on) && amount.minor().to_string() == minor;
                let late = on.at_hour(BILLING_HOUR, &self.business.time_zone) <= self.app.now();
                Ok((holds && !late).then_some(Coming { plan: id, amount, on, invoice: None }))
            }
            _ => Err(Error::internal("a mail announces what nobody knows")),
        }
    }

    async fn failed(&self, tx: &mut Tx) -> Result<Option<(Attempt, Invoice)>, Error> {
        let id: AttemptId = self.about()?;
        let attempt = store::attempt::get(tx, &self.business.id, &id).await?.ok_or(Error::NotFound)?;
        let invoice = self.invoice_of(tx, &attempt.invoice).await?;
        // Paid or canceled meanwhile: nothing is left to be said.
        let open = invoice.facts.lifecycle == Lifecycle::Open;
        Ok(open.then_some((attempt, invoice)))
    }

    async fn payment_failed(&self, tx: &mut Tx) -> Result<Written, Error> {
        let Some((attempt, invoice)) = self.failed(tx).await? else { return Ok(None) };
        let dunning = store::dunning::find(tx, &self.business.id, &invoice.id).await?.ok_or(Error::NotFound)?;
        let consent = match &attempt.consent {
            Some(consent) => store::consent::get(tx, &self.business.id, consent).await?,
            None => None,
        };
        let suspended = consent.is_some_and(|consent| consent.state == ConsentState::Suspended);
        let next_try = match dunning.next_try_on {
            Some(day) => NextTry::On(day),
            None if suspended => NextTry::NeedsNewCard,
            None => NextTry::None,
        };
        let url = self.page(&invoice)?;
        let words = PaymentFailedMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            number: &invoice.number,
            plan: invoice.plan_title.as_deref(),
            amount: invoice.facts.owed()?,
            method: attempt.method_label.as_deref().unwrap_or(&dunning.method_label),
            failed_on: dunning.failed_on,
            decline_code: &dunning.decline_code,
            tries: dunning.tries,
            next_try,
            url: &url,
        };
        Ok(Some((words.render()?, None)))
    }

    async fn action_needed(&self, tx: &mut Tx) -> Result<Written, Error> {
        let Some((attempt, invoice)) = self.failed(tx).await? else { return Ok(None) };
        let url = self.page(&invoice)?;
        let words = ActionNeededMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            number: &invoice.number,
            plan: invoice.plan_title.as_deref(),
            amount: invoice.facts.owed()?,
            method: attempt.method_label.as_deref().unwrap_or("your card"),
            tried_on: self.day(attempt.created_at),
            url: &url,
        };
        Ok(Some((words.render()?, None)))
    }

    async fn card_expiring(&self, tx: &mut Tx) -> Result<Written, Error> {
        let id = self.mail.subject.split('/').next().unwrap_or_default();
        let id: PaymentMethodId = id.parse().map_err(Error::internal)?;
        let method = store::payment_method::get(tx, &self.business.id, &id).await?.ok_or(Error::NotFound)?;
        let consents = store::consent::list_by_method(tx, &self.business.id, &id).await?;
        let live: Vec<_> = consents.iter().filter(|consent| consent.state == ConsentState::Live).collect();
        let month = self.mail.subject.rsplit('/').next().unwrap_or_default();
        let Some(expiry) = method.expiry.filter(|it| format!("{:04}-{:02}", it.year(), it.month()) == month) else {
            return Ok(None);
        };
        let Some(first) = live.first() else { return Ok(None) };
        let mut titles = Vec::new();
        for consent in &live {
            titles.push(self.plan_title(tx, &consent.plan).await?);
        }
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let mut url = turn_off_link::mint(self.app, &self.business.id, &first.id).await?;
        url.set_query(Some(&format!("change-card={}", first.id)));
        let words = CardExpiringMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            method: &method.label(),
            expiry,
            plans: &titles,
            url: Some(&url),
        };
        Ok(Some((words.render()?, Some(url.clone()))))
    }

    async fn refund(&self, tx: &mut Tx) -> Result<Written, Error> {
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

/// A charge that is to come.
struct Coming {
    plan: PlanId,
    amount: Money,
    on: Date,
    /// The invoice's number and page, once it is made.
    invoice: Option<(String, Url)>,
}
