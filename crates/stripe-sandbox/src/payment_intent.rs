//! PaymentIntents: made, changed, confirmed and canceled through the API.
//! How an attempt to collect one ends is decided in `confirm`.

use serde_json::{Value, json};

use crate::confirm::{self, Attempt, Confirmation};
use crate::error::ApiError;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::Tx;
use crate::{Reply, account, customer, money, payment_method};

/// Fields that Stripe takes on create, update and confirm and that change nothing here.
const WITHOUT_EFFECT: [&str; 7] = [
    "payment_method_options",
    "payment_method_configuration",
    "use_stripe_sdk",
    "mandate_data",
    "mandate",
    "radar_options",
    "shipping",
];

/// What an intent can be given when it is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewIntent {
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) allowed: Option<Vec<String>>,
    pub(crate) hidden: Value,
}

/// Makes an intent that waits for a payment method.
pub(crate) fn new_intent(tx: &Tx, new: NewIntent) -> Object {
    let id = tx.new_id(Kind::PaymentIntent);
    let automatic = new.allowed.is_none().then(|| json!({ "allow_redirects": "always", "enabled": true }));
    let types = new.allowed.clone().unwrap_or_else(|| vec!["card".to_owned()]);
    let body = json!({
        "id": id,
        "object": "payment_intent",
        "allowed_payment_method_types": new.allowed,
        "amount": new.amount,
        "amount_capturable": 0,
        "amount_details": { "tip": {} },
        "amount_received": 0,
        "application": null,
        "application_fee_amount": null,
        "automatic_payment_methods": automatic,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": "automatic_async",
        "client_secret": tx.client_secret(&id),
        "confirmation_method": "automatic",
        "created": tx.now,
        "currency": new.currency,
        "customer": null,
        "customer_account": null,
        "description": null,
        "excluded_payment_method_types": null,
        "last_payment_error": null,
        "latest_charge": null,
        "livemode": false,
        "managed_payments": null,
        "metadata": {},
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": {
            "card": {
                "installments": null,
                "mandate_options": null,
                "network": null,
                "request_three_d_secure": "automatic",
            },
        },
        "payment_method_types": types,
        "payment_record": null,
        "processing": null,
        "receipt_email": null,
        "review": null,
        "setup_future_usage": null,
        "shipping": null,
        "source": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": "requires_payment_method",
        "transfer_data": null,
        "transfer_group": null,
    });
    Object::new(Kind::PaymentIntent, body).hiding(new.hidden)
}

/// Refuses amounts that no card can be charged.
pub(crate) fn check_amount(amount: i64, currency: &str) -> Result<(), ApiError> {
    let minimum = money::minimum(currency);
    if amount < minimum {
        let least = money::display(minimum, currency);
        return Err(ApiError::invalid(format!("Amount must be at least {least} {currency}"))
            .code("amount_too_small")
            .param("amount"));
    }
    if amount > money::MAXIMUM {
        let most = money::display(money::MAXIMUM, currency);
        return Err(ApiError::invalid(format!("Amount must be no more than {most}"))
            .code("amount_too_large")
            .param("amount"));
    }
    Ok(())
}

/// A currency code, lower case.
pub(crate) fn read_currency(params: &mut Params) -> Result<Option<String>, ApiError> {
    let Some(currency) = params.text("currency")? else {
        return Ok(None);
    };
    if currency.len() == 3 && currency.chars().all(|letter| letter.is_ascii_alphabetic()) {
        return Ok(Some(currency.to_lowercase()));
    }
    Err(ApiError::invalid(format!(
        "Invalid currency: {currency}. Stripe currently supports these currencies: usd, cad, eur, gbp, …"
    ))
    .param("currency"))
}

pub(crate) async fn create(tx: &mut Tx, params: &mut Params) -> Reply {
    account::check_charges_enabled(tx).await?;
    let amount = params.integer("amount")?;
    let currency = read_currency(params)?;
    let amount = amount.ok_or_else(|| params.missing("amount"))?;
    let currency = currency.ok_or_else(|| params.missing("currency"))?;
    check_amount(amount, &currency)?;
    let new =
        NewIntent { amount, currency, allowed: params.strings("allowed_payment_method_types")?, hidden: json!({}) };
    let mut intent = new_intent(tx, new);
    let redirects = params.nested("automatic_payment_methods", |automatic| {
        automatic.boolean("enabled")?;
        automatic.choice("allow_redirects", &["always", "never"])
    })?;
    if let Some(Some(redirects)) = redirects {
        intent.set("automatic_payment_methods", json!({ "allow_redirects": redirects, "enabled": true }));
    }
    params.choice("capture_method", &["automatic", "automatic_async"])?;
    params.choice("confirmation_method", &["automatic"])?;
    let confirm = params.boolean("confirm")?.unwrap_or(false);
    let confirmation = read_confirmation(params)?;
    if !confirm && (confirmation.off_session || confirmation.return_url.is_some()) {
        let param = if confirmation.off_session { "off_session" } else { "return_url" };
        return Err(ApiError::invalid(format!(
            "The parameter `{param}` cannot be passed when creating a PaymentIntent unless `confirm` is set to true."
        ))
        .param(param));
    }
    change(tx, &mut intent, params).await?;
    tx.insert(&intent).await?;
    tx.emit("payment_intent.created", &intent.body).await?;
    if confirm {
        return confirm_now(tx, intent, &confirmation).await;
    }
    Ok(intent.body)
}

pub(crate) async fn retrieve(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let intent = tx.get(Kind::PaymentIntent, id).await?;
    params.accept(&["client_secret"]);
    Ok(intent.body)
}

pub(crate) async fn update(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut intent = tx.get(Kind::PaymentIntent, id).await?;
    let amount = params.integer("amount")?;
    let currency = read_currency(params)?;
    if amount.is_some() || currency.is_some() {
        check_changeable(&intent)?;
        let amount = amount.unwrap_or_else(|| intent.number("amount"));
        let currency = currency.or_else(|| intent.owned("currency")).unwrap_or_default();
        check_amount(amount, &currency)?;
        intent.set("amount", amount);
        intent.set("currency", currency);
    }
    change(tx, &mut intent, params).await?;
    tx.save(&intent).await?;
    Ok(intent.body)
}

/// The fields that create, update and confirm have in common.
async fn change(tx: &mut Tx, intent: &mut Object, params: &mut Params) -> Result<(), ApiError> {
    params.accept(&WITHOUT_EFFECT);
    if let Some(id) = params.text("customer")? {
        check_changeable(intent)?;
        customer::named(tx, &id).await?;
        check_same_customer(intent, &id)?;
        intent.set("customer", id);
    }
    for field in ["description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix"] {
        if let Some(value) = params.clearable(field)? {
            intent.set(field, value);
        }
    }
    match params.clearable("setup_future_usage")? {
        None => {}
        Some(None) => intent.set("setup_future_usage", Value::Null),
        Some(Some(usage)) if ["off_session", "on_session"].contains(&usage.as_str()) => {
            intent.set("setup_future_usage", usage);
        }
        Some(Some(_)) => {
            return Err(ApiError::invalid("Invalid setup_future_usage: must be one of off_session, on_session")
                .param("setup_future_usage"));
        }
    }
    params.metadata()?.apply(&mut intent.body)?;
    if let Some(id) = params.text("payment_method")? {
        check_changeable(intent)?;
        let method = payment_method::named(tx, &id).await?;
        confirm::check_method(intent, &method)?;
        intent.set("payment_method", method.id());
        intent.set("status", "requires_confirmation");
    }
    Ok(())
}

fn check_same_customer(intent: &Object, customer: &str) -> Result<(), ApiError> {
    if intent.text("customer").is_none_or(|owner| owner == customer) {
        return Ok(());
    }
    Err(ApiError::forbidden_now(
        "You cannot modify `customer` on a PaymentIntent once it already has been set. To fulfill a payment with a \
         different Customer, cancel this PaymentIntent and create a new one.",
    )
    .param("customer"))
}

fn read_confirmation(params: &mut Params) -> Result<Confirmation, ApiError> {
    Ok(Confirmation {
        off_session: params.boolean("off_session")?.unwrap_or(false),
        return_url: params.url("return_url")?,
        error_on_requires_action: params.boolean("error_on_requires_action")?.unwrap_or(false),
        authenticated: false,
    })
}

pub(crate) async fn confirm(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    account::check_charges_enabled(tx).await?;
    let mut intent = tx.get(Kind::PaymentIntent, id).await?;
    match intent.status() {
        "succeeded" => {
            return Err(unexpected_state(
                &intent,
                "You cannot confirm this PaymentIntent because it has already succeeded after being previously \
                 confirmed."
                    .to_owned(),
            ));
        }
        "canceled" | "processing" => {
            let message = format!(
                "You cannot confirm this PaymentIntent because it has a status of {}. Only a PaymentIntent with one \
                 of the following statuses may be confirmed: requires_confirmation, requires_action, \
                 requires_payment_method.",
                intent.status()
            );
            return Err(unexpected_state(&intent, message));
        }
        _ => {}
    }
    let confirmation = read_confirmation(params)?;
    change(tx, &mut intent, params).await?;
    confirm_now(tx, intent, &confirmation).await
}

async fn confirm_now(tx: &mut Tx, mut intent: Object, how: &Confirmation) -> Reply {
    let Some(method) = intent.owned("payment_method") else {
        return Err(unexpected_state(
            &intent,
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the \
             PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a \
             payment method or ConfirmationToken."
                .to_owned(),
        ));
    };
    check_return_url(&intent, how)?;
    let mut method = tx.get(Kind::PaymentMethod, &method).await?;
    match confirm::attempt(tx, &mut intent, &mut method, how).await? {
        Attempt::Accepted | Attempt::Challenged => Ok(intent.body),
        Attempt::Declined(error) => Err(error),
    }
}

/// With payment methods chosen in the Dashboard, some send the customer away, and must know where back to.
fn check_return_url(intent: &Object, how: &Confirmation) -> Result<(), ApiError> {
    let redirects = &intent.body["automatic_payment_methods"]["allow_redirects"];
    if how.return_url.is_some() || how.off_session || redirects.as_str() != Some("always") {
        return Ok(());
    }
    Err(ApiError::invalid(
        "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these \
         payment methods might redirect your customer off of your page, you must provide a `return_url`. If you \
         don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and \
         `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    )
    .param("return_url"))
}

pub(crate) async fn cancel(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut intent = tx.get(Kind::PaymentIntent, id).await?;
    let reason =
        params.choice("cancellation_reason", &["duplicate", "fraudulent", "requested_by_customer", "abandoned"])?;
    if intent.hidden["session"].is_string() && is_changeable(&intent) {
        return Err(unexpected_state(
            &intent,
            "You cannot cancel this PaymentIntent because it was created by a Checkout Session. Expire the Checkout \
             Session instead."
                .to_owned(),
        ));
    }
    if !is_changeable(&intent) {
        let message = format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the \
             following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, \
             requires_action, processing.",
            intent.status()
        );
        return Err(unexpected_state(&intent, message));
    }
    cancel_now(tx, &mut intent, reason.as_deref()).await?;
    Ok(intent.body)
}

/// Cancels an intent that has not been paid.
pub(crate) async fn cancel_now(tx: &mut Tx, intent: &mut Object, reason: Option<&str>) -> Result<(), ApiError> {
    intent.set("status", "canceled");
    intent.set("canceled_at", tx.now);
    intent.set("cancellation_reason", json!(reason));
    intent.set("next_action", Value::Null);
    tx.save(intent).await?;
    tx.emit("payment_intent.canceled", &intent.body).await
}

/// Whether an intent still waits for the customer or for us.
pub(crate) fn is_changeable(intent: &Object) -> bool {
    ["requires_payment_method", "requires_confirmation", "requires_action"].contains(&intent.status())
}

fn check_changeable(intent: &Object) -> Result<(), ApiError> {
    if is_changeable(intent) {
        return Ok(());
    }
    let message = format!(
        "This PaymentIntent's amount, currency, customer or payment method could not be updated because it has a \
         status of {}.",
        intent.status()
    );
    Err(unexpected_state(intent, message))
}

fn unexpected_state(intent: &Object, message: String) -> ApiError {
    ApiError::state("payment_intent_unexpected_state", message).with("payment_intent", intent.body.clone())
}

pub(crate) async fn list(tx: &mut Tx, params: &mut Params) -> Reply {
    let filter = Filter::new(Kind::PaymentIntent).customer(params.text("customer")?).created(params)?;
    list::list(tx, params, "/v1/payment_intents", &filter).await
}
