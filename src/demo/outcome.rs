//! Lives through one invoice of the past: sends it, and does to it what history says.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Method, Request, header};
use tower::ServiceExt as _;
use zoop_app::attempt::{self, settle};
use zoop_app::consent::offer::Evident;
use zoop_app::invoice::draft::{self, NewInvoice};
use zoop_app::invoice::pay::{self, PayOutcome, PayRequest};
use zoop_app::invoice::send::{self, Delivery};
use zoop_app::invoice::show::InvoiceKey;
use zoop_app::invoice::{self, void, write_off};
use zoop_app::payment::record::{self, HandPayment, Recording};
use zoop_app::{Actor, App, charge, job};
use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState, AttemptTerms};
use zoop_domain::business::Business;
use zoop_domain::customer::Customer;
use zoop_domain::id::{AttemptId, InvoiceId, PlanId};
use zoop_domain::money::{Currency, Money};
use zoop_domain::payment::{Payment, PaymentKind};
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::schedule::BILLING_HOUR;
use zoop_domain::tax::TaxRate;
use zoop_domain::time::{Clock as _, Date};
use zoop_store as store;
use zoop_stripe::payment_intent::{self, ConfirmPaymentIntent, CreatePaymentIntent};
use zoop_stripe::refund::{self, CreateRefund};
use zoop_stripe_sandbox::Sandbox;

use super::clock::DemoClock;
use super::history::{DanaPlan, Fate, Past, TAX};
use super::seed::{ACCOUNT, client, key, scope};
use crate::commands::Failure;

/// Who it happens to, and with what.
pub(super) struct Storyteller<'a> {
    pub(super) app: &'a App,
    pub(super) sandbox: &'a Sandbox,
    pub(super) clock: &'a DemoClock,
    pub(super) business: &'a Business,
    pub(super) customer: &'a Customer,
    pub(super) stripe_customer: &'a str,
    /// The token of the customer's portal link.
    pub(super) portal: &'a str,
    /// The card that auto-pay charges.
    pub(super) card: Option<&'a PaymentMethod>,
    pub(super) plans: &'a HashMap<DanaPlan, PlanId>,
}

impl Storyteller<'_> {
    /// Lives through one invoice: its id.
    pub(super) async fn tell(&self, past: &Past, today: Date) -> Result<InvoiceId, Failure> {
        let sent_on = today.plus_days(-past.days_ago);
        self.at(sent_on, 10);
        let invoice = self.send(past, sent_on).await?;
        self.suffer(past, &invoice, sent_on).await?;
        self.work_off().await?;
        Ok(invoice)
    }

    fn at(&self, day: Date, hour: i8) {
        self.clock.run();
        let now = self.clock.now();
        let wanted = day.at_hour(hour, &self.business.time_zone);
        self.clock.stand_at(if wanted < now { wanted } else { now });
    }

    async fn send(&self, past: &Past, sent_on: Date) -> Result<InvoiceId, Failure> {
        let rate = TaxRate { name: TAX.0.into(), percent: TAX.1.parse().map_err(Failure::from_error)? };
        let new = NewInvoice {
            customer: self.customer.id.clone(),
            plan: past.plan.and_then(|plan| self.plans.get(&plan)).cloned(),
            due_on: sent_on.plus_days(past.due_after),
            rates: if past.lines.iter().any(|line| line.tax.is_some()) { vec![rate] } else { Vec::new() },
            lines: past.lines.clone(),
        };
        let invoice = draft::draft(self.app, &self.business.id, new).await?;
        let by_mail = self.customer.email.is_some();
        let delivery = if by_mail { Delivery::Mail { message: None } } else { Delivery::ByHand };
        send::send(self.app, Actor::Operator, &self.business.id, &invoice, &delivery).await?;
        self.work_off().await?;
        Ok(invoice)
    }

    /// What just happened has its consequences, and its mails, while the clock stands there.
    async fn work_off(&self) -> Result<(), Failure> {
        job::run_all(self.app).await?;
        Ok(())
    }

    async fn suffer(&self, past: &Past, invoice: &InvoiceId, sent_on: Date) -> Result<(), Failure> {
        let (business, actor) = (&self.business.id, Actor::Operator);
        let day = |after: i32, hour| self.at(sent_on.plus_days(after), hour);
        match past.fate {
            Fate::Unpaid => {}
            Fate::Card { after } => {
                day(after, 18);
                self.pay(invoice, "pm_card_visa").await?;
            }
            Fate::CardAndConsent { after } => {
                day(after, 18);
                self.agree(invoice).await?;
            }
            Fate::Charged => {
                self.fall_due(sent_on.plus_days(past.due_after)).await?;
                if self.balance(invoice).await?.is_positive() {
                    return Err(Failure::new("auto-pay left an invoice of the demo unpaid"));
                }
            }
            Fate::Check { after, number } => {
                day(after, 14);
                let all = self.balance(invoice).await?;
                self.by_hand(invoice, PaymentKind::Check, all, &format!("Check #{number}"), sent_on.plus_days(after))
                    .await?;
            }
            Fate::PartCheck { after, cents, number } => {
                day(after, 14);
                let part = Money::new(cents, Currency::Usd);
                self.by_hand(invoice, PaymentKind::Check, part, &format!("Check #{number}"), sent_on.plus_days(after))
                    .await?;
            }
            Fate::Cash { after } => {
                day(after, 14);
                let all = self.balance(invoice).await?;
                self.by_hand(invoice, PaymentKind::Cash, all, "Cash", sent_on.plus_days(after)).await?;
            }
            Fate::BankDebitUnderWay { after } => {
                day(after, 9);
                self.pay(invoice, "pm_usBankAccount").await?;
            }
            Fate::BankReturned { after } => {
                day(after, 9);
                let payment = self.pay(invoice, "pm_card_visa").await?;
                self.work_off().await?;
                day(after + 9, 9);
                self.lose_dispute(payment).await?;
            }
            Fate::Refunded { after } => {
                day(after, 12);
                let payment = self.pay(invoice, "pm_card_visa").await?;
                self.work_off().await?;
                day(after + 4, 12);
                self.refund(payment, None).await?;
            }
            Fate::PartlyRefunded { after, cents } => {
                day(after, 12);
                let payment = self.pay(invoice, "pm_card_visa").await?;
                self.work_off().await?;
                day(after + 4, 12);
                self.refund(payment, Some(cents)).await?;
            }
            Fate::Replaced { after } => {
                day(after, 9);
                let again = self.send(past, sent_on.plus_days(after)).await?;
                void::void(self.app, actor, business, invoice, Some(&again)).await?;
                day(after + 2, 18);
                self.pay(&again, "pm_card_visa").await?;
            }
            Fate::WrittenOff { after } => {
                day(after, 9);
                write_off::write_off(self.app, actor, business, invoice).await?;
            }
            Fate::Declined { tries, code } => {
                self.decline(invoice, sent_on.plus_days(past.due_after), tries, code).await?;
            }
        }
        Ok(())
    }

    async fn balance(&self, invoice: &InvoiceId) -> Result<Money, Failure> {
        let mut tx = self.app.db.read().await?;
        let invoice = store::invoice::get(&mut tx, &self.business.id, invoice).await?;
        let invoice = invoice.ok_or_else(|| Failure::new("an invoice of the demo is missing"))?;
        invoice.facts.owed().map_err(Failure::from_error)
    }

    /// The hour of `day` comes at which cards are charged.
    async fn fall_due(&self, day: Date) -> Result<(), Failure> {
        self.at(day, BILLING_HOUR);
        invoice::charge::find_due(self.app).await?;
        self.work_off().await
    }

    /// On the invoice's page below her portal she takes the card on file and ticks both boxes.
    async fn agree(&self, invoice: &InvoiceId) -> Result<(), Failure> {
        let request = PayRequest {
            amount_minor: self.balance(invoice).await?.minor(),
            save_card: true,
            auto_pay: true,
            email: None,
            saved: self.card.map(|card| card.id.to_string()),
            evident: Evident {
                ip: Some("203.0.113.24".into()),
                user_agent: Some("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)".into()),
            },
        };
        let key = InvoiceKey::Portal { token: self.portal, invoice: invoice.as_str() };
        match pay::pay(self.app, key, request).await? {
            PayOutcome::Taken => Ok(()),
            _ => Err(Failure::new("the card on file didn’t pay an invoice of the demo")),
        }
    }

    /// Her bank declines so many automatic charges, each on its day.
    async fn decline(&self, invoice: &InvoiceId, due_on: Date, tries: u32, code: &str) -> Result<(), Failure> {
        let card = self.card.map(|card| card.stripe_payment_method.as_str()).unwrap_or_default();
        let outcome = serde_json::json!({ "decline_code": code, "count": tries });
        control(self.sandbox, &format!("payment_methods/{card}/outcome"), &outcome).await?;
        let mut day = due_on;
        for _ in 0..tries {
            self.fall_due(day).await?;
            let dunning = store::dunning::find(&mut self.app.db.read().await?, &self.business.id, invoice).await?;
            let dunning = dunning.ok_or_else(|| Failure::new("auto-pay left an invoice of the demo alone"))?;
            let Some(next) = dunning.next_try_on else { break };
            day = next;
        }
        Ok(())
    }

    async fn by_hand(
        &self,
        invoice: &InvoiceId,
        kind: PaymentKind,
        amount: Money,
        label: &str,
        on: Date,
    ) -> Result<(), Failure> {
        let paid = HandPayment { kind, amount, label: label.into(), received_on: on };
        record::record(
            self.app,
            Actor::Operator,
            &self.business.id,
            invoice,
            &paid,
            Recording { receipt: true, seen: None },
        )
        .await?;
        Ok(())
    }

    /// Pays the balance at Stripe with a ready-made method, and settles. `None` while the bank works on it.
    async fn pay(&self, invoice: &InvoiceId, method: &str) -> Result<Option<Payment>, Failure> {
        let now = self.app.now();
        let amount = self.balance(invoice).await?;
        let attempt = Attempt {
            id: AttemptId::generate(now, self.app.random.as_ref()),
            business: self.business.id.clone(),
            invoice: invoice.clone(),
            customer: self.customer.id.clone(),
            kind: AttemptKind::Checkout,
            state: AttemptState::Processing,
            amount,
            account: ACCOUNT.into(),
            terms: AttemptTerms::default(),
            consent: None,
            job: None,
            method: None,
            method_label: None,
            session: None,
            payment_intent: None,
            created_at: now,
            expires_at: None,
            checks: 0,
        };
        let kind = if method.starts_with("pm_card") { "card" } else { "us_bank_account" };
        let params = CreatePaymentIntent {
            amount: amount.minor(),
            currency: amount.currency().to_string(),
            customer: self.stripe_customer.to_owned(),
            payment_method: method.to_owned(),
            allowed_payment_method_types: vec![kind.into()],
            description: None,
            metadata: attempt::metadata(&attempt),
        };
        let made = payment_intent::create(client(self.app)?, &scope(), &params, &key(attempt.id.as_str())?).await;
        let made = made.map_err(Failure::from_error)?;
        let attempt = Attempt { payment_intent: Some(made.id.clone()), ..attempt };
        let mut tx = self.app.db.begin().await?;
        store::attempt::insert(&mut tx, &attempt, None, Some(now.plus_seconds(3_600))).await?;
        tx.commit().await?;
        let confirm = ConfirmPaymentIntent { return_url: None, off_session: true };
        let confirmation = key(&format!("{}-confirm", attempt.id))?;
        payment_intent::confirm(client(self.app)?, &scope(), &made.id, &confirm, &confirmation)
            .await
            .map_err(Failure::from_error)?;
        settle::settle(self.app, &attempt).await?;
        let mut tx = self.app.db.read().await?;
        Ok(store::payment::find_by_intent(&mut tx, &self.business.id, ACCOUNT, &made.id).await?)
    }

    async fn refund(&self, payment: Option<Payment>, cents: Option<i64>) -> Result<(), Failure> {
        let Some(payment) = payment else { return Ok(()) };
        let params = CreateRefund {
            payment_intent: payment.payment_intent.clone().unwrap_or_default(),
            amount: cents,
            reason: None,
            metadata: zoop_stripe::Metadata::new(),
        };
        let key = key(&format!("{}-refund", payment.id))?;
        refund::create(client(self.app)?, &scope(), &params, &key).await.map_err(Failure::from_error)?;
        Ok(charge::sync::sync(self.app, &payment).await?)
    }

    async fn lose_dispute(&self, payment: Option<Payment>) -> Result<(), Failure> {
        let Some(payment) = payment else { return Ok(()) };
        let charge = serde_json::json!({ "charge": payment.charge });
        control(self.sandbox, "disputes/open", &charge).await?;
        let lost = serde_json::json!({ "charge": payment.charge, "outcome": "lost" });
        control(self.sandbox, "disputes/close", &lost).await?;
        Ok(charge::sync::sync(self.app, &payment).await?)
    }
}

/// Plays the bank: posts to the stand-in's own controls.
pub(super) async fn control(sandbox: &Sandbox, path: &str, body: &serde_json::Value) -> Result<(), Failure> {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/_sandbox/{path}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .map_err(Failure::from_error)?;
    let response = sandbox.router().oneshot(request).await.unwrap_or_else(|never| match never {});
    if response.status().is_success() {
        return Ok(());
    }
    Err(Failure::new(format!("the stand-in for Stripe refused {path}: {}", response.status())))
}
