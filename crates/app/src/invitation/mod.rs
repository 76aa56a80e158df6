//! Invitations to a business's team.

pub mod accept;
pub mod invite;
pub mod open;
pub mod withdraw;

use url::Url;
use zoop_domain::id::{BusinessId, InvitationId};
use zoop_domain::secret::PlainToken;
use zoop_store as store;

use crate::{App, Error, transaction};

/// Kept so long after they could be taken up: thirty days.
const REMEMBERED_SECONDS: i64 = 30 * 86_400;

/// Makes the link that one mail carries. The hash is committed before the secret is given out; each mail has its
/// own, and all work until the invitation ends.
///
/// # Errors
/// [`Error::NotFound`] without such an invitation.
pub(crate) async fn mint(app: &App, business: &BusinessId, id: &InvitationId) -> Result<Url, Error> {
    let token = PlainToken::generate(app.random.as_ref());
    let stored =
        transaction!(app, |tx| { store::invitation::insert_link(tx, business, id, token.hash(), app.now()).await? })?;
    if !stored {
        return Err(Error::NotFound);
    }
    app.base_url().join(&format!("invitations/{}", token.expose())).map_err(Error::internal)
}

/// Deletes invitations that have been over for a while.
pub(crate) async fn forget(app: &App) -> Result<(), Error> {
    let before = app.now().plus_seconds(-REMEMBERED_SECONDS);
    transaction!(app, |tx| { store::invitation::delete_old(tx, before).await? }).map(drop)
}
