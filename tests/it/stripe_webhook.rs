//! `POST /stripe/webhook`: who is believed, what is kept, and what Stripe is told.

use axum::body::Body;
use http::Request;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::harness::browser::{Page, VISA};
use crate::harness::stripe::WEBHOOK_SECRET;
use crate::harness::{Setup, TestApp, cases};

cases!(
    a_signed_event_is_kept_once,
    a_signature_that_does_not_fit_is_refused,
    a_body_that_was_touched_is_refused,
    an_old_or_future_signature_is_refused,
    a_body_that_is_no_event_is_refused,
    a_body_that_is_too_long_is_refused,
    an_event_of_the_other_mode_is_acknowledged_and_left_alone,
    an_event_nobody_knows_is_acknowledged,
    events_of_two_accounts_may_have_one_id,
    an_event_about_something_that_is_gone_is_done_with,
    an_event_waits_while_stripe_is_down,
    an_event_is_not_lost_while_our_key_is_wrong,
    while_the_database_is_away_stripe_is_told_to_come_again,
    a_get_is_refused,
);

const NO_SUCH: &str = "cs_test_0000000000";

fn event(id: &str, kind: &str, object: &Value) -> Value {
    json!({
        "id": id, "object": "event", "api_version": "2026-10-28.endive", "created": 1_789_999_200, "livemode": false,
        "pending_webhooks": 1, "request": { "id": null, "idempotency_key": null }, "type": kind,
        "data": { "object": object },
    })
}

fn signed(t: &TestApp, body: &str) -> String {
    zoop_stripe::webhook::sign(body.as_bytes(), &SecretString::from(WEBHOOK_SECRET), t.clock.unix_seconds())
}

async fn post(t: &TestApp, body: String, signature: &str) -> Page {
    let request = Request::post("/stripe/webhook").header("content-type", "application/json");
    let request = request.header("stripe-signature", signature).body(Body::from(body)).unwrap();
    t.answer(request, t.base.join("stripe/webhook").unwrap()).await
}

async fn send(t: &TestApp, event: &Value) -> Page {
    let body = event.to_string();
    let signature = signed(t, &body);
    post(t, body, &signature).await
}

async fn kept(t: &TestApp) -> i64 {
    t.database.rows::<(i64,)>("SELECT COUNT(*) FROM webhook_events").await[0].0
}

fn expired(id: &str) -> Value {
    event(id, "checkout.session.expired", &json!({ "id": NO_SUCH, "object": "checkout.session" }))
}

async fn a_signed_event_is_kept_once(t: &TestApp) {
    let event = expired("evt_1");
    send(t, &event).await.is(200).says(&["kept"]);
    send(t, &event).await.is(200).says(&["known already"]);
    assert_eq!((kept(t).await, t.jobs().await), (1, (1, 0)));
    t.run_jobs().await;
    send(t, &event).await.is(200).says(&["known already"]);
    assert_eq!((kept(t).await, t.jobs().await), (1, (0, 0)));
}

async fn a_signature_that_does_not_fit_is_refused(t: &TestApp) {
    let body = expired("evt_1").to_string();
    let now = t.clock.unix_seconds();
    let foreign = zoop_stripe::webhook::sign(body.as_bytes(), &SecretString::from("whsec_other"), now);
    let unsigned = format!("t={now}");
    for signature in ["", "nonsense", "t=,v1=", &unsigned, &foreign] {
        post(t, body.clone(), signature).await.is(400);
    }
    let request = Request::post("/stripe/webhook").body(Body::from(body)).unwrap();
    t.answer(request, t.base.clone()).await.is(400);
    assert_eq!(kept(t).await, 0);
}

async fn a_body_that_was_touched_is_refused(t: &TestApp) {
    let body = expired("evt_1").to_string();
    let signature = signed(t, &body);
    post(t, body.replace("expired", "completed"), &signature).await.is(400);
    post(t, format!("{body} "), &signature).await.is(400);
    assert_eq!(kept(t).await, 0);
}

async fn an_old_or_future_signature_is_refused(t: &TestApp) {
    let body = expired("evt_1").to_string();
    let signature = signed(t, &body);
    t.clock.pass(301);
    post(t, body.clone(), &signature).await.is(400).says(&["too old"]);
    t.clock.pass(-602);
    post(t, body.clone(), &signature).await.is(400).says(&["from the future"]);
    t.clock.pass(600);
    post(t, body, &signature).await.is(200);
}

async fn a_body_that_is_no_event_is_refused(t: &TestApp) {
    for body in ["", "{}", "[]", "{\"id\": \"evt_1\"", "\u{0}"] {
        let signature = signed(t, body);
        post(t, body.to_owned(), &signature).await.is(400);
    }
    assert_eq!(kept(t).await, 0);
}

async fn a_body_that_is_too_long_is_refused(t: &TestApp) {
    let mut long = expired("evt_1");
    long["data"]["object"]["note"] = "x".repeat(256 * 1024).into();
    send(t, &long).await.is(413);
    long["data"]["object"]["note"] = "x".repeat(255 * 1024).into();
    send(t, &long).await.is(200);
    assert_eq!(kept(t).await, 1);
}

async fn an_event_of_the_other_mode_is_acknowledged_and_left_alone(t: &TestApp) {
    let mut live = expired("evt_1");
    live["livemode"] = true.into();
    send(t, &live).await.is(200).says(&["other mode"]);
    assert_eq!((kept(t).await, t.jobs().await.0), (0, 0));
}

async fn an_event_nobody_knows_is_acknowledged(t: &TestApp) {
    for (number, kind) in ["customer.created", "v2.core.thing.happened", "", "payment_link.created"].iter().enumerate()
    {
        let object = json!({ "id": "x_1", "object": "thing" });
        send(t, &event(&format!("evt_{number}"), kind, &object)).await.is(200);
    }
    // Of kinds we do know, but without what they should have.
    for (number, kind) in ["charge.refunded", "payment_intent.succeeded", "account.updated"].iter().enumerate() {
        send(t, &event(&format!("evt_bare_{number}"), kind, &json!({}))).await.is(200);
    }
    t.run_jobs().await;
    assert_eq!(t.jobs().await, (0, 0));
}

async fn events_of_two_accounts_may_have_one_id(t: &TestApp) {
    for account in ["acct_a", "acct_b"] {
        let mut event = expired("evt_1");
        event["account"] = account.into();
        send(t, &event).await.is(200).says(&["kept"]);
    }
    assert_eq!(kept(t).await, 2);
}

async fn an_event_about_something_that_is_gone_is_done_with(t: &TestApp) {
    send(t, &expired("evt_1")).await.is(200);
    let mut foreign = expired("evt_2");
    foreign["account"] = "acct_that_left".into();
    send(t, &foreign).await.is(200);
    t.run_jobs().await;
    assert_eq!(t.jobs().await, (0, 0));
}

async fn an_event_waits_while_stripe_is_down(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    t.stripe.go_down();
    assert!(t.deliver().await > 0);
    t.run_jobs().await;
    assert!(t.jobs().await.0 > 0);
    t.stripe.recover();
    t.clock.pass(10);
    t.run_jobs().await;
    assert_eq!((t.payments(&bill).await.len(), t.jobs().await), (1, (0, 0)));
}

async fn an_event_is_not_lost_while_our_key_is_wrong(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.settled().await;
    t.stripe.refund(&t.stripe.ledger().await[0], None).await;
    t.restart_as(&Setup { key: Some("sk_test_of_somebody_else"), ..Setup::default() }).await;
    t.deliver().await;
    t.run_jobs().await;
    t.restart().await;
    t.pass(60).await;
    assert_eq!(t.refunds(&bill).await.len(), 1);
}

async fn while_the_database_is_away_stripe_is_told_to_come_again(t: &TestApp) {
    t.app().db.close().await;
    send(t, &expired("evt_1")).await.is(503);
    t.get("/i/AAAAAAAAAAAAAAAAAAAAAA").await.is(503);
    t.get("/readyz").await.is(503);
    t.get("/healthz").await.is(200);
    t.restart().await;
    send(t, &expired("evt_1")).await.is(200).says(&["kept"]);
}

async fn a_get_is_refused(t: &TestApp) {
    t.get("/stripe/webhook").await.is(405);
}
