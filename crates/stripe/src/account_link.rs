//! The way to Stripe's own onboarding pages: an address for one visit, made when its owner presses the button.

use secrecy::SecretString;
use serde::Deserialize;

use crate::{Client, Error, Form, IdempotencyKey, Scope, de};

/// An address for one visit. Whoever has it can change the account's details: it is given to nobody but its owner.
#[derive(Debug, Clone, Deserialize)]
pub struct AccountLink {
    /// Where to send the owner, at once.
    #[serde(deserialize_with = "de::required_secret")]
    pub url: SecretString,
    /// Unix seconds.
    pub expires_at: Option<i64>,
}

/// A link to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateAccountLink {
    /// `acct_…`
    pub account: String,
    /// Where Stripe sends the owner when the link was used or has expired: a new one is to be made there.
    pub refresh_url: String,
    /// Where Stripe sends the owner afterwards, done or not: it says nothing of how far he came.
    pub return_url: String,
}

/// Makes a link to the onboarding of a connected account.
///
/// # Errors
/// See [`Error`].
pub async fn create(client: &Client, params: &CreateAccountLink, key: &IdempotencyKey) -> Result<AccountLink, Error> {
    let mut body = Form::new();
    body.set("account", &params.account);
    body.set("refresh_url", &params.refresh_url);
    body.set("return_url", &params.return_url);
    body.set("type", "account_onboarding");
    client.post(&Scope::Own, "/v1/account_links", &[], &body, key).await
}
