//! Stripe as this install uses it: the client, whose key it is, and which events are believed.

use secrecy::SecretString;
use zoop_stripe::{Client, IdempotencyKey, Scope};

use crate::{App, Error};

/// Stripe, if this install can charge.
#[derive(Clone, Debug)]
pub struct Stripe {
    /// The client with the install's secret key.
    pub client: Client,
    /// The account that the key belongs to, as `GET /v1/account` names it: `acct_…`.
    pub own_account: String,
    /// The secrets webhooks may be signed with; two while one is being replaced.
    pub webhook_secrets: Vec<SecretString>,
    /// Whether the key moves real money. Events of the other mode are left alone.
    pub livemode: bool,
}

impl Stripe {
    /// How to ask on behalf of `account`: directly, or as a connected account.
    #[must_use]
    pub fn scope(&self, account: &str) -> Scope {
        if account == self.own_account { Scope::Own } else { Scope::Connected(account.to_owned()) }
    }
}

impl App {
    /// Stripe, or [`Error::Upstream`] if this install has no key.
    pub(crate) fn stripe(&self) -> Result<&Stripe, Error> {
        self.stripe.as_ref().ok_or_else(|| Error::Upstream("no Stripe key is configured".into()))
    }
}

/// Whether Stripe will never tell us: the object isn't there, or the business took its permission
/// back. A key that Stripe doesn't know is our own fault and will be mended.
pub(crate) fn is_out_of_reach(error: &Error) -> bool {
    let Error::Upstream(source) = error else { return false };
    source.downcast_ref::<zoop_stripe::Error>().is_some_and(|error| {
        let unknown_key = error.api().is_some_and(|error| error.http_status == 401);
        error.is_not_found() || (error.is_access_denied() && !unknown_key)
    })
}

/// The same key never comes twice: for what is the same however often it is done. Stripe repeats a
/// stored failure under its key for a day, and nothing is to hang on that.
pub(crate) fn fresh_key(app: &App, text: &str) -> Result<IdempotencyKey, Error> {
    key(format!("{text}-{}", app.now().as_microseconds()))
}

/// An idempotency key from an id of ours, or one of Stripe's.
pub(crate) fn key(text: impl Into<String>) -> Result<IdempotencyKey, Error> {
    IdempotencyKey::new(text).map_err(Error::internal)
}
