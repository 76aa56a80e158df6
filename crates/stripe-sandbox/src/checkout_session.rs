//! Checkout sessions: made, read, listed and expired through the API. The page is drawn elsewhere.
//! What is wished for the session's intent waits in the session until the customer submits the page.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::line_item::Line;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::params::{Params, empty_address};
use crate::state::Tx;
use crate::{Reply, account, customer, money, payment_intent, setup_intent};

const SHORTEST: i64 = 30 * 60;
const LONGEST: i64 = 24 * 3_600;
/// Allowance for the time between the caller's clock and ours.
const GRACE: i64 = 60;

/// Parameters that Stripe takes and that change nothing here.
const WITHOUT_EFFECT: [&str; 9] = [
    "payment_method_options",
    "payment_method_configuration",
    "billing_address_collection",
    "phone_number_collection",
    "customer_update",
    "adaptive_pricing",
    "automatic_tax",
    "wallet_options",
    "integration_identifier",
];

pub(crate) async fn create(tx: &mut Tx, params: &mut Params) -> Reply {
    account::check_charges_enabled(tx).await?;
    let mode = params.choice("mode", &["payment", "setup"])?.ok_or_else(|| params.missing("mode"))?;
    params.accept(&WITHOUT_EFFECT);
    params.choice("ui_mode", &["hosted_page"])?;
    let success_url = params.text("success_url")?.ok_or_else(|| params.missing("success_url"))?;
    check_url(&success_url, "success_url")?;
    let cancel_url = params.url("cancel_url")?;
    let expires_at = read_expiry(params, tx.now)?;
    let owner = params.text("customer")?;
    let email = params.text("customer_email")?;
    if owner.is_some() && email.is_some() {
        return Err(ApiError::invalid("You may only specify one of these parameters: customer, customer_email.")
            .code("parameters_exclusive"));
    }
    let customer_email = match &owner {
        Some(owner) => customer::named(tx, owner).await?.owned("email"),
        None => email.clone(),
    };
    let allowed = params.strings("allowed_payment_method_types")?;
    let lines = read_lines(params, &mode)?;
    let currency = session_currency(params, &mode, &lines)?;
    let total = lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.total()));
    if mode == "payment" {
        check_total(total, &currency)?;
    }
    let id = tx.new_id(Kind::CheckoutSession);
    let amount = (mode == "payment").then_some(total);
    let details = (owner.is_some() || email.is_some()).then(|| {
        json!({
            "address": owner.as_ref().map(|_| empty_address()),
            "business_name": null,
            "email": customer_email,
            "individual_name": null,
            "name": null,
            "phone": null,
            "tax_exempt": "none",
            "tax_ids": null,
        })
    });
    let types = allowed.clone().unwrap_or_else(|| vec!["card".to_owned()]);
    let body = json!({
        "id": id,
        "object": "checkout.session",
        "adaptive_pricing": { "enabled": false },
        "after_expiration": null,
        "allow_promotion_codes": null,
        "allowed_payment_method_types": allowed,
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "billing_address_collection": null,
        "cancel_url": cancel_url,
        "client_reference_id": params.text("client_reference_id")?,
        "client_secret": null,
        "collected_information": null,
        "consent": null,
        "consent_collection": null,
        "created": tx.now,
        "currency": currency,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": read_custom_text(params)?,
        "customer": owner,
        "customer_account": null,
        "customer_creation": customer_creation(params, &mode, owner.is_some())?,
        "customer_details": details,
        "customer_email": email,
        "discounts": if mode == "payment" { json!([]) } else { Value::Null },
        "expires_at": expires_at,
        "integration_identifier": null,
        "invoice": null,
        "invoice_creation": null,
        "livemode": false,
        "locale": params.text("locale")?,
        "managed_payments": { "enabled": false },
        "metadata": {},
        "mode": mode,
        "origin_context": null,
        "payment_intent": null,
        "payment_link": null,
        "payment_method_collection": if mode == "payment" { json!("if_required") } else { json!("always") },
        "payment_method_configuration_details": null,
        "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
        "payment_method_types": types,
        "payment_status": if mode == "payment" { "unpaid" } else { "no_payment_required" },
        "permissions": null,
        "phone_number_collection": { "enabled": false },
        "recovered_from": null,
        "saved_payment_method_options": read_saved_options(params)?,
        "setup_intent": null,
        "shipping_address_collection": null,
        "shipping_cost": null,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.choice("submit_type", &["auto", "book", "donate", "pay"])?,
        "subscription": null,
        "success_url": success_url,
        "total_details": amount.map(|_| json!({ "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 })),
        "ui_mode": "hosted_page",
        "url": tx.shared.address(&format!("/c/pay/{id}")),
        "wallet_options": null,
    });
    let intent = read_intent_data(params, &mode)?;
    let redisplay = params
        .nested("payment_method_data", |data| data.choice("allow_redisplay", &["always", "limited", "unspecified"]))?;
    let line_items: Vec<Value> = lines.iter().map(|line| line.body(tx)).collect();
    let mut session = Object::new(Kind::CheckoutSession, body).hiding(json!({
        "line_items": line_items,
        "intent": intent,
        // A card saved without being asked about is not shown again.
        "allow_redisplay": redisplay.flatten().unwrap_or_else(|| "limited".to_owned()),
    }));
    params.metadata()?.apply(&mut session.body)?;
    if mode == "setup" {
        let intent = new_setup_intent(tx, &session).await?;
        session.set("setup_intent", intent.id());
    }
    tx.insert(&session).await?;
    tx.set_timer(&id, expires_at).await?;
    Ok(session.body)
}

async fn new_setup_intent(tx: &mut Tx, session: &Object) -> Result<Object, ApiError> {
    let allowed: Option<Vec<String>> = serde_json::from_value(session.body["allowed_payment_method_types"].clone())?;
    let hidden = json!({
        "session": session.id(),
        "allow_redisplay": session.hidden["allow_redisplay"],
    });
    let mut intent = setup_intent::new_intent(tx, allowed.as_deref(), hidden);
    intent.set("customer", session.body["customer"].clone());
    let wishes = &session.hidden["intent"];
    intent.set("metadata", wishes["metadata"].clone());
    intent.set("description", wishes["description"].clone());
    tx.insert(&intent).await?;
    tx.emit("setup_intent.created", &intent.body).await?;
    Ok(intent)
}

fn check_url(url: &str, param: &str) -> Result<(), ApiError> {
    match url::Url::parse(url) {
        Ok(parsed) if parsed.has_host() => Ok(()),
        _ => Err(ApiError::invalid("Not a valid URL").code("url_invalid").param(param)),
    }
}

fn read_expiry(params: &mut Params, now: i64) -> Result<i64, ApiError> {
    let Some(at) = params.integer("expires_at")? else {
        return Ok(now + LONGEST);
    };
    let message = if at < now + SHORTEST - GRACE {
        "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
    } else if at > now + LONGEST + GRACE {
        "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
    } else {
        return Ok(at);
    };
    Err(ApiError::invalid(message).param("expires_at"))
}

fn read_lines(params: &mut Params, mode: &str) -> Result<Vec<Line>, ApiError> {
    let lines = params.items("line_items", Line::read)?;
    match (mode, lines) {
        ("payment", Some(lines)) if !lines.is_empty() => Ok(lines),
        ("payment", _) => Err(params.missing("line_items")),
        (_, None) => Ok(Vec::new()),
        (_, Some(_)) => Err(ApiError::invalid("You can not pass `line_items` in `setup` mode.").param("line_items")),
    }
}

fn session_currency(params: &mut Params, mode: &str, lines: &[Line]) -> Result<String, ApiError> {
    let given = payment_intent::read_currency(params)?;
    let Some(first) = lines.first() else {
        return given.ok_or_else(|| {
            ApiError::invalid(format!(
                "Missing required param: currency. It is required in `{mode}` mode when payment methods are chosen \
                 dynamically."
            ))
            .code("parameter_missing")
            .param("currency")
        });
    };
    let same = lines.iter().all(|line| line.currency == first.currency);
    if !same || given.is_some_and(|given| given != first.currency) {
        return Err(ApiError::invalid("All line items must have the session's currency.").param("line_items"));
    }
    Ok(first.currency.clone())
}

fn check_total(total: i64, currency: &str) -> Result<(), ApiError> {
    let minimum = money::minimum(currency);
    if total < minimum {
        let least = money::display(minimum, currency);
        return Err(ApiError::invalid(format!(
            "The Checkout Session's total amount due must add up to at least {least} {currency}"
        ))
        .code("amount_too_small"));
    }
    payment_intent::check_amount(total, currency)
}

fn read_custom_text(params: &mut Params) -> Result<Value, ApiError> {
    let mut texts = json!({
        "after_submit": null,
        "shipping_address": null,
        "submit": null,
        "terms_of_service_acceptance": null,
    });
    params.nested("custom_text", |custom| {
        for place in ["after_submit", "shipping_address", "submit", "terms_of_service_acceptance"] {
            let message = custom.nested(place, |text| text.required("message"))?;
            if let Some(message) = message {
                if message.chars().count() > 1_200 {
                    return Err(ApiError::invalid("Invalid string: must be at most 1200 characters")
                        .param(&format!("custom_text[{place}][message]")));
                }
                texts[place] = json!({ "message": message });
            }
        }
        Ok(())
    })?;
    Ok(texts)
}

fn customer_creation(params: &mut Params, mode: &str, has_customer: bool) -> Result<Value, ApiError> {
    let wanted = params.choice("customer_creation", &["always", "if_required"])?;
    Ok(match (mode, has_customer) {
        ("payment", false) => json!(wanted.unwrap_or_else(|| "if_required".to_owned())),
        _ => Value::Null,
    })
}

fn read_saved_options(params: &mut Params) -> Result<Value, ApiError> {
    let options = params.nested("saved_payment_method_options", |options| {
        Ok(json!({
            "allow_redisplay_filters": options.strings("allow_redisplay_filters")?,
            "payment_method_remove": options.choice("payment_method_remove", &["enabled", "disabled"])?,
            "payment_method_save": options.choice("payment_method_save", &["enabled", "disabled"])?,
        }))
    })?;
    Ok(options.unwrap_or(Value::Null))
}

/// What the session's intent is to be given when it is made.
fn read_intent_data(params: &mut Params, mode: &str) -> Result<Value, ApiError> {
    let mut wishes = json!({ "metadata": {}, "description": null });
    let key = if mode == "payment" { "payment_intent_data" } else { "setup_intent_data" };
    params.nested(key, |data| {
        data.metadata()?.apply(&mut wishes)?;
        wishes["description"] = json!(data.text("description")?);
        if mode == "payment" {
            let usage = data.choice("setup_future_usage", &["off_session", "on_session"])?;
            wishes["setup_future_usage"] = json!(usage);
            data.choice("capture_method", &["automatic", "automatic_async"])?;
            for field in ["receipt_email", "statement_descriptor", "statement_descriptor_suffix"] {
                wishes[field] = json!(data.text(field)?);
            }
        }
        Ok(())
    })?;
    Ok(wishes)
}

pub(crate) async fn retrieve(tx: &mut Tx, id: &str) -> Reply {
    Ok(tx.get(Kind::CheckoutSession, id).await?.body)
}

pub(crate) async fn list(tx: &mut Tx, params: &mut Params) -> Reply {
    let status: Vec<String> = params.choice("status", &["open", "complete", "expired"])?.into_iter().collect();
    let filter = Filter::new(Kind::CheckoutSession)
        .intent(params.text("payment_intent")?)
        .customer(params.text("customer")?)
        .tags(&status)
        .created(params)?;
    list::list(tx, params, "/v1/checkout/sessions", &filter).await
}

pub(crate) async fn expire(tx: &mut Tx, id: &str) -> Reply {
    let session = tx.get(Kind::CheckoutSession, id).await?;
    if session.status() != "open" {
        return Err(ApiError::forbidden_now(format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of \
             `{}`.",
            session.status()
        ))
        .param("session"));
    }
    expire_open(tx, session).await?;
    retrieve(tx, id).await
}

/// Ends a session that is still open; its unpaid intent ends with it.
pub(crate) async fn expire_open(tx: &mut Tx, mut session: Object) -> Result<(), ApiError> {
    if session.status() != "open" {
        return Ok(());
    }
    session.set("status", "expired");
    session.set("url", Value::Null);
    tx.save(&session).await?;
    tx.clear_timer(session.id()).await?;
    if let Some(intent) = session.owned("payment_intent") {
        let mut intent = tx.get(Kind::PaymentIntent, &intent).await?;
        if payment_intent::is_changeable(&intent) {
            payment_intent::cancel_now(tx, &mut intent, Some("expired")).await?;
        }
    }
    if let Some(intent) = session.owned("setup_intent") {
        let mut intent = tx.get(Kind::SetupIntent, &intent).await?;
        if intent.status() != "succeeded" {
            setup_intent::cancel_now(tx, &mut intent, Some("abandoned")).await?;
        }
    }
    tx.emit("checkout.session.expired", &session.body).await
}
