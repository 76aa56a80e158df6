//! Plans: what they bill and when, and whose turn comes next.

use zoop_domain::money::{Currency, Quantity, UnitPrice};
use zoop_domain::plan::{Plan, PlanLine, PlanState};
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Instant;
use zoop_store::plan::{self, Due};
use zoop_store::tax_rate;

use crate::fixture::{self, Home, at, day, home, usd};
use crate::harness::Store;

cases!(
    a_plan_reads_back,
    lines_keep_their_order_and_the_plans_currency,
    plans_are_listed_newest_first,
    a_plan_moves_on_to_its_next_cycle,
    a_lock_waits_for_the_transaction_before,
    plans_that_are_due_are_locked_longest_due_first,
    a_plan_that_another_has_just_billed_is_not_due_any_more,
    charges_to_be_announced_are_taken_once,
    all_plans_of_the_business_are_listed_newest_first,
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
    let moments = async |plan: &Plan| {
        let sql = "SELECT CONCAT_WS('|', COALESCE(next_run_at, -1), COALESCE(notice_at, -1)) FROM plans WHERE id = ";
        store.texts(&format!("{sql}'{}'", plan.id)).await.remove(0)
    };
    assert_eq!(moments(&plan).await, "-1|-1");
    let microseconds = |seconds| at(seconds).as_microseconds();
    let next = plan.past_next_cycle();
    assert_eq!(next.next_cycle_on, Some(day("2026-11-01")));
    commit!(store, |tx| plan::update_next(tx, &next, Due { run_at: Some(at(2)), notice_at: Some(at(1)) }));
    assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &plan.id)), Some(next.clone()));
    assert_eq!(moments(&plan).await, format!("{}|{}", microseconds(2), microseconds(1)));
    let last = Plan { state: PlanState::Paused, next_cycle_on: None, ..next };
    commit!(store, |tx| plan::update_next(tx, &last, Due { run_at: Some(at(3)), notice_at: None }));
    assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &plan.id)), Some(last));
    assert_eq!(moments(&plan).await, format!("{}|-1", microseconds(3)));
    assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &other.id)), Some(other.clone()));
    assert_eq!(moments(&other).await, "-1|-1");
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

/// A plan whose next cycle is so many days into October, when its invoice and its notice are due.
async fn due(store: &Store, home: &Home, state: PlanState, cycle: i32, due: Due) -> Plan {
    let next_cycle_on = Some(day("2026-10-01").plus_days(cycle));
    let plan = Plan { state, next_cycle_on, ..fixture::plan(&home.customer) };
    commit!(store, |tx| plan::insert(tx, &plan, &[], Currency::Usd, due, at(0)));
    plan
}

const fn run(at: Instant) -> Due {
    Due { run_at: Some(at), notice_at: None }
}

async fn plans_that_are_due_are_locked_longest_due_first(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let lock = async |seconds, limit| commit!(store, |tx| plan::lock_due(tx, &home.business.id, at(seconds), limit));
    let businesses = async |seconds| read!(store, |tx| plan::list_due_businesses(tx, at(seconds)));
    let late = due(store, &home, PlanState::Active, 30, run(at(30))).await;
    let early = due(store, &home, PlanState::Active, 10, run(at(10))).await;
    let between = due(store, &home, PlanState::Active, 20, run(at(20))).await;
    for state in [PlanState::Paused, PlanState::Cancelled] {
        due(store, &home, state, 0, run(at(0))).await;
    }
    due(store, &home, PlanState::Active, 0, Due::default()).await;
    let elsewhere = due(store, &other, PlanState::Active, 0, run(at(25))).await;
    assert_eq!((lock(9, 10).await, businesses(9).await), (Vec::new(), Vec::new()));
    assert_eq!(businesses(10).await, std::slice::from_ref(&home.business.id));
    let mut both = [home.business.id.clone(), other.business.id.clone()];
    both.sort();
    assert_eq!(businesses(25).await, both);
    assert_eq!(lock(99, 2).await, [early.clone(), between.clone()]);
    assert_eq!(lock(99, 10).await, [early, between, late], "a lock alone bills nothing");
    let his = commit!(store, |tx| plan::lock_due(tx, &other.business.id, at(25), 10));
    assert_eq!(his, [elsewhere]);
}

async fn a_plan_that_another_has_just_billed_is_not_due_any_more(store: &Store) {
    let home = home(store).await;
    let plan = due(store, &home, PlanState::Active, 0, run(at(0))).await;
    let mut first = store.db.begin().await.expect("a transaction");
    let locked = plan::lock_due(&mut first, &home.business.id, at(1), 10).await.expect("the plans");
    assert_eq!(locked, std::slice::from_ref(&plan));
    let second = tokio::spawn({
        let (db, business) = (store.db.clone(), home.business.id.clone());
        async move {
            let mut tx = db.begin().await.expect("a transaction");
            plan::lock_due(&mut tx, &business, at(1), 10).await.expect("the plans")
        }
    });
    store.until_one_waits().await;
    plan::update_next(&mut first, &plan.past_next_cycle(), run(at(99))).await.expect("an update");
    first.commit().await.expect("a commit");
    assert_eq!(second.await.expect("no panic"), []);
}

async fn charges_to_be_announced_are_taken_once(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let notice = |seconds| Due { run_at: Some(at(0)), notice_at: Some(at(seconds)) };
    let (late, early) = (
        due(store, &home, PlanState::Active, 0, notice(20)).await,
        due(store, &other, PlanState::Active, 0, notice(10)).await,
    );
    due(store, &home, PlanState::Paused, 0, notice(0)).await;
    due(store, &home, PlanState::Active, 0, run(at(0))).await;
    let take = async |seconds, limit| commit!(store, |tx| plan::update_notice_due(tx, at(seconds), limit));
    assert_eq!(take(9, 10).await, []);
    let mut first = store.db.begin().await.expect("a transaction");
    let taken = plan::update_notice_due(&mut first, at(99), 1).await.expect("the plans");
    assert_eq!(taken, [early], "the one that has waited longest");
    let second = tokio::spawn({
        let db = store.db.clone();
        async move {
            let mut tx = db.begin().await.expect("a transaction");
            let taken = plan::update_notice_due(&mut tx, at(99), 10).await.expect("the plans");
            tx.commit().await.expect("a commit");
            taken
        }
    });
    store.until_one_waits().await;
    first.commit().await.expect("a commit");
    assert_eq!(second.await.expect("no panic"), [late]);
    assert_eq!(take(99, 10).await, []);
}

async fn all_plans_of_the_business_are_listed_newest_first(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let mut plans = Vec::new();
    for state in PlanState::ALL.iter().copied() {
        plans.push(due(store, &home, state, 0, Due::default()).await);
    }
    due(store, &other, PlanState::Active, 0, Due::default()).await;
    plans.sort_by(|one, two| two.id.cmp(&one.id));
    assert_eq!(read!(store, |tx| plan::list_all(tx, &home.business.id, 10)), plans);
    assert_eq!(read!(store, |tx| plan::list_all(tx, &home.business.id, 2)), plans[..2]);
}
