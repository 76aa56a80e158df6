//! Turns the authenticator on, once a code has shown that the phone has the key.

use zoop_domain::audit::Action;
use zoop_domain::code::TypedCode;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::SessionId;
use zoop_domain::secret::PlainToken;
use zoop_domain::user::User;
use zoop_store as store;

use super::{step, totp};
use crate::session::begin::renew;
use crate::{Actor, App, Error, actor, transaction};

/// So many codes on paper.
const CODES: usize = 10;
/// Sixty random bits each.
const GROUPS: usize = 3;

/// What comes of it.
pub struct Confirmed {
    /// The codes that stand in for it, which are shown once.
    pub codes: Vec<TypedCode>,
    /// The session's new token, for the cookie alone.
    pub session: PlainToken,
}

/// Turns it on. Every other browser is signed out: whoever is in without a code may not be he.
///
/// # Errors
/// [`Error::Conflict`] if no key waits for its code, or he was signed out meanwhile; [`Error::Fields`] for a wrong code.
pub async fn confirm(
    app: &App,
    actor: Actor,
    user: &User,
    session: &SessionId,
    typed: &str,
) -> Result<Confirmed, Error> {
    transaction!(app, |tx| {
        let found = store::authenticator::find(tx, user.id).await?.filter(|it| !it.is_confirmed);
        let found = found.ok_or_else(is_on)?;
        let step = step(app, &totp(&found.secret, "")?, typed).ok_or_else(wrong)?;
        // Of two clicks one turns it on, and only its codes are kept.
        let is_first = store::authenticator::update_confirmed(tx, user.id, &found.secret, app.now()).await?;
        if !is_first || !store::authenticator::update_step(tx, user.id, step).await? {
            return Err(is_on());
        }
        let codes: Vec<_> = (0..CODES).map(|_| TypedCode::generate(app.random.as_ref(), GROUPS)).collect();
        for code in &codes {
            store::authenticator::insert_recovery_code(tx, user.id, &code.hash()).await?;
        }
        for (business, _, _) in store::membership::list_by_user(tx, user.id).await? {
            actor::record(app, tx, actor, &business, Action::AuthenticatorOn, user.id.as_str(), &user.name).await?;
        }
        store::session::delete_by_user(tx, user.id, Some(session)).await?;
        store::sign_in::delete_by_user(tx, user.id).await?;
        Confirmed { codes, session: renew(app, tx, session).await? }
    })
}

fn is_on() -> Error {
    Error::Conflict("Your authenticator is on already.".to_owned())
}

fn wrong() -> Error {
    FieldErrors::one("code", "That isn’t the code your phone shows now. Check that its clock is right, and try again.")
        .into()
}
