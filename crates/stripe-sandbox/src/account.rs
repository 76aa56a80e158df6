//! Accounts: the platform's own and the connected businesses, with the full Stripe dashboard.
//! Which of them may be acted on, and whether they can take money, is decided here.

use serde_json::{Value, json};

use crate::Reply;
use crate::error::ApiError;
use crate::list::envelope;
use crate::object::{Kind, Object};
use crate::params::empty_address;
use crate::state::{PLATFORM, Tx};

/// Makes or changes the account of this transaction.
pub(crate) async fn put(tx: &mut Tx, charges_enabled: bool, name: &str) -> Result<Object, ApiError> {
    let id = tx.account.clone();
    match tx.find(&id).await? {
        None => {
            let object = Object::new(Kind::Account, body(&id, charges_enabled, name, tx.now));
            tx.insert(&object).await?;
            Ok(object)
        }
        Some(mut object) => {
            let was = (object.body["charges_enabled"].clone(), object.body["business_profile"]["name"].clone());
            if was == (json!(charges_enabled), json!(name)) && !is_deauthorized(&object) {
                return Ok(object);
            }
            let created = object.number("created");
            object.body = body(&id, charges_enabled, name, created);
            object.hidden = json!({});
            tx.save(&object).await?;
            tx.emit_change("account.updated", &object.body, Some(json!({ "charges_enabled": was.0 }))).await?;
            Ok(object)
        }
    }
}

/// The business takes its permission back: from now on its account is out of reach.
pub(crate) async fn deauthorize(tx: &mut Tx) -> Result<(), ApiError> {
    let id = tx.account.clone();
    let mut object = tx.get(Kind::Account, &id).await?;
    tx.emit(
        "account.application.deauthorized",
        &json!({ "id": "ca_sandbox", "object": "application", "name": "Zoop" }),
    )
    .await?;
    object.hidden["deauthorized"] = json!(true);
    tx.save(&object).await
}

fn is_deauthorized(account: &Object) -> bool {
    account.hidden["deauthorized"] == json!(true)
}

/// Whether calls may be made on this transaction's account.
pub(crate) async fn is_reachable(tx: &mut Tx) -> Result<bool, ApiError> {
    let id = tx.account.clone();
    Ok(tx.find(&id).await?.is_some_and(|account| account.kind == Kind::Account && !is_deauthorized(&account)))
}

/// Refuses to take money for an account that can't.
pub(crate) async fn check_charges_enabled(tx: &mut Tx) -> Result<(), ApiError> {
    let id = tx.account.clone();
    let account = tx.get(Kind::Account, &id).await?;
    if account.body["charges_enabled"] == json!(true) {
        return Ok(());
    }
    Err(ApiError::state(
        "account_invalid",
        "Your account cannot currently make charges. Please complete the account's requirements first.",
    ))
}

/// The name that customers see on hosted pages.
pub(crate) async fn display_name(tx: &mut Tx) -> Result<String, ApiError> {
    let id = tx.account.clone();
    let account = tx.get(Kind::Account, &id).await?;
    let name = account.body["business_profile"]["name"].as_str();
    Ok(name.unwrap_or(&id).to_owned())
}

pub(crate) async fn retrieve_own(tx: &mut Tx) -> Reply {
    let id = tx.account.clone();
    Ok(tx.get(Kind::Account, &id).await?.body)
}

/// The platform may look at each account that gave permission.
pub(crate) async fn retrieve(tx: &mut Tx, id: &str) -> Reply {
    let own = tx.account.clone();
    if own == PLATFORM {
        tx.account = id.to_owned();
    }
    let found =
        if id == tx.account && is_reachable(tx).await? { Some(tx.get(Kind::Account, id).await?.body) } else { None };
    tx.account = own;
    found.ok_or_else(|| out_of_reach(id, &tx.shared.secret_key))
}

/// Stripe's answer for an account that doesn't exist or took its permission back.
pub(crate) fn out_of_reach(id: &str, key: &str) -> ApiError {
    ApiError::refused(
        axum::http::StatusCode::FORBIDDEN,
        format!(
            "The provided key '{}' does not have access to account '{id}' (or that account does not exist). \
             Application access may have been revoked.",
            redacted(key)
        ),
    )
    .code("account_invalid")
}

/// A key as error messages show it.
pub(crate) fn redacted(key: &str) -> String {
    let start: String = key.chars().take(8).collect();
    let mut end: Vec<char> = key.chars().rev().take(4).collect();
    end.reverse();
    if key.chars().count() <= 12 {
        return "*".repeat(key.chars().count());
    }
    format!("{start}{}{}", "*".repeat(8), end.into_iter().collect::<String>())
}

fn body(id: &str, charges_enabled: bool, name: &str, created: i64) -> Value {
    let state = if charges_enabled { "active" } else { "inactive" };
    let due: Vec<&str> = if charges_enabled { Vec::new() } else { vec!["external_account", "tos_acceptance.date"] };
    let reason = (!charges_enabled).then_some("requirements.past_due");
    json!({
        "id": id,
        "object": "account",
        "business_profile": {
            "annual_revenue": null,
            "estimated_worker_count": null,
            "mcc": "7299",
            "minority_owned_business_designation": null,
            "name": name,
            "product_description": null,
            "specified_commercial_transactions_act_url": null,
            "support_address": empty_address(),
            "support_email": null,
            "support_phone": null,
            "support_url": null,
            "url": null,
        },
        "business_type": "company",
        "capabilities": { "card_payments": state, "transfers": state, "us_bank_account_ach_payments": state },
        "charges_enabled": charges_enabled,
        "controller": {
            "fees": { "payer": "account" },
            "is_controller": true,
            "losses": { "payments": "stripe" },
            "requirement_collection": "stripe",
            "stripe_dashboard": { "type": "full" },
            "type": "application",
        },
        "country": "US",
        "created": created,
        "default_currency": "usd",
        "details_submitted": charges_enabled,
        "email": null,
        "external_accounts": envelope(&format!("/v1/accounts/{id}/external_accounts"), Vec::new(), false),
        "future_requirements": requirements(&[], None),
        "metadata": {},
        "payouts_enabled": charges_enabled,
        "requirements": requirements(&due, reason),
        "settings": settings(name),
        "tos_acceptance": { "date": null, "ip": null, "user_agent": null },
        "type": "standard",
    })
}

fn requirements(due: &[&str], reason: Option<&str>) -> Value {
    json!({
        "alternatives": [],
        "current_deadline": null,
        "currently_due": due,
        "disabled_reason": reason,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    })
}

fn settings(name: &str) -> Value {
    json!({
        "branding": { "icon": null, "logo": null, "primary_color": null, "secondary_color": null },
        "card_payments": {
            "decline_on": { "avs_failure": false, "cvc_failure": true },
            "statement_descriptor_prefix": null,
            "statement_descriptor_prefix_kana": null,
            "statement_descriptor_prefix_kanji": null,
        },
        "dashboard": { "display_name": name, "timezone": "America/Chicago" },
        "invoices": { "default_account_tax_ids": null, "hosted_payment_method_save": "offer" },
        "payments": {
            "statement_descriptor": null,
            "statement_descriptor_kana": null,
            "statement_descriptor_kanji": null,
            "statement_descriptor_prefix_kana": null,
            "statement_descriptor_prefix_kanji": null,
        },
        "payouts": {
            "debit_negative_balances": true,
            "schedule": { "delay_days": 2, "interval": "daily" },
            "statement_descriptor": null,
        },
        "sepa_debit_payments": {},
    })
}
