//! What a sandbox remembers when its program is killed and started again.
//! Two sandboxes on one file stand for one that was killed.

use crate::bench::{Bench, Receiver, text};

#[tokio::test]
async fn a_restart_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let bench = Bench::start_at(&file).await;
    let receiver = Receiver::start(&bench, false).await;
    receiver.answer_with(503);
    let session = bench.session(&[]).await;
    let open = bench.session(&[]).await;
    bench.pay(&session, "4242424242424242").await;
    let form = [("amount", "500"), ("currency", "usd")];
    let first = bench.post_keyed("k", "/v1/payment_intents", &form).await.ok();
    let ledger = bench.sandbox.ledger().await;
    assert_eq!(ledger.len(), 1);
    let sent = bench.sandbox.deliver_pending().await;
    assert!(sent >= 4);
    let ids = text(&first, "id");

    // The old one is not closed: it is simply never asked again, as if it had been killed.
    let bench = Bench::start_at(&file).await;
    assert_eq!(bench.sandbox.ledger().await, ledger);
    let again = bench.post_keyed("k", "/v1/payment_intents", &form).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.body, first);
    let new = bench.post("/v1/payment_intents", &form).await.ok();
    assert_ne!(text(&new, "id"), ids, "ids stay unique");

    let receiver = Receiver::start(&bench, false).await;
    bench.pass(3_600);
    assert_eq!(bench.sandbox.deliver_pending().await, sent + 1, "the session that expired, too");
    let types = receiver.types();
    assert!(types.contains(&"checkout.session.completed".to_owned()));
    assert!(types.contains(&"checkout.session.expired".to_owned()));
    let path = format!("/v1/checkout/sessions/{}", text(&open, "id"));
    assert_eq!(bench.get(&path).await.ok()["status"], "expired");
}
