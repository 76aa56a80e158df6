//! `/reset-password/{token}`: a new password, by the link in a mail.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use zoop_app::password_reset::reset::{open, reset};

use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::Entered;
use crate::office::gate::Gate;
use crate::page::{Samples, ok, with_status};
use crate::routes::office::account::{SIGN_IN_ANEW, reset_password};

/// The page.
#[derive(Template)]
#[template(path = "office/account/reset.html", whitespace = "minimize")]
pub struct ResetPage {
    path: String,
    email: String,
    entered: Entered,
}

/// `GET /reset-password/{token}`
pub async fn get(State(web): State<Web>, Segments(token): Segments<String>) -> Result<Response, PageError> {
    let user = open(&web.app, &token).await?;
    let page = ResetPage { path: reset_password(&token), email: user.email, entered: Entered::default() };
    ok(&page)
}

/// `POST /reset-password/{token}`
pub async fn post(
    State(web): State<Web>,
    Segments(token): Segments<String>,
    gate: Gate,
) -> Result<Response, PageError> {
    let user = open(&web.app, &token).await?;
    match reset(&web.app, &token, &gate.fields.get("password").into()).await {
        Ok(()) => Ok(Redirect::to(SIGN_IN_ANEW).into_response()),
        Err(zoop_app::Error::Fields(errors)) => {
            let entered = Entered::refused(gate.fields, errors);
            let page = ResetPage { path: reset_password(&token), email: user.email, entered };
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

impl Samples for ResetPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use zoop_domain::form::FieldErrors;
        let page = |errors| Self {
            path: reset_password(&"A".repeat(43)),
            email: "nora@greenline.example".into(),
            entered: Entered::refused(crate::office::Fields::default(), errors),
        };
        let short = FieldErrors::one("password", "Use at least 10 characters. A few words in a row are good.");
        vec![("reset-password", page(FieldErrors::default())), ("reset-password-short", page(short))]
    }
}
