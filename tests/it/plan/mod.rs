//! Recurring plans: what they bill and when, whoever sleeps, dies or comes twice.

mod act;
mod announce;
mod bill;
mod create;
mod race;

use zoop_app::plan::create::{NewPlan, create};
use zoop_app::{Actor, job};
use zoop_domain::id::PlanId;
use zoop_domain::money::{Money, Quantity, UnitPrice};
use zoop_domain::plan::{Plan, PlanLine};
use zoop_domain::schedule::{Frequency, LeadDays};
use zoop_domain::time::{Clock as _, Date};
use zoop_store as store;

use crate::harness::TestApp;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// One line of so many cents, untaxed.
fn line(cents: i64) -> PlanLine {
    PlanLine {
        description: "Mowing and edging".into(),
        quantity: Quantity::from_e4(10_000),
        unit_price: UnitPrice::from_minor_e4(cents * 10_000, zoop_domain::money::Currency::Usd),
        tax_rate: None,
    }
}

/// A plan of the usual customer: "weekly", or a rule such as "FREQ=WEEKLY".
fn new(t: &TestApp, frequency: &str, starts_on: &str, lead: i64) -> NewPlan {
    let frequency = match frequency.contains('=') {
        true => Frequency::read("rrule", Some(frequency)),
        false => Frequency::read(frequency, None),
    };
    NewPlan {
        customer: t.shop.customer.id.clone(),
        title: "Lawn care".into(),
        frequency: frequency.unwrap(),
        starts_on: date(starts_on),
        lead: LeadDays::new(lead).unwrap(),
        lines: vec![line(6_495)],
        cap: None,
    }
}

impl TestApp {
    async fn plans(&self, new: NewPlan) -> PlanId {
        create(&self.app(), Actor::Operator, &self.shop.business.id, new).await.unwrap()
    }

    /// The clock is set to that hour of a day of the shop.
    fn clock_at(&self, day: &str, hour: i8) {
        let then = date(day).at_hour(hour, &self.shop.business.time_zone);
        self.clock.pass(then.seconds_since(self.clock.now()));
    }

    /// What is due is found, and done.
    async fn works(&self) {
        job::sweep(&self.app()).await;
        self.run_jobs().await;
    }

    async fn plan(&self, id: &PlanId) -> Plan {
        let mut tx = self.app().db.read().await.unwrap();
        store::plan::get(&mut tx, &self.shop.business.id, id).await.unwrap().unwrap()
    }

    /// What the plan billed, in the order of its cycles.
    async fn billed(&self, plan: &PlanId) -> Vec<Billed> {
        let sql = format!(
            "SELECT number, cycle_on, issued_on, due_on, made_late, charge_at, lifecycle FROM invoices \
             WHERE plan_id = '{plan}' ORDER BY cycle_on"
        );
        self.database.rows(&sql).await
    }

    /// The cycles that the plan billed.
    async fn cycles(&self, plan: &PlanId) -> Vec<String> {
        self.billed(plan).await.into_iter().map(|billed| billed.cycle_on).collect()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
struct Billed {
    number: String,
    cycle_on: String,
    issued_on: String,
    due_on: String,
    made_late: bool,
    charge_at: Option<i64>,
    lifecycle: String,
}

fn usd(minor: i64) -> Money {
    Money::new(minor, zoop_domain::money::Currency::Usd)
}
