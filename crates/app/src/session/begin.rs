//! Begins a session for somebody whose password was right.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, SessionId, UserId};
use zoop_domain::secret::PlainToken;
use zoop_store::{self as store, Tx, session::NewSession};

use super::LIFETIME;
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

/// The same, in a transaction that does more.
pub(crate) async fn begin_in(
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
