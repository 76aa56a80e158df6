//! Payment methods: cards and US bank accounts, made from test tokens, test numbers or ready-made ids.
//! What the card behind one does is `card`'s table; attaching and detaching follow Stripe's rules here.

use serde_json::{Value, json};

use crate::card::{TestCard, passes_luhn};
use crate::error::ApiError;
use crate::id::spell;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::outcome::LIVE_CARD;
use crate::params::{Params, empty_address};
use crate::state::Tx;
use crate::{Reply, calendar, customer, event};

/// The ready-made bank account.
pub(crate) const BANK_ACCOUNT: &str = "pm_usBankAccount";

/// What a new card carries beside its test card.
#[derive(Debug, Clone)]
pub(crate) struct CardDetails {
    pub(crate) card: TestCard,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    pub(crate) has_cvc: bool,
    pub(crate) billing: Value,
}

/// Billing details of which nothing is known.
pub(crate) fn empty_billing() -> Value {
    json!({ "address": empty_address(), "email": null, "name": null, "phone": null, "tax_id": null })
}

/// Makes a card that belongs to nobody yet.
pub(crate) async fn new_card(tx: &mut Tx, details: CardDetails) -> Result<Object, ApiError> {
    let TestCard { name, number, brand, funding, .. } = details.card;
    let checked = |given: bool| given.then_some("pass");
    let has_zip = !details.billing["address"]["postal_code"].is_null();
    let has_line1 = !details.billing["address"]["line1"].is_null();
    let body = json!({
        "id": tx.new_id(Kind::PaymentMethod),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": details.billing,
        "card": {
            "brand": brand,
            "checks": {
                "address_line1_check": checked(has_line1),
                "address_postal_code_check": checked(has_zip),
                "cvc_check": checked(details.has_cvc),
            },
            "country": "US",
            "display_brand": brand,
            "exp_month": details.exp_month,
            "exp_year": details.exp_year,
            "fingerprint": spell(&[tx.account.as_bytes(), number.as_bytes()], 16),
            "funding": funding,
            "generated_from": null,
            "last4": &number[number.len() - 4..],
            "networks": { "available": [brand], "preferred": null },
            "regulated_status": "unregulated",
            "three_d_secure_usage": { "supported": true },
            "wallet": null,
        },
        "created": tx.now,
        "customer": null,
        "customer_account": null,
        "livemode": false,
        "metadata": {},
        "type": "card",
    });
    let object = Object::new(Kind::PaymentMethod, body).hiding(json!({ "card": name }));
    tx.insert(&object).await?;
    Ok(object)
}

async fn ready_made_card(tx: &mut Tx, card: TestCard) -> Result<Object, ApiError> {
    let details = CardDetails {
        card,
        exp_month: 12,
        exp_year: calendar::month_of(tx.now).0 + 4,
        has_cvc: true,
        billing: empty_billing(),
    };
    new_card(tx, details).await
}

/// Makes the test bank account, verified and belonging to nobody yet.
pub(crate) async fn new_bank_account(tx: &mut Tx, billing: Value) -> Result<Object, ApiError> {
    let body = json!({
        "id": tx.new_id(Kind::PaymentMethod),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "created": tx.now,
        "customer": null,
        "customer_account": null,
        "livemode": false,
        "metadata": {},
        "type": "us_bank_account",
        "us_bank_account": {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
            "financial_connections_account": null,
            "fingerprint": spell(&[tx.account.as_bytes(), b"000123456789"], 16),
            "last4": "6789",
            "networks": { "preferred": "ach", "supported": ["ach"] },
            "routing_number": "110000000",
            "status_details": null,
        },
    });
    let object = Object::new(Kind::PaymentMethod, body);
    tx.insert(&object).await?;
    Ok(object)
}

/// A fresh method if the id is one of the ready-made ones.
async fn ready_made(tx: &mut Tx, id: &str) -> Result<Option<Object>, ApiError> {
    if let Some(card) = id.strip_prefix("pm_card_").and_then(TestCard::by_name) {
        return Ok(Some(ready_made_card(tx, card).await?));
    }
    if id == BANK_ACCOUNT {
        return Ok(Some(new_bank_account(tx, empty_billing()).await?));
    }
    Ok(None)
}

/// A method named by the parameter `payment_method`: a ready-made id gives a fresh one.
pub(crate) async fn named(tx: &mut Tx, id: &str) -> Result<Object, ApiError> {
    match ready_made(tx, id).await? {
        Some(method) => Ok(method),
        None => tx.get_as(Kind::PaymentMethod, id, "payment_method").await,
    }
}

/// The test card behind a method; None for a bank account.
pub(crate) fn test_card(method: &Object) -> Option<TestCard> {
    method.hidden["card"].as_str().and_then(TestCard::by_name)
}

/// Gives a method to a customer, whatever the bank would say.
pub(crate) async fn give_to(tx: &mut Tx, method: &mut Object, customer: &str) -> Result<(), ApiError> {
    if method.text("customer") == Some(customer) {
        return Ok(());
    }
    method.set("customer", customer);
    tx.save(method).await?;
    tx.emit("payment_method.attached", &method.body).await
}

/// Attaches a method as the API does: the bank is asked, and one that was used up or detached is refused.
pub(crate) async fn attach_to(tx: &mut Tx, method: &mut Object, customer: &str) -> Result<(), ApiError> {
    match method.text("customer") {
        Some(owner) if owner == customer => return Ok(()),
        Some(_) => {
            return Err(ApiError::forbidden_now(
                "The payment method you provided has already been attached to a customer.",
            ));
        }
        None => check_unused(method)?,
    }
    if let Some(decline) = test_card(method).and_then(|card| card.setup_decline()) {
        return Err(decline.error());
    }
    give_to(tx, method, customer).await
}

/// Refuses a method that was detached, or used once without a customer.
pub(crate) fn check_unused(method: &Object) -> Result<(), ApiError> {
    if method.hidden["used_up"] != json!(true) {
        return Ok(());
    }
    Err(ApiError::forbidden_now(
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with \
         a connected account without Customer attachment, or was detached from a Customer. It may not be used again. \
         To use a PaymentMethod multiple times, you must attach it to a Customer first.",
    ))
}

/// Takes a method from its customer for good.
pub(crate) async fn detach_from_customer(tx: &mut Tx, method: &mut Object) -> Result<(), ApiError> {
    let owner = method.owned("customer");
    method.set("customer", Value::Null);
    method.hidden["used_up"] = json!(true);
    tx.save(method).await?;
    if let Some(owner) = owner {
        let mut customer = tx.get(Kind::Customer, &owner).await?;
        let default = &mut customer.body["invoice_settings"]["default_payment_method"];
        if default.as_str() == Some(method.id()) {
            *default = Value::Null;
            tx.save(&customer).await?;
        }
        tx.emit_change("payment_method.detached", &method.body, Some(json!({ "customer": owner }))).await?;
    }
    Ok(())
}

pub(crate) async fn create(tx: &mut Tx, params: &mut Params) -> Reply {
    let kind = params.required("type")?;
    let billing = read_billing(params, empty_billing())?;
    let mut method = match kind.as_str() {
        "card" => create_card(tx, params, billing).await?,
        "us_bank_account" => {
            params.nested("us_bank_account", |account| {
                for field in ["account_holder_type", "account_number", "routing_number"] {
                    account.required(field)?;
                }
                account.accept(&["account_type"]);
                Ok(())
            })?;
            new_bank_account(tx, billing).await?
        }
        other => {
            return Err(ApiError::invalid(format!(
                "The sandbox makes payment methods of the types card and us_bank_account, not {other}"
            ))
            .param("type"));
        }
    };
    if let Some(redisplay) = params.choice("allow_redisplay", &["always", "limited", "unspecified"])? {
        method.set("allow_redisplay", redisplay);
    }
    params.metadata()?.apply(&mut method.body)?;
    tx.save(&method).await?;
    Ok(method.body)
}

async fn create_card(tx: &mut Tx, params: &mut Params, billing: Value) -> Result<Object, ApiError> {
    let given = params.nested("card", |card| {
        Ok((
            card.text("token")?,
            card.text("number")?,
            card.integer("exp_month")?,
            card.integer("exp_year")?,
            card.text("cvc")?,
        ))
    })?;
    let Some((token, number, month, year, cvc)) = given else {
        return Err(params.missing("card"));
    };
    if let Some(token) = token {
        let card = token
            .strip_prefix("tok_")
            .and_then(TestCard::by_name)
            .ok_or_else(|| ApiError::no_such("token", &token, "card[token]"))?;
        let mut method = ready_made_card(tx, card).await?;
        method.set("billing_details", billing);
        return Ok(method);
    }
    let number: String =
        number.ok_or_else(|| params.missing("card[number]"))?.chars().filter(char::is_ascii_digit).collect();
    if !passes_luhn(&number) {
        return Err(ApiError::card("incorrect_number", "Your card number is incorrect.").param("number"));
    }
    let details = CardDetails {
        card: TestCard::by_number(&number).ok_or_else(|| LIVE_CARD.error())?,
        exp_month: month.ok_or_else(|| params.missing("card[exp_month]"))?,
        exp_year: year.ok_or_else(|| params.missing("card[exp_year]"))?,
        has_cvc: cvc.is_some(),
        billing,
    };
    new_card(tx, details).await
}

fn read_billing(params: &mut Params, current: Value) -> Result<Value, ApiError> {
    let mut billing = current;
    params.nested("billing_details", |details| {
        for field in ["email", "name", "phone", "tax_id"] {
            if let Some(value) = details.clearable(field)? {
                billing[field] = json!(value);
            }
        }
        if let Some(address) = details.address("address")? {
            billing["address"] = address;
        }
        Ok(())
    })?;
    Ok(billing)
}

pub(crate) async fn retrieve(tx: &mut Tx, id: &str) -> Reply {
    Ok(tx.get(Kind::PaymentMethod, id).await?.body)
}

pub(crate) async fn update(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut method = tx.get(Kind::PaymentMethod, id).await?;
    if method.text("customer").is_none() {
        return Err(ApiError::forbidden_now(
            "You must save this PaymentMethod to a customer before you can update it.",
        ));
    }
    let before = method.body.clone();
    let billing = read_billing(params, method.body["billing_details"].clone())?;
    method.set("billing_details", billing);
    if let Some(redisplay) = params.choice("allow_redisplay", &["always", "limited", "unspecified"])? {
        method.set("allow_redisplay", redisplay);
    }
    params.nested("card", |card| {
        for field in ["exp_month", "exp_year"] {
            if let Some(number) = card.integer(field)? {
                method.body["card"][field] = json!(number);
            }
        }
        Ok(())
    })?;
    params.metadata()?.apply(&mut method.body)?;
    tx.save(&method).await?;
    if let Some(previous) = event::previous(&before, &method.body) {
        tx.emit_change("payment_method.updated", &method.body, Some(previous)).await?;
    }
    Ok(method.body)
}

pub(crate) async fn attach(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let customer = params.required("customer")?;
    customer::named(tx, &customer).await?;
    let mut method = match ready_made(tx, id).await? {
        Some(method) => method,
        None => tx.get(Kind::PaymentMethod, id).await?,
    };
    attach_to(tx, &mut method, &customer).await?;
    Ok(method.body)
}

pub(crate) async fn detach(tx: &mut Tx, id: &str) -> Reply {
    let mut method = tx.get(Kind::PaymentMethod, id).await?;
    if method.text("customer").is_none() {
        return Err(ApiError::forbidden_now(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
        ));
    }
    detach_from_customer(tx, &mut method).await?;
    Ok(method.body)
}

pub(crate) async fn list(tx: &mut Tx, params: &mut Params) -> Reply {
    let customer = params.text("customer")?;
    if let Some(customer) = &customer {
        customer::named(tx, customer).await?;
    }
    let types: Vec<String> = params.text("type")?.into_iter().collect();
    let filter = Filter::new(Kind::PaymentMethod)
        .customer(Some(customer.ok_or_else(|| params.missing("customer"))?))
        .tags(&types)
        .field("$.allow_redisplay", params.text("allow_redisplay")?);
    list::list(tx, params, "/v1/payment_methods", &filter).await
}
