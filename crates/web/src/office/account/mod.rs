//! Signing in and out, and what is a person's own.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use http::header::SET_COOKIE;
use zoop_app::session::end;

use super::{Posted, cookie};
use crate::Web;
use crate::error::PageError;
use crate::routes::office::account;

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new().route(account::SIGN_OUT, post(sign_out))
}

/// `POST /office/sign-out`
pub async fn sign_out(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    end::end(&web.app, &form.staff.session).await?;
    Ok(([(SET_COOKIE, cookie::sign_out(web.is_https()))], Redirect::to(account::SIGN_IN)).into_response())
}
