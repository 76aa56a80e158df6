//! The business's account at Stripe: made, whether it can take money, what Stripe still wants of it, and whose it is.

use serde::Deserialize;

use crate::de::lenient;
use crate::expandable::has_id;
use crate::{Client, Error, Form, IdempotencyKey, Metadata, Scope};

/// An account, `acct_…`.
#[derive(Debug, Clone, Deserialize)]
pub struct Account {
    /// `acct_…`
    pub id: String,
    /// Whether it may take payments now.
    #[serde(default)]
    pub charges_enabled: bool,
    /// Whether Stripe sends its money on to the bank.
    #[serde(default)]
    pub payouts_enabled: bool,
    /// Whether its owner has handed in what Stripe asked for.
    #[serde(default)]
    pub details_submitted: bool,
    /// What Stripe still wants to know.
    #[serde(default, deserialize_with = "lenient")]
    pub requirements: Requirements,
    /// Three small letters.
    pub default_currency: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// What customers see of the business.
    #[serde(default, deserialize_with = "lenient")]
    pub business_profile: BusinessProfile,
}

/// What Stripe still wants to know before it lets the account go on.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Requirements {
    /// By Stripe's names, `external_account`: to be handed in by the deadline.
    #[serde(default, deserialize_with = "lenient")]
    pub currently_due: Vec<String>,
    /// Not handed in in time.
    #[serde(default, deserialize_with = "lenient")]
    pub past_due: Vec<String>,
    /// Handed in, and being looked at.
    #[serde(default, deserialize_with = "lenient")]
    pub pending_verification: Vec<String>,
    /// Why it can't charge or isn't paid out: `requirements.past_due`, `rejected.fraud`, …
    #[serde(default, deserialize_with = "lenient")]
    pub disabled_reason: Option<String>,
    /// Unix seconds; after it what is due is past due.
    #[serde(default, deserialize_with = "lenient")]
    pub current_deadline: Option<i64>,
}

/// What customers see of the business.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct BusinessProfile {
    /// Its public name.
    pub name: Option<String>,
}

has_id!(Account);

/// An account to make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateAccount {
    /// Two letters; `None` lets its owner say.
    pub country: Option<String>,
    /// Of its owner, who signs in at Stripe with it.
    pub email: Option<String>,
    /// The business's public name.
    pub name: Option<String>,
    /// Ours.
    pub metadata: Metadata,
}

/// Makes a connected account that is its owner's: with the whole Stripe dashboard; it pays Stripe's fees itself, and
/// its losses are no matter of the platform. It can't charge before its owner has been through onboarding.
///
/// # Errors
/// See [`Error`]; [`Error::is_access_denied`] or an invalid request when the key's account is no Connect platform.
pub async fn create(client: &Client, params: &CreateAccount, key: &IdempotencyKey) -> Result<Account, Error> {
    let mut body = Form::new();
    body.set("controller[fees][payer]", "account");
    body.set("controller[losses][payments]", "stripe");
    body.set("controller[requirement_collection]", "stripe");
    body.set("controller[stripe_dashboard][type]", "full");
    body.maybe("country", params.country.as_deref());
    body.maybe("email", params.email.as_deref());
    body.maybe("business_profile[name]", params.name.as_deref());
    body.map("metadata", &params.metadata);
    client.post(&Scope::Own, "/v1/accounts", &[], &body, key).await
}

/// Reads the account of the scope: for [`Scope::Own`] the one the secret key belongs to.
///
/// # Errors
/// See [`Error`]; [`Error::is_access_denied`] when the key isn't good (for it).
pub async fn get(client: &Client, scope: &Scope) -> Result<Account, Error> {
    client.get(scope, "/v1/account", &[], &Form::new()).await
}
