//! Accounts: the platform's own and the connected businesses, with the full Stripe dashboard.
//! Making them, which of them may be acted on, and whether they can take money, is decided here.

use serde_json::json;

use crate::account_body::{self, Profile, Standing};
use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::{PLATFORM, Tx};
use crate::{Reply, onboarding};

/// Makes or changes the account of this transaction.
pub(crate) async fn put(tx: &mut Tx, charges_enabled: bool, name: &str) -> Result<Object, ApiError> {
    let id = tx.account.clone();
    let standing = if charges_enabled {
        Standing::active()
    } else {
        Standing::begun(&["external_account", "tos_acceptance.date"])
    };
    let profile = Profile { name: Some(name), country: "US", ..Profile::default() };
    match tx.find(&id).await? {
        None => {
            let object = Object::new(Kind::Account, account_body::body(&id, &profile, &standing, tx.now));
            tx.insert(&object).await?;
            Ok(object)
        }
        Some(mut object) => {
            let was = (object.body["charges_enabled"].clone(), object.body["business_profile"]["name"].clone());
            if was == (json!(charges_enabled), json!(name)) && !is_deauthorized(&object) {
                return Ok(object);
            }
            let created = object.number("created");
            object.body = account_body::body(&id, &profile, &standing, created);
            object.hidden = json!({});
            tx.save(&object).await?;
            tx.emit_change("account.updated", &object.body, Some(json!({ "charges_enabled": was.0 }))).await?;
            Ok(object)
        }
    }
}

/// `POST /v1/accounts`: an account of somebody else's, who has to go through onboarding first.
pub(crate) async fn create(tx: &mut Tx, params: &mut Params) -> Reply {
    if tx.account != PLATFORM {
        return Err(ApiError::forbidden_now("Only a platform can make accounts, and on no account but its own."));
    }
    let kind = params.choice("type", &["standard", "express", "custom"])?;
    let controlled = params.nested("controller", read_controller)?.unwrap_or(true);
    if kind.is_some_and(|kind| kind != "standard") || !controlled {
        return Err(ApiError::forbidden_now(
            "This sandbox has only accounts with the full Stripe dashboard, which pay their own fees and losses.",
        ));
    }
    let country = params.text("country")?.unwrap_or_else(|| "US".to_owned());
    if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(ApiError::invalid(format!("Country '{country}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or 'GB'.")).code("country_unsupported").param("country"));
    }
    let email = params.text("email")?;
    if let Some(email) = email.as_deref().filter(|email| !email.contains('@')) {
        return Err(ApiError::invalid(format!("Invalid email address: {email}")).code("email_invalid").param("email"));
    }
    let business = params
        .nested("business_profile", |profile| {
            profile.accept(&["mcc", "product_description", "support_email", "support_phone", "support_url", "url"]);
            profile.text("name")
        })?
        .flatten();
    params.accept(&["business_type", "capabilities", "default_currency"]);
    let metadata = params.metadata()?;

    let id = tx.new_id(Kind::Account);
    let profile = Profile { name: business.as_deref(), email: email.as_deref(), country: &country };
    let standing = Standing::begun(&onboarding::WANTED);
    let mut object = Object::new(Kind::Account, account_body::body(&id, &profile, &standing, tx.now));
    metadata.apply(&mut object.body)?;
    tx.account.clone_from(&id);
    let made = tx.insert(&object).await;
    PLATFORM.clone_into(&mut tx.account);
    made?;
    Ok(object.body)
}

/// Whether the wished-for controller is the one that accounts have here.
fn read_controller(controller: &mut Params) -> Result<bool, ApiError> {
    let either = ["account", "application", "stripe"];
    let fees = controller.nested("fees", |fees| fees.choice("payer", &either))?.flatten();
    let losses = controller.nested("losses", |losses| losses.choice("payments", &either))?.flatten();
    let collection = controller.choice("requirement_collection", &either)?;
    let dashboard =
        controller.nested("stripe_dashboard", |board| board.choice("type", &["express", "full", "none"]))?.flatten();
    let is = |value: Option<String>, wanted: &str| value.is_none_or(|value| value == wanted);
    Ok(is(fees, "account") && is(losses, "stripe") && is(collection, "stripe") && is(dashboard, "full"))
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

pub(crate) fn is_deauthorized(account: &Object) -> bool {
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
