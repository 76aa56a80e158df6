//! What Dana and the business agreed on: plans, her permissions to charge, quotes that wait.

use std::collections::HashMap;

use zoop_domain::business::Business;
use zoop_domain::consent::{Consent, ConsentSource, ConsentState, Evidence};
use zoop_domain::customer::Customer;
use zoop_domain::id::{ConsentId, PlanId, QuoteId};
use zoop_domain::money::{Currency, Money};
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::plan::{Plan, PlanState};
use zoop_domain::quote::QuoteSummary;
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::time::Date;
use zoop_store as store;
use zoop_store::plan::Due;

use super::history::DanaPlan;
use super::seed::Seed;
use crate::commands::Failure;

impl Seed<'_> {
    pub(super) async fn plans(
        &self,
        business: &Business,
        customer: &Customer,
        today: Date,
    ) -> Result<HashMap<DanaPlan, PlanId>, Failure> {
        let mut plans = HashMap::new();
        let starts_on = today.plus_days(20);
        let mut tx = self.app.db.begin().await?;
        for title in DanaPlan::ALL {
            let plan = Plan {
                id: PlanId::generate(self.app.now(), self.app.random.as_ref()),
                business: business.id.clone(),
                customer: customer.id.clone(),
                title: title.title().into(),
                state: PlanState::Active,
                schedule: Schedule::new(Frequency::Monthly, starts_on).map_err(Failure::from_error)?,
                lead: LeadDays::new(7).map_err(Failure::from_error)?,
                next_cycle_on: Some(starts_on),
                cap: title.cap().map(|cents| Money::new(cents, Currency::Usd)),
            };
            let due = Due { run_at: plan.next_run_at(&business.time_zone), notice_at: None };
            store::plan::insert(&mut tx, &plan, &[], Currency::Usd, due, self.app.now()).await?;
            plans.insert(title, plan.id);
        }
        tx.commit().await?;
        Ok(plans)
    }

    /// One consent that Dana gave while paying, and one, with a cap, that the business wrote down.
    pub(super) async fn consents(
        &self,
        business: &Business,
        customer: &Customer,
        methods: &[PaymentMethod],
        plans: &HashMap<DanaPlan, PlanId>,
        today: Date,
    ) -> Result<(), Failure> {
        let given = [(DanaPlan::Hedge, 204, ConsentSource::Inline), (DanaPlan::Cleanup, 258, ConsentSource::Attested)];
        for (plan, days_ago, source) in given {
            self.at(business, today.plus_days(-days_ago), 15);
            let (Some(method), Some(id)) = (methods.first(), plans.get(&plan)) else { continue };
            let cap = plan.cap().map(|cents| Money::new(cents, Currency::Usd));
            let inline = source == ConsentSource::Inline;
            let consent = Consent {
                id: ConsentId::generate(self.app.now(), self.app.random.as_ref()),
                business: business.id.clone(),
                customer: customer.id.clone(),
                plan: id.clone(),
                method: Some(method.id.clone()),
                evidence: Evidence {
                    source,
                    disclosure_text: disclosure(business, plan, cap),
                    disclosure_version: 1,
                    cap,
                    agreed: Money::new(6_495, Currency::Usd),
                    granted_at: self.app.now(),
                    ip: inline.then(|| "203.0.113.24".into()),
                    user_agent: inline.then(|| "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)".into()),
                    attested: None,
                    attempt: None,
                    method_brand: method.brand.clone(),
                    method_last4: method.last4.clone(),
                },
                state: ConsentState::Live,
                suspended: None,
                ended: None,
            };
            let mut tx = self.app.db.begin().await?;
            store::consent::insert(&mut tx, &consent).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Two quotes that wait, one that was answered, one that has expired.
    pub(super) async fn quotes(&self, business: &Business, customer: &Customer, today: Date) -> Result<(), Failure> {
        let quotes = [
            ("Q-0198", "Stone border for the rose bed", 64_000, 95, 30, true),
            ("Q-0205", "Second irrigation zone", 112_000, 60, 30, false),
            ("Q-0214", "Fall leaf cleanup, 3 visits", 42_000, 9, 30, false),
            ("Q-0217", "French drain along the east fence", 185_000, 4, 30, false),
        ];
        for (number, title, cents, days_ago, valid_days, answered) in quotes {
            self.at(business, today.plus_days(-days_ago), 16);
            let sent_on = today.plus_days(-days_ago);
            let quote = QuoteSummary {
                id: QuoteId::generate(self.app.now(), self.app.random.as_ref()),
                number: number.into(),
                title: title.into(),
                sent_on,
                total: Money::new(cents, Currency::Usd),
            };
            let (expires_on, now) = (Some(sent_on.plus_days(valid_days)), self.app.now());
            let mut tx = self.app.db.begin().await?;
            store::quote::insert(&mut tx, &business.id, &customer.id, &quote, expires_on, now).await?;
            if answered {
                store::quote::update_answered(&mut tx, &business.id, &quote.id, now).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

fn disclosure(business: &Business, plan: DanaPlan, cap: Option<Money>) -> String {
    let cap = cap.map_or_else(String::new, |cap| format!(", never more than {cap}"));
    format!(
        "I authorize {} to charge the card I pay with the total of each {} invoice, on its due date{cap}, until I \
         turn it off.",
        business.name,
        plan.title()
    )
}
