//! kill -9 in the middle of a payment, step by step: whatever the moment, the invoice ends up paid
//! exactly once, by exactly one charge, with a receipt.

use serde_json::json;

use super::customer::{Bill, Customer};
use super::{Apart, Demo};
use crate::cli::zoop::until;

const LONG: u64 = 30_000;

/// Pulls the plug on program and stand-in together, and starts both again.
fn pull_the_plug(demo: &mut Demo) {
    demo.kill();
    demo.restart();
}

#[test]
fn after_pay_now_before_stripe_has_answered() {
    let mut demo = Demo::start();
    let bill = Bill::open(&demo);
    demo.slow("POST", "/v1/checkout/sessions", LONG);
    let clicking = std::thread::spawn({
        let invoice = bill.url.clone();
        move || Customer::default().press_pay(&invoice)
    });
    let stray = until("Stripe has made a page", || {
        let open = "SELECT id FROM objects WHERE kind = 'checkout.session' AND body LIKE '%\"status\":\"open\"%'";
        demo.stripe_rows::<(String,)>(open).pop()
    });
    pull_the_plug(&mut demo);
    assert!(clicking.join().unwrap().is_err(), "the customer got an answer");

    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    assert!(!page.path().ends_with(&stray.0), "the page that nobody had heard of was handed out");
    let way_back = dana.pay(&page);
    dana.come_back(&way_back, &bill.url);
    // Nobody can pay by the page that was lost on the way.
    let stray = page.join(&stray.0).unwrap();
    assert_eq!(dana.submit(&stray).unwrap().status, 410);
    bill.is_paid_once(&demo);
}

#[test]
fn after_pay_now_before_the_card_is_typed() {
    let mut demo = Demo::start();
    let bill = Bill::open(&demo);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    pull_the_plug(&mut demo);
    assert_eq!(Customer::default().begin(&bill.url), page, "one try at a time");
    let way_back = dana.pay(&page);
    dana.come_back(&way_back, &bill.url);
    bill.is_paid_once(&demo);
}

#[test]
fn while_the_card_is_charged() {
    let mut demo = Demo::start();
    let bill = Bill::open(&demo);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    demo.slow("POST", "/c/pay/", LONG);
    demo.drop_webhooks();
    let typing = std::thread::spawn({
        let page = page.clone();
        move || {
            let submitted = dana.submit(&page);
            (dana, submitted)
        }
    });
    until("the money has moved", || {
        demo.ledger().iter().any(|entry| entry["metadata"]["invoice_id"] == bill.id).then_some(())
    });
    pull_the_plug(&mut demo);
    let (mut dana, submitted) = typing.join().unwrap();
    assert!(submitted.is_err());
    // She types it again: Stripe's page knows, and leads back.
    let way_back = dana.pay(&page);
    dana.come_back(&way_back, &bill.url);
    bill.is_paid_once(&demo);
}

#[test]
fn after_the_card_was_charged_before_the_way_back() {
    let mut demo = Demo::start();
    let bill = Bill::open(&demo);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    demo.drop_webhooks();
    let way_back = dana.pay(&page);
    pull_the_plug(&mut demo);
    dana.come_back(&way_back, &bill.url);
    bill.is_paid_once(&demo);
}

#[test]
fn after_the_card_was_charged_and_she_pays_again_in_place_of_coming_back() {
    let mut demo = Demo::start();
    let bill = Bill::open(&demo);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    demo.drop_webhooks();
    dana.pay(&page);
    pull_the_plug(&mut demo);
    // Or the start after the power cut was faster, and there is nothing left to be pressed.
    if let Some(reply) = Customer::default().press_pay(&bill.url).unwrap() {
        assert_eq!(reply.location().as_ref(), Some(&bill.url), "{reply:?}");
    }
    bill.is_paid_once(&demo);
}

#[test]
fn after_the_card_was_charged_and_she_never_comes_back() {
    let mut demo = Demo::start();
    let bill = Bill::open(&demo);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    // The webhook is on its way when the plug is pulled; after the restart it goes out.
    demo.faults(&json!({ "webhooks": { "delay_seconds": 2 } }));
    dana.pay(&page);
    pull_the_plug(&mut demo);
    bill.until_paid(&demo);
    bill.is_paid_once(&demo);
}

#[test]
fn after_the_card_was_charged_and_nobody_ever_tells() {
    let mut demo = Demo::start();
    let bill = Bill::open(&demo);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    demo.drop_webhooks();
    dana.pay(&page);
    let deliveries = "SELECT COUNT(*) FROM deliveries";
    until("Stripe has told all it had to tell", || (demo.stripe_rows::<(i64,)>(deliveries) == [(0,)]).then_some(()));
    assert_eq!(demo.rows::<(i64,)>("SELECT COUNT(*) FROM webhook_events"), [(0,)]);
    pull_the_plug(&mut demo);
    bill.until_paid(&demo);
    bill.is_paid_once(&demo);
}

#[test]
fn during_the_way_back() {
    let mut demo = Demo::start();
    let bill = Bill::open(&demo);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    demo.drop_webhooks();
    let way_back = dana.pay(&page);
    demo.slow("GET", "/v1/checkout/sessions/", LONG);
    let coming = std::thread::spawn({
        let way_back = way_back.clone();
        move || {
            let reply = dana.get(&way_back);
            (dana, reply)
        }
    });
    demo.until_faults_are_met();
    pull_the_plug(&mut demo);
    let (mut dana, reply) = coming.join().unwrap();
    assert!(reply.is_err());
    dana.come_back(&way_back, &bill.url);
    dana.come_back(&way_back, &bill.url);
    bill.is_paid_once(&demo);
}

#[test]
fn right_after_the_webhook_was_received() {
    let mut apart = Apart::start();
    let bill = Bill::open(&apart);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    // The job that the webhook leads to hangs at Stripe.
    let hang = json!({ "method": "GET", "path_prefix": "/v1/", "kind": "slow", "wait_ms": LONG, "count": 9 });
    apart.faults(&json!({ "api": [hang] }));
    dana.pay(&page);
    until("the webhook is kept and its job has begun", || {
        let begun = apart.rows::<(i64,)>("SELECT COUNT(*) FROM jobs WHERE state = 'claimed'");
        (begun[0].0 > 0).then_some(())
    });
    assert!(apart.rows::<(i64,)>("SELECT COUNT(*) FROM webhook_events WHERE processed_at IS NULL")[0].0 > 0);
    apart.kill_server();
    apart.kill_stripe();
    apart.restart_stripe();
    apart.restart_server();
    // She never comes back, and Stripe has told all it had to tell.
    bill.until_paid(&apart);
    bill.is_paid_once(&apart);
}

#[test]
fn the_server_dies_and_stripe_lives_on() {
    let mut apart = Apart::start();
    let bill = Bill::open(&apart);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    apart.kill_server();
    let way_back = dana.pay(&page);
    assert!(dana.get(&way_back).is_err());
    apart.restart_server();
    dana.come_back(&way_back, &bill.url);
    bill.is_paid_once(&apart);
}

#[test]
fn stripe_dies_before_its_answer_and_the_server_lives_on() {
    let mut apart = Apart::start();
    let bill = Bill::open(&apart);
    apart.slow("POST", "/v1/checkout/sessions", LONG);
    let clicking = std::thread::spawn({
        let invoice = bill.url.clone();
        move || Customer::default().press_pay(&invoice)
    });
    apart.until_faults_are_met();
    apart.kill_stripe();
    apart.restart_stripe();
    let reply = clicking.join().unwrap().unwrap().unwrap();
    // The server asked again with the same key, or said that Stripe was away.
    assert!(matches!(reply.status, 303 | 503), "{reply:?}");
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    apart.kill_stripe();
    assert!(dana.submit(&page).is_err());
    apart.restart_stripe();
    let way_back = dana.pay(&page);
    dana.come_back(&way_back, &bill.url);
    bill.is_paid_once(&apart);
}
