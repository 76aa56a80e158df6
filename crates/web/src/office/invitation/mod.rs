//! `/invitations/{token}`: who was invited joins the team.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use zoop_app::invitation::accept::{Guest, accept};
use zoop_app::invitation::open::{Invited, open};
use zoop_app::session::sign_in::SignIn;
use zoop_domain::form::FieldErrors;

use super::Entered;
use super::account::{code, signed_in};
use super::gate::{Gate, secret, slowed, wait_words};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::page::{Samples, ok, with_status};
use crate::routes::office::{home, invitation as route};

/// The page.
#[derive(Template)]
#[template(path = "office/invitation/show.html", whitespace = "minimize")]
pub struct InvitationPage {
    path: String,
    invited: Invited,
    entered: Entered,
}

impl InvitationPage {
    fn as_what(&self) -> &'static str {
        match self.invited.invitation.role {
            zoop_domain::user::Role::Owner => "an owner",
            zoop_domain::user::Role::Office => "office staff",
        }
    }
}

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new().route(route::INVITATION, get(show).post(post)).layer(map_response(secret))
}

/// `GET /invitations/{token}`
pub async fn show(State(web): State<Web>, Segments(token): Segments<String>) -> Result<Response, PageError> {
    let invited = open(&web.app, &token).await?;
    let status = if invited.is_open { StatusCode::OK } else { StatusCode::GONE };
    let page = InvitationPage { path: route::invitation(&token), invited, entered: Entered::default() };
    with_status(status, &page)
}

/// `POST /invitations/{token}`
pub async fn post(
    State(web): State<Web>,
    Segments(token): Segments<String>,
    gate: Gate,
) -> Result<Response, PageError> {
    let guest = Guest {
        name: gate.fields.get("name"),
        password: gate.fields.get("password").into(),
        ip: gate.ip,
        browser: gate.browser(),
    };
    let (errors, seconds) = match accept(&web.app, &token, &guest).await {
        Ok(SignIn::In(entered)) => return Ok(signed_in(&web, &entered, home::HOME)),
        Ok(SignIn::CodeNeeded(half)) => return Ok(code::ask(&web, &half, home::HOME)),
        Ok(SignIn::Wait(seconds)) => (FieldErrors::one("password", wait_words(seconds)), Some(seconds)),
        Ok(SignIn::Refused | SignIn::Over | SignIn::Nowhere) => {
            (FieldErrors::one("password", "That isn’t the password of this account."), None)
        }
        Err(zoop_app::Error::Fields(errors)) => (errors, None),
        Err(error) => return Err(error.into()),
    };
    let invited = open(&web.app, &token).await?;
    let page =
        InvitationPage { path: route::invitation(&token), invited, entered: Entered::refused(gate.fields, errors) };
    match seconds {
        Some(seconds) => Ok(slowed(seconds, ok(&page)?)),
        None => with_status(StatusCode::UNPROCESSABLE_ENTITY, &page),
    }
}

impl Samples for InvitationPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{greenline, id, instant};
        use zoop_domain::invitation::Invitation;
        use zoop_domain::user::Role;
        let page = |has_account, is_open| Self {
            path: route::invitation(&"A".repeat(43)),
            invited: Invited {
                invitation: Invitation {
                    id: id("ivt", 1),
                    business: greenline().id,
                    email: "priya@greenline.example".into(),
                    role: Role::Office,
                    invited_by: id("usr", 1),
                    created_at: instant("2026-09-15T14:00:00Z"),
                    expires_at: instant("2026-09-22T14:00:00Z"),
                    ended: None,
                },
                business: greenline(),
                by: "Nora Keane".into(),
                has_account,
                is_open,
            },
            entered: Entered::default(),
        };
        let mut errors = FieldErrors::one("name", "Enter a name.");
        errors.push("password", "Use at least 10 characters.");
        let refused = Entered::refused(super::Fields::default(), errors);
        vec![
            ("invitation", page(false, true)),
            ("invitation-refused", Self { entered: refused, ..page(false, true) }),
            ("invitation-account", page(true, true)),
            ("invitation-over", page(false, false)),
        ]
    }
}
