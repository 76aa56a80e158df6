//! The business's own account at Stripe: whether it can take money, and whose it is.

use serde::Deserialize;

use crate::de::lenient;
use crate::expandable::has_id;
use crate::{Client, Error, Form, Scope};

/// An account, `acct_…`.
#[derive(Debug, Clone, Deserialize)]
pub struct Account {
    /// `acct_…`
    pub id: String,
    /// Whether it may take payments now.
    #[serde(default)]
    pub charges_enabled: bool,
    /// Whether its owner has handed in what Stripe asked for.
    #[serde(default)]
    pub details_submitted: bool,
    /// Three small letters.
    pub default_currency: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// What customers see of the business.
    #[serde(default, deserialize_with = "lenient")]
    pub business_profile: BusinessProfile,
}

/// What customers see of the business.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct BusinessProfile {
    /// Its public name.
    pub name: Option<String>,
}

has_id!(Account);

/// Reads the account of the scope: for [`Scope::Own`] the one the secret key belongs to.
///
/// # Errors
/// See [`Error`]; [`Error::is_access_denied`] when the key isn't good (for it).
pub async fn get(client: &Client, scope: &Scope) -> Result<Account, Error> {
    client.get(scope, "/v1/account", &[], &Form::new()).await
}
