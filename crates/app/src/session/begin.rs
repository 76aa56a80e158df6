//! Begins a session for somebody whose password was right.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, SessionId, UserId};
use zoop_domain::secret::PlainToken;
use zoop_store::{self as store, Tx, session::NewSession};

use super::{Browser, LIFETIME, SignedIn, known_browser};
use crate::{Actor, App, Error, actor, transaction};

/// Names of browsers are cut to this: they are only shown.
const AGENT_LIMIT: usize = 300;

/// Stores a session and answers with its token, which only the browser's cookie keeps.
///
/// # Errors
/// [`Error::Forbidden`] if he doesn't belong to the business.
pub async fn begin(app: &App, user: UserId, business: &BusinessId, user_agent: &str) -> Result<PlainToken, Error> {
    transaction!(app, |tx| { begin_in(app, tx, user, business, user_agent).await? })
}

/// Lets somebody in altogether: a session, and a browser that is known from now on.
pub(crate) async fn enter(
    app: &App,
    tx: &mut Tx,
    user: UserId,
    business: &BusinessId,
    browser: &Browser<'_>,
) -> Result<SignedIn, Error> {
    Ok(SignedIn {
        session: begin_in(app, tx, user, business, browser.user_agent).await?,
        browser: known_browser::remember(app, tx, user, browser.known.as_ref()).await?,
    })
}

/// Gives a session another token: a copy of its cookie is worth nothing any more.
///
/// # Errors
/// [`Error::Conflict`] if it has ended meanwhile.
pub(crate) async fn renew(app: &App, tx: &mut Tx, session: &SessionId) -> Result<PlainToken, Error> {
    let token = PlainToken::generate(app.random.as_ref());
    if !store::session::update_token(tx, session, token.hash()).await? {
        return Err(Error::Conflict("You were signed out meanwhile. Nothing was changed.".to_owned()));
    }
    Ok(token)
}

/// Stores a session, in a transaction that does more.
async fn begin_in(
    app: &App,
    tx: &mut Tx,
    user: UserId,
    business: &BusinessId,
    user_agent: &str,
) -> Result<PlainToken, Error> {
    let (token, now) = (PlainToken::generate(app.random.as_ref()), app.now());
    let role = store::membership::find(tx, business, user).await?.ok_or(Error::Forbidden)?;
    let session = NewSession {
        id: SessionId::generate(now, app.random.as_ref()),
        user,
        business: business.clone(),
        user_agent: user_agent.chars().filter(|letter| !letter.is_control()).take(AGENT_LIMIT).collect(),
        created_at: now,
        expires_at: now.plus_seconds(LIFETIME),
    };
    store::session::insert(tx, &session, token.hash()).await?;
    store::membership::update_signed_in(tx, business, user, now).await?;
    let actor = Actor::member(user, role);
    actor::record(app, tx, actor, business, Action::SessionBegan, user.as_str(), "").await?;
    Ok(token)
}
