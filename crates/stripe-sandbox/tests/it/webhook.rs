//! Delivery: signatures, retries, who gets what.
//! The application is played by a small server that counts.

use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, Receiver, SECRET, text};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

#[tokio::test]
async fn events_are_signed_over_the_raw_body() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(&bench, false).await;
    bench.customer().await;
    assert_eq!(bench.sandbox.deliver_pending().await, 1);
    let (signature, body) = receiver.received.lock().unwrap()[0].clone();
    let (time, mac) = signature.split_once(",v1=").unwrap();
    let time = time.strip_prefix("t=").unwrap();
    assert_eq!(time, bench.now().to_string());
    let mut expected = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    expected.update(format!("{time}.{body}").as_bytes());
    assert_eq!(mac, hex::encode(expected.finalize().into_bytes()));

    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(event["type"], "customer.created");
    assert_eq!(event["livemode"], false);
    assert_eq!(event["api_version"], zoop_stripe_sandbox::API_VERSION);
    assert!(event["request"]["id"].as_str().unwrap().starts_with("req_"));
    assert_eq!(event.get("account"), None);
    let path = format!("/v1/events/{}", text(&event, "id"));
    assert_eq!(bench.get(&path).await.ok()["pending_webhooks"], 0);
}

#[tokio::test]
async fn what_is_refused_is_sent_again_later() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(&bench, false).await;
    receiver.answer_with(500);
    bench.customer().await;
    assert_eq!(bench.sandbox.deliver_pending().await, 1);
    assert_eq!(bench.sandbox.deliver_pending().await, 0, "not yet");
    bench.pass(5);
    assert_eq!(bench.sandbox.deliver_pending().await, 1);
    bench.pass(5);
    assert_eq!(bench.sandbox.deliver_pending().await, 0, "the pause doubles");
    receiver.answer_with(200);
    bench.pass(5);
    assert_eq!(bench.sandbox.deliver_pending().await, 1);
    bench.pass(86_400);
    assert_eq!(bench.sandbox.deliver_pending().await, 0);
    assert_eq!(receiver.types().len(), 3);
    let waiting = bench.get("/v1/events?delivery_success=false").await.ok();
    assert_eq!(waiting["data"], json!([]));
}

#[tokio::test]
async fn events_of_connected_accounts_go_to_connect_endpoints() {
    let bench = Bench::start().await;
    bench.sandbox.put_account("acct_one", true, "One").await.unwrap();
    let receiver = Receiver::start(&bench, false).await;
    bench.post_as("acct_one", "/v1/customers", &[]).await.ok();
    assert_eq!(bench.sandbox.deliver_pending().await, 0);
    drop(receiver);
    let receiver = Receiver::start(&bench, true).await;
    bench.post_as("acct_one", "/v1/customers", &[]).await.ok();
    assert_eq!(bench.sandbox.deliver_pending().await, 1);
    let (_, body) = receiver.received.lock().unwrap()[0].clone();
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(event["account"], "acct_one");
}

#[tokio::test]
async fn the_loop_delivers_by_itself_and_stops_when_told() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(&bench, false).await;
    let shutdown = CancellationToken::new();
    let running = tokio::spawn({
        let (sandbox, shutdown) = (bench.sandbox.clone(), shutdown.clone());
        async move { sandbox.run(shutdown).await }
    });
    bench.customer().await;
    let began = Instant::now();
    while receiver.types().is_empty() && began.elapsed() < PATIENCE {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    assert_eq!(receiver.types(), ["customer.created"]);
    shutdown.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn an_event_can_be_sent_again() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(&bench, false).await;
    bench.customer().await;
    bench.sandbox.deliver_pending().await;
    let event = text(&bench.get("/v1/events").await.ok()["data"][0], "id");
    bench.control(&format!("events/{event}/resend"), json!({})).await.ok();
    let sent = bench.control("deliver", json!({})).await.ok();
    assert_eq!(sent, json!({ "sent": 1 }));
    assert_eq!(receiver.types().len(), 2);
}
