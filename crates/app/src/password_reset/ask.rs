//! Asks for a mail with a way in. Whoever asks is told the same, whether anybody has the address or not.

use std::net::IpAddr;

use zoop_domain::audit::Action;
use zoop_domain::id::PasswordResetId;
use zoop_domain::mail::MailKind;
use zoop_domain::throttle::ThrottleKey;
use zoop_store as store;

use super::LIFETIME;
use crate::login_throttle::{self, Try};
use crate::mail::queue::{StaffMail, queue_to_staff};
use crate::{Actor, App, Error, actor, transaction};

/// What came of it, as far as he is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// If anybody has the address, a mail is on its way there.
    Done,
    /// Too much was asked from there: not looked at for so many seconds.
    Wait(i64),
}

/// Sends a mail to `email` if it is somebody's; at most a few in a row, so that nobody's mailbox is filled.
///
/// # Errors
/// The database doesn't answer.
pub async fn ask(app: &App, email: &str, ip: IpAddr) -> Result<Asked, Error> {
    if let Try::Wait(seconds) = login_throttle::count(app, &[ThrottleKey::of_reset_net(ip)]).await? {
        return Ok(Asked::Wait(seconds));
    }
    if let Try::Wait(_) = login_throttle::count(app, &[ThrottleKey::of_reset(email)]).await? {
        return Ok(Asked::Done);
    }
    transaction!(app, |tx| {
        let found = store::user::find_by_email(tx, email).await?;
        let user = found.map(|(user, _)| user);
        // It is in one of his businesses' names; without any there is nothing to sign in to.
        let business = match &user {
            Some(user) => store::membership::list_by_user(tx, user.id).await?.into_iter().next(),
            None => None,
        };
        if let (Some(user), Some((business, _, role))) = (user, business) {
            let now = app.now();
            let id = PasswordResetId::generate(now, app.random.as_ref());
            store::password_reset::insert(tx, &id, user.id, now, now.plus_seconds(LIFETIME)).await?;
            let kind = MailKind::PasswordReset;
            let mail = StaffMail { kind, business: &business, recipient: &user.email, subject: id.as_str() };
            queue_to_staff(app, tx, mail).await?;
            let (actor, subject) = (Actor::member(user.id, role), user.id);
            actor::record(app, tx, actor, &business, Action::PasswordResetAsked, subject.as_str(), &user.name).await?;
        }
    })?;
    Ok(Asked::Done)
}
