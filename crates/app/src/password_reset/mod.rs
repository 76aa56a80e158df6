//! A new password for somebody who forgot his, by a link in a mail: good for an hour, once.

pub mod ask;
pub mod reset;

use url::Url;
use zoop_domain::id::PasswordResetId;
use zoop_domain::secret::PlainToken;
use zoop_store as store;

use crate::{App, Error, transaction};

/// So many seconds the link works: an hour.
pub const LIFETIME: i64 = 3_600;
/// Kept so long after that: a day.
const REMEMBERED_SECONDS: i64 = 86_400;

/// Makes the link that one mail carries. The hash is committed before the secret is given out.
pub(crate) async fn mint(app: &App, id: &PasswordResetId) -> Result<Url, Error> {
    let token = PlainToken::generate(app.random.as_ref());
    transaction!(app, |tx| { store::password_reset::insert_link(tx, id, token.hash(), app.now()).await? })?;
    app.base_url().join(&format!("reset-password/{}", token.expose())).map_err(Error::internal)
}

/// Deletes requests that have been over for a while.
pub(crate) async fn forget(app: &App) -> Result<(), Error> {
    let before = app.now().plus_seconds(-REMEMBERED_SECONDS);
    transaction!(app, |tx| { store::password_reset::delete_old(tx, before).await? }).map(drop)
}
