//! Sends an owner to Stripe's onboarding, and makes the account first if there is none.

use secrecy::ExposeSecret as _;
use url::Url;
use zoop_domain::business::Business;
use zoop_domain::id::BusinessId;
use zoop_domain::random;
use zoop_store as store;
use zoop_stripe::account::{self, CreateAccount};
use zoop_stripe::account_link::{self, CreateAccountLink};
use zoop_stripe::{ErrorType, Metadata};

use super::{Heard, ask, connect};
use crate::{Actor, App, Error, stripe, transaction};

/// Where Stripe sends the owner afterwards, however far he came: the page asks Stripe how things stand.
const RETURN: &str = "office/settings/card-payments/return";
/// Where Stripe sends the owner when his link is used up: the page sets up again.
const REFRESH: &str = "office/settings/card-payments/refresh";

/// The address of Stripe's onboarding for the business, good for one visit at once. The business has an
/// account then; one that was disconnected is connected again, and one that is out of reach is replaced.
///
/// # Errors
/// [`Error::NotFound`] without such a business; [`Error::Conflict`] if it charges on the install's own
/// account, or if Stripe makes no account for this install; [`Error::Upstream`] if Stripe or the database
/// doesn't answer.
pub async fn set_up(app: &App, actor: Actor, business: &BusinessId) -> Result<Url, Error> {
    actor.must_be_owner()?;
    let own = &app.stripe()?.own_account;
    let mut tries_left = 1;
    let account = loop {
        // The count before the account: a click beside this one connects first and counts afterwards, so who
        // reads its count reads its account too, and nobody takes the next key because of it.
        let mut tx = app.db.read().await?;
        let setup = store::business::find_stripe_setups(&mut tx, business).await?.ok_or(Error::NotFound)?;
        let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
        drop(tx);
        match &owner.stripe {
            Some(stripe) if stripe.id == *own && stripe.disconnected_at.is_none() => {
                return Err(Error::Conflict("This business charges on the install’s own Stripe account.".into()));
            }
            Some(stripe) if stripe.id != *own => {
                if let Some(heard) = ask(app, &stripe.id).await? {
                    break connect(app, actor, business, Some(&stripe.id), heard).await?;
                }
            }
            _ => {}
        }
        match make(app, actor, &owner, setup).await? {
            Made::Account(account) => break account,
            Made::OtherKeyNeeded(_) if tries_left > 0 => tries_left -= 1,
            Made::OtherKeyNeeded(error) => return Err(error),
        }
    };
    link(app, &account).await
}

enum Made {
    Account(String),
    /// Stripe has an answer under this key for a day, and it is no account.
    OtherKeyNeeded(Error),
}

/// Makes an account for the business, under a key that is known before Stripe is called: whoever asks
/// again after a crash, or at once, gets the same account.
async fn make(app: &App, actor: Actor, owner: &Business, setup: i64) -> Result<Made, Error> {
    let stripe = app.stripe()?;
    let business = &owner.id;
    let params = CreateAccount {
        country: owner.country().map(Into::into),
        email: owner.email.clone(),
        name: Some(owner.name.clone()),
        metadata: Metadata::from([("business_id".to_owned(), business.to_string())]),
    };
    let instead_of = owner.stripe.as_ref().map(|stripe| stripe.id.as_str());
    let key = stripe::key(format!("account-{business}-{setup}"))?;
    let asked_at = app.now();
    let error = match account::create(&stripe.client, &params, &key).await {
        Ok(account) => {
            let account = connect(app, actor, business, instead_of, Heard { account, asked_at }).await?;
            over(app, business, setup).await?;
            return Ok(Made::Account(account));
        }
        Err(error) => error,
    };
    // Without an answer, or while another call has the key, the same key is right the next time too.
    let Some(refusal) = error.api().filter(|refusal| !matches!(refusal.http_status, 409 | 429)) else {
        return Err(error.into());
    };
    // For a day Stripe repeats a stored failure under its key, and takes no other words under it. An
    // account too many there moves no money.
    over(app, business, setup).await?;
    if error.is_transient() {
        return Ok(Made::OtherKeyNeeded(error.into()));
    }
    tracing::warn!(error = &error as &dyn std::error::Error, "Stripe makes no account");
    let no_account =
        Error::Conflict("Stripe made no account. Is this install’s own Stripe account signed up for Connect?".into());
    if refusal.kind == ErrorType::IdempotencyError { Ok(Made::OtherKeyNeeded(no_account)) } else { Err(no_account) }
}

async fn over(app: &App, business: &BusinessId, setup: i64) -> Result<(), Error> {
    transaction!(app, |tx| { store::business::update_stripe_setups(tx, business, setup).await? })
}

async fn link(app: &App, account: &str) -> Result<Url, Error> {
    let address = |path: &str| app.base_url().join(path).map(String::from).map_err(Error::internal);
    let params =
        CreateAccountLink { account: account.to_owned(), refresh_url: address(REFRESH)?, return_url: address(RETURN)? };
    // Each visit needs a link of its own.
    let chance = u128::from_be_bytes(random::bytes::<16>(app.random.as_ref()));
    let key = stripe::key(format!("account-link-{chance:032x}"))?;
    let link = account_link::create(&app.stripe()?.client, &params, &key).await?;
    Url::parse(link.url.expose_secret()).map_err(|error| Error::Upstream(error.into()))
}
