//! The team, and who is invited to it.

use zoop_domain::id::BusinessId;
use zoop_domain::invitation::Invitation;
use zoop_domain::user::Role;
use zoop_store as store;

pub use zoop_store::membership::Member;

use crate::{Actor, App, Error};

/// Who belongs to a business, and who may yet.
#[derive(Clone, Debug)]
pub struct Team {
    /// Owners first, by name.
    pub members: Vec<Member>,
    /// Invitations that haven't been answered, expired ones too.
    pub invitations: Vec<Invitation>,
}

/// The team of a business.
///
/// # Errors
/// [`Error::Forbidden`] but for an owner.
pub async fn list(app: &App, actor: Actor, business: &BusinessId) -> Result<Team, Error> {
    actor.must_be_owner()?;
    let mut tx = app.db.read().await?;
    Ok(Team {
        members: store::membership::list_members(&mut tx, business).await?,
        invitations: store::invitation::list_open(&mut tx, business).await?,
    })
}

/// The names of a business's owners, for whoever has to ask one.
///
/// # Errors
/// [`Error::Forbidden`] for anybody else than its people.
pub async fn owners(app: &App, actor: Actor, business: &BusinessId) -> Result<Vec<String>, Error> {
    actor.must_be_member()?;
    let team = store::membership::list(&mut app.db.read().await?, business).await?;
    Ok(team.into_iter().filter(|(_, role)| *role == Role::Owner).map(|(owner, _)| owner.name).collect())
}
