//! The demo's own people: who signs in to the owner's application, and with what. Made up, like all of it.

use secrecy::SecretString;
use zoop_app::Actor;
use zoop_app::user::NewUser;
use zoop_app::user::create::{Workplace, create};
use zoop_domain::business::Business;
use zoop_domain::id::UserId;
use zoop_domain::user::Role;

use super::seed::Seed;
use crate::commands::Failure;

/// Somebody's way in.
pub(super) struct Login {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
}

/// Greenline's owner.
pub(super) const OWNER: Login =
    Login { name: "Nora Keane", email: "nora@greenline.example", password: "green lawns in october" };
/// Somebody of its office.
pub(super) const STAFF: Login =
    Login { name: "Luis Ortega", email: "luis@greenline.example", password: "hedges before noon" };

impl Seed<'_> {
    /// Lets both in: the owner's id.
    pub(super) async fn staff(&self, business: &Business) -> Result<UserId, Failure> {
        let owner = self.let_in(business, &OWNER, Role::Owner).await?;
        self.let_in(business, &STAFF, Role::Office).await?;
        Ok(owner)
    }

    async fn let_in(&self, business: &Business, login: &Login, role: Role) -> Result<UserId, Failure> {
        let new = NewUser {
            name: login.name.into(),
            email: login.email.into(),
            password: SecretString::from(login.password),
        };
        let place = Workplace::Here(business.id.clone());
        let (user, _) = create(self.app, Actor::Operator, &new, role, &place).await?;
        Ok(user.id)
    }
}
