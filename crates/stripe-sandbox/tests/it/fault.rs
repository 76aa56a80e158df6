//! Misbehaviour on demand.
//! Each fault must hurt exactly as it says, and leave the ledger true.

use std::time::{Duration, Instant};

use serde_json::json;
use zoop_stripe_sandbox::{ApiFault, ApiFaultKind, DropWebhooks, WebhookFaults};

use crate::bench::{Bench, Receiver, send, text, with_form};

impl Bench {
    async fn to_confirm(&self) -> String {
        let (customer, method) = self.saved("pm_card_visa").await;
        format!("{}/confirm", self.unconfirmed(&customer, &method).await)
    }
}

fn on_confirm(kind: ApiFaultKind) -> ApiFault {
    ApiFault { path_suffix: "/confirm".to_owned(), ..ApiFault::new("/v1/payment_intents/", kind, 1) }
}

#[tokio::test]
async fn a_cut_connection_hides_work_that_was_done() {
    let bench = Bench::start().await;
    let confirm = bench.to_confirm().await;
    bench.sandbox.faults().add(on_confirm(ApiFaultKind::Cut));
    let off_session = [("off_session", "true")];
    let request = bench.request("POST", &confirm).header("idempotency-key", "k");
    assert!(with_form(request, &off_session).send().await.is_err());
    assert_eq!(bench.sandbox.ledger().await.len(), 1);

    let again = bench.post_keyed("k", &confirm, &off_session).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.ok()["status"], "succeeded");
    assert_eq!(bench.sandbox.ledger().await.len(), 1);
}

#[tokio::test]
async fn a_500_after_the_work_is_replayed() {
    let bench = Bench::start().await;
    let confirm = bench.to_confirm().await;
    let fault = ApiFault::new("/v1/payment_intents", ApiFaultKind::ServerErrorAfterWork, 1);
    bench.sandbox.faults().add(fault);
    let off_session = [("off_session", "true")];
    assert_eq!(bench.post_keyed("k", &confirm, &off_session).await.status, 500);
    assert_eq!(bench.sandbox.ledger().await.len(), 1);
    let again = bench.post_keyed("k", &confirm, &off_session).await;
    assert_eq!(again.status, 500);
    assert_eq!(again.headers["idempotent-replayed"], "true");
}

#[tokio::test]
async fn a_500_before_the_work_and_a_429_leave_nothing() {
    let bench = Bench::start().await;
    let confirm = bench.to_confirm().await;
    let body = json!({ "api": [
        { "method": "POST", "path_prefix": "/v1/payment_intents", "kind": "500" },
        { "path_prefix": "/v1/payment_intents", "kind": "429", "count": 2 },
    ] });
    bench.control("faults", body).await.ok();
    for status in [500, 429, 429] {
        assert_eq!(bench.post_keyed("k", &confirm, &[]).await.status, status);
    }
    assert!(bench.sandbox.ledger().await.is_empty());
    let left = send(bench.http.get(bench.url("/_sandbox/faults"))).await.ok();
    assert_eq!(left["api"], json!([]));
    let form = [("off_session", "true")];
    bench.post_keyed("k", &confirm, &form).await.ok();
}

#[tokio::test]
async fn a_fault_of_confirming_leaves_creating_alone() {
    let bench = Bench::start().await;
    let off_session = [("off_session", "true")];
    for kind in [ApiFaultKind::ServerError, ApiFaultKind::ServerErrorAfterWork, ApiFaultKind::Slow] {
        let charged = bench.sandbox.ledger().await.len();
        bench.sandbox.faults().add(ApiFault { wait_ms: 120, ..on_confirm(kind) });
        let confirm = bench.to_confirm().await;
        let intent = confirm.trim_end_matches("/confirm");
        let key = format!("{kind:?}");
        let begun = Instant::now();
        let answer = bench.post_keyed(&key, &confirm, &off_session).await;
        let took = begun.elapsed();
        let read = bench.get(intent).await.ok();
        let again = bench.post_keyed(&key, &confirm, &off_session).await;
        match kind {
            ApiFaultKind::ServerError => {
                assert_eq!((answer.status, text(&read, "status").as_str()), (500, "requires_confirmation"));
                assert_eq!(again.ok()["status"], "succeeded");
            }
            ApiFaultKind::ServerErrorAfterWork => {
                assert_eq!((answer.status, text(&read, "status").as_str()), (500, "succeeded"));
                assert_eq!(again.status, 500, "the same key never learns better");
                let error = bench.post_keyed("another", &confirm, &off_session).await;
                error.error(400, "payment_intent_unexpected_state");
            }
            _ => {
                assert!(took >= Duration::from_millis(120));
                assert_eq!(answer.ok(), again.ok());
            }
        }
        assert_eq!(bench.sandbox.ledger().await.len(), charged + 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_slow_reply_comes_after_the_work() {
    let bench = Bench::start().await;
    let mut fault = ApiFault::new("/v1/customers", ApiFaultKind::Slow, 1);
    fault.wait_ms = 150;
    bench.sandbox.faults().add(fault);
    let begun = Instant::now();
    bench.customer().await;
    assert!(begun.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn webhooks_are_lost_doubled_delayed_and_out_of_order() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(&bench, false).await;
    let faults = bench.sandbox.faults();

    faults.set_webhooks(WebhookFaults { drop: DropWebhooks::Next(1), ..WebhookFaults::default() });
    bench.customer().await;
    assert_eq!(bench.sandbox.deliver_pending().await, 0);

    faults.set_webhooks(WebhookFaults { double: true, ..WebhookFaults::default() });
    bench.customer().await;
    assert_eq!(bench.sandbox.deliver_pending().await, 2);

    faults.set_webhooks(WebhookFaults { delay_seconds: 60, ..WebhookFaults::default() });
    bench.customer().await;
    assert_eq!(bench.sandbox.deliver_pending().await, 0);
    bench.pass(60);
    assert_eq!(bench.sandbox.deliver_pending().await, 1);

    faults.set_webhooks(WebhookFaults { reorder: true, ..WebhookFaults::default() });
    receiver.received.lock().unwrap().clear();
    bench.saved("pm_card_visa").await;
    assert_eq!(bench.sandbox.deliver_pending().await, 2);
    assert_eq!(receiver.types(), ["payment_method.attached", "customer.created"]);

    faults.set_webhooks(WebhookFaults { drop: DropWebhooks::All, ..WebhookFaults::default() });
    bench.customer().await;
    assert_eq!(bench.sandbox.deliver_pending().await, 0);
    faults.clear();
    assert_eq!(bench.sandbox.deliver_pending().await, 0, "lost is lost");
}
