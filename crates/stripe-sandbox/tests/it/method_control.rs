//! Saved methods at Stripe without the application: declines made to order, the card updater, the Dashboard.
//! What the application hears of it is an event, or the next charge.

use serde_json::json;

use crate::bench::{Bench, text};

#[tokio::test]
async fn the_next_charges_decline_as_they_are_told() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let outcome = format!("payment_methods/{method}/outcome");
    for (decline_code, code, advice) in [
        ("generic_decline", "card_declined", "try_again_later"),
        ("insufficient_funds", "card_declined", "try_again_later"),
        ("lost_card", "card_declined", "do_not_try_again"),
        ("stolen_card", "card_declined", "do_not_try_again"),
        ("pickup_card", "card_declined", "do_not_try_again"),
        ("revocation_of_authorization", "card_declined", "do_not_try_again"),
        ("stop_payment_order", "card_declined", "do_not_try_again"),
        ("invalid_account", "card_declined", "confirm_card_data"),
        ("card_velocity_exceeded", "card_declined", "try_again_later"),
        ("expired_card", "expired_card", "confirm_card_data"),
        ("incorrect_cvc", "incorrect_cvc", "confirm_card_data"),
        ("processing_error", "processing_error", "try_again_later"),
    ] {
        bench.control(&outcome, json!({ "decline_code": decline_code, "count": 1 })).await.ok();
        let error = bench.charge_off_session(&customer, &method).await.error(402, code);
        assert_eq!(error["type"], "card_error");
        assert_eq!(error["decline_code"], decline_code);
        assert_eq!(error["advice_code"], advice);
        assert_eq!(error["payment_method"]["id"], method.as_str());
        let intent = &error["payment_intent"];
        assert_eq!(intent["status"], "requires_payment_method");
        assert_eq!(intent["last_payment_error"]["decline_code"], decline_code);
        assert_eq!(intent["latest_charge"], error["charge"]);
        let charge = bench.get(&format!("/v1/charges/{}", text(&error, "charge"))).await.ok();
        assert_eq!(charge["failure_code"], code);
        assert_eq!(charge["outcome"]["reason"], decline_code);
        assert_eq!(charge["outcome"]["advice_code"], advice);
        assert_eq!(bench.charge_off_session(&customer, &method).await.ok()["status"], "succeeded", "only once");
    }
}

#[tokio::test]
async fn a_decline_lasts_as_long_as_it_was_told() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let outcome = format!("payment_methods/{method}/outcome");
    let all = json!({ "decline_code": "generic_decline", "advice_code": "do_not_try_again", "count": null });
    bench.control(&outcome, all).await.ok();
    for _ in 0..3 {
        let error = bench.charge_off_session(&customer, &method).await.error(402, "card_declined");
        assert_eq!(error["advice_code"], "do_not_try_again");
    }
    bench.control(&outcome, json!({ "decline_code": null })).await.ok();
    bench.charge_off_session(&customer, &method).await.ok();

    let two = json!({ "decline_code": "generic_decline", "advice_code": null, "count": 2 });
    bench.control(&outcome, two).await.ok();
    for _ in 0..2 {
        let error = bench.charge_off_session(&customer, &method).await.error(402, "card_declined");
        assert_eq!(error.get("advice_code"), None);
    }
    bench.charge_off_session(&customer, &method).await.ok();
    assert_eq!(bench.sandbox.ledger().await.len(), 2);

    for wrong in [json!({ "decline_code": "no_such" }), json!({ "decline_code": "lost_card", "advice_code": "wait" })] {
        bench.control(&outcome, wrong).await.error(400, "");
    }
    let (_, bank) = bench.saved("pm_usBankAccount").await;
    let body = json!({ "decline_code": "lost_card" });
    bench.control(&format!("payment_methods/{bank}/outcome"), body).await.error(400, "");
}

#[tokio::test]
async fn a_bank_can_be_made_to_ask() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let outcome = format!("payment_methods/{method}/outcome");
    bench.control(&outcome, json!({ "decline_code": "authentication_required" })).await.ok();
    bench.charge_off_session(&customer, &method).await.error(402, "authentication_required");
    let path = bench.unconfirmed(&customer, &method).await;
    let here = [("return_url", "https://app.example/back")];
    let asked = bench.post(&format!("{path}/confirm"), &here).await.ok();
    let challenge = text(&asked["next_action"]["redirect_to_url"], "url");
    bench.submit(&challenge, &[("outcome", "complete")]).await;
    assert_eq!(bench.get(&path).await.ok()["status"], "succeeded");
}

#[tokio::test]
async fn the_card_updater_tells_only_what_changed() {
    let bench = Bench::start().await;
    let (_, method) = bench.saved("pm_card_visa").await;
    let before = bench.get(&format!("/v1/payment_methods/{method}")).await.ok();
    let path = format!("payment_methods/{method}");
    bench.control(&path, json!({ "exp_year": 2041, "last4": "1881" })).await.ok();
    let event = bench.event("payment_method.automatically_updated").await;
    let card = &event["data"]["object"]["card"];
    assert_eq!((&card["last4"], &card["exp_year"], &card["exp_month"]), (&json!("1881"), &json!(2041), &json!(12)));
    let told = json!({
        "card": { "exp_year": before["card"]["exp_year"], "last4": "4242", "fingerprint": before["card"]["fingerprint"] }
    });
    assert_eq!(event["data"]["previous_attributes"], told);
    assert_eq!(event["request"]["id"], json!(null));

    let count = bench.event_types().await.len();
    bench.control(&path, json!({ "exp_year": 2041 })).await.ok();
    assert_eq!(bench.event_types().await.len(), count, "nothing changed");
    bench.control(&path, json!({ "last4": "18810" })).await.error(400, "");
}

#[tokio::test]
async fn a_renewed_card_is_no_longer_expired() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let path = format!("payment_methods/{method}");
    for (decline_code, then) in [("lost_card", 402), ("expired_card", 200)] {
        let exp_year = if then == 200 { 2042 } else { 2041 };
        bench.control(&format!("{path}/outcome"), json!({ "decline_code": decline_code })).await.ok();
        assert_eq!(bench.charge_off_session(&customer, &method).await.status, 402);
        bench.control(&path, json!({ "exp_year": exp_year })).await.ok();
        assert_eq!(bench.charge_off_session(&customer, &method).await.status, then);
    }
}

#[tokio::test]
async fn the_dashboard_edits_and_detaches() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    bench.control(&format!("payment_methods/{method}/edit"), json!({ "exp_month": 5 })).await.ok();
    let event = bench.event("payment_method.updated").await;
    assert_eq!(event["data"]["previous_attributes"], json!({ "card": { "exp_month": 12 } }));
    bench.control(&format!("payment_methods/{method}/edit"), json!({ "last4": "1881" })).await.error(400, "");

    let form = [("billing_details[name]", "Ann"), ("metadata[x]", "1")];
    bench.post(&format!("/v1/payment_methods/{method}"), &form).await.ok();
    let event = bench.event("payment_method.updated").await;
    let told = json!({ "billing_details": { "name": null }, "metadata": { "x": null } });
    assert_eq!(event["data"]["previous_attributes"], told);
    assert!(event["request"]["id"].is_string());

    let gone = bench.control(&format!("payment_methods/{method}/detach"), json!({})).await.ok();
    assert_eq!(gone["customer"], json!(null));
    let event = bench.event("payment_method.detached").await;
    assert_eq!(event["data"]["previous_attributes"], json!({ "customer": customer }));
    assert_eq!(event["data"]["object"]["customer"], json!(null));
    let list = bench.get(&format!("/v1/payment_methods?customer={customer}")).await.ok();
    assert_eq!(list["data"], json!([]));
    bench.control(&format!("payment_methods/{method}/detach"), json!({})).await.error(400, "");
}
