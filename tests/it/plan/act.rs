//! What the owner does with a plan: run now, skip, pause, resume, cancel.

use zoop_app::plan::{cancel, pause, resume, run_now, skip};
use zoop_app::{Actor, Error};
use zoop_domain::consent::{ConsentSource, ConsentState, EndedHow};
use zoop_domain::id::PlanId;
use zoop_domain::plan::PlanState;

use super::{date, new, usd};
use crate::harness::{TestApp, cases};

cases!(
    run_now_bills_the_next_cycle_at_once_and_moves_on,
    what_is_skipped_is_never_billed,
    what_passes_while_paused_is_not_made_up,
    a_cancelled_plan_bills_no_more_and_takes_auto_pay_with_it,
    a_plan_that_doesnt_run_refuses,
    a_plan_of_nobody,
);

const OPERATOR: Actor = Actor::Operator;

fn conflict<T: std::fmt::Debug>(outcome: Result<T, Error>, words: &str) {
    match outcome {
        Err(Error::Conflict(why)) => assert!(why.contains(words), "{why}"),
        other => panic!("{other:?}"),
    }
}

async fn run_now_bills_the_next_cycle_at_once_and_moves_on(t: &TestApp) {
    let plan = t.plans(new(t, "monthly", "2026-10-31", 3)).await;
    let seen = Some(date("2026-10-31"));
    let made = run_now::run_now(&t.app(), OPERATOR, &t.shop.business.id, &plan, seen).await.unwrap();
    assert_eq!((made.number.as_str(), made.total), ("INV-1051", usd(6_495)));
    assert_eq!((made.cycle_on, made.due_on), (date("2026-10-31"), date("2026-10-31")));
    assert_eq!(made.next_cycle_on, Some(date("2026-11-30")));
    let again = run_now::run_now(&t.app(), OPERATOR, &t.shop.business.id, &plan, seen).await;
    conflict(again, "moved on");
    let billed = t.billed(&plan).await;
    assert_eq!((billed[0].issued_on.as_str(), billed[0].made_late), ("2026-09-21", true));
    t.clock_at("2026-10-31", 12);
    t.works().await;
    assert_eq!(t.cycles(&plan).await, ["2026-10-31"]);
    t.clock_at("2026-11-27", 6);
    t.works().await;
    assert_eq!(t.cycles(&plan).await, ["2026-10-31", "2026-11-30"]);
}

async fn what_is_skipped_is_never_billed(t: &TestApp) {
    let plan = t.plans(new(t, "weekly", "2026-09-28", 0)).await;
    let seen = Some(date("2026-09-28"));
    let skipped = skip::skip(&t.app(), OPERATOR, &t.shop.business.id, &plan, seen).await.unwrap();
    conflict(skip::skip(&t.app(), OPERATOR, &t.shop.business.id, &plan, seen).await, "moved on");
    assert_eq!((skipped.cycle_on, skipped.next_cycle_on), (date("2026-09-28"), Some(date("2026-10-05"))));
    t.clock_at("2026-10-05", 6);
    t.works().await;
    assert_eq!(t.cycles(&plan).await, ["2026-10-05"]);
}

async fn what_passes_while_paused_is_not_made_up(t: &TestApp) {
    let (app, business) = (t.app(), &t.shop.business.id);
    let plan = t.plans(new(t, "weekly", "2026-09-28", 0)).await;
    pause::pause(&app, OPERATOR, business, &plan).await.unwrap();
    t.clock_at("2026-10-14", 12);
    t.works().await;
    assert!(t.cycles(&plan).await.is_empty());
    let resumed = resume::resume(&app, OPERATOR, business, &plan).await.unwrap();
    assert_eq!(resumed.next_cycle_on, Some(date("2026-10-19")));
    t.works().await;
    assert!(t.cycles(&plan).await.is_empty());
    t.clock_at("2026-10-19", 6);
    t.works().await;
    assert_eq!(t.cycles(&plan).await, ["2026-10-19"]);
}

async fn a_cancelled_plan_bills_no_more_and_takes_auto_pay_with_it(t: &TestApp) {
    let (app, business) = (t.app(), &t.shop.business.id);
    let card = t.card_on_file("4242424242424242").await;
    let plan = t.plans(new(t, "weekly", "2026-09-28", 3)).await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    t.clock_at("2026-09-25", 6);
    t.works().await;
    let cancelled = cancel::cancel(&app, OPERATOR, business, &plan).await.unwrap();
    assert_eq!((cancelled.title.as_str(), cancelled.consents, cancelled.on_its_way), ("Lawn care", 1, None));
    let ended = t.consent(&consent).await;
    assert_eq!(ended.state, ConsentState::Ended);
    assert_eq!(ended.ended.map(|ended| (ended.how, ended.by)), Some((EndedHow::PlanCancelled, "operator".into())));
    t.clock_at("2026-10-20", 6);
    t.works().await;
    let billed = t.billed(&plan).await;
    assert_eq!((billed.len(), billed[0].lifecycle.as_str()), (1, "open"), "what was sent stays owed");
    assert_eq!(t.plan(&plan).await.state, PlanState::Cancelled);
    conflict(cancel::cancel(&app, OPERATOR, business, &plan).await, "cancelled");
}

async fn a_plan_that_doesnt_run_refuses(t: &TestApp) {
    let (app, business) = (t.app(), &t.shop.business.id);
    let plan = t.plans(new(t, "weekly", "2026-09-28", 0)).await;
    conflict(resume::resume(&app, OPERATOR, business, &plan).await, "isn’t paused");
    pause::pause(&app, OPERATOR, business, &plan).await.unwrap();
    conflict(pause::pause(&app, OPERATOR, business, &plan).await, "paused already");
    conflict(run_now::run_now(&app, OPERATOR, business, &plan, None).await, "resume it first");
    conflict(skip::skip(&app, OPERATOR, business, &plan, None).await, "resume it first");
    let ended = t.plans(new(t, "FREQ=DAILY;COUNT=1", "2026-09-28", 0)).await;
    skip::skip(&app, OPERATOR, business, &ended, Some(date("2026-09-28"))).await.unwrap();
    conflict(skip::skip(&app, OPERATOR, business, &ended, None).await, "no cycle left");
    conflict(run_now::run_now(&app, OPERATOR, business, &ended, None).await, "no cycle left");
}

async fn a_plan_of_nobody(t: &TestApp) {
    let (app, mine) = (t.app(), &t.shop.business.id);
    let other = t.open_shop(crate::harness::bill::ShopSpec::default()).await;
    let theirs = t.add_plan(&other, "Pool care").await;
    let unknown: PlanId = format!("pln_{}", "0".repeat(26)).parse().unwrap();
    for plan in [theirs, unknown] {
        let missing = |outcome: Result<(), Error>| assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
        missing(run_now::run_now(&app, OPERATOR, mine, &plan, None).await.map(drop));
        missing(skip::skip(&app, OPERATOR, mine, &plan, None).await.map(drop));
        missing(pause::pause(&app, OPERATOR, mine, &plan).await.map(drop));
        missing(resume::resume(&app, OPERATOR, mine, &plan).await.map(drop));
        missing(cancel::cancel(&app, OPERATOR, mine, &plan).await.map(drop));
    }
}
