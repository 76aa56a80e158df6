//! Asks for a mail with a way in. Whoever asks is told the same, whether anybody has the address or not.

use std::net::IpAddr;

use zoop_domain::audit::Action;
use zoop_domain::id::PasswordResetId;
use zoop_domain::mail::MailKind;
use zoop_domain::throttle::ThrottleKey;
use zoop_store as store;

use super::LIFETIME;
use crate::job::{self, JobKind};
use crate::login_throttle::{self, Try};
use crate::mail::queue::{StaffMail, queue_to_staff};
use crate::{Actor, App, Error, actor, transaction, user};

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
    let (id, key) = (PasswordResetId::generate(app.now(), app.random.as_ref()), ThrottleKey::of_reset(email));
    let payload = format!("{id} {}", key.as_str());
    transaction!(app, |tx| { job::enqueue(app, tx, None, JobKind::ResetPassword, &payload).await? })?;
    Ok(Asked::Done)
}

/// Queues the mail, if the address that was asked for is somebody's. Whoever asked doesn't wait for this, so that how
/// long he waits tells him nothing.
pub(crate) async fn answer(app: &App, payload: &str) -> Result<(), Error> {
    let (id, key) = payload.split_once(' ').ok_or_else(|| Error::internal("no request and key"))?;
    let id: PasswordResetId = id.parse().map_err(Error::internal)?;
    let Some(user) = user::find_by_key(app, key, ThrottleKey::of_reset).await? else { return Ok(()) };
    transaction!(app, |tx| {
        // It is in one of his businesses' names; without any there is nothing to sign in to.
        let place = store::membership::list_by_user(tx, user.id).await?.into_iter().next();
        let is_new = store::password_reset::get(tx, &id).await?.is_none();
        if let (Some((business, _, role)), true) = (place, is_new) {
            let now = app.now();
            store::password_reset::insert(tx, &id, user.id, now, now.plus_seconds(LIFETIME)).await?;
            let kind = MailKind::PasswordReset;
            let mail = StaffMail { kind, business: &business, recipient: &user.email, subject: id.as_str() };
            queue_to_staff(app, tx, mail).await?;
            let (actor, subject) = (Actor::member(user.id, role), user.id);
            actor::record(app, tx, actor, &business, Action::PasswordResetAsked, subject.as_str(), &user.name).await?;
        }
    })
}
