//! Signing in and out, and what is a person's own.

pub mod authenticator;
pub mod code;
pub mod forgot;
pub mod reset;
pub mod show;
pub mod sign_in;

use axum::Router;
use axum::extract::State;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::header::SET_COOKIE;
use zoop_app::session::{SignedIn, end, switch as app_switch};
use zoop_app::user::account::sign_out_everywhere;
use zoop_domain::id::BusinessId;

use super::{Posted, cookie, gate, toast};
use crate::Web;
use crate::error::PageError;
use crate::routes::office::{account, home};

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    let secret = Router::new()
        .route(account::RESET_PASSWORD, get(reset::get).post(reset::post))
        .layer(map_response(gate::secret));
    Router::new()
        .route(account::SIGN_IN, get(sign_in::get).post(sign_in::post))
        .route(account::CODE, get(code::get).post(code::post))
        .route(account::FORGOT_PASSWORD, get(forgot::get).post(forgot::post))
        .route(account::ACCOUNT, get(show::get))
        .route(account::NAME, post(show::rename))
        .route(account::PASSWORD, post(show::change_password))
        .route(account::AUTHENTICATOR, get(authenticator::get).post(authenticator::begin))
        .route(account::CONFIRM_AUTHENTICATOR, post(authenticator::confirm))
        .route(account::TURN_OFF_AUTHENTICATOR, post(authenticator::turn_off))
        .route(account::SIGN_OUT, post(sign_out))
        .route(account::SIGN_OUT_EVERYWHERE, post(everywhere))
        .route(account::SWITCH, post(switch))
        .merge(secret)
}

/// `POST /office/sign-out`
pub async fn sign_out(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    end::end(&web.app, &form.staff.session).await?;
    Ok(signed_out(&web, account::SIGN_IN))
}

/// `POST /office/account/sign-out-everywhere`
pub async fn everywhere(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    sign_out_everywhere(&web.app, &form.staff.user).await?;
    Ok(signed_out(&web, account::SIGN_IN_AGAIN))
}

/// `POST /office/switch`
pub async fn switch(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let unknown = || PageError::Invalid("Choose one of the businesses you belong to.".to_owned());
    let business: BusinessId = form.fields.get("business").parse().map_err(|_| unknown())?;
    match app_switch::switch(&web.app, &form.staff.session, &business).await {
        Ok(()) => Ok(toast::redirect(home::HOME, "You work in another business now.")),
        Err(zoop_app::Error::NotFound) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}

/// On to `path` with the cookies of a complete sign-in.
pub(super) fn signed_in(web: &Web, entered: &SignedIn, path: &str) -> Response {
    cookie::keep(Redirect::to(path).into_response(), entered, web.is_https())
}

fn signed_out(web: &Web, path: &str) -> Response {
    ([(SET_COOKIE, cookie::sign_out(web.is_https()))], Redirect::to(path)).into_response()
}
