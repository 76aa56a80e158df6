//! What every call goes through: keys, versions, idempotency, paging, errors.
//! A client's retries are only as good as these.

use serde_json::json;

use crate::bench::{Bench, send, text, with_form};

const INTENT: [(&str, &str); 2] = [("amount", "500"), ("currency", "usd")];

#[tokio::test]
async fn a_key_is_needed() {
    let bench = Bench::start().await;
    let nobody = send(bench.http.get(bench.url("/v1/account"))).await;
    assert_eq!(nobody.status, 401);
    let request = bench.http.get(bench.url("/v1/account"));
    let stranger = send(request.header("authorization", "Bearer sk_test_somebody_else")).await;
    assert_eq!(stranger.status, 401);
    assert_eq!(stranger.body["error"]["type"], "invalid_request_error");
    assert!(!stranger.body.to_string().contains("somebody"), "the key is not repeated");
}

#[tokio::test]
async fn replies_carry_request_and_version() {
    let bench = Bench::start().await;
    let request = bench.request("GET", "/v1/account").header("stripe-version", "2026-10-28.endive");
    let answer = send(request).await;
    assert_eq!(answer.headers["stripe-version"], "2026-10-28.endive");
    assert!(answer.headers["request-id"].to_str().unwrap().starts_with("req_"));
    assert_eq!(answer.ok()["id"], zoop_stripe_sandbox::PLATFORM_ACCOUNT);
    let error = bench.get("/v1/nonsense").await;
    assert_eq!(error.status, 404);
    assert!(error.body["error"]["request_log_url"].is_string());
}

#[tokio::test]
async fn the_same_key_gets_the_same_reply() {
    let bench = Bench::start().await;
    let first = bench.post_keyed("k1", "/v1/payment_intents", &INTENT).await;
    assert!(!first.headers.contains_key("idempotent-replayed"));
    let original = first.headers["request-id"].clone();
    let reordered = [("currency", "usd"), ("amount", "500")];
    let again = bench.post_keyed("k1", "/v1/payment_intents", &reordered).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.headers["original-request"], original);
    assert_eq!(again.body, first.body);
    let all = bench.get("/v1/payment_intents").await.ok();
    assert_eq!(all["data"].as_array().unwrap().len(), 1);

    let other = [("amount", "501"), ("currency", "usd")];
    let error = bench.post_keyed("k1", "/v1/payment_intents", &other).await;
    assert_eq!(error.status, 400);
    assert_eq!(error.body["error"]["type"], "idempotency_error");
    let error = bench.post_keyed("k1", "/v1/customers", &[]).await;
    assert_eq!(error.body["error"]["type"], "idempotency_error");
}

#[tokio::test]
async fn two_calls_with_one_key_at_once_do_the_work_once() {
    let bench = Bench::start().await;
    let (one, two) = tokio::join!(
        bench.post_keyed("k", "/v1/payment_intents", &INTENT),
        bench.post_keyed("k", "/v1/payment_intents", &INTENT),
    );
    assert_eq!(one.ok(), two.ok());
    let all = bench.get("/v1/payment_intents").await.ok();
    assert_eq!(all["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_state_forbade_is_remembered() {
    let bench = Bench::start().await;
    let intent = bench.post("/v1/payment_intents", &INTENT).await.ok();
    let confirm = format!("/v1/payment_intents/{}/confirm", text(&intent, "id"));
    let error = bench.post_keyed("k", &confirm, &[]).await;
    error.error(400, "payment_intent_unexpected_state");
    let update = [("payment_method", "pm_card_visa")];
    bench.post(confirm.trim_end_matches("/confirm"), &update).await.ok();
    let again = bench.post_keyed("k", &confirm, &[]).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    again.error(400, "payment_intent_unexpected_state");
}

#[tokio::test]
async fn a_day_later_a_key_is_new() {
    let bench = Bench::start().await;
    let first = bench.post_keyed("k1", "/v1/payment_intents", &INTENT).await.ok();
    bench.pass(24 * 3_600);
    let later = bench.post_keyed("k1", "/v1/payment_intents", &INTENT).await.ok();
    assert_ne!(first["id"], later["id"]);
}

#[tokio::test]
async fn declines_are_remembered_and_wrong_parameters_are_not() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_chargeCustomerFail").await;
    let form = [
        ("amount", "500"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("off_session", "true"),
        ("confirm", "true"),
    ];
    let first = bench.post_keyed("d", "/v1/payment_intents", &form).await;
    assert_eq!(first.status, 402);
    let again = bench.post_keyed("d", "/v1/payment_intents", &form).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.body, first.body);
    let charges = bench.get("/v1/charges").await.ok();
    assert_eq!(charges["data"].as_array().unwrap().len(), 1);

    let wrong = [("amount", "abc"), ("currency", "usd")];
    let error = bench.post_keyed("w", "/v1/payment_intents", &wrong).await;
    error.error(400, "parameter_invalid_integer");
    bench.post_keyed("w", "/v1/payment_intents", &INTENT).await.ok();
}

#[tokio::test]
async fn keys_belong_to_an_account() {
    let bench = Bench::start().await;
    bench.sandbox.put_account("acct_one", true, "One").await.unwrap();
    let own = bench.post_keyed("k", "/v1/payment_intents", &INTENT).await.ok();
    let request = bench
        .request("POST", "/v1/payment_intents")
        .header("idempotency-key", "k")
        .header("stripe-account", "acct_one");
    let theirs = send(with_form(request, &INTENT)).await;
    assert!(!theirs.headers.contains_key("idempotent-replayed"));
    assert_ne!(theirs.ok()["id"], own["id"]);
}

#[tokio::test]
async fn lists_are_paged_newest_first() {
    let bench = Bench::start().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(bench.customer().await);
        bench.pass(10);
    }
    ids.reverse();
    let page = |query: String| {
        let bench = &bench;
        async move {
            let list = bench.get(&format!("/v1/customers?{query}")).await.ok();
            let found: Vec<String> = list["data"].as_array().unwrap().iter().map(|item| text(item, "id")).collect();
            (found, list["has_more"].as_bool().unwrap())
        }
    };
    assert_eq!(page("limit=2".into()).await, (ids[..2].to_vec(), true));
    let after = format!("limit=3&starting_after={}", ids[1]);
    assert_eq!(page(after).await, (ids[2..].to_vec(), false));
    let before = format!("limit=2&ending_before={}", ids[3]);
    assert_eq!(page(before).await, (ids[1..3].to_vec(), true));
    let since = format!("created[gte]={}", bench.now() - 20);
    assert_eq!(page(since).await, (ids[..2].to_vec(), false));

    bench.get("/v1/customers?limit=101").await.error(400, "parameter_invalid_integer");
    let error = bench.get("/v1/customers?starting_after=cus_no").await;
    assert_eq!(error.error(400, "resource_missing")["param"], "starting_after");
}

#[tokio::test]
async fn metadata_merges_and_clears() {
    let bench = Bench::start().await;
    let customer = bench.customer().await;
    let path = format!("/v1/customers/{customer}");
    bench.post(&path, &[("metadata[a]", "1"), ("metadata[b]", "2")]).await.ok();
    let changed = bench.post(&path, &[("metadata[a]", ""), ("metadata[c]", "3")]).await.ok();
    assert_eq!(changed["metadata"], json!({ "b": "2", "c": "3" }));
    let cleared = bench.post(&path, &[("metadata", "")]).await.ok();
    assert_eq!(cleared["metadata"], json!({}));
}

#[tokio::test]
async fn a_deleted_customer_is_a_stub() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let path = format!("/v1/customers/{customer}");
    let deleted = send(bench.request("DELETE", &path)).await.ok();
    assert_eq!(deleted, json!({ "id": customer, "object": "customer", "deleted": true }));
    assert_eq!(bench.get(&path).await.ok(), deleted);
    bench.post(&path, &[("name", "x")]).await.error(404, "resource_missing");
    let method = bench.get(&format!("/v1/payment_methods/{method}")).await.ok();
    assert_eq!(method["customer"], json!(null));
    assert_eq!(bench.get("/v1/customers").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_expanded_is_refused() {
    let bench = Bench::start().await;
    let customer = bench.customer().await;
    let error = bench.get(&format!("/v1/customers/{customer}?expand[]=email")).await;
    assert_eq!(error.status, 400);
    let (_, method) = bench.saved("pm_card_visa").await;
    let path = format!("/v1/payment_methods/{method}?expand[]=customer");
    assert_eq!(bench.get(&path).await.ok()["customer"]["object"], "customer");
}
