//! The bank's challenge: from Checkout, from a saved card, and off session.
//! Each passed and failed, and answered twice.

use crate::bench::{Bench, text};

const ONCE: &str = "4000002500003155";

#[tokio::test]
async fn checkout_goes_through_the_challenge() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    let challenge = bench.pay(&session, ONCE).await.location.unwrap();
    assert!(challenge.contains("/c/authenticate/pi_"));
    let page = bench.open(&challenge).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("ending in 3155"));
    assert!(bench.sandbox.ledger().await.is_empty());

    let page = bench.submit(&challenge, &[("outcome", "complete")]).await;
    assert_eq!(page.status, 303);
    assert!(page.location.unwrap().starts_with("https://app.example/r/abc?session=cs_test_"));
    let again = bench.submit(&challenge, &[("outcome", "complete")]).await;
    assert_eq!(again.status, 303);
    let ledger = bench.sandbox.ledger().await;
    assert_eq!(ledger.len(), 1);
    let charge = bench.get(&format!("/v1/charges/{}", ledger[0].charge)).await.ok();
    let details = &charge["payment_method_details"]["card"];
    assert_eq!(details["three_d_secure"]["result"], "authenticated");
}

#[tokio::test]
async fn a_failed_challenge_leads_back_to_checkout() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    let challenge = bench.pay(&session, ONCE).await.location.unwrap();
    let back = bench.submit(&challenge, &[("outcome", "fail")]).await.location.unwrap();
    assert_eq!(back, text(&session, "url"));
    let page = bench.open(&back).await;
    assert!(page.text.contains("couldn’t confirm that it was you"), "{}", page.text);
    assert!(bench.sandbox.ledger().await.is_empty());
    assert_eq!(bench.pay(&session, "4242424242424242").await.status, 303);
    assert_eq!(bench.sandbox.ledger().await.len(), 1);
}

#[tokio::test]
async fn a_saved_card_is_confirmed_on_session_and_comes_back() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_authenticationRequired").await;
    for (outcome, redirect_status, status) in
        [("complete", "succeeded", "succeeded"), ("fail", "failed", "requires_payment_method")]
    {
        let form = [("amount", "2000"), ("currency", "usd"), ("customer", customer.as_str())];
        let intent = bench.post("/v1/payment_intents", &form).await.ok();
        let id = text(&intent, "id");
        let form = [("payment_method", method.as_str()), ("return_url", "https://app.example/back?x=1")];
        let confirm = format!("/v1/payment_intents/{id}/confirm");
        let intent = bench.post(&confirm, &form).await.ok();
        assert_eq!(intent["status"], "requires_action");
        let challenge = text(&intent["next_action"]["redirect_to_url"], "url");
        let page = bench.submit(&challenge, &[("outcome", outcome)]).await;
        let secret = text(&intent, "client_secret");
        assert_eq!(
            page.location.unwrap(),
            format!(
                "https://app.example/back?x=1&payment_intent={id}&payment_intent_client_secret={secret}\
                 &redirect_status={redirect_status}"
            )
        );
        let intent = bench.get(&format!("/v1/payment_intents/{id}")).await.ok();
        assert_eq!(intent["status"], status);
    }
    assert_eq!(bench.sandbox.ledger().await.len(), 1);
}

#[tokio::test]
async fn off_session_a_card_that_was_set_up_pays_and_one_that_always_asks_does_not() {
    let bench = Bench::start().await;
    let customer = bench.customer().await;
    let session =
        bench.session(&[("customer", &customer), ("payment_intent_data[setup_future_usage]", "off_session")]).await;
    let challenge = bench.pay(&session, ONCE).await.location.unwrap();
    bench.submit(&challenge, &[("outcome", "complete")]).await;
    let path = format!("/v1/customers/{customer}/payment_methods");
    let method = text(&bench.get(&path).await.ok()["data"][0], "id");
    let form = [
        ("amount", "2000"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("off_session", "true"),
        ("confirm", "true"),
    ];
    let intent = bench.post("/v1/payment_intents", &form).await.ok();
    assert_eq!(intent["status"], "succeeded");

    let (customer, method) = bench.saved("pm_card_authenticationRequired").await;
    let form = [
        ("amount", "2000"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("off_session", "true"),
        ("confirm", "true"),
    ];
    let error = bench.post("/v1/payment_intents", &form).await;
    let error = error.error(402, "authentication_required");
    assert_eq!(error["type"], "card_error");
    assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
    assert_eq!(error["payment_method"]["id"], method.as_str());
    assert!(error["charge"].as_str().unwrap().starts_with("ch_"));
}

#[tokio::test]
async fn a_setup_intent_is_challenged_too() {
    let bench = Bench::start().await;
    let customer = bench.customer().await;
    let form = [
        ("customer", customer.as_str()),
        ("payment_method", "pm_card_authenticationRequiredOnSetup"),
        ("confirm", "true"),
        ("return_url", "https://app.example/back"),
        ("allowed_payment_method_types[]", "card"),
    ];
    let intent = bench.post("/v1/setup_intents", &form).await.ok();
    assert_eq!(intent["status"], "requires_action");
    let challenge = text(&intent["next_action"]["redirect_to_url"], "url");
    let page = bench.submit(&challenge, &[("outcome", "complete")]).await;
    assert!(page.location.unwrap().contains("redirect_status=succeeded"));
    let path = format!("/v1/setup_intents/{}", text(&intent, "id"));
    assert_eq!(bench.get(&path).await.ok()["status"], "succeeded");
}
