//! The process dies at the worst moment and starts again: what was stored before Stripe was asked
//! says what to do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use zoop_app::mail::{MailError, Message};
use zoop_app::{Mailer, job};
use zoop_domain::invoice::Status;
use zoop_stripe_sandbox::{ApiFault, ApiFaultKind};

use crate::harness::bill::Bill;
use crate::harness::browser::VISA;
use crate::harness::{Setup, TestApp, cases};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

cases!(
    between_stripes_page_and_our_commit_the_next_click_works,
    between_stripes_page_and_our_commit_the_reconciler_closes_the_stray,
    before_the_customer_is_sent_on_the_same_page_is_found_again,
    after_he_paid_the_restart_settles,
    while_he_comes_back_the_payment_is_not_lost,
    in_the_middle_of_a_job_it_is_taken_up_again,
    a_job_that_panics_ends_no_other_work,
    a_job_that_kills_its_worker_each_time_is_given_up,
    between_a_refund_and_our_commit_it_is_refunded_once,
);

/// Stripe works, but answers late: time enough to die.
fn slow(t: &TestApp, method: &str, path: &str) {
    let fault = ApiFault { wait_ms: 30_000, ..ApiFault::new(path, ApiFaultKind::Slow, 1) };
    t.stripe.sandbox.faults().add(ApiFault { method: Some(method.into()), ..fault });
}

async fn wait_until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PATIENCE, "it never happens");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// A request that is cut off from the outside, as by a crash.
fn begin(t: &TestApp, method: &str, path: &str, form: &str) -> JoinHandle<()> {
    let request = http::Request::builder().method(method).uri(path);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let mut request = request.body(axum::body::Body::from(form.to_owned())).unwrap();
    let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
    request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
    let router = t.router();
    tokio::spawn(async move {
        let _ = tower::ServiceExt::oneshot(router, request).await;
    })
}

async fn die_while_stripe_makes_the_page(t: &TestApp) -> Bill {
    let bill = t.bill(5_000).await;
    slow(t, "POST", "/v1/checkout/sessions");
    let click = begin(t, "POST", &format!("{}/pay", bill.path), "amount=5000");
    wait_until(async || t.stripe.sessions(&bill.account, "open").await.len() == 1).await;
    click.abort();
    let _ = click.await;
    t.restart().await;
    assert_eq!(t.attempts(&bill).await, ["creating"]);
    bill
}

async fn between_stripes_page_and_our_commit_the_next_click_works(t: &TestApp) {
    let bill = die_while_stripe_makes_the_page(t).await;
    t.clock.pass(61);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    assert_eq!(t.attempts(&bill).await, ["canceled", "succeeded"]);
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 0);
    assert_eq!(t.stripe.ledger().await.len(), 1);
}

async fn between_stripes_page_and_our_commit_the_reconciler_closes_the_stray(t: &TestApp) {
    let bill = die_while_stripe_makes_the_page(t).await;
    t.pass(120).await;
    assert_eq!(t.attempts(&bill).await, ["canceled"]);
    assert_eq!(t.stripe.sessions(&bill.account, "expired").await.len(), 1);
    assert!(t.get(&bill.path).await.can_be_paid());
}

async fn before_the_customer_is_sent_on_the_same_page_is_found_again(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let lost = t.browser().press_pay(&bill.path).await.location();
    t.restart().await;
    assert_eq!(t.browser().press_pay(&bill.path).await.location(), lost);
}

async fn after_he_paid_the_restart_settles(t: &TestApp) {
    t.stripe.lose_webhooks();
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    t.restart().await;
    t.pass(120).await;
    assert_eq!(t.status(&bill).await, Status::Paid);
}

async fn while_he_comes_back_the_payment_is_not_lost(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    let back = dana.type_card(&checkout, VISA).await.location();
    slow(t, "GET", "/v1/checkout/sessions");
    let left = || t.stripe.sandbox.faults().get().api.iter().map(|fault| fault.count).sum::<u32>();
    let coming = begin(t, "GET", &back[url::Position::BeforePath..], "");
    wait_until(async || left() == 0).await;
    coming.abort();
    let _ = coming.await;
    t.restart().await;
    assert_eq!(t.payments(&bill).await, []);
    dana.get(back.as_str()).await.is(303);
    assert_eq!(t.status(&bill).await, Status::Paid);
}

async fn in_the_middle_of_a_job_it_is_taken_up_again(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    t.deliver().await;
    // A worker claimed them all and died.
    let until = (t.clock.unix_seconds() + 300) * 1_000_000;
    t.database.execute(&format!("UPDATE jobs SET state = 'claimed', claimed_until = {until}")).await;
    t.restart().await;
    t.run_jobs().await;
    assert_eq!(t.payments(&bill).await, [], "a claim holds for five minutes");
    t.clock.pass(301);
    let (app, shutdown) = (t.app(), CancellationToken::new());
    let stop = shutdown.clone();
    let worker = tokio::spawn(async move { job::work(&app, 2, stop).await });
    wait_until(async || t.payments(&bill).await.len() == 1 && t.jobs().await.0 == 0).await;
    shutdown.cancel();
    worker.await.unwrap();
}

async fn between_a_refund_and_our_commit_it_is_refunded_once(t: &TestApp) {
    let bill = t.bill(5_000).await;
    super::surplus::pay_twice(t, &bill).await;
    t.stripe.lose_webhooks();
    slow(t, "POST", "/v1/refunds");
    let app = t.app();
    let worker = tokio::spawn(async move { job::run_all(&app).await.map(drop) });
    wait_until(async || t.stripe.ledger().await[1].refunded == 5_000).await;
    worker.abort();
    let _ = worker.await;
    t.restart().await;
    t.database.execute("UPDATE jobs SET state = 'queued', claimed_until = NULL").await;
    t.run_jobs().await;
    let refunds = t.refunds(&bill).await;
    assert_eq!((refunds.len(), t.stripe.ledger().await[1].refunded), (1, 5_000));
    assert!(refunds[0].stripe_refund.is_some());
}

#[derive(Debug)]
struct Panicking;

impl Mailer for Panicking {
    fn send<'a>(&'a self, _: &'a Message) -> BoxFuture<'a, Result<(), MailError>> {
        panic!("a bug in the mailer");
    }
}

async fn a_job_that_panics_ends_no_other_work(t: &TestApp) {
    t.restart_as(&Setup { mailer: Some(Arc::new(Panicking)), ..Setup::default() }).await;
    t.bill(5_000).await;
    assert!(job::run_next(&t.app()).await.unwrap());
    let tried = t.database.rows::<(String, i64)>("SELECT state, tries FROM jobs").await;
    assert_eq!(tried, [("queued".to_owned(), 1)]);
    t.restart().await;
    t.pass(3_600).await;
    t.run_jobs().await;
    assert_eq!(t.outbox.sent().len(), 1);
}

async fn a_job_that_kills_its_worker_each_time_is_given_up(t: &TestApp) {
    t.bill(5_000).await;
    // So often it was claimed and never came back.
    t.database.execute("UPDATE jobs SET tries = 40").await;
    t.run_jobs().await;
    assert_eq!(t.database.rows::<(String,)>("SELECT state FROM jobs").await, [("dead".to_owned(),)]);
    assert_eq!((t.alert_kinds().await, t.outbox.sent().len()), (vec!["job.dead".to_owned()], 0));
    // The operator mends what killed it, and has it run again.
    let dead = job::list_dead(&t.app()).await.unwrap().remove(0);
    job::retry(&t.app(), &dead.id).await.unwrap();
    t.run_jobs().await;
    assert_eq!(t.outbox.sent().len(), 1);
    t.database.execute("UPDATE alerts SET resolved_at = 1").await;
}
