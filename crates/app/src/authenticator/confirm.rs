//! Turns the authenticator on, once a code has shown that the phone has the key.

use zoop_domain::audit::Action;
use zoop_domain::code::TypedCode;
use zoop_domain::form::FieldErrors;
use zoop_domain::user::User;
use zoop_store as store;

use super::{step, totp};
use crate::{App, Error, actor, transaction};

/// So many codes on paper.
const CODES: usize = 10;
/// Sixty random bits each.
const GROUPS: usize = 3;

/// Turns it on: the codes that stand in for it, which are shown once. Whoever is signed in elsewhere stays so.
///
/// # Errors
/// [`Error::Conflict`] if no key waits for its code; [`Error::Fields`] for a wrong code.
pub async fn confirm(app: &App, actor: crate::Actor, user: &User, typed: &str) -> Result<Vec<TypedCode>, Error> {
    transaction!(app, |tx| {
        let found = store::authenticator::find(tx, user.id).await?.filter(|it| !it.is_confirmed);
        let found = found.ok_or_else(|| Error::Conflict("Your authenticator is on already.".to_owned()))?;
        let step = step(app, &totp(&found.secret, "")?, typed).ok_or_else(wrong)?;
        store::authenticator::update_confirmed(tx, user.id, app.now()).await?;
        store::authenticator::update_step(tx, user.id, step).await?;
        let codes: Vec<_> = (0..CODES).map(|_| TypedCode::generate(app.random.as_ref(), GROUPS)).collect();
        for code in &codes {
            store::authenticator::insert_recovery_code(tx, user.id, &code.hash()).await?;
        }
        for (business, _, _) in store::membership::list_by_user(tx, user.id).await? {
            actor::record(app, tx, actor, &business, Action::AuthenticatorOn, user.id.as_str(), &user.name).await?;
        }
        codes
    })
}

fn wrong() -> Error {
    FieldErrors::one("code", "That isn’t the code your phone shows now. Check that its clock is right, and try again.")
        .into()
}
