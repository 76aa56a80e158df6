//! The control endpoints: a test plays the bank and the cardholder.
//! The days that a bank takes go by in one call.

use serde_json::json;

use crate::bench::{Bench, send, text};

#[tokio::test]
async fn a_bank_debit_arrives_fails_or_is_sent_back() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_usBankAccount").await;
    for (outcome, status, paid, disputed) in [
        ("succeed", "succeeded", 1, false),
        ("fail", "requires_payment_method", 1, false),
        ("return", "succeeded", 2, true),
    ] {
        let form = [
            ("amount", "9201"),
            ("currency", "usd"),
            ("customer", customer.as_str()),
            ("payment_method", method.as_str()),
            ("confirm", "true"),
            ("off_session", "true"),
        ];
        let intent = bench.post("/v1/payment_intents", &form).await.ok();
        assert_eq!(intent["status"], "processing");
        let id = text(&intent, "id");
        bench
            .post(&format!("/v1/payment_intents/{id}/cancel"), &[])
            .await
            .error(400, "payment_intent_unexpected_state");
        let path = format!("payment_intents/{id}/finish");
        let done = bench.control(&path, json!({ "outcome": outcome })).await.ok();
        assert_eq!(done["status"], status);
        let ledger = bench.sandbox.ledger().await;
        assert_eq!(ledger.len(), paid);
        assert_eq!(ledger.last().unwrap().disputed, disputed);
    }
    assert_eq!(bench.get("/v1/balance").await.ok()["available"][0]["amount"], 9_201);
}

#[tokio::test]
async fn a_dispute_is_opened_and_lost() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    bench.pay(&session, "4242424242424242").await;
    let charge = bench.sandbox.ledger().await[0].charge.clone();
    let dispute = bench.control("disputes/open", json!({ "charge": charge })).await.ok();
    assert_eq!(dispute["status"], "needs_response");
    assert_eq!(bench.get(&format!("/v1/charges/{charge}")).await.ok()["disputed"], true);
    let body = json!({ "charge": charge, "outcome": "lost" });
    let dispute = bench.control("disputes/close", body).await.ok();
    assert_eq!(dispute["status"], "lost");
    let types = bench.event_types().await;
    assert!(types.ends_with(&[
        "charge.dispute.created".to_owned(),
        "charge.dispute.funds_withdrawn".to_owned(),
        "charge.dispute.closed".to_owned(),
    ]));
}

#[tokio::test]
async fn a_saved_card_is_updated_and_can_be_made_to_decline() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let path = format!("payment_methods/{method}");
    let body = json!({ "exp_month": 3, "exp_year": 2041, "decline_code": "lost_card" });
    let updated = bench.control(&path, body).await.ok();
    assert_eq!(updated["card"]["exp_year"], 2041);
    let events = bench.get("/v1/events?type=payment_method.automatically_updated").await.ok();
    assert_eq!(events["data"][0]["data"]["object"]["id"], method.as_str());

    let form = [
        ("amount", "500"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("confirm", "true"),
        ("off_session", "true"),
    ];
    let error = bench.post("/v1/payment_intents", &form).await.error(402, "card_declined");
    assert_eq!(error["decline_code"], "lost_card");
    assert_eq!(error["advice_code"], "do_not_try_again");
    bench.control(&path, json!({ "decline_code": null })).await.ok();
    bench.post("/v1/payment_intents", &form).await.ok();
    bench.control(&path, json!({ "decline_code": "no_such" })).await.error(400, "");
}

#[tokio::test]
async fn the_ledger_and_the_front_page_can_be_read() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    bench.pay(&session, "4242424242424242").await;
    let ledger = send(bench.http.get(bench.url("/_sandbox/ledger"))).await.ok();
    assert_eq!(ledger["data"][0]["amount"], 16_305);
    let page = bench.open(&bench.url("/")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("checkout.session.completed"));
    assert!(page.text.contains("$163.05"));
    let style = bench.open(&bench.url("/c/assets/sandbox.css")).await;
    assert!(style.headers["content-type"].to_str().unwrap().starts_with("text/css"));
}

#[tokio::test]
async fn a_refund_is_failed_by_hand() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    bench.pay(&session, "4242424242424242").await;
    let charge = bench.sandbox.ledger().await[0].charge.clone();
    let refund = bench.post("/v1/refunds", &[("charge", &charge), ("amount", "100")]).await.ok();
    let path = format!("refunds/{}/fail", text(&refund, "id"));
    assert_eq!(bench.control(&path, json!({})).await.ok()["status"], "failed");
    assert_eq!(bench.sandbox.ledger().await[0].refunded, 0);
    bench.control(&path, json!({})).await.error(400, "status_transition_invalid");
}
