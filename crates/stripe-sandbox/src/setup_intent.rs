//! SetupIntents: a card is made ready for later charges without charging it.
//! A challenge or a decline ends as it does for payments, only without a charge.

use serde_json::{Value, json};

use crate::card::Authentication;
use crate::confirm::{Attempt, Confirmation, check_method, next_action};
use crate::error::ApiError;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::Tx;
use crate::{Reply, customer, payment_method};

/// Makes an intent that waits for a payment method.
pub(crate) fn new_intent(tx: &Tx, allowed: Option<&[String]>, hidden: Value) -> Object {
    let id = tx.new_id(Kind::SetupIntent);
    let automatic = allowed.is_none().then(|| json!({ "allow_redirects": "always", "enabled": true }));
    let types = allowed.map_or_else(|| vec!["card".to_owned()], <[String]>::to_vec);
    let body = json!({
        "id": id,
        "object": "setup_intent",
        "allowed_payment_method_types": allowed,
        "application": null,
        "automatic_payment_methods": automatic,
        "cancellation_reason": null,
        "client_secret": tx.client_secret(&id),
        "created": tx.now,
        "customer": null,
        "customer_account": null,
        "description": null,
        "excluded_payment_method_types": null,
        "flow_directions": null,
        "last_setup_error": null,
        "latest_attempt": null,
        "livemode": false,
        "managed_payments": null,
        "mandate": null,
        "metadata": {},
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": {
            "card": { "mandate_options": null, "network": null, "request_three_d_secure": "automatic" },
        },
        "payment_method_types": types,
        "single_use_mandate": null,
        "status": "requires_payment_method",
        "usage": "off_session",
    });
    Object::new(Kind::SetupIntent, body).hiding(hidden)
}

pub(crate) async fn create(tx: &mut Tx, params: &mut Params) -> Reply {
    let allowed = params.strings("allowed_payment_method_types")?;
    let mut intent = new_intent(tx, allowed.as_deref(), json!({}));
    params.nested("automatic_payment_methods", |automatic| {
        automatic.boolean("enabled")?;
        automatic.choice("allow_redirects", &["always", "never"])
    })?;
    let confirm = params.boolean("confirm")?.unwrap_or(false);
    let return_url = params.url("return_url")?;
    if let Some(usage) = params.choice("usage", &["off_session", "on_session"])? {
        intent.set("usage", usage);
    }
    change(tx, &mut intent, params).await?;
    tx.insert(&intent).await?;
    tx.emit("setup_intent.created", &intent.body).await?;
    if confirm {
        return confirm_now(tx, intent, return_url).await;
    }
    Ok(intent.body)
}

async fn change(tx: &mut Tx, intent: &mut Object, params: &mut Params) -> Result<(), ApiError> {
    params.accept(&["payment_method_options", "use_stripe_sdk", "mandate_data"]);
    if let Some(id) = params.text("customer")? {
        customer::named(tx, &id).await?;
        intent.set("customer", id);
    }
    if let Some(description) = params.clearable("description")? {
        intent.set("description", description);
    }
    params.metadata()?.apply(&mut intent.body)?;
    if let Some(id) = params.text("payment_method")? {
        let method = payment_method::named(tx, &id).await?;
        check_method(intent, &method)?;
        intent.set("payment_method", method.id());
        intent.set("status", "requires_confirmation");
    }
    Ok(())
}

pub(crate) async fn retrieve(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    params.accept(&["client_secret"]);
    Ok(tx.get(Kind::SetupIntent, id).await?.body)
}

pub(crate) async fn update(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut intent = tx.get(Kind::SetupIntent, id).await?;
    check_waiting(&intent, "updated")?;
    change(tx, &mut intent, params).await?;
    tx.save(&intent).await?;
    Ok(intent.body)
}

pub(crate) async fn confirm(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut intent = tx.get(Kind::SetupIntent, id).await?;
    check_waiting(&intent, "confirmed")?;
    let return_url = params.url("return_url")?;
    change(tx, &mut intent, params).await?;
    confirm_now(tx, intent, return_url).await
}

async fn confirm_now(tx: &mut Tx, mut intent: Object, return_url: Option<String>) -> Reply {
    let Some(method) = intent.owned("payment_method") else {
        return Err(unexpected_state(
            &intent,
            "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a \
             payment method and then confirm it again."
                .to_owned(),
        ));
    };
    let mut method = tx.get(Kind::PaymentMethod, &method).await?;
    let how = Confirmation { return_url, ..Confirmation::default() };
    match attempt(tx, &mut intent, &mut method, &how).await? {
        Attempt::Accepted | Attempt::Challenged => Ok(intent.body),
        Attempt::Declined(error) => Err(error),
    }
}

/// Tries to set the method up. The intent is saved with whatever came of it.
pub(crate) async fn attempt(
    tx: &mut Tx,
    intent: &mut Object,
    method: &mut Object,
    how: &Confirmation,
) -> Result<Attempt, ApiError> {
    check_method(intent, method)?;
    intent.set("payment_method", method.id());
    intent.set("last_setup_error", Value::Null);
    intent.set("next_action", Value::Null);
    intent.set("latest_attempt", tx.shared.ids.make("setatt_", 24));

    if let Some(card) = payment_method::test_card(method) {
        if let Some(refusal) = card.setup_decline() {
            return Ok(Attempt::Declined(fail(tx, intent, method, refusal.error()).await?));
        }
        if card.authentication != Authentication::Never && !how.authenticated {
            intent.set("status", "requires_action");
            let next = next_action(tx, intent.id(), how.return_url.as_deref());
            intent.set("next_action", next);
            intent.hidden["return_url"] = json!(how.return_url);
            tx.save(intent).await?;
            tx.emit("setup_intent.requires_action", &intent.body).await?;
            return Ok(Attempt::Challenged);
        }
    }
    intent.set("status", "succeeded");
    if intent.text("usage") == Some("off_session") {
        method.hidden["set_up"] = json!(true);
    }
    if let Some(redisplay) = intent.hidden["allow_redisplay"].as_str() {
        method.set("allow_redisplay", redisplay);
    }
    tx.save(method).await?;
    if let Some(owner) = intent.owned("customer") {
        payment_method::give_to(tx, method, &owner).await?;
    }
    tx.save(intent).await?;
    tx.emit("setup_intent.succeeded", &intent.body).await?;
    Ok(Attempt::Accepted)
}

async fn fail(tx: &mut Tx, intent: &mut Object, method: &Object, error: ApiError) -> Result<ApiError, ApiError> {
    let error = error.with("payment_method", method.body.clone());
    intent.set("status", "requires_payment_method");
    intent.set("payment_method", Value::Null);
    intent.set("next_action", Value::Null);
    intent.set("last_setup_error", error.fields());
    tx.save(intent).await?;
    tx.emit("setup_intent.setup_failed", &intent.body).await?;
    Ok(error.with("setup_intent", intent.body.clone()))
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
        "setup_intent_authentication_failure",
        "The latest attempt to set up the payment method has failed because authentication failed.",
    );
    Ok(Attempt::Declined(fail(tx, intent, &method, error).await?))
}

pub(crate) async fn cancel(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut intent = tx.get(Kind::SetupIntent, id).await?;
    let reason = params.choice("cancellation_reason", &["abandoned", "requested_by_customer", "duplicate"])?;
    check_waiting(&intent, "canceled")?;
    if intent.hidden["session"].is_string() {
        return Err(unexpected_state(
            &intent,
            "You cannot cancel this SetupIntent because it was created by a Checkout Session. Expire the Checkout \
             Session instead."
                .to_owned(),
        ));
    }
    cancel_now(tx, &mut intent, reason.as_deref()).await?;
    Ok(intent.body)
}

/// Cancels an intent that has not succeeded.
pub(crate) async fn cancel_now(tx: &mut Tx, intent: &mut Object, reason: Option<&str>) -> Result<(), ApiError> {
    intent.set("status", "canceled");
    intent.set("cancellation_reason", json!(reason));
    intent.set("next_action", Value::Null);
    tx.save(intent).await?;
    tx.emit("setup_intent.canceled", &intent.body).await
}

fn check_waiting(intent: &Object, verb: &str) -> Result<(), ApiError> {
    if ["succeeded", "canceled", "processing"].contains(&intent.status()) {
        let message = format!("This SetupIntent cannot be {verb} because it has a status of {}.", intent.status());
        return Err(unexpected_state(intent, message));
    }
    Ok(())
}

fn unexpected_state(intent: &Object, message: String) -> ApiError {
    ApiError::state("setup_intent_unexpected_state", message).with("setup_intent", intent.body.clone())
}

pub(crate) async fn list(tx: &mut Tx, params: &mut Params) -> Reply {
    let filter = Filter::new(Kind::SetupIntent)
        .customer(params.text("customer")?)
        .field("$.payment_method", params.text("payment_method")?)
        .created(params)?;
    list::list(tx, params, "/v1/setup_intents", &filter).await
}
