//! Begins a session for somebody whose password was right.

use zoop_domain::id::{BusinessId, SessionId, UserId};
use zoop_domain::secret::PlainToken;
use zoop_store::{self as store, session::NewSession};

use super::LIFETIME;
use crate::{App, Error, transaction};

/// Names of browsers are cut to this: they are only shown.
const AGENT_LIMIT: usize = 300;

/// Stores a session and answers with its token, which only the browser's cookie keeps.
///
/// # Errors
/// [`Error::Forbidden`] if he doesn't belong to the business.
pub async fn begin(app: &App, user: UserId, business: &BusinessId, user_agent: &str) -> Result<PlainToken, Error> {
    let (token, now) = (PlainToken::generate(app.random.as_ref()), app.now());
    let user_agent: String = user_agent.chars().filter(|letter| !letter.is_control()).take(AGENT_LIMIT).collect();
    transaction!(app, |tx| {
        store::membership::find(tx, business, user).await?.ok_or(Error::Forbidden)?;
        let session = NewSession {
            id: SessionId::generate(now, app.random.as_ref()),
            user,
            business: business.clone(),
            user_agent: user_agent.clone(),
            created_at: now,
            expires_at: now.plus_seconds(LIFETIME),
        };
        store::session::insert(tx, &session, token.hash()).await?;
    })?;
    Ok(token)
}
