//! A browser from which somebody signed in is known by a token of its own for a while: his tries from it are counted
//! apart, so that a stranger who guesses at his address doesn't keep him out. It lets nobody in.

use zoop_domain::id::UserId;
use zoop_domain::secret::PlainToken;
use zoop_domain::throttle::ThrottleKey;
use zoop_store::{self as store, Tx};

use super::Browser;
use crate::{App, Error};

/// It is known for so many seconds: half a year.
pub const LIFETIME: i64 = 180 * 24 * 3600;

/// What tries at `email` from this browser are counted by.
pub(super) async fn key(app: &App, email: &str, browser: &Browser<'_>) -> Result<ThrottleKey, Error> {
    if let Some(known) = &browser.known {
        let mut tx = app.db.read().await?;
        if store::known_browser::find(&mut tx, known.hash(), email, app.now()).await? {
            return Ok(ThrottleKey::of_browser(known.hash()));
        }
    }
    Ok(ThrottleKey::of_address(email))
}

/// It is known as the browser of `user`, by a new token in place of the one so far.
pub(crate) async fn remember(
    app: &App,
    tx: &mut Tx,
    user: UserId,
    so_far: Option<&PlainToken>,
) -> Result<PlainToken, Error> {
    if let Some(token) = so_far {
        store::known_browser::delete(tx, token.hash()).await?;
    }
    let token = PlainToken::generate(app.random.as_ref());
    store::known_browser::insert(tx, token.hash(), user, app.now().plus_seconds(LIFETIME)).await?;
    Ok(token)
}
