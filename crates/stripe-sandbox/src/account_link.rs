//! Account links: an address for one visit to the onboarding page. Opened again, or too late, it leads back to the
//! application, which makes another.

use serde_json::json;

use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::{PLATFORM, Tx};
use crate::{Reply, account};

/// A link is for an owner who has just pressed a button.
const VALID_SECONDS: i64 = 300;

/// `POST /v1/account_links`
pub(crate) async fn create(tx: &mut Tx, params: &mut Params) -> Reply {
    let id = params.required("account")?;
    let kind = params.choice("type", &["account_onboarding", "account_update"])?;
    let kind = kind.ok_or_else(|| params.missing("type"))?;
    let refresh_url = params.url("refresh_url")?.ok_or_else(|| params.missing("refresh_url"))?;
    let return_url = params.url("return_url")?.ok_or_else(|| params.missing("return_url"))?;
    params.accept(&["collect", "collection_options"]);
    if tx.account != PLATFORM || id == PLATFORM {
        return Err(ApiError::forbidden_now("Account links lead to connected accounts, and platforms make them."));
    }
    if kind == "account_update" {
        return Err(ApiError::forbidden_now(
            "You cannot create `account_update` type Account Links for this account. Valid types: \
             'account_onboarding'.",
        ));
    }
    tx.account.clone_from(&id);
    let made = make(tx, &id, &refresh_url, &return_url).await;
    PLATFORM.clone_into(&mut tx.account);
    let link = made?;
    Ok(json!({
        "object": "account_link",
        "created": link.body["created"],
        "expires_at": link.body["expires_at"],
        "url": tx.shared.address(&format!("/c/onboarding/{}", link.id())),
    }))
}

async fn make(tx: &mut Tx, id: &str, refresh_url: &str, return_url: &str) -> Result<Object, ApiError> {
    if !account::is_reachable(tx).await? {
        return Err(ApiError::no_such("account", id, "account"));
    }
    let body = json!({
        "id": tx.new_id(Kind::AccountLink),
        "object": "account_link",
        "created": tx.now,
        "expires_at": tx.now + VALID_SECONDS,
    });
    let hidden = json!({ "refresh_url": refresh_url, "return_url": return_url, "visit": "awaited" });
    let link = Object::new(Kind::AccountLink, body).hiding(hidden);
    tx.insert(&link).await?;
    Ok(link)
}

/// How far the visit is that a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visit {
    /// Nobody has opened it yet.
    Awaited,
    /// The page is open somewhere.
    Open,
    /// The owner has left it by one of its buttons.
    Over,
}

pub(crate) fn visit(link: &Object) -> Visit {
    match link.hidden["visit"].as_str() {
        Some("awaited") => Visit::Awaited,
        Some("open") => Visit::Open,
        _ => Visit::Over,
    }
}

/// Begins the visit; false when there is none to begin any more.
pub(crate) async fn open(tx: &mut Tx, link: &mut Object) -> Result<bool, ApiError> {
    if visit(link) != Visit::Awaited || link.number("expires_at") <= tx.now {
        return Ok(false);
    }
    link.hidden["visit"] = json!("open");
    tx.save(link).await?;
    Ok(true)
}

/// Ends it.
pub(crate) async fn leave(tx: &mut Tx, link: &mut Object) -> Result<(), ApiError> {
    link.hidden["visit"] = json!("over");
    tx.save(link).await
}

pub(crate) fn refresh_url(link: &Object) -> &str {
    link.hidden["refresh_url"].as_str().unwrap_or("/")
}

pub(crate) fn return_url(link: &Object) -> &str {
    link.hidden["return_url"].as_str().unwrap_or("/")
}
