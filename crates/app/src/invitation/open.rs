//! What an invitation's link opens.

use zoop_domain::business::Business;
use zoop_domain::invitation::Invitation;
use zoop_domain::secret::PlainToken;
use zoop_store as store;

use crate::{App, Error};

/// An invitation as its guest sees it.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// Where to.
    pub business: Business,
    /// Who invites.
    pub by: String,
    /// Whether the guest has an account, in which case he signs in with it.
    pub has_account: bool,
    /// Whether it can be taken up now.
    pub is_open: bool,
}

/// What the link with this token opens.
///
/// # Errors
/// [`Error::NotFound`] for a token that no invitation has.
pub async fn open(app: &App, token: &str) -> Result<Invited, Error> {
    let token = PlainToken::parse(token).map_err(|_| Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let invitation = store::invitation::find_by_token(&mut tx, token.hash()).await?.ok_or(Error::NotFound)?;
    let business = store::business::get(&mut tx, &invitation.business).await?.ok_or(Error::NotFound)?;
    let by = store::user::get(&mut tx, invitation.invited_by).await?.ok_or(Error::NotFound)?.name;
    let has_account = store::user::find_by_email(&mut tx, &invitation.email).await?.is_some();
    let is_open = invitation.is_open(app.now());
    Ok(Invited { invitation, business, by, has_account, is_open })
}
