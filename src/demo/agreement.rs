//! What Dana and the business agreed on: plans, a permission to charge that she gave by phone, quotes
//! that wait. Another permission she gives while paying.

use std::collections::HashMap;

use zoop_app::Actor;
use zoop_app::consent::attest::{self, Attestation};
use zoop_app::plan::create::{self, NewPlan};
use zoop_domain::business::Business;
use zoop_domain::customer::Customer;
use zoop_domain::id::{ConsentId, PlanId, QuoteId, TaxRateId};
use zoop_domain::invoice::entry::{ChosenLine, TaxChoice};
use zoop_domain::invoice::{LineDraft, Totals};
use zoop_domain::money::{Currency, Money, Quantity, UnitPrice};
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::plan::PlanLine;
use zoop_domain::quote::{Answer, AnsweredBy, Quote, QuoteState};
use zoop_domain::schedule::{Frequency, LeadDays};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Date;
use zoop_store as store;

use super::history::{ATTESTED_DAYS_AGO, DanaPlan, TAX};
use super::seed::Seed;
use crate::commands::Failure;

impl Seed<'_> {
    /// The rate that taxes what the business's plans bill.
    pub(super) async fn tax_rate(&self, business: &Business) -> Result<TaxRateId, Failure> {
        let (name, percent) = TAX;
        let rate = TaxRate { name: name.into(), percent: percent.parse().map_err(Failure::from_error)? };
        let id = TaxRateId::generate(self.app.now(), self.app.random.as_ref());
        let mut tx = self.app.db.begin().await?;
        store::tax_rate::insert(&mut tx, &business.id, &id, &rate, self.app.now()).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A plan of the customer's that goes on from its last invoice of the past.
    pub(super) async fn plan(
        &self,
        customer: &Customer,
        plan: DanaPlan,
        rate: &TaxRateId,
        today: Date,
    ) -> Result<PlanId, Failure> {
        let (frequency, lead, starts_on) = match plan {
            DanaPlan::Lawn => (Frequency::Monthly, 14, today.plus_days(2).plus_months(1)),
            DanaPlan::Hedge => (Frequency::Monthly, 15, today.plus_days(-2).plus_months(1)),
            DanaPlan::Cleanup => {
                let rule = Frequency::read("rrule", Some("FREQ=YEARLY;BYMONTH=4,10;BYMONTHDAY=15"));
                (rule.map_err(Failure::from_error)?, 14, today.plus_days(20))
            }
        };
        let line = |LineDraft { description, quantity, unit_price, tax }| PlanLine {
            description,
            quantity,
            unit_price,
            tax_rate: tax.map(|_| rate.clone()),
        };
        let new = NewPlan {
            customer: customer.id.clone(),
            title: plan.title().into(),
            frequency,
            starts_on,
            lead: LeadDays::new(lead).map_err(Failure::from_error)?,
            lines: plan.lines().into_iter().map(line).collect(),
            cap: plan.cap().map(|cents| Money::new(cents, Currency::Usd)),
        };
        Ok(create::create(self.app, Actor::Operator, &customer.business, new).await?)
    }

    /// All of Dana's.
    pub(super) async fn plans(
        &self,
        customer: &Customer,
        rate: &TaxRateId,
        today: Date,
    ) -> Result<HashMap<DanaPlan, PlanId>, Failure> {
        let mut plans = HashMap::new();
        for plan in DanaPlan::ALL {
            plans.insert(plan, self.plan(customer, plan, rate, today).await?);
        }
        Ok(plans)
    }

    /// The office writes down what Dana said on the phone.
    pub(super) async fn attest(
        &self,
        business: &Business,
        method: &PaymentMethod,
        plan: &PlanId,
        today: Date,
    ) -> Result<ConsentId, Failure> {
        let on = today.plus_days(-ATTESTED_DAYS_AGO);
        self.at(business, on, 15);
        let attestation = Attestation {
            plan: plan.clone(),
            method: method.id.clone(),
            by: "Rosa Delgado".into(),
            how: format!("by phone, on {on}"),
        };
        let consent = attest::attest(self.app, Actor::Operator, &business.id, &attestation).await?;
        zoop_app::job::run_all(self.app).await?;
        Ok(consent)
    }

    /// Two quotes that wait, one that was answered, one that has expired.
    pub(super) async fn quotes(&self, business: &Business, customer: &Customer, today: Date) -> Result<(), Failure> {
        let quotes = [
            (198, "Stone border for the rose bed", 64_000, 95, 30, true),
            (205, "Second irrigation zone", 112_000, 60, 30, false),
            (214, "Fall leaf cleanup, 3 visits", 42_000, 9, 30, false),
            (217, "French drain along the east fence", 185_000, 4, 30, false),
        ];
        for (counter, title, cents, days_ago, valid_days, answered) in quotes {
            self.at(business, today.plus_days(-days_ago), 16);
            let sent_on = today.plus_days(-days_ago);
            let now = self.app.now();
            let line = ChosenLine {
                description: title.into(),
                quantity: Quantity::from_e4(10_000),
                unit_price: UnitPrice::from_minor_e4(cents * 10_000, Currency::Usd),
                tax: TaxChoice::None,
                is_discount: false,
            };
            let (quantity, unit_price) = (line.quantity, line.unit_price);
            let counted = LineDraft { description: title.into(), quantity, unit_price, tax: None };
            let mut tx = self.app.db.begin().await?;
            // The numbers between went to other customers.
            let number = loop {
                match store::business::update_next_quote_number(&mut tx, &business.id).await? {
                    Some((prefix, next)) if next == counter => break format!("{prefix}{next:04}"),
                    Some((_, next)) if next < counter => {}
                    _ => return Err(Failure::new("the quotes’ numbers are taken")),
                }
            };
            let quote = Quote {
                id: QuoteId::generate(now, self.app.random.as_ref()),
                business: business.id.clone(),
                customer: customer.id.clone(),
                state: QuoteState::Sent,
                number: Some(number),
                title: title.into(),
                message: String::new(),
                notes: String::new(),
                sent_on: Some(sent_on),
                expires_on: Some(sent_on.plus_days(valid_days)),
                mails: 0,
                answer: None,
                lines: vec![line],
                default_tax: None,
                totals: Totals::compute(vec![counted], Vec::new(), Currency::Usd).map_err(Failure::from_error)?,
                revision: 1,
                created_at: now,
            };
            store::quote::insert(&mut tx, &quote).await?;
            if answered {
                let by = AnsweredBy::Customer { ip: None, user_agent: None };
                let (name, comment) = (Some(customer.name.clone()), String::new());
                let answer = Answer { accepted: true, at: now, name, comment, by };
                store::quote::update_answered(&mut tx, &business.id, &quote.id, &answer).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}
