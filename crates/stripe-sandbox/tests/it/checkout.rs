//! The hosted Checkout page and its sessions.
//! Driven by posting the forms that a browser would post.

use crate::bench::{Bench, card, text};

const PAYS: &str = "4242 4242 4242 4242";

#[tokio::test]
async fn a_customer_pays_on_the_page() {
    let bench = Bench::start().await;
    let customer = bench.customer().await;
    let session = bench.session(&[("customer", &customer)]).await;
    assert_eq!(session["payment_intent"], serde_json::Value::Null);
    assert_eq!(session["payment_status"], "unpaid");

    let page = bench.open(&text(&session, "url")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Pay invoice INV-1051"), "{}", page.text);
    assert!(page.text.contains("$163.05"));
    assert!(!page.text.contains("will be saved"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https://app.example"));

    let id = text(&session, "id");
    let page = bench.pay(&session, PAYS).await;
    assert_eq!(page.status, 303);
    assert_eq!(page.location, Some(format!("https://app.example/r/abc?session={id}")));

    let path = format!("/v1/checkout/sessions/{id}?expand[]=payment_intent.latest_charge");
    let session = bench.get(&path).await.ok();
    assert_eq!(session["status"], "complete");
    assert_eq!(session["payment_status"], "paid");
    assert_eq!(session["url"], serde_json::Value::Null);
    assert_eq!(session["customer_details"]["address"]["postal_code"], "55401");
    let intent = &session["payment_intent"];
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["metadata"]["invoice_id"], "inv_1");
    assert_eq!(intent["latest_charge"]["amount"], 16_305);

    let ledger = bench.sandbox.ledger().await;
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].amount, 16_305);
    assert_eq!(ledger[0].metadata["invoice_id"], "inv_1");
    assert!(bench.event_types().await.ends_with(&[
        "charge.succeeded".to_owned(),
        "payment_intent.succeeded".to_owned(),
        "checkout.session.completed".to_owned(),
    ]));
    // Not asked to be saved: not the customer's.
    let path = format!("/v1/customers/{customer}/payment_methods");
    assert_eq!(bench.get(&path).await.ok()["data"], serde_json::json!([]));
}

#[tokio::test]
async fn a_declined_card_can_be_followed_by_another() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    let page = bench.pay(&session, "4000000000009995").await;
    assert_eq!(page.status, 402);
    assert!(page.text.contains("Your card has insufficient funds."));
    assert!(page.text.contains("value=\"4000000000009995\""));
    assert!(!page.text.contains("value=\"123\""), "the CVC is never shown again");

    let path = format!("/v1/checkout/sessions/{}", text(&session, "id"));
    let open = bench.get(&path).await.ok();
    assert_eq!(open["status"], "open");
    let intent = text(&open, "payment_intent");
    let failed = bench.get(&format!("/v1/payment_intents/{intent}")).await.ok();
    assert_eq!(failed["status"], "requires_payment_method");
    assert_eq!(failed["last_payment_error"]["decline_code"], "insufficient_funds");
    assert!(bench.sandbox.ledger().await.is_empty());

    assert_eq!(bench.pay(&session, PAYS).await.status, 303);
    let done = bench.get(&path).await.ok();
    assert_eq!(text(&done, "payment_intent"), intent, "the same intent is tried again");
    assert_eq!(bench.sandbox.ledger().await.len(), 1);
}

#[tokio::test]
async fn submitting_twice_charges_once() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    let (first, second) = tokio::join!(bench.pay(&session, PAYS), bench.pay(&session, PAYS));
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.location, second.location);
    assert_eq!(bench.sandbox.ledger().await.len(), 1);
    let address = bench.url(&format!("/c/pay/{}", text(&session, "id")));
    let page = bench.open(&address).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Nothing more will be charged"));
}

#[tokio::test]
async fn a_wrong_form_comes_back_filled_in() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    let address = text(&session, "url");
    let form = [("number", "4242 4242 4242 4241"), ("exp", "01/20"), ("cvc", "99"), ("holder", "<Ann>"), ("zip", "")];
    let page = bench.submit(&address, &form).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.text.matches("aria-invalid").count(), 4);
    assert!(page.text.contains("value=\"&#60;Ann&#62;\""), "{}", page.text);
    assert!(!page.text.contains("value=\"99\""));
    assert!(bench.event_types().await.is_empty());
    assert_eq!(bench.open(&bench.url("/c/pay/cs_test_none")).await.status, 404);
}

#[tokio::test]
async fn a_card_that_is_nobodys_test_card_is_declined() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    let page = bench.pay(&session, "4111111111111111").await;
    assert_eq!(page.status, 402);
    assert!(page.text.contains("non test (live) card"));
}

#[tokio::test]
async fn a_card_is_saved_when_asked() {
    let bench = Bench::start().await;
    let customer = bench.customer().await;
    let session = bench
        .session(&[
            ("customer", &customer),
            ("payment_intent_data[setup_future_usage]", "off_session"),
            ("payment_method_data[allow_redisplay]", "always"),
            ("custom_text[submit][message]", "You allow us to charge this card each month."),
        ])
        .await;
    let page = bench.open(&text(&session, "url")).await;
    assert!(page.text.contains("The card will be saved"));
    assert!(page.text.contains("You allow us to charge this card each month."));
    assert_eq!(bench.pay(&session, PAYS).await.status, 303);

    let path = format!("/v1/customers/{customer}/payment_methods?type=card");
    let methods = bench.get(&path).await.ok();
    let method = &methods["data"][0];
    assert_eq!(method["allow_redisplay"], "always");
    assert_eq!(method["card"]["last4"], "4242");
    assert_eq!(method["billing_details"]["name"], "Ann Example");
    assert!(bench.event_types().await.contains(&"payment_method.attached".to_owned()));
}

#[tokio::test]
async fn setup_mode_saves_a_card_and_charges_nothing() {
    let bench = Bench::start().await;
    let customer = bench.customer().await;
    let form = [
        ("mode", "setup"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("success_url", "https://app.example/cards?s={CHECKOUT_SESSION_ID}"),
        ("setup_intent_data[metadata][customer]", "c1"),
        ("allowed_payment_method_types[]", "card"),
    ];
    let session = bench.post("/v1/checkout/sessions", &form).await.ok();
    let intent = text(&session, "setup_intent");
    let page = bench.open(&text(&session, "url")).await;
    assert!(page.text.contains("Save card"));

    let page = bench.pay(&session, "4000000000000002").await;
    assert_eq!(page.status, 402);
    let page = bench.pay(&session, "4000000000000341").await;
    assert_eq!(page.status, 303, "{}", page.text);
    let path = format!("/v1/setup_intents/{intent}?expand[]=payment_method");
    let intent = bench.get(&path).await.ok();
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["metadata"]["customer"], "c1");
    assert_eq!(intent["payment_method"]["customer"], customer.as_str());
    assert!(bench.sandbox.ledger().await.is_empty());
}

#[tokio::test]
async fn setup_mode_goes_through_the_challenge_and_the_card_pays_off_session() {
    let bench = Bench::start().await;
    let customer = bench.customer().await;
    let form = [
        ("mode", "setup"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("success_url", "https://app.example/cards?s={CHECKOUT_SESSION_ID}"),
        ("cancel_url", "https://app.example/cards"),
        ("metadata[consent_id]", "con_1"),
        ("payment_method_data[allow_redisplay]", "always"),
        ("custom_text[submit][message]", "You allow us to charge this card."),
        ("allowed_payment_method_types[]", "card"),
    ];
    let session = bench.post("/v1/checkout/sessions", &form).await.ok();
    let (id, address) = (text(&session, "id"), text(&session, "url"));
    assert_eq!(session["payment_status"], "no_payment_required");
    let page = bench.open(&address).await;
    for words in ["Save a card", "You allow us to charge this card.", "href=\"https://app.example/cards\""] {
        assert!(page.text.contains(words), "{words}");
    }
    let page = bench.pay(&session, "4000000000009995").await;
    assert!(page.text.contains("The card wasn’t saved"), "{}", page.text);

    let challenge = bench.pay(&session, "4000002500003155").await.location.unwrap();
    assert!(bench.open(&challenge).await.text.contains("saving this card"));
    let back = bench.submit(&challenge, &[("outcome", "fail")]).await.location.unwrap();
    assert_eq!(back, address);
    let challenge = bench.pay(&session, "4000002500003155").await.location.unwrap();
    let back = bench.submit(&challenge, &[("outcome", "complete")]).await.location.unwrap();
    assert_eq!(back, format!("https://app.example/cards?s={id}"));
    assert!(bench.event_types().await.ends_with(&[
        "payment_method.attached".to_owned(),
        "setup_intent.succeeded".to_owned(),
        "checkout.session.completed".to_owned(),
    ]));

    let done = bench.get(&format!("/v1/checkout/sessions/{id}?expand[]=setup_intent.payment_method")).await.ok();
    assert_eq!((&done["status"], &done["metadata"]["consent_id"]), (&"complete".into(), &"con_1".into()));
    let method = &done["setup_intent"]["payment_method"];
    assert_eq!((&method["customer"], &method["allow_redisplay"]), (&customer.as_str().into(), &"always".into()));
    let charged = bench.charge_off_session(&customer, &text(method, "id")).await;
    assert_eq!(charged.ok()["status"], "succeeded");
}

#[tokio::test]
async fn a_setup_session_that_was_left_expires_and_saves_nothing() {
    let bench = Bench::start().await;
    let customer = bench.customer().await;
    let form = [
        ("mode", "setup"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("success_url", "https://app.example/cards"),
        ("allowed_payment_method_types[]", "card"),
    ];
    let session = bench.post("/v1/checkout/sessions", &form).await.ok();
    let challenge = bench.pay(&session, "4000002500003155").await.location.unwrap();
    let expire = format!("/v1/checkout/sessions/{}/expire", text(&session, "id"));
    assert_eq!(bench.post(&expire, &[]).await.ok()["status"], "expired");
    bench.submit(&challenge, &[("outcome", "complete")]).await;
    let intent = bench.get(&format!("/v1/setup_intents/{}", text(&session, "setup_intent"))).await.ok();
    assert_eq!(intent["status"], "canceled");
    assert_eq!(bench.pay(&session, PAYS).await.status, 410);
    let methods = bench.get(&format!("/v1/payment_methods?customer={customer}")).await.ok();
    assert_eq!(methods["data"], serde_json::json!([]));
    assert_eq!(bench.event_types().await.last().unwrap(), "checkout.session.expired");
}

#[tokio::test]
async fn only_an_open_session_can_be_expired() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    bench.pay(&session, "4000000000000002").await;
    let expire = format!("/v1/checkout/sessions/{}/expire", text(&session, "id"));
    let expired = bench.post(&expire, &[]).await.ok();
    assert_eq!(expired["status"], "expired");
    assert_eq!(expired["url"], serde_json::Value::Null);
    let intent = text(&expired, "payment_intent");
    let intent = bench.get(&format!("/v1/payment_intents/{intent}")).await.ok();
    assert_eq!(intent["status"], "canceled");
    assert_eq!(bench.pay(&session, PAYS).await.status, 410);
    let error = bench.post(&expire, &[]).await.error(400, "");
    assert!(text(&error, "message").contains("status of `expired`"));

    let paid = bench.session(&[]).await;
    bench.pay(&paid, PAYS).await;
    let expire = format!("/v1/checkout/sessions/{}/expire", text(&paid, "id"));
    let error = bench.post(&expire, &[]).await.error(400, "");
    assert!(text(&error, "message").contains("status of `complete`"));
}

#[tokio::test]
async fn a_session_expires_by_itself() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    let path = format!("/v1/checkout/sessions/{}", text(&session, "id"));
    bench.pass(35 * 60 - 1);
    assert_eq!(bench.get(&path).await.ok()["status"], "open");
    bench.pass(1);
    assert_eq!(bench.get(&path).await.ok()["status"], "expired");
    assert_eq!(bench.event_types().await, ["checkout.session.expired"]);
    assert_eq!(bench.open(&text(&session, "url")).await.status, 410);
    let open = bench.get("/v1/checkout/sessions?status=open").await.ok();
    assert_eq!(open["data"], serde_json::json!([]));
}

#[tokio::test]
async fn the_expiry_must_lie_between_half_an_hour_and_a_day() {
    let bench = Bench::start().await;
    for (after, says) in [(60, "at least 30 minutes"), (25 * 3_600, "less than 24 hours")] {
        let at = (bench.now() + after).to_string();
        let form = [
            ("mode", "setup"),
            ("currency", "usd"),
            ("success_url", "https://app.example/"),
            ("expires_at", at.as_str()),
        ];
        let error = bench.post("/v1/checkout/sessions", &form).await.error(400, "");
        assert!(text(&error, "message").contains(says));
        assert_eq!(error["param"], "expires_at");
    }
}

#[tokio::test]
async fn removed_and_unknown_parameters_are_refused() {
    let bench = Bench::start().await;
    let form = [
        ("mode", "setup"),
        ("currency", "usd"),
        ("success_url", "https://app.example/"),
        ("payment_method_types[0]", "card"),
    ];
    let error = bench.post("/v1/checkout/sessions", &form).await;
    let error = error.error(400, "parameter_unknown");
    assert_eq!(error["param"], "payment_method_types");
    let open = bench.get("/v1/checkout/sessions").await.ok();
    assert_eq!(open["data"], serde_json::json!([]), "nothing was kept");
}

#[tokio::test]
async fn lines_and_lists_can_be_read() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    let id = text(&session, "id");
    let lines = bench.get(&format!("/v1/checkout/sessions/{id}/line_items")).await.ok();
    assert_eq!(lines["data"][0]["amount_total"], 16_305);
    let path = format!("/v1/checkout/sessions/{id}?expand[]=line_items");
    let expanded = bench.get(&path).await.ok();
    assert_eq!(expanded["line_items"]["data"], lines["data"]);

    bench.pay(&session, PAYS).await;
    let intent = text(&bench.sandbox_session(&id).await, "payment_intent");
    let found = bench.get(&format!("/v1/checkout/sessions?payment_intent={intent}")).await.ok();
    assert_eq!(found["data"][0]["id"], id.as_str());
}

#[tokio::test]
async fn a_bank_debit_completes_the_session_before_the_money_arrives() {
    let bench = Bench::start().await;
    let session = bench.session(&[("allowed_payment_method_types[1]", "us_bank_account")]).await;
    let address = text(&session, "url");
    assert!(bench.open(&address).await.text.contains("test bank account"));
    let page = bench.submit(&address, &[("method", "bank")]).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let session = bench.sandbox_session(&text(&session, "id")).await;
    assert_eq!(session["status"], "complete");
    assert_eq!(session["payment_status"], "unpaid");
    assert!(bench.sandbox.ledger().await.is_empty());

    let path = format!("payment_intents/{}/finish", text(&session, "payment_intent"));
    let outcome = serde_json::json!({ "outcome": "succeed" });
    bench.control(&path, outcome).await.ok();
    let session = bench.sandbox_session(&text(&session, "id")).await;
    assert_eq!(session["payment_status"], "paid");
    assert_eq!(bench.sandbox.ledger().await.len(), 1);
    assert_eq!(bench.event_types().await.last().unwrap(), "checkout.session.async_payment_succeeded");
}

#[tokio::test]
async fn without_a_bank_account_among_the_types_there_is_no_such_button() {
    let bench = Bench::start().await;
    let session = bench.session(&[]).await;
    let mut form = card(PAYS).to_vec();
    form.push(("method", "bank"));
    let page = bench.open(&text(&session, "url")).await;
    assert!(!page.text.contains("test bank account"));
    bench.submit(&text(&session, "url"), &form).await;
    let session = bench.sandbox_session(&text(&session, "id")).await;
    assert_eq!(session["payment_status"], "paid", "the card was used");
}

impl Bench {
    async fn sandbox_session(&self, id: &str) -> serde_json::Value {
        self.get(&format!("/v1/checkout/sessions/{id}")).await.ok()
    }
}
