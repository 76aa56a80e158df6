//! Connected accounts: whose objects, whose events, who is out of reach.
//! One account must never see what is another's.

use serde_json::json;

use crate::bench::{Bench, Receiver, text};

#[tokio::test]
async fn objects_belong_to_their_account() {
    let bench = Bench::start().await;
    for account in ["acct_one", "acct_two"] {
        bench.sandbox.put_account(account, true, account).await.unwrap();
    }
    let customer = bench.post_as("acct_one", "/v1/customers", &[]).await.ok();
    let path = format!("/v1/customers/{}", text(&customer, "id"));
    bench.get_as("acct_one", &path).await.ok();
    let error = bench.get_as("acct_two", &path).await.error(404, "resource_missing");
    assert_eq!(error["message"], format!("No such customer: '{}'", text(&customer, "id")));
    bench.get(&path).await.error(404, "resource_missing");
    let form = [("amount", "500"), ("currency", "usd"), ("customer", customer["id"].as_str().unwrap())];
    let error = bench.post_as("acct_two", "/v1/payment_intents", &form).await;
    assert_eq!(error.error(400, "resource_missing")["param"], "customer");
    bench.get_as("acct_three", "/v1/customers").await.error(403, "account_invalid");
}

#[tokio::test]
async fn accounts_can_be_read() {
    let bench = Bench::start().await;
    bench.sandbox.put_account("acct_one", false, "Greenline").await.unwrap();
    let account = bench.get("/v1/accounts/acct_one").await.ok();
    assert_eq!(account["charges_enabled"], false);
    assert_eq!(account["business_profile"]["name"], "Greenline");
    assert_eq!(bench.get_as("acct_one", "/v1/account").await.ok()["id"], "acct_one");
    bench.get("/v1/accounts/acct_none").await.error(403, "account_invalid");
    let form = [("amount", "500"), ("currency", "usd")];
    let refused = bench.post_as("acct_one", "/v1/payment_intents", &form).await;
    assert_eq!(refused.status, 400);

    bench.sandbox.put_account("acct_one", true, "Greenline").await.unwrap();
    bench.post_as("acct_one", "/v1/payment_intents", &form).await.ok();
    let events = bench.get_as("acct_one", "/v1/events?type=account.updated").await.ok();
    assert_eq!(events["data"][0]["account"], "acct_one");
    assert_eq!(events["data"][0]["data"]["previous_attributes"]["charges_enabled"], false);
}

#[tokio::test]
async fn a_business_can_take_its_permission_back() {
    let bench = Bench::start().await;
    bench.sandbox.put_account("acct_one", true, "One").await.unwrap();
    let receiver = Receiver::start(&bench, true).await;
    bench.control("accounts/acct_one/deauthorize", json!({})).await.ok();
    bench.get_as("acct_one", "/v1/customers").await.error(403, "account_invalid");
    assert_eq!(bench.sandbox.deliver_pending().await, 1);
    assert_eq!(receiver.types(), ["account.application.deauthorized"]);
}

#[tokio::test]
async fn the_checkout_page_names_the_business_and_charges_its_account() {
    let bench = Bench::start().await;
    bench.sandbox.put_account("acct_one", true, "Greenline Lawn & Garden").await.unwrap();
    let form = [
        ("mode", "payment"),
        ("success_url", "https://app.example/"),
        ("line_items[0][quantity]", "2"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "1000"),
        ("line_items[0][price_data][product_data][name]", "Mowing"),
    ];
    let session = bench.post_as("acct_one", "/v1/checkout/sessions", &form).await.ok();
    let page = bench.open(&text(&session, "url")).await;
    assert!(page.text.contains("Greenline Lawn &#38; Garden"), "{}", page.text);
    bench.pay(&session, "4242424242424242").await;
    let ledger = bench.sandbox.ledger().await;
    assert_eq!((ledger[0].account.as_str(), ledger[0].amount), ("acct_one", 2_000));
}
