//! Two billing runs at once, and one that dies: one invoice a cycle, and numbers without a gap.

use zoop_app::plan::{bill, cancel, pause, run_now};
use zoop_app::{Actor, job};

use super::new;
use crate::harness::crash::dies_after;
use crate::harness::{TestApp, cases};

cases!(
    two_runs_at_once_make_one_invoice_a_cycle,
    a_run_that_dies_is_taken_up_where_it_was,
    a_plan_is_billed_or_paused_or_cancelled_but_never_half,
    many_sweeps_make_one_job,
);

const PLANS: usize = 450;

async fn fill(t: &TestApp) {
    for _ in 0..PLANS {
        t.plans(new(t, "monthly", "2026-09-21", 0)).await;
    }
}

async fn check(t: &TestApp, count: usize) {
    let once = "SELECT COUNT(*), COUNT(DISTINCT plan_id) FROM invoices";
    let count = i64::try_from(count).unwrap();
    assert_eq!(t.database.rows::<(i64, i64)>(once).await, [(count, count)]);
    let mut numbers: Vec<i64> = t
        .database
        .rows::<(String,)>("SELECT number FROM invoices")
        .await
        .into_iter()
        .map(|(number,)| number.strip_prefix("INV-").unwrap().parse().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1_051..1_051 + count).collect::<Vec<_>>());
    let mails = "SELECT COUNT(DISTINCT subject) FROM mails WHERE kind = 'invoice'";
    assert_eq!(t.database.rows::<(i64,)>(mails).await, [(count,)]);
}

async fn two_runs_at_once_make_one_invoice_a_cycle(t: &TestApp) {
    fill(t).await;
    let (one, other, business) = (t.app(), t.app(), &t.shop.business.id);
    let (a, b, c) = tokio::join!(bill::bill(&one, business), bill::bill(&other, business), bill::bill(&one, business));
    assert_eq!(a.unwrap() + b.unwrap() + c.unwrap(), PLANS);
    check(t, PLANS).await;
}

async fn a_run_that_dies_is_taken_up_where_it_was(t: &TestApp) {
    fill(t).await;
    // Each run lives a little longer than the one before, so that one dies between the first commit and the last,
    // though no two take as many polls for the same.
    let (mut polls, mut died_half_done) = (1, false);
    let last = loop {
        let app = t.app();
        if let Some(last) = dies_after(polls, bill::bill(&app, &t.shop.business.id)).await {
            break last.unwrap();
        }
        let (made,) = t.database.rows::<(i64,)>("SELECT COUNT(*) FROM invoices").await[0];
        died_half_done |= (1..PLANS as i64).contains(&made);
        polls += polls / 5 + 1;
    };
    assert!(died_half_done && last < PLANS, "the last run made {last}");
    check(t, PLANS).await;
}

async fn a_plan_is_billed_or_paused_or_cancelled_but_never_half(t: &TestApp) {
    let (app, business, actor) = (t.app(), &t.shop.business.id, Actor::Operator);
    for _ in 0..8 {
        let plan = t.plans(new(t, "monthly", "2026-09-21", 0)).await;
        let (billed, by_hand, paused, cancelled) = tokio::join!(
            bill::bill(&app, business),
            run_now::run_now(&app, actor, business, &plan, "2026-09-21".parse().ok()),
            pause::pause(&app, actor, business, &plan),
            cancel::cancel(&app, actor, business, &plan),
        );
        cancelled.unwrap();
        let made = t.cycles(&plan).await.len();
        assert_eq!(made, billed.unwrap() + usize::from(by_hand.is_ok()), "paused: {}", paused.is_ok());
    }
    let made: Vec<(i64,)> = t.database.rows("SELECT COUNT(*) FROM invoices").await;
    check_numbers(t, made[0].0).await;
}

async fn check_numbers(t: &TestApp, count: i64) {
    let next: Vec<(i64,)> = t.database.rows("SELECT next_invoice_number FROM businesses").await;
    assert_eq!(next, [(1_051 + count,)]);
}

async fn many_sweeps_make_one_job(t: &TestApp) {
    t.plans(new(t, "monthly", "2026-09-21", 0)).await;
    let app = t.app();
    for _ in 0..3 {
        tokio::join!(job::sweep(&app), job::sweep(&app));
    }
    let jobs = "SELECT COUNT(*) FROM jobs WHERE kind = 'plan.bill'";
    assert_eq!(t.database.rows::<(i64,)>(jobs).await, [(1,)]);
    t.run_jobs().await;
    check(t, 1).await;
}
