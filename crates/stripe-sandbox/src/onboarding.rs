//! What moves an account on: its owner hands in what Stripe wants to know, Stripe looks at it, is satisfied, or
//! wants more. The page that he fills in is `onboarding_page`.

use serde_json::json;

use crate::account_body::{Standing, external_accounts};
use crate::error::ApiError;
use crate::event::previous;
use crate::object::Object;
use crate::state::Tx;

/// What a new account lacks.
pub(crate) const WANTED: [&str; 7] = [
    "business_profile.product_description",
    "business_profile.support_phone",
    "external_account",
    "representative.first_name",
    "representative.last_name",
    "tos_acceptance.date",
    "tos_acceptance.ip",
];

/// How long Stripe looks at what was handed in: long enough to be seen, short enough to be waited for.
const REVIEW_SECONDS: i64 = 20;

/// So long what is wanted may wait where charges go on.
const GRACE_SECONDS: i64 = 14 * 86_400;

/// What a business says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) name: String,
    pub(crate) product: String,
    pub(crate) phone: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
}

/// Where its money goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bank {
    pub(crate) routing: String,
    pub(crate) last4: String,
}

/// Whether its owner has been through onboarding before.
pub(crate) fn is_submitted(account: &Object) -> bool {
    account.body["details_submitted"] == json!(true)
}

/// What is to be handed in, by Stripe's names.
pub(crate) fn due(account: &Object) -> Vec<String> {
    let due = account.body["requirements"]["currently_due"].as_array();
    due.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// Whether Stripe is looking at what was handed in.
pub(crate) fn is_in_review(account: &Object) -> bool {
    account.body["requirements"]["pending_verification"].as_array().is_some_and(|pending| !pending.is_empty())
}

/// The owner leaves in the middle: what he has said is kept, the rest stays due.
pub(crate) async fn save(tx: &mut Tx, account: &mut Object, details: &Details) -> Result<(), ApiError> {
    let given = [
        ("business_profile.product_description", &details.product),
        ("business_profile.support_phone", &details.phone),
        ("representative.first_name", &details.first_name),
        ("representative.last_name", &details.last_name),
    ];
    let is_given = |name: &str| given.iter().any(|(key, value)| *key == name && !value.is_empty());
    let missing: Vec<&str> = WANTED.into_iter().filter(|name| !is_given(name)).collect();
    let was = account.clone();
    write(account, details);
    Standing::begun(&missing).apply(&mut account.body);
    keep(tx, account, &was).await
}

/// All is handed in: Stripe looks at it.
pub(crate) async fn submit(tx: &mut Tx, account: &mut Object, details: &Details, bank: &Bank) -> Result<(), ApiError> {
    let was = account.clone();
    write(account, details);
    account.body["tos_acceptance"] = json!({ "date": tx.now, "ip": "127.0.0.1", "user_agent": null });
    let id = account.id().to_owned();
    let country = account.body["country"].clone();
    let currency = account.body["default_currency"].clone();
    let bank = json!({
        "id": tx.shared.ids.make("ba_", 24),
        "object": "bank_account",
        "account": id,
        "account_holder_name": null,
        "account_holder_type": null,
        "account_type": null,
        "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK",
        "country": country,
        "currency": currency,
        "default_for_currency": true,
        "fingerprint": tx.shared.ids.make("", 16),
        "last4": bank.last4,
        "metadata": {},
        "routing_number": bank.routing,
        "status": "new",
    });
    account.body["external_accounts"] = external_accounts(&id, vec![bank]);
    review(tx, account, &was, vec!["company.verification.document".to_owned()]).await
}

/// What was wanted of an account that had been through onboarding is handed in.
pub(crate) async fn hand_in(tx: &mut Tx, account: &mut Object) -> Result<(), ApiError> {
    let was = account.clone();
    let handed_in = due(account);
    review(tx, account, &was, handed_in).await
}

async fn review(tx: &mut Tx, account: &mut Object, was: &Object, pending: Vec<String>) -> Result<(), ApiError> {
    Standing::in_review(pending).apply(&mut account.body);
    let id = account.id().to_owned();
    tx.set_timer(&id, tx.now + REVIEW_SECONDS).await?;
    keep(tx, account, was).await
}

/// Its time has come: Stripe is satisfied with what it looked at.
pub(crate) async fn review_is_over(tx: &mut Tx, mut account: Object) -> Result<(), ApiError> {
    if is_in_review(&account) { approve(tx, &mut account).await } else { Ok(()) }
}

/// Stripe is satisfied.
pub(crate) async fn approve(tx: &mut Tx, account: &mut Object) -> Result<(), ApiError> {
    change(tx, account, &Standing::active()).await
}

/// Stripe wants `wanted`, and stops charges because of `reason`; without one it waits for two weeks.
pub(crate) async fn require(
    tx: &mut Tx,
    account: &mut Object,
    wanted: Vec<String>,
    reason: Option<String>,
) -> Result<(), ApiError> {
    let deadline = reason.is_none().then_some(tx.now + GRACE_SECONDS);
    change(tx, account, &Standing::lacking(wanted, reason, deadline)).await
}

async fn change(tx: &mut Tx, account: &mut Object, standing: &Standing) -> Result<(), ApiError> {
    let was = account.clone();
    let id = account.id().to_owned();
    tx.clear_timer(&id).await?;
    standing.apply(&mut account.body);
    keep(tx, account, &was).await
}

fn write(account: &mut Object, details: &Details) {
    let profile = &mut account.body["business_profile"];
    for (key, value) in
        [("name", &details.name), ("product_description", &details.product), ("support_phone", &details.phone)]
    {
        if !value.is_empty() {
            profile[key] = json!(value);
        }
    }
    account.hidden["first_name"] = json!(details.first_name);
    account.hidden["last_name"] = json!(details.last_name);
}

/// Stores the account, and tells of what has changed.
async fn keep(tx: &mut Tx, account: &Object, was: &Object) -> Result<(), ApiError> {
    tx.save(account).await?;
    match previous(&was.body, &account.body) {
        Some(before) => tx.emit_change("account.updated", &account.body, Some(before)).await,
        None => Ok(()),
    }
}
