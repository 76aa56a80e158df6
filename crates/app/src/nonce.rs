//! The number of a form that acts once. Its answer shows a secret and is no redirect, so a browser that loads it
//! again sends the form again: the second time nothing happens.

use zoop_domain::secret::PlainToken;
use zoop_store::{self as store, Tx};

use crate::{App, Error};

/// A page that old is loaded again by nobody.
const REMEMBERED_SECONDS: i64 = 90 * 86_400;

/// A number for a form.
#[must_use]
pub fn fresh(app: &App) -> PlainToken {
    PlainToken::generate(app.random.as_ref())
}

/// Uses the number up, in the transaction of what the form does. `false` if that was done before.
pub(crate) async fn take(app: &App, tx: &mut Tx, nonce: &PlainToken) -> Result<bool, Error> {
    store::used_nonce::delete_old(tx, app.now().plus_seconds(-REMEMBERED_SECONDS)).await?;
    Ok(store::used_nonce::insert(tx, nonce.hash(), app.now()).await?)
}
