//! What a refused charge tells: why, what to do next, and where the payment stands now.

use serde_json::{Value, json};
use zoop_stripe::payment_intent::{self, CancellationReason, ConfirmPaymentIntent, Status};
use zoop_stripe::{Error, IdempotencyKey, Scope, payment_method};

use crate::server::{Server, reply};

fn refusal(code: &str, decline_code: &str, advice_code: Option<&str>) -> String {
    let mut intent: Value = serde_json::from_str(include_str!("../fixtures/payment_intent.json")).unwrap();
    intent["status"] = json!("requires_payment_method");
    intent["latest_charge"] = json!("ch_1");
    let mut error = json!({
        "type": "card_error", "code": code, "decline_code": decline_code, "charge": "ch_1",
        "message": "Your card was declined.", "doc_url": "https://stripe.com/docs/error-codes/card-declined",
        "network_decline_code": "41",
    });
    if let Some(advice) = advice_code {
        error["advice_code"] = json!(advice);
    }
    intent["last_payment_error"] = error.clone();
    error["payment_intent"] = intent;
    error["payment_method"] = serde_json::from_str(include_str!("../fixtures/payment_method.json")).unwrap();
    json!({ "error": error }).to_string()
}

async fn confirm(status: u16, body: &str) -> Error {
    let server = Server::start([reply(status, body)]).await;
    let absent = ConfirmPaymentIntent { return_url: None, off_session: true };
    let key = IdempotencyKey::new("k").unwrap();
    let refused = payment_intent::confirm(&server.client(), &Scope::Own, "pi_1", &absent, &key).await.unwrap_err();
    assert_eq!(server.asked().len(), 1, "a decline is final: the same key would only repeat it");
    refused
}

#[tokio::test]
async fn a_decline_says_why_and_what_next() {
    for (code, decline_code, advice_code) in [
        ("card_declined", "lost_card", Some("do_not_try_again")),
        ("card_declined", "insufficient_funds", Some("try_again_later")),
        ("expired_card", "expired_card", Some("confirm_card_data")),
        ("card_declined", "a_new_reason", None),
    ] {
        let error = confirm(402, &refusal(code, decline_code, advice_code)).await;
        assert!(error.is_card_error() && !error.outcome_unknown() && !error.is_authentication_required());
        assert_eq!((error.decline_code(), error.advice_code()), (Some(decline_code), advice_code));
        let intent = error.payment_intent().unwrap();
        assert_eq!(intent.status, Status::RequiresPaymentMethod);
        assert_eq!(intent.latest_charge.as_ref().map(zoop_stripe::Expandable::id), Some("ch_1"));
        let last = intent.last_payment_error.as_ref().unwrap();
        assert_eq!((last.decline_code.as_deref(), last.advice_code.as_deref()), (Some(decline_code), advice_code));
        assert_eq!(error.api().unwrap().charge.as_deref(), Some("ch_1"));
    }
}

#[tokio::test]
async fn a_bank_that_wants_the_payer_is_told_apart() {
    let error = confirm(402, &refusal("authentication_required", "authentication_required", None)).await;
    assert!(error.is_card_error() && error.is_authentication_required());
    assert_eq!(error.payment_intent().unwrap().status, Status::RequiresPaymentMethod);
    // Stripe may also put it as an ordinary decline.
    let error = confirm(402, &refusal("card_declined", "authentication_required", None)).await;
    assert!(error.is_authentication_required());
}

#[tokio::test]
async fn what_is_done_already_is_a_state_and_no_decline() {
    let mut body: Value = serde_json::from_str(&refusal("x", "x", None)).unwrap();
    let intent = &mut body["error"]["payment_intent"];
    intent["status"] = json!("succeeded");
    let intent = intent.take();
    let body = json!({ "error": {
        "type": "invalid_request_error", "code": "payment_intent_unexpected_state", "message": "no",
        "payment_intent": intent,
    } })
    .to_string();
    let error = confirm(400, &body).await;
    assert!(error.is_invalid_state() && !error.is_card_error());
    assert_eq!(error.decline_code(), None);
    assert_eq!(error.payment_intent().unwrap().status, Status::Succeeded);

    let server = Server::start([reply(400, &body)]).await;
    let key = IdempotencyKey::new("k").unwrap();
    let reason = Some(&CancellationReason::RequestedByCustomer);
    let error = payment_intent::cancel(&server.client(), &Scope::Own, "pi_1", reason, &key).await.unwrap_err();
    assert!(error.is_invalid_state());
    assert!(server.asked()[0].plain().contains("cancellation_reason=requested_by_customer"));
}

#[tokio::test]
async fn a_card_that_was_removed_elsewhere_is_a_state() {
    let body = json!({ "error": {
        "type": "invalid_request_error",
        "message": "The payment method you provided is not attached to a customer so detachment is impossible.",
    } })
    .to_string();
    let server = Server::start([reply(400, &body)]).await;
    let key = IdempotencyKey::new("k").unwrap();
    let error = payment_method::detach(&server.client(), &Scope::Own, "pm_1", &key).await.unwrap_err();
    assert!(error.is_invalid_state() && !error.is_not_found());
}
