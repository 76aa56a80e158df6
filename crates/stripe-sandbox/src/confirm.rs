//! The attempt to collect an intent with a payment method, and how it ends.
//!
//! The API, the Checkout page and the bank's challenge page all come here, so a payment has one set of
//! rules however it is made.

use serde_json::{Value, json};

use crate::card::{Afterwards, Authentication, TestCard};
use crate::charge::{self, Ended};
use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::outcome::{AUTHENTICATION_REQUIRED, Decline};
use crate::state::Tx;
use crate::{dispute, forced_decline, payment_method};

/// Under which circumstances an intent is confirmed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Confirmation {
    /// The customer isn't there to answer the bank.
    pub(crate) off_session: bool,
    /// Where the bank sends the customer back to.
    pub(crate) return_url: Option<String>,
    /// Rather a decline than a challenge.
    pub(crate) error_on_requires_action: bool,
    /// The bank's challenge has just been passed.
    pub(crate) authenticated: bool,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// Paid, or for a bank debit on its way.
    Accepted,
    /// The bank wants to see the customer.
    Challenged,
    /// The bank refused; the intent waits for another method.
    Declined(ApiError),
}

/// Refuses a method that isn't the customer's or isn't of an allowed type.
pub(crate) fn check_method(intent: &Object, method: &Object) -> Result<(), ApiError> {
    payment_method::check_unused(method)?;
    let owner = method.text("customer");
    if owner.is_some() && owner != intent.text("customer") {
        let message = format!(
            "The payment method supplied ({}) belongs to a different Customer or to none that was given. Please make \
             sure to include the `customer` parameter with this PaymentMethod's Customer.",
            method.id()
        );
        return Err(ApiError::forbidden_now(message).param("payment_method"));
    }
    let kind = method.text("type").unwrap_or("");
    let allowed = intent.body["allowed_payment_method_types"].as_array();
    if allowed.is_some_and(|allowed| !allowed.contains(&json!(kind))) {
        let message = format!(
            "The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Please attach a PaymentMethod \
             of one of the allowed types."
        );
        return Err(ApiError::state("payment_intent_incompatible_payment_method", message).param("payment_method"));
    }
    Ok(())
}

/// Whether the bank wants to see the customer before this payment.
fn asks(card: TestCard, method: &Object, how: &Confirmation) -> bool {
    if how.authenticated {
        return false;
    }
    match card.authentication {
        Authentication::Never => false,
        Authentication::Always => true,
        Authentication::OnSession => !how.off_session,
        Authentication::UntilSetUp => !(how.off_session && method.hidden["set_up"] == json!(true)),
    }
}

/// Tries to collect the intent's amount. The intent is saved with whatever came of it.
pub(crate) async fn attempt(
    tx: &mut Tx,
    intent: &mut Object,
    method: &mut Object,
    how: &Confirmation,
) -> Result<Attempt, ApiError> {
    check_method(intent, method)?;
    intent.set("payment_method", method.id());
    intent.set("last_payment_error", Value::Null);
    intent.set("next_action", Value::Null);

    let Some(card) = payment_method::test_card(method) else {
        return send_debit(tx, intent, method).await;
    };
    let forced = forced_decline::next(method);
    // A bank that is made to ask is content once it was answered.
    let made_to_ask = forced.is_some_and(|refusal| refusal.code == AUTHENTICATION_REQUIRED.code);
    if asks(card, method, how) || (made_to_ask && !how.authenticated) {
        if made_to_ask {
            forced_decline::spend(tx, method).await?;
        }
        if how.off_session || how.error_on_requires_action {
            let refusal = forced.filter(|_| made_to_ask).unwrap_or(AUTHENTICATION_REQUIRED);
            return decline(tx, intent, method, refusal).await;
        }
        return challenge(tx, intent, how).await;
    }
    let forced = forced.filter(|_| !made_to_ask);
    if forced.is_some() {
        forced_decline::spend(tx, method).await?;
    }
    match forced.or_else(|| card.charge_decline()) {
        Some(refusal) => decline(tx, intent, method, refusal).await,
        None => collect(tx, intent, method, card, how.authenticated).await,
    }
}

async fn challenge(tx: &mut Tx, intent: &mut Object, how: &Confirmation) -> Result<Attempt, ApiError> {
    intent.set("status", "requires_action");
    let next = next_action(tx, intent.id(), how.return_url.as_deref());
    intent.set("next_action", next);
    intent.hidden["return_url"] = json!(how.return_url);
    tx.save(intent).await?;
    tx.emit("payment_intent.requires_action", &intent.body).await?;
    Ok(Attempt::Challenged)
}

/// Where the customer is sent; without a way back only Stripe's own script could show the challenge.
pub(crate) fn next_action(tx: &Tx, intent: &str, return_url: Option<&str>) -> Value {
    match return_url {
        Some(return_url) => json!({
            "type": "redirect_to_url",
            "redirect_to_url": {
                "return_url": return_url,
                "url": tx.shared.address(&format!("/c/authenticate/{intent}")),
            },
        }),
        None => json!({ "type": "use_stripe_sdk", "use_stripe_sdk": {} }),
    }
}

async fn decline(tx: &mut Tx, intent: &mut Object, method: &Object, refusal: Decline) -> Result<Attempt, ApiError> {
    let charge = charge::create(tx, intent, method, Ended::Declined(refusal)).await?;
    intent.set("latest_charge", charge.id());
    let error = refusal.error().with("charge", json!(charge.id()));
    Ok(Attempt::Declined(fail(tx, intent, Some(method), error).await?))
}

/// Puts the intent back to waiting for a method and answers the error that says why.
pub(crate) async fn fail(
    tx: &mut Tx,
    intent: &mut Object,
    method: Option<&Object>,
    error: ApiError,
) -> Result<ApiError, ApiError> {
    let error = match method {
        Some(method) => error.with("payment_method", method.body.clone()),
        None => error,
    };
    intent.set("status", "requires_payment_method");
    intent.set("payment_method", Value::Null);
    intent.set("next_action", Value::Null);
    intent.set("processing", Value::Null);
    intent.set("last_payment_error", error.fields());
    tx.save(intent).await?;
    tx.emit("payment_intent.payment_failed", &intent.body).await?;
    Ok(error.with("payment_intent", intent.body.clone()))
}

async fn collect(
    tx: &mut Tx,
    intent: &mut Object,
    method: &mut Object,
    card: TestCard,
    authenticated: bool,
) -> Result<Attempt, ApiError> {
    keep_method(tx, intent, method).await?;
    let charge = charge::create(tx, intent, method, Ended::Paid { authenticated }).await?;
    succeed(tx, intent, charge.id()).await?;
    match card.afterwards {
        Afterwards::Dispute(reason) => {
            dispute::open(tx, charge, reason, dispute::Case::Chargeback).await?;
        }
        Afterwards::Inquiry => {
            dispute::open(tx, charge, "general", dispute::Case::Inquiry).await?;
        }
        Afterwards::Nothing | Afterwards::RefundFails | Afterwards::RefundIsPending => {}
    }
    Ok(Attempt::Accepted)
}

/// Marks the intent as paid by a charge.
pub(crate) async fn succeed(tx: &mut Tx, intent: &mut Object, charge: &str) -> Result<(), ApiError> {
    intent.set("status", "succeeded");
    intent.set("amount_received", intent.number("amount"));
    intent.set("latest_charge", charge);
    intent.set("processing", Value::Null);
    tx.save(intent).await?;
    tx.emit("payment_intent.succeeded", &intent.body).await
}

/// Saves the method with its customer when the intent asks for it; otherwise it can't be used again.
async fn keep_method(tx: &mut Tx, intent: &Object, method: &mut Object) -> Result<(), ApiError> {
    let usage = intent.text("setup_future_usage");
    match (usage, intent.text("customer")) {
        (Some(usage), Some(customer)) => {
            if usage == "off_session" {
                method.hidden["set_up"] = json!(true);
            }
            if let Some(redisplay) = intent.hidden["allow_redisplay"].as_str() {
                method.set("allow_redisplay", redisplay);
            }
            tx.save(method).await?;
            payment_method::give_to(tx, method, customer).await
        }
        _ if method.text("customer").is_none() => {
            method.hidden["used_up"] = json!(true);
            tx.save(method).await
        }
        _ => Ok(()),
    }
}

async fn send_debit(tx: &mut Tx, intent: &mut Object, method: &mut Object) -> Result<Attempt, ApiError> {
    keep_method(tx, intent, method).await?;
    let charge = charge::create(tx, intent, method, Ended::Pending).await?;
    intent.set("status", "processing");
    intent.set("latest_charge", charge.id());
    tx.save(intent).await?;
    tx.emit("payment_intent.processing", &intent.body).await?;
    Ok(Attempt::Accepted)
}

/// The customer has answered the bank's challenge.
pub(crate) async fn answer_challenge(tx: &mut Tx, intent: &mut Object, passed: bool) -> Result<Attempt, ApiError> {
    let id = intent.owned("payment_method").unwrap_or_default();
    let mut method = tx.get(Kind::PaymentMethod, &id).await?;
    if passed {
        let how = Confirmation { authenticated: true, ..Confirmation::default() };
        return attempt(tx, intent, &mut method, &how).await;
    }
    let error = ApiError::state(
        "payment_intent_authentication_failure",
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new \
         PaymentMethod to attempt to fulfill this PaymentIntent again.",
    );
    Ok(Attempt::Declined(fail(tx, intent, Some(&method), error).await?))
}
