//! Plans: what they bill and when, and whose turn comes next.

use zoop_domain::money::{Currency, Quantity, UnitPrice};
use zoop_domain::plan::{Plan, PlanLine, PlanState};
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::tax::TaxRate;
use zoop_store::plan::{self, Due};
use zoop_store::tax_rate;

use crate::fixture::{self, at, day, home, usd};
use crate::harness::Store;

cases!(
    a_plan_reads_back,
    lines_keep_their_order_and_the_plans_currency,
    plans_are_listed_newest_first,
    a_plan_moves_on_to_its_next_cycle,
    a_lock_waits_for_the_transaction_before,
);

async fn a_plan_reads_back(store: &Store) {
    let home = home(store).await;
    let rule = "FREQ=MONTHLY;BYMONTHDAY=-1".parse().expect("a rule");
    let frequencies = [
        Frequency::Weekly,
        Frequency::EveryTwoWeeks,
        Frequency::Monthly,
        Frequency::Quarterly,
        Frequency::Yearly,
        Frequency::Rrule(rule),
    ];
    for (n, frequency) in frequencies.into_iter().enumerate() {
        let plan = Plan {
            state: PlanState::ALL[n % PlanState::ALL.len()],
            schedule: Schedule::new(frequency, day("2028-02-29")).expect("a schedule"),
            lead: LeadDays::new(n as i64 * 12).expect("a lead time"),
            next_cycle_on: (n % 2 == 0).then(|| day("2028-03-31")),
            cap: [Some(usd(1)), None, Some(usd(0))][n % 3],
            ..fixture::plan(&home.customer)
        };
        commit!(store, |tx| plan::insert(tx, &plan, &[], Currency::Usd, Due::default(), at(0)));
        assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &plan.id)), Some(plan.clone()));
        assert_eq!(commit!(store, |tx| plan::lock(tx, &home.business.id, &plan.id)), Some(plan.clone()));
        assert_eq!(read!(store, |tx| plan::list_lines(tx, &home.business.id, &plan.id)), []);
    }
    let unknown = fixture::id!(PlanId);
    assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &unknown)), None);
    assert_eq!(commit!(store, |tx| plan::lock(tx, &home.business.id, &unknown)), None);
}

async fn lines_keep_their_order_and_the_plans_currency(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let rate_id = fixture::id!(TaxRateId);
    let rate = TaxRate { name: "VAT".into(), percent: "5".parse().expect("a percentage") };
    commit!(store, |tx| tax_rate::insert(tx, business, &rate_id, &rate, at(0)));
    let lines: Vec<_> = (0..12)
        .map(|n| PlanLine {
            description: format!("{n}"),
            quantity: Quantity::from_e4(n),
            unit_price: UnitPrice::from_minor_e4(-n, Currency::Eur),
            tax_rate: (n % 2 == 0).then(|| rate_id.clone()),
        })
        .collect();
    let plan = Plan { cap: None, ..fixture::plan(&home.customer) };
    commit!(store, |tx| plan::insert(tx, &plan, &lines, Currency::Eur, Due::default(), at(0)));
    assert_eq!(read!(store, |tx| plan::list_lines(tx, business, &plan.id)), lines);
}

async fn plans_are_listed_newest_first(store: &Store) {
    let home = home(store).await;
    let list = async || {
        let plans = read!(store, |tx| plan::list(tx, &home.business.id, &home.customer.id));
        plans.into_iter().map(|plan| plan.title).collect::<Vec<_>>()
    };
    assert!(list().await.is_empty());
    for (title, state, seconds) in
        [("old", PlanState::Cancelled, 1), ("new", PlanState::Active, 3), ("between", PlanState::Paused, 2)]
    {
        let plan = Plan { title: title.into(), state, ..fixture::plan(&home.customer) };
        commit!(store, |tx| plan::insert(tx, &plan, &[], Currency::Usd, Due::default(), at(seconds)));
    }
    assert_eq!(list().await, ["new", "between", "old"]);
}

async fn a_plan_moves_on_to_its_next_cycle(store: &Store) {
    let home = home(store).await;
    let (plan, other) = (home.plan(store, "Mowing").await, home.plan(store, "Snow").await);
    let due = async |plan: &Plan| {
        let sql = "SELECT CONCAT_WS('|', COALESCE(next_run_at, -1), COALESCE(notice_at, -1)) FROM plans WHERE id = ";
        store.texts(&format!("{sql}'{}'", plan.id)).await.remove(0)
    };
    assert_eq!(due(&plan).await, "-1|-1");
    let microseconds = |seconds| at(seconds).as_microseconds();
    let next = plan.past_next_cycle();
    assert_eq!(next.next_cycle_on, Some(day("2026-11-01")));
    commit!(store, |tx| plan::update_next(tx, &next, Due { run_at: Some(at(2)), notice_at: Some(at(1)) }));
    assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &plan.id)), Some(next.clone()));
    assert_eq!(due(&plan).await, format!("{}|{}", microseconds(2), microseconds(1)));
    let last = Plan { state: PlanState::Paused, next_cycle_on: None, ..next };
    commit!(store, |tx| plan::update_next(tx, &last, Due { run_at: Some(at(3)), notice_at: None }));
    assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &plan.id)), Some(last));
    assert_eq!(due(&plan).await, format!("{}|-1", microseconds(3)));
    assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &other.id)), Some(other.clone()));
    assert_eq!(due(&other).await, "-1|-1");
}

/// Eight workers bill one plan: no cycle is billed twice, and none is skipped.
async fn a_lock_waits_for_the_transaction_before(store: &Store) {
    let home = home(store).await;
    let plan = home.plan(store, "Mowing").await;
    let workers = (0..8).map(|_| {
        let (db, plan) = (store.db.clone(), plan.clone());
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let locked = plan::lock(&mut tx, &plan.business, &plan.id).await.expect("a lock").expect("the plan");
            tokio::task::yield_now().await;
            plan::update_next(&mut tx, &locked.past_next_cycle(), Due::default()).await.expect("an update");
            tx.commit().await.expect("a commit");
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no panic");
    }
    let read = read!(store, |tx| plan::get(tx, &home.business.id, &plan.id)).expect("the plan");
    assert_eq!(read.next_cycle_on, Some(day("2027-06-01")));
}
