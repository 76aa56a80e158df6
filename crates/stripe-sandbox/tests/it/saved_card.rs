//! Saved cards in the application's own calls: made unconfirmed, confirmed with the customer absent or present,
//! or given up. Each of Stripe's test cards behaves as its documentation says.

use serde_json::json;

use crate::bench::{Bench, text};

const HERE: [(&str, &str); 1] = [("return_url", "https://app.example/back")];
const ONCE: &str = "pm_card_authenticationRequiredOnSetup";

#[tokio::test]
async fn off_session_the_bank_says_yes_or_no() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    assert_eq!(bench.charge_off_session(&customer, &method).await.ok()["status"], "succeeded");
    let (customer, method) = bench.saved("pm_card_chargeCustomerFail").await;
    let error = bench.charge_off_session(&customer, &method).await.error(402, "card_declined");
    assert_eq!(error["decline_code"], "generic_decline");

    // These can't be attached: the customer's charge names them unattached.
    for (card, code, decline_code) in [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ] {
        let attach = format!("/v1/payment_methods/{card}/attach");
        let error = bench.post(&attach, &[("customer", &customer)]).await.error(402, code);
        assert_eq!(error["decline_code"], decline_code);
        let error = bench.charge_off_session(&customer, card).await.error(402, code);
        assert_eq!(error["decline_code"], decline_code);
        assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
    }
    assert_eq!(bench.sandbox.ledger().await.len(), 1);
}

#[tokio::test]
async fn a_card_that_always_asks_never_pays_off_session() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_authenticationRequired").await;
    let path = bench.unconfirmed(&customer, &method).await;
    let confirm = format!("{path}/confirm");
    let error = bench.post(&confirm, &[("off_session", "true")]).await.error(402, "authentication_required");
    assert_eq!(error["decline_code"], "authentication_required");
    assert_eq!(format!("/v1/payment_intents/{}", text(&error["payment_intent"], "id")), path);
    assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
    assert_eq!(error["payment_intent"]["payment_method"], json!(null));
    let canceled = bench.post(&format!("{path}/cancel"), &[("cancellation_reason", "abandoned")]).await.ok();
    assert_eq!(canceled["status"], "canceled");
    bench.post(&confirm, &HERE).await.error(400, "payment_intent_unexpected_state");

    // With the customer there, it pays once the bank was answered.
    let path = bench.unconfirmed(&customer, &method).await;
    let asked = bench.post(&format!("{path}/confirm"), &HERE).await.ok();
    let challenge = text(&asked["next_action"]["redirect_to_url"], "url");
    assert_eq!(asked["next_action"]["redirect_to_url"]["return_url"], HERE[0].1);
    let back = bench.submit(&challenge, &[("outcome", "complete")]).await.location.unwrap();
    assert!(back.starts_with("https://app.example/back?payment_intent=pi_"), "{back}");
    assert_eq!(bench.get(&path).await.ok()["status"], "succeeded");
}

#[tokio::test]
async fn a_card_that_asks_once_pays_off_session_only_after_a_setup() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved(ONCE).await;
    bench.charge_off_session(&customer, &method).await.error(402, "authentication_required");
    let form = [
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("confirm", "true"),
        ("return_url", HERE[0].1),
        ("allowed_payment_method_types[]", "card"),
    ];
    let setup = bench.post("/v1/setup_intents", &form).await.ok();
    bench.charge_off_session(&customer, &method).await.error(402, "authentication_required");
    let challenge = text(&setup["next_action"]["redirect_to_url"], "url");
    bench.submit(&challenge, &[("outcome", "fail")]).await;
    bench.charge_off_session(&customer, &method).await.error(402, "authentication_required");

    let setup = bench.post("/v1/setup_intents", &form).await.ok();
    let challenge = text(&setup["next_action"]["redirect_to_url"], "url");
    bench.submit(&challenge, &[("outcome", "complete")]).await;
    assert_eq!(bench.charge_off_session(&customer, &method).await.ok()["status"], "succeeded");
}

#[tokio::test]
async fn a_payment_with_the_customer_present_sets_the_card_up_when_it_says_so() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved(ONCE).await;
    for (usage, then) in [("", 402), ("off_session", 200)] {
        let path = bench.unconfirmed(&customer, &method).await;
        let form = [HERE[0], ("setup_future_usage", usage)];
        let asked = bench.post(&format!("{path}/confirm"), &form).await.ok();
        let challenge = text(&asked["next_action"]["redirect_to_url"], "url");
        bench.submit(&challenge, &[("outcome", "complete")]).await;
        assert_eq!(bench.get(&path).await.ok()["status"], "succeeded");
        assert_eq!(bench.charge_off_session(&customer, &method).await.status, then);
    }
}

#[tokio::test]
async fn an_intent_is_given_up_from_each_state_that_allows_it() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_authenticationRequired").await;
    for state in ["requires_confirmation", "requires_action", "requires_payment_method"] {
        let path = bench.unconfirmed(&customer, &method).await;
        let confirm = format!("{path}/confirm");
        let mut challenge = None;
        match state {
            "requires_action" => {
                let asked = bench.post(&confirm, &HERE).await.ok();
                challenge = Some(text(&asked["next_action"]["redirect_to_url"], "url"));
            }
            "requires_payment_method" => {
                bench.post(&confirm, &[("off_session", "true")]).await.error(402, "authentication_required");
            }
            _ => {}
        }
        assert_eq!(bench.get(&path).await.ok()["status"], state);
        let form = [("cancellation_reason", "requested_by_customer")];
        let canceled = bench.post(&format!("{path}/cancel"), &form).await.ok();
        assert_eq!(canceled["status"], "canceled");
        assert_eq!(canceled["cancellation_reason"], "requested_by_customer");
        if let Some(challenge) = challenge {
            // The bank's page is still open, and comes too late.
            bench.submit(&challenge, &[("outcome", "complete")]).await;
            assert_eq!(bench.get(&path).await.ok()["status"], "canceled");
        }
        let error = bench.post(&format!("{path}/cancel"), &[]).await;
        error.error(400, "payment_intent_unexpected_state");
    }
    assert!(bench.sandbox.ledger().await.is_empty());

    let (customer, method) = bench.saved("pm_card_visa").await;
    let path = bench.unconfirmed(&customer, &method).await;
    bench.post(&format!("{path}/confirm"), &[("off_session", "true")]).await.ok();
    let error = bench.post(&format!("{path}/cancel"), &[]).await.error(400, "payment_intent_unexpected_state");
    assert_eq!(error["payment_intent"]["status"], "succeeded");
    bench.post(&format!("{path}/cancel"), &[("cancellation_reason", "bored")]).await.error(400, "");
}

#[tokio::test]
async fn two_confirms_of_one_intent_charge_once() {
    let bench = Bench::start().await;
    let (customer, method) = bench.saved("pm_card_visa").await;
    let confirm = format!("{}/confirm", bench.unconfirmed(&customer, &method).await);
    let off_session = [("off_session", "true")];
    let (one, two) =
        tokio::join!(bench.post_keyed("1", &confirm, &off_session), bench.post_keyed("2", &confirm, &off_session));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(bench.sandbox.ledger().await.len(), 1);
}
