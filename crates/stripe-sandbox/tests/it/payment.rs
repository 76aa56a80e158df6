//! PaymentIntents, declines, refunds and saved methods through the API.
//! Made by the application's own calls, without a page.

use serde_json::json;

use crate::bench::{Bench, text};

impl Bench {
    async fn charge(&self, customer: &str, method: &str, amount: &str) -> crate::bench::Answer {
        let form = [
            ("amount", amount),
            ("currency", "usd"),
            ("customer", customer),
            ("payment_method", method),
            ("off_session", "true"),
            ("confirm", "true"),
        ];
        self.post("/v1/payment_intents", &form).await
    }
}

#[tokio::test]
async fn an_intent_is_made_unconfirmed_then_confirmed() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let form = [
        ("amount", "16305"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("metadata[attempt_id]", "att_1"),
        ("allowed_payment_method_types[]", "card"),
    ];
    let intent = bench.post("/v1/payment_intents", &form).await.ok();
    assert_eq!(intent["status"], "requires_confirmation");
    let path = format!("/v1/payment_intents/{}", text(&intent, "id"));
    let confirmed = bench.post(&format!("{path}/confirm"), &[("off_session", "true")]).await.ok();
    assert_eq!(confirmed["status"], "succeeded");
    assert_eq!(confirmed["amount_received"], 16_305);
    let error = bench.post(&format!("{path}/confirm"), &[]).await;
    let error = error.error(400, "payment_intent_unexpected_state");
    assert_eq!(error["payment_intent"]["status"], "succeeded");
    let error = bench.post(&format!("{path}/cancel"), &[]).await;
    error.error(400, "payment_intent_unexpected_state");

    let expanded =
        bench.get(&format!("{path}?expand[]=latest_charge&expand[]=payment_method&expand[]=customer")).await.ok();
    assert_eq!(expanded["latest_charge"]["metadata"]["attempt_id"], "att_1");
    assert_eq!(expanded["payment_method"]["card"]["brand"], "visa");
    assert_eq!(expanded["customer"]["email"], "ann@example.com");
    let balance = bench.get("/v1/balance").await.ok();
    assert_eq!(balance["available"][0]["amount"], 16_305);
}

#[tokio::test]
async fn a_card_attaches_and_declines_later() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_chargeCustomerFail").await;
    let error = bench.charge(&customer, &method, "900").await.error(402, "card_declined");
    assert_eq!(error["decline_code"], "generic_decline");
    assert_eq!(error["advice_code"], "try_again_later");
    let intent = &error["payment_intent"];
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!(intent["last_payment_error"]["code"], "card_declined");
    let charge = bench.get(&format!("/v1/charges/{}", text(intent, "latest_charge"))).await.ok();
    assert_eq!(charge["status"], "failed");
    assert_eq!(charge["outcome"]["type"], "issuer_declined");

    // A declining card can't be attached at all.
    let path = "/v1/payment_methods/pm_card_visa_chargeDeclined/attach";
    bench.post(path, &[("customer", &customer)]).await.error(402, "card_declined");
    assert!(bench.sandbox.ledger().await.is_empty());
}

#[tokio::test]
async fn an_unpaid_intent_is_canceled() {
    let bench = Bench::start().await;
    let form = [("amount", "500"), ("currency", "usd")];
    let intent = bench.post("/v1/payment_intents", &form).await.ok();
    let path = format!("/v1/payment_intents/{}/cancel", text(&intent, "id"));
    let canceled = bench.post(&path, &[("cancellation_reason", "abandoned")]).await.ok();
    assert_eq!(canceled["status"], "canceled");
    assert_eq!(canceled["cancellation_reason"], "abandoned");
    let low = [("amount", "49"), ("currency", "usd")];
    bench.post("/v1/payment_intents", &low).await.error(400, "amount_too_small");
    let confirm = [("amount", "500"), ("currency", "usd"), ("confirm", "true"), ("payment_method", "pm_card_visa")];
    let error = bench.post("/v1/payment_intents", &confirm).await.error(400, "");
    assert_eq!(error["param"], "return_url");
}

#[tokio::test]
async fn detaching_is_final() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let default = [("invoice_settings[default_payment_method]", method.as_str())];
    let path = format!("/v1/customers/{customer}");
    bench.post(&path, &default).await.ok();
    bench.post(&format!("/v1/payment_methods/{method}/detach"), &[]).await.ok();
    let owner = bench.get(&path).await.ok();
    assert_eq!(owner["invoice_settings"]["default_payment_method"], json!(null));
    let error = bench.charge(&customer, &method, "500").await;
    error.error(400, "");
    let attach = format!("/v1/payment_methods/{method}/attach");
    bench.post(&attach, &[("customer", &customer)]).await.error(400, "");
    bench.post(&path, &default).await.error(400, "resource_missing");
}

#[tokio::test]
async fn another_customers_card_is_refused() {
    let bench = Bench::start().await;
    let (_, method) = bench.saved("pm_card_visa").await;
    let stranger = bench.customer().await;
    let error = bench.charge(&stranger, &method, "500").await;
    error.error(400, "");
}

#[tokio::test]
async fn the_same_number_has_the_same_fingerprint() {
    let bench = Bench::start().await;
    let form =
        [("type", "card"), ("card[number]", "4242424242424242"), ("card[exp_month]", "12"), ("card[exp_year]", "2034")];
    let first = bench.post("/v1/payment_methods", &form).await.ok();
    let form = [("type", "card"), ("card[token]", "tok_visa")];
    let second = bench.post("/v1/payment_methods", &form).await.ok();
    let form = [("type", "card"), ("card[token]", "tok_mastercard")];
    let third = bench.post("/v1/payment_methods", &form).await.ok();
    assert_eq!(first["card"]["fingerprint"], second["card"]["fingerprint"]);
    assert_ne!(first["card"]["fingerprint"], third["card"]["fingerprint"]);
}

#[tokio::test]
async fn refunds_never_exceed_the_charge() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let intent = bench.charge(&customer, &method, "1000").await.ok();
    let intent = text(&intent, "id");
    let refund = |amount: &'static str| {
        let form = [("payment_intent", intent.as_str()), ("amount", amount)];
        let form: Vec<(String, String)> = form.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let bench = &bench;
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            bench.post("/v1/refunds", &form).await
        }
    };
    assert_eq!(refund("600").await.ok()["status"], "succeeded");
    let error = refund("500").await.error(400, "");
    assert_eq!(error["message"], "Refund amount ($5.00) is greater than unrefunded amount on charge ($4.00)");
    let rest = bench.post("/v1/refunds", &[("payment_intent", &intent)]).await.ok();
    assert_eq!(rest["amount"], 400);
    refund("1").await.error(400, "charge_already_refunded");
    let ledger = bench.sandbox.ledger().await;
    assert_eq!(ledger[0].refunded, 1_000);
    let charge = bench.get(&format!("/v1/charges/{}?expand[]=refunds", ledger[0].charge)).await.ok();
    assert_eq!(charge["refunded"], true);
    assert_eq!(charge["refunds"]["data"].as_array().unwrap().len(), 2);
    let balance = bench.get("/v1/balance").await.ok();
    assert_eq!(balance["available"][0]["amount"], 0);
}

#[tokio::test]
async fn a_refund_fails_later_and_the_money_comes_back() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_refundFail").await;
    let intent = bench.charge(&customer, &method, "1000").await.ok();
    let refund = bench.post("/v1/refunds", &[("payment_intent", &text(&intent, "id"))]).await.ok();
    assert_eq!(refund["status"], "succeeded");
    assert_eq!(bench.sandbox.ledger().await[0].refunded, 1_000);
    bench.pass(3_600);
    let path = format!("/v1/refunds/{}", text(&refund, "id"));
    let refund = bench.get(&path).await.ok();
    assert_eq!(refund["status"], "failed");
    assert_eq!(bench.sandbox.ledger().await[0].refunded, 0);
    let types = bench.event_types().await;
    assert!(types.contains(&"refund.failed".to_owned()));
    assert!(types.contains(&"charge.refund.updated".to_owned()));
}

#[tokio::test]
async fn some_cards_are_disputed_at_once() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_createDispute").await;
    let intent = bench.charge(&customer, &method, "1000").await.ok();
    let ledger = bench.sandbox.ledger().await;
    assert!(ledger[0].disputed);
    let id = text(&intent, "id");
    let disputes = bench.get(&format!("/v1/disputes?payment_intent={id}")).await.ok();
    let dispute = &disputes["data"][0];
    assert_eq!(dispute["reason"], "fraudulent");
    assert_eq!(dispute["balance_transactions"][0]["amount"], -1_000);
    bench.post("/v1/refunds", &[("payment_intent", &id)]).await.error(400, "charge_disputed");
    let form = [("evidence[uncategorized_text]", "winning_evidence"), ("submit", "true")];
    let path = format!("/v1/disputes/{}", text(dispute, "id"));
    assert_eq!(bench.post(&path, &form).await.ok()["status"], "won");
    assert_eq!(bench.get("/v1/balance").await.ok()["available"][0]["amount"], 1_000);
    assert!(
        bench
            .event_types()
            .await
            .ends_with(&["charge.dispute.closed".to_owned(), "charge.dispute.funds_reinstated".to_owned(),])
    );
}
