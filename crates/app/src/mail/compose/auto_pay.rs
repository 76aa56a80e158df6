//! Mails about auto-pay: on, off, a charge that is to come, one that failed, a card that expires.

use url::Url;
use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::consent::{Consent, ConsentSource, ConsentState, EndedHow};
use zoop_domain::id::{AttemptId, ConsentId, PaymentMethodId, PlanId};
use zoop_domain::invoice::{Invoice, Lifecycle};
use zoop_domain::money::Money;
use zoop_domain::payment::method_label;
use zoop_domain::schedule::BILLING_HOUR;
use zoop_domain::time::Date;
use zoop_store::{self as store, Tx};

use super::{Desk, Written};
use crate::mail::{
    ActionNeededMail, Agreed, AutopayOffMail, AutopayOnMail, CardExpiringMail, Mail as _, NextTry, OffBecause,
    PaymentFailedMail, UpcomingChargeMail, WhyTold,
};
use crate::{Error, plan, turn_off_link};

impl Desk<'_> {
    async fn consent(&self, tx: &mut Tx) -> Result<Consent, Error> {
        let id: ConsentId = self.about()?;
        store::consent::get(tx, &self.business.id, &id).await?.ok_or(Error::NotFound)
    }

    pub(super) async fn auto_pay_on(&self, tx: &mut Tx) -> Result<Written, Error> {
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

    pub(super) async fn auto_pay_off(&self, tx: &mut Tx) -> Result<Written, Error> {
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

    pub(super) async fn upcoming_charge(&self, tx: &mut Tx) -> Result<Written, Error> {
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

    pub(super) async fn payment_failed(&self, tx: &mut Tx) -> Result<Written, Error> {
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

    pub(super) async fn action_needed(&self, tx: &mut Tx) -> Result<Written, Error> {
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

    pub(super) async fn card_expiring(&self, tx: &mut Tx) -> Result<Written, Error> {
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
}

/// A charge that is to come.
struct Coming {
    plan: PlanId,
    amount: Money,
    on: Date,
    /// The invoice's number and page, once it is made.
    invoice: Option<(String, Url)>,
}
