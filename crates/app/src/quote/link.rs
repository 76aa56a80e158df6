//! The secret link of a quote: made for a mail, or for somebody who copies it, and what it opens.

use url::Url;
use zoop_domain::audit::Action;
use zoop_domain::business::Business;
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, QuoteId, QuoteLinkId};
use zoop_domain::quote::{Quote, QuoteState};
use zoop_domain::secret::{HashedToken, PlainToken};
use zoop_store::{self as store, Tx};

use super::send::{lock, mark_sent};
use crate::{Actor, App, Error, actor, nonce, transaction};

/// Makes a link for the mail that is about to leave. The hash is committed before the secret is given out.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn mint(app: &App, business: &BusinessId, quote: &QuoteId) -> Result<Url, Error> {
    let token = PlainToken::generate(app.random.as_ref());
    transaction!(app, |tx| { insert(app, tx, business, quote, &token).await? })?;
    url(app, &token)
}

/// Makes a link for somebody who hands it over himself; a draft is marked as sent by that. `None`: the form that
/// asked was used before, and nothing was made.
///
/// # Errors
/// [`Error::NotFound`] without such a quote; [`Error::Conflict`] if it can't be answered.
pub async fn copy(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    quote: &QuoteId,
    form: &PlainToken,
) -> Result<Option<Url>, Error> {
    actor.must_be_member()?;
    let token = PlainToken::generate(app.random.as_ref());
    let made = transaction!(app, |tx| {
        let (found, today) = lock(app, tx, business, quote).await?;
        let fresh = nonce::take(app, tx, form).await?;
        if fresh {
            match found.state {
                QuoteState::Draft => drop(mark_sent(app, tx, actor, &found, today).await?),
                _ => found.answerable(today)?,
            }
            insert(app, tx, business, quote, &token).await?;
            actor::record(app, tx, actor, business, Action::QuoteLinkCopied, quote.as_str(), "").await?;
        }
        fresh
    })?;
    made.then(|| url(app, &token)).transpose()
}

async fn insert(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    quote: &QuoteId,
    token: &PlainToken,
) -> Result<(), Error> {
    let now = app.now();
    let id = QuoteLinkId::generate(now, app.random.as_ref());
    Ok(store::quote_link::insert(tx, business, &id, quote, token.hash(), now).await?)
}

fn url(app: &App, token: &PlainToken) -> Result<Url, Error> {
    app.base_url().join(&format!("q/{}", token.expose())).map_err(Error::internal)
}

/// What a quote's link opens.
#[derive(Clone, Debug)]
pub struct Opened {
    /// In whose name.
    pub business: Business,
    /// For whom.
    pub customer: Customer,
    /// The quote; never a draft.
    pub quote: Quote,
}

/// What the link with this token opens.
///
/// # Errors
/// [`Error::NotFound`] if it opens nothing, or nothing any more.
pub(super) async fn open(tx: &mut Tx, token: &str) -> Result<Opened, Error> {
    // A text that is no token is looked up like any other: the answer takes as long.
    let hash = PlainToken::parse(token).map_or(HashedToken::nothing(), |token| token.hash());
    let (business, quote) = store::quote_link::find(tx, hash).await?.ok_or(Error::NotFound)?;
    let quote = store::quote::get(tx, &business, &quote).await?.ok_or(Error::NotFound)?;
    if matches!(quote.state, QuoteState::Draft | QuoteState::Withdrawn) {
        return Err(Error::NotFound);
    }
    let business = store::business::get(tx, &business).await?.ok_or(Error::NotFound)?;
    let customer = store::customer::get(tx, &business.id, &quote.customer).await?.ok_or(Error::NotFound)?;
    Ok(Opened { business, customer, quote })
}
