//! Mails to the business's own people: an invitation, a way in. Their secrets are made here, when they are sent.

use zoop_domain::business::Business;
use zoop_domain::id::{InvitationId, PasswordResetId};
use zoop_domain::mail::{Mail, MailKind};
use zoop_store::{self as store, Tx};

use super::Composed;
use crate::mail::{Letterhead, Mail as _, PasswordResetMail, Rendered, TeamInvitationMail};
use crate::{App, Error, invitation, password_reset};

/// The words, and whom they greet.
type Written = Option<(Rendered, String)>;

pub(super) async fn compose(
    app: &App,
    tx: &mut Tx,
    mail: &Mail,
    business: Business,
) -> Result<Option<Composed>, Error> {
    let written = match mail.kind {
        MailKind::TeamInvitation => team_invitation(app, tx, mail, &business).await?,
        MailKind::PasswordReset => password_reset(app, tx, mail, &business).await?,
        _ => return Err(Error::internal(format!("a mail of kind {} goes to nobody", mail.kind))),
    };
    Ok(written.map(|(rendered, recipient_name)| Composed {
        rendered,
        business_name: business.name,
        reply_to: business.email,
        recipient_name,
        list_unsubscribe: None,
    }))
}

async fn team_invitation(app: &App, tx: &mut Tx, mail: &Mail, business: &Business) -> Result<Written, Error> {
    let id: InvitationId = mail.subject.parse().map_err(Error::internal)?;
    let found = store::invitation::get(tx, &business.id, &id).await?.ok_or(Error::NotFound)?;
    if !found.is_open(app.now()) {
        return Ok(None);
    }
    let by = store::user::get(tx, found.invited_by).await?.ok_or(Error::NotFound)?;
    let url = invitation::mint(app, &business.id, &id).await?;
    let words = TeamInvitationMail {
        letterhead: Letterhead::new(business),
        recipient: &found.email,
        by: &by.name,
        role: found.role,
        expires_on: found.expires_at.date_in(&business.time_zone),
        url: &url,
    };
    Ok(Some((words.render()?, String::new())))
}

async fn password_reset(app: &App, tx: &mut Tx, mail: &Mail, business: &Business) -> Result<Written, Error> {
    let id: PasswordResetId = mail.subject.parse().map_err(Error::internal)?;
    let found = store::password_reset::get(tx, &id).await?.ok_or(Error::NotFound)?;
    if found.is_used || found.expires_at <= app.now() {
        return Ok(None);
    }
    let user = store::user::get(tx, found.user).await?.ok_or(Error::NotFound)?;
    let url = password_reset::mint(app, &id).await?;
    let words = PasswordResetMail { letterhead: Letterhead::new(business), recipient: &user.name, url: &url };
    Ok(Some((words.render()?, user.name)))
}
