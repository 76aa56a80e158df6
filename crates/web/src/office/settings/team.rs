//! `/office/settings/team`: who can sign in, and who is invited to.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use zoop_app::invitation::invite::{invite as app_invite, send_again as app_send_again};
use zoop_app::invitation::withdraw::withdraw as app_withdraw;
use zoop_app::member::change_role::change_role as app_change_role;
use zoop_app::member::list::{Team, list};
use zoop_app::member::remove::remove as app_remove;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::{InvitationId, UserId};
use zoop_domain::invitation::Invitation;
use zoop_domain::time::Instant;
use zoop_domain::user::{Role, User};

use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::frame::role_name;
use crate::office::invoice::show::sentence;
use crate::office::posted::Fields;
use crate::office::staff::Staff;
use crate::office::{Entered, Frame, Place, Posted, toast};
use crate::page::Samples;
use crate::page::when::when;
use crate::routes::office::settings as route;

/// What is asked about somebody of the team.
enum Asked {
    Role(User, Role),
    Remove(User),
}

/// The page.
#[derive(Template)]
#[template(path = "office/settings/team.html", whitespace = "minimize")]
pub struct TeamPage {
    frame: Frame,
    team: Team,
    now: Instant,
    entered: Entered,
    asked: Option<Asked>,
    /// Why something wasn't done.
    conflict: Option<String>,
}

impl TeamPage {
    fn is_you(&self, user: &User) -> bool {
        user.id == self.frame.user.id
    }

    fn last_signed_in(&self, at: &Option<Instant>) -> String {
        at.map_or_else(|| "Not yet".to_owned(), |at| when(at, self.now, &self.frame.business.time_zone))
    }

    fn is_open(&self, invitation: &Invitation) -> bool {
        invitation.is_open(self.now)
    }

    fn day(&self, at: &Instant) -> String {
        at.date_in(&self.frame.business.time_zone).to_string()
    }

    fn choices(&self) -> [(Role, &'static str, &'static str); 2] {
        [
            (
                Role::Office,
                "Office",
                "Customers, quotes, invoices, plans and payments. Sees whether a portal link is active, but can’t make, \
                 rotate or revoke one. No refunds, settings or team.",
            ),
            (Role::Owner, "Owner", "Everything, portal links and money settings too."),
        ]
    }
}

/// What the form begins with.
fn empty() -> Entered {
    Entered::of([("role", Role::Office.as_str())])
}

async fn page(web: &Web, staff: &Staff, entered: Entered) -> Result<TeamPage, PageError> {
    let team = list(&web.app, staff.actor(), staff.at()).await?;
    let frame = staff.frame(Place::Settings);
    Ok(TeamPage { frame, team, now: web.app.now(), entered, asked: None, conflict: None })
}

/// `GET /office/settings/team`
pub async fn get(State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    staff.must_be_owner()?;
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let mut page = page(&web, &staff, empty()).await?;
    let find = |id: &str| page.team.members.iter().find(|member| member.user.id.as_str() == id);
    page.asked = match (query.find("change").and_then(find), query.find("remove").and_then(find)) {
        (Some(member), _) => Some(Asked::Role(member.user.clone(), member.role)),
        (None, Some(member)) => Some(Asked::Remove(member.user.clone())),
        (None, None) => None,
    };
    staff.page(&page)
}

/// `POST /office/settings/team`
pub async fn invite(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let staff = &form.staff;
    staff.must_be_owner()?;
    let invited = match role(&form.fields) {
        Ok(role) => app_invite(&web.app, staff.actor(), staff.at(), form.fields.get("email"), role).await,
        Err(errors) => Err(errors.into()),
    };
    match invited {
        Ok(sent) => Ok(toast::redirect(route::TEAM, &format!("An invitation is on its way to {}.", sent.email))),
        Err(zoop_app::Error::Fields(errors)) => {
            let page = page(&web, staff, Entered::refused(form.fields.clone(), errors)).await?;
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => refused(&web, staff, error).await,
    }
}

fn role(fields: &Fields) -> Result<Role, FieldErrors> {
    fields.get("role").parse().map_err(|_| FieldErrors::one("role", "Choose what they may do."))
}

/// `POST /office/settings/team/{user}/role`
pub async fn change_role(
    State(web): State<Web>,
    Segments(user): Segments<String>,
    form: Posted,
) -> Result<Response, PageError> {
    let staff = &form.staff;
    staff.must_be_owner()?;
    let member: UserId = user.parse().map_err(|_| PageError::NotFound)?;
    let role = match role(&form.fields) {
        Ok(role) => role,
        Err(errors) => {
            let team = list(&web.app, staff.actor(), staff.at()).await?;
            let is_here = team.members.iter().any(|it| it.user.id == member);
            return Err(if is_here { PageError::Invalid(errors.to_string()) } else { PageError::NotFound });
        }
    };
    match app_change_role(&web.app, staff.actor(), staff.at(), member, role).await {
        Ok(user) => Ok(toast::redirect(route::TEAM, &format!("{} is {} now.", user.name, as_noun(role)))),
        Err(error) => refused(&web, staff, error).await,
    }
}

const fn as_noun(role: Role) -> &'static str {
    match role {
        Role::Owner => "an owner",
        Role::Office => "office staff",
    }
}

/// `POST /office/settings/team/{user}/remove`
pub async fn remove(
    State(web): State<Web>,
    Segments(user): Segments<String>,
    form: Posted,
) -> Result<Response, PageError> {
    let staff = &form.staff;
    staff.must_be_owner()?;
    let member: UserId = user.parse().map_err(|_| PageError::NotFound)?;
    match app_remove(&web.app, staff.actor(), staff.at(), member).await {
        Ok(user) => Ok(toast::redirect(route::TEAM, &format!("{} is no longer in the team.", user.name))),
        Err(error) => refused(&web, staff, error).await,
    }
}

/// `POST /office/settings/team/invitations/{invitation}/send`
pub async fn send_again(
    State(web): State<Web>,
    Segments(invitation): Segments<String>,
    form: Posted,
) -> Result<Response, PageError> {
    let staff = &form.staff;
    staff.must_be_owner()?;
    let id: InvitationId = invitation.parse().map_err(|_| PageError::NotFound)?;
    match app_send_again(&web.app, staff.actor(), staff.at(), &id).await {
        Ok(sent) => Ok(toast::redirect(route::TEAM, &format!("Another invitation is on its way to {}.", sent.email))),
        Err(error) => refused(&web, staff, error).await,
    }
}

/// `POST /office/settings/team/invitations/{invitation}/withdraw`
pub async fn withdraw(
    State(web): State<Web>,
    Segments(invitation): Segments<String>,
    form: Posted,
) -> Result<Response, PageError> {
    let staff = &form.staff;
    staff.must_be_owner()?;
    let id: InvitationId = invitation.parse().map_err(|_| PageError::NotFound)?;
    match app_withdraw(&web.app, staff.actor(), staff.at(), &id).await {
        Ok(ended) => Ok(toast::redirect(route::TEAM, &format!("The invitation of {} is withdrawn.", ended.email))),
        Err(error) => refused(&web, staff, error).await,
    }
}

/// The page again, with why it wasn't done.
async fn refused(web: &Web, staff: &Staff, error: zoop_app::Error) -> Result<Response, PageError> {
    let zoop_app::Error::Conflict(why) = error else { return Err(error.into()) };
    let page = TeamPage { conflict: Some(sentence(&why)), ..page(web, staff, empty()).await? };
    staff.page_with(StatusCode::CONFLICT, &page)
}

impl Samples for TeamPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office::{frame, luis, nora};
        use crate::sample::{greenline, id, instant};
        use zoop_app::member::list::Member;
        let (nora, luis) = (nora(), luis());
        let ana =
            User { id: id("usr", 3), name: "Ana <b>Ruiz</b>".into(), email: "ana@greenline.example".into(), ..nora };
        let invitation = |number, email: &str, expires: &str| Invitation {
            id: id("ivt", number),
            business: greenline().id,
            email: email.into(),
            role: Role::Office,
            invited_by: nora.id,
            created_at: instant("2026-09-15T14:00:00Z"),
            expires_at: instant(expires),
            ended: None,
        };
        let member = |user: &User, role, at: Option<&str>| Member {
            user: user.clone(),
            role,
            last_signed_in_at: at.map(instant),
        };
        let page = |asked, conflict| Self {
            frame: frame(Place::Settings),
            team: Team {
                members: vec![
                    member(&nora, Role::Owner, Some("2026-09-18T14:00:00Z")),
                    member(&luis, Role::Office, Some("2026-09-17T12:55:00Z")),
                    member(&ana, Role::Office, None),
                ],
                invitations: vec![
                    invitation(1, "priya@greenline.example", "2026-09-22T14:00:00Z"),
                    invitation(2, "tom@greenline.example", "2026-09-12T14:00:00Z"),
                ],
            },
            now: instant("2026-09-18T14:01:00Z"),
            entered: empty(),
            asked,
            conflict,
        };
        let alone = Self {
            team: Team { members: vec![member(&nora, Role::Owner, None)], invitations: vec![] },
            ..page(None, None)
        };
        let wrong = FieldErrors::one("email", "Enter an email address, such as nora@example.com.");
        let fields = Fields::of([("email", "priya"), ("role", "owner")]);
        vec![
            ("team", page(None, None)),
            ("team-alone", alone),
            ("team-refused", Self { entered: Entered::refused(fields, wrong), ..page(None, None) }),
            ("team-role", page(Some(Asked::Role(luis.clone(), Role::Office)), None)),
            ("team-remove", page(Some(Asked::Remove(luis.clone())), None)),
            ("team-no-mail", Self { frame: Frame { sends_mail: false, ..frame(Place::Settings) }, ..page(None, None) }),
            ("team-conflict", page(None, Some("A business needs an owner: make somebody else one first.".into()))),
        ]
    }
}
