//! A new plan: what it bills first, and what is refused.

use zoop_app::plan::create::{NewPlan, create};
use zoop_app::{Actor, Error};
use zoop_domain::money::{Currency, Money};

use super::{date, line, new, usd};
use crate::harness::{TestApp, cases};

cases!(a_plan_bills_no_cycle_before_today, what_makes_no_plan_is_refused);

async fn a_plan_bills_no_cycle_before_today(t: &TestApp) {
    let plan = t.plans(new(t, "monthly", "2026-01-31", 0)).await;
    assert_eq!(t.plan(&plan).await.next_cycle_on, Some(date("2026-09-30")));
    t.works().await;
    assert!(t.cycles(&plan).await.is_empty());
    // Its invoice should have been made yesterday: it is made now, and charged later.
    let soon = t.plans(new(t, "weekly", "2026-09-22", 2)).await;
    t.works().await;
    let billed = t.billed(&soon).await;
    assert_eq!((billed[0].due_on.as_str(), billed[0].made_late), ("2026-09-22", true));
}

async fn what_makes_no_plan_is_refused(t: &TestApp) {
    let app = t.app();
    let refused = async |new: NewPlan, words: &str| match create(&app, Actor::Operator, &t.shop.business.id, new).await
    {
        Err(Error::Invalid(why)) => assert!(why.contains(words), "{why}"),
        other => panic!("{words}: {other:?}"),
    };
    let good = || new(t, "weekly", "2026-09-28", 0);
    refused(NewPlan { title: " ".into(), ..good() }, "needs a title").await;
    refused(NewPlan { title: "Lawn\0care".into(), ..good() }, "one line").await;
    refused(NewPlan { title: "x".repeat(201), ..good() }, "at most 200").await;
    refused(NewPlan { lines: Vec::new(), ..good() }, "1 to 100 lines").await;
    refused(NewPlan { lines: vec![line(100), line(-101)], ..good() }, "below zero").await;
    let mut silent = line(100);
    silent.description = "a\u{7}".into();
    refused(NewPlan { lines: vec![line(100), silent], ..good() }, "line 2").await;
    let mut taxed = line(100);
    taxed.tax_rate = Some(format!("txr_{}", "0".repeat(26)).parse().unwrap());
    refused(NewPlan { lines: vec![taxed], ..good() }, "tax rate").await;
    refused(NewPlan { cap: Some(usd(6_494)), ..good() }, "below the price of $64.95").await;
    refused(NewPlan { cap: Some(Money::new(9_000, Currency::Eur)), ..good() }, "cap").await;
    let over = new(t, "FREQ=DAILY;COUNT=3", "2026-09-01", 0);
    refused(over, "no cycle from today on").await;
    let nobody = NewPlan { customer: format!("cus_{}", "0".repeat(26)).parse().unwrap(), ..good() };
    assert!(matches!(create(&app, Actor::Operator, &t.shop.business.id, nobody).await, Err(Error::NotFound)));
    assert_eq!(t.database.rows::<(i64,)>("SELECT COUNT(*) FROM plans").await, [(0,)]);
}
