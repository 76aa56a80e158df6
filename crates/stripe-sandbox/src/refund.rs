//! Refunds: money that goes back, and sometimes comes back again because the bank can't place it.
//! What comes back to the charge, the balance and the ledger is kept together here.

use serde_json::{Value, json};

use crate::Reply;
use crate::balance::{self, Movement};
use crate::card::Afterwards;
use crate::error::ApiError;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::Tx;
use crate::{money, payment_method};

/// How long the test cards take until their refund fails or succeeds, in seconds.
const LATER: i64 = 3_600;

pub(crate) async fn create(tx: &mut Tx, params: &mut Params) -> Reply {
    let charge = params.text("charge")?;
    let intent = params.text("payment_intent")?;
    let amount = params.integer("amount")?;
    let reason = params.choice("reason", &["duplicate", "fraudulent", "requested_by_customer"])?;
    let metadata = params.metadata()?;
    let mut charge = match (charge, intent) {
        (Some(charge), _) => tx.get_as(Kind::Charge, &charge, "charge").await?,
        (None, Some(intent)) => charge_of(tx, &intent).await?,
        (None, None) => {
            return Err(ApiError::invalid(
                "One of the following params should be provided for this request: payment_intent or charge.",
            ));
        }
    };
    let amount = check(&charge, amount)?;

    let id = tx.new_id(Kind::Refund);
    let bank = charge.body["payment_method_details"]["type"] == json!("us_bank_account");
    let afterwards = payment_method::test_card(&charge).map(|card| card.afterwards);
    let pending = bank || afterwards == Some(Afterwards::RefundIsPending);
    let mut refund = Object::new(
        Kind::Refund,
        json!({
            "id": id,
            "object": "refund",
            "amount": amount,
            "balance_transaction": null,
            "charge": charge.id(),
            "created": tx.now,
            "currency": charge.body["currency"],
            "customer": charge.body["customer"],
            "customer_account": null,
            "destination_details": destination(bank),
            "metadata": {},
            "payment_intent": charge.body["payment_intent"],
            "payment_method": charge.body["payment_method"],
            "reason": reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": if pending { "pending" } else { "succeeded" },
            "transfer_reversal": null,
        }),
    );
    metadata.apply(&mut refund.body)?;
    if pending {
        refund.set("pending_reason", "processing");
    }
    balance::move_money(tx, &mut refund, Movement::Refund).await?;
    tx.insert(&refund).await?;
    if pending || afterwards == Some(Afterwards::RefundFails) {
        tx.set_timer(&id, tx.now.saturating_add(LATER)).await?;
    }
    take_back(tx, &mut charge, amount).await?;
    tx.emit("refund.created", &refund.body).await?;
    tx.emit("charge.refunded", &charge.body).await?;
    Ok(refund.body)
}

async fn charge_of(tx: &mut Tx, intent: &str) -> Result<Object, ApiError> {
    let intent = tx.get_as(Kind::PaymentIntent, intent, "payment_intent").await?;
    match intent.owned("latest_charge") {
        Some(charge) if intent.status() == "succeeded" => tx.get(Kind::Charge, &charge).await,
        _ => Err(ApiError::state(
            "payment_intent_unexpected_state",
            format!("This PaymentIntent ({}) does not have a successful charge to refund.", intent.id()),
        )),
    }
}

/// The amount that can be and is to be refunded.
fn check(charge: &Object, wanted: Option<i64>) -> Result<i64, ApiError> {
    let left = charge.number("amount") - charge.number("amount_refunded");
    let id = charge.id();
    if charge.status() != "succeeded" {
        return Err(ApiError::state(
            "charge_not_refundable",
            format!("Charge {id} has no money to refund: its status is {}.", charge.status()),
        ));
    }
    if charge.hidden["charged_back"] == json!(true) {
        return Err(ApiError::state(
            "charge_disputed",
            format!("Charge {id} has been charged back; cannot issue a refund."),
        ));
    }
    if left == 0 {
        return Err(ApiError::state("charge_already_refunded", format!("Charge {id} has already been refunded.")));
    }
    let amount = wanted.unwrap_or(left);
    if amount < 1 {
        return Err(ApiError::invalid("Invalid positive integer").code("parameter_invalid_integer").param("amount"));
    }
    if amount > left {
        let currency = charge.text("currency").unwrap_or("usd");
        return Err(ApiError::invalid(format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            money::display(amount, currency),
            money::display(left, currency)
        ))
        .param("amount"));
    }
    Ok(amount)
}

fn destination(bank: bool) -> Value {
    if bank {
        json!({ "type": "us_bank_transfer", "us_bank_transfer": { "reference": null, "reference_status": "pending" } })
    } else {
        json!({
            "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" },
            "type": "card",
        })
    }
}

/// Books `amount` as refunded on the charge; a negative one is money that came back.
async fn take_back(tx: &mut Tx, charge: &mut Object, amount: i64) -> Result<(), ApiError> {
    let refunded = charge.number("amount_refunded") + amount;
    charge.set("amount_refunded", refunded);
    charge.set("refunded", refunded == charge.number("amount"));
    tx.save(charge).await
}

/// A refund's time has come: pending ones succeed, the others fail.
pub(crate) async fn settle_later(tx: &mut Tx, mut refund: Object) -> Result<(), ApiError> {
    match refund.status() {
        "pending" => succeed(tx, &mut refund).await,
        "succeeded" => fail(tx, &mut refund).await,
        _ => Ok(()),
    }
}

/// A pending refund arrives.
pub(crate) async fn succeed(tx: &mut Tx, refund: &mut Object) -> Result<(), ApiError> {
    if refund.status() != "pending" {
        return Err(not_in_state(refund, "succeed"));
    }
    refund.set("status", "succeeded");
    if let Some(body) = refund.body.as_object_mut() {
        body.remove("pending_reason");
    }
    tx.save(refund).await?;
    tx.clear_timer(refund.id()).await?;
    emit_updated(tx, refund).await
}

/// The bank can't place the money: it comes back to the account.
pub(crate) async fn fail(tx: &mut Tx, refund: &mut Object) -> Result<(), ApiError> {
    if !["pending", "succeeded"].contains(&refund.status()) {
        return Err(not_in_state(refund, "fail"));
    }
    refund.set("status", "failed");
    refund.set("failure_reason", "expired_or_canceled_card");
    balance::move_money(tx, refund, Movement::RefundFailure).await?;
    tx.save(refund).await?;
    tx.clear_timer(refund.id()).await?;
    let charge = refund.owned("charge").unwrap_or_default();
    let mut charge = tx.get(Kind::Charge, &charge).await?;
    take_back(tx, &mut charge, -refund.number("amount")).await?;
    tx.emit("refund.failed", &refund.body).await?;
    emit_updated(tx, refund).await?;
    tx.emit("charge.updated", &charge.body).await
}

async fn emit_updated(tx: &mut Tx, refund: &Object) -> Result<(), ApiError> {
    tx.emit("refund.updated", &refund.body).await?;
    tx.emit("charge.refund.updated", &refund.body).await
}

fn not_in_state(refund: &Object, verb: &str) -> ApiError {
    ApiError::state("status_transition_invalid", format!("A refund with the status {} can't {verb}.", refund.status()))
}

pub(crate) async fn retrieve(tx: &mut Tx, id: &str) -> Reply {
    Ok(tx.get(Kind::Refund, id).await?.body)
}

pub(crate) async fn update(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut refund = tx.get(Kind::Refund, id).await?;
    params.metadata()?.apply(&mut refund.body)?;
    tx.save(&refund).await?;
    emit_updated(tx, &refund).await?;
    Ok(refund.body)
}

/// Stripe cancels only refunds that wait for the customer; those of cards and banks never do.
pub(crate) async fn cancel(tx: &mut Tx, id: &str) -> Reply {
    let refund = tx.get(Kind::Refund, id).await?;
    Err(ApiError::state(
        "status_transition_invalid",
        format!(
            "Refund {id} cannot be canceled because its status is {}. You can only cancel refunds with \
             requires_action status.",
            refund.status()
        ),
    ))
}

pub(crate) async fn list(tx: &mut Tx, params: &mut Params) -> Reply {
    let filter = Filter::new(Kind::Refund)
        .charge(params.text("charge")?)
        .intent(params.text("payment_intent")?)
        .created(params)?;
    list::list(tx, params, "/v1/refunds", &filter).await
}
