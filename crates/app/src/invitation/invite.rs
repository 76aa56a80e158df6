//! Invites somebody to a business's team, by mail; or once more.

use zoop_domain::audit::Action;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::{BusinessId, InvitationId, UserId};
use zoop_domain::invitation::{Invitation, InvitationEnd, LIFETIME};
use zoop_domain::mail::MailKind;
use zoop_domain::user::{Role, email_key};
use zoop_store::{self as store, Tx};

use crate::mail::queue::{StaffMail, queue_to_staff};
use crate::user::read_email;
use crate::{Actor, App, Error, actor, transaction};

/// Invites the person with this address. An invitation that is open already is replaced.
///
/// # Errors
/// [`Error::Forbidden`] but for an owner; [`Error::Fields`] for what is no address, or a member's;
/// [`Error::Conflict`] without a mail server.
pub async fn invite(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    email: &str,
    role: Role,
) -> Result<Invitation, Error> {
    actor.must_be_owner()?;
    app.must_send_mail()?;
    let by = owner(actor)?;
    let email = read_email(email).map_err(|why| FieldErrors::one("email", why))?;
    transaction!(app, |tx| { invite_in(app, tx, by, business, &email, role).await? })
}

/// Sends an invitation again: a new one with a new week takes its place, and the old mail's link is dead.
///
/// # Errors
/// [`Error::Forbidden`] but for an owner; [`Error::NotFound`] without such an open invitation;
/// [`Error::Conflict`] without a mail server.
pub async fn send_again(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    id: &InvitationId,
) -> Result<Invitation, Error> {
    actor.must_be_owner()?;
    app.must_send_mail()?;
    let by = owner(actor)?;
    transaction!(app, |tx| {
        let old = store::invitation::get(tx, business, id).await?.filter(|old| old.ended.is_none());
        let old = old.ok_or(Error::NotFound)?;
        invite_in(app, tx, by, business, &old.email, old.role).await?
    })
}

fn owner(actor: Actor) -> Result<UserId, Error> {
    match actor {
        Actor::Owner(user) => Ok(user),
        _ => Err(Error::Forbidden),
    }
}

async fn invite_in(
    app: &App,
    tx: &mut Tx,
    by: UserId,
    business: &BusinessId,
    email: &str,
    role: Role,
) -> Result<Invitation, Error> {
    store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
    let team = store::membership::list(tx, business).await?;
    if team.iter().any(|(member, _)| email_key(&member.email) == email_key(email)) {
        return Err(FieldErrors::one("email", format!("{email} is in the team already.")).into());
    }
    let now = app.now();
    let replaced = store::invitation::update_closed_by_email(tx, business, email, InvitationEnd::Replaced, now).await?;
    let invitation = Invitation {
        id: InvitationId::generate(now, app.random.as_ref()),
        business: business.clone(),
        email: email.to_owned(),
        role,
        invited_by: by,
        created_at: now,
        expires_at: now.plus_seconds(LIFETIME),
        ended: None,
    };
    store::invitation::insert(tx, &invitation).await?;
    let mail =
        StaffMail { kind: MailKind::TeamInvitation, business, recipient: email, subject: invitation.id.as_str() };
    queue_to_staff(app, tx, mail).await?;
    let action = if replaced { Action::InvitationSentAgain } else { Action::InvitationSent };
    let detail = format!("{email} as {role}");
    actor::record(app, tx, Actor::Owner(by), business, action, invitation.id.as_str(), &detail).await?;
    Ok(invitation)
}
