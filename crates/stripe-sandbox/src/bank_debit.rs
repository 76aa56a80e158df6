//! What a payment that waits comes to: a bank debit arrives, fails or is sent back; a challenge is
//! passed or failed. In life days go by; here a test says when.

use serde_json::json;

use crate::balance::{self, Movement};
use crate::confirm;
use crate::dispute;
use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::session_complete;
use crate::state::Tx;

/// How a test ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    Succeed,
    Fail,
    /// The debit arrives, then the bank sends it back as a dispute that can't be argued.
    Return,
}

/// Ends an intent that is processing or waits for the bank's challenge.
pub(crate) async fn finish(tx: &mut Tx, intent: &mut Object, ending: Ending) -> Result<(), ApiError> {
    match (intent.status(), ending) {
        ("requires_action", _) => {
            confirm::answer_challenge(tx, intent, ending != Ending::Fail).await?;
        }
        ("processing", Ending::Fail) => bounce(tx, intent).await?,
        ("processing", Ending::Succeed) => arrive(tx, intent).await?,
        ("processing", Ending::Return) => {
            arrive(tx, intent).await?;
            session_complete::follow(tx, intent).await?;
            send_back(tx, intent).await?;
        }
        ("succeeded", Ending::Return) => send_back(tx, intent).await?,
        (status, _) => {
            return Err(ApiError::state(
                "payment_intent_unexpected_state",
                format!("A PaymentIntent with the status {status} can't end like that."),
            ));
        }
    }
    session_complete::follow(tx, intent).await
}

async fn charge_of(tx: &mut Tx, intent: &Object) -> Result<Object, ApiError> {
    let charge = intent.owned("latest_charge").unwrap_or_default();
    tx.get(Kind::Charge, &charge).await
}

async fn arrive(tx: &mut Tx, intent: &mut Object) -> Result<(), ApiError> {
    let mut charge = charge_of(tx, intent).await?;
    charge.set("status", "succeeded");
    charge.set("paid", true);
    balance::move_money(tx, &mut charge, Movement::Charge).await?;
    tx.save(&charge).await?;
    tx.emit("charge.succeeded", &charge.body).await?;
    confirm::succeed(tx, intent, charge.id()).await
}

async fn bounce(tx: &mut Tx, intent: &mut Object) -> Result<(), ApiError> {
    let message = "The customer's bank account has insufficient funds.";
    let mut charge = charge_of(tx, intent).await?;
    charge.set("status", "failed");
    charge.set("captured", false);
    charge.set("amount_captured", 0);
    charge.set("failure_code", "insufficient_funds");
    charge.set("failure_message", message);
    tx.save(&charge).await?;
    tx.emit("charge.failed", &charge.body).await?;
    let method = charge.owned("payment_method").unwrap_or_default();
    let method = tx.get(Kind::PaymentMethod, &method).await?;
    let error = ApiError::state("insufficient_funds", message).with("charge", json!(charge.id()));
    confirm::fail(tx, intent, Some(&method), error).await?;
    Ok(())
}

async fn send_back(tx: &mut Tx, intent: &Object) -> Result<(), ApiError> {
    let charge = charge_of(tx, intent).await?;
    dispute::open(tx, charge, "insufficient_funds", dispute::Case::DebitReturn).await?;
    Ok(())
}
