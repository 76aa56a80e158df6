//! `/sign-in/code`: whose password was right gives the code of his authenticator, or one that stands in for it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use zoop_app::session::sign_in::{SignIn, give_code, who_is_half_in};
use zoop_domain::secret::PlainToken;

use super::signed_in;
use crate::Web;
use crate::error::PageError;
use crate::office::cookie;
use crate::office::gate::{Gate, slowed, wait_words};
use crate::office::posted::Fields;
use crate::page::{Samples, ok, with_status};
use crate::routes::office::account::{SIGN_IN_LATE, after_sign_in, code_then};

const WRONG: &str = "That isn’t a code we can take. Each is good once: wait for the next one, and try again.";
const NOWHERE: &str = "You don’t belong to a business any more. Its owner can invite you again.";

/// The page.
#[derive(Template)]
#[template(path = "office/account/code.html", whitespace = "minimize")]
pub struct CodePage {
    next: String,
    error: Option<String>,
}

/// On to the page that asks, with a cookie that says whose password was right.
pub(in crate::office) fn ask(web: &Web, half: &PlainToken, next: &str) -> Response {
    ([(SET_COOKIE, cookie::half_in(half, web.is_https()))], Redirect::to(&code_then(next))).into_response()
}

/// `GET /sign-in/code`
pub async fn get(State(web): State<Web>, headers: HeaderMap, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let half = cookie::who_is_half_in(&headers, web.is_https());
    let known = match &half {
        Some(half) => who_is_half_in(&web.app, half).await?.is_some(),
        None => false,
    };
    if !known {
        return Ok(Redirect::to(SIGN_IN_LATE).into_response());
    }
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    ok(&CodePage { next: after_sign_in(query.get("next")).to_owned(), error: None })
}

/// `POST /sign-in/code`
pub async fn post(State(web): State<Web>, headers: HeaderMap, gate: Gate) -> Result<Response, PageError> {
    let Some(half) = cookie::who_is_half_in(&headers, web.is_https()) else {
        return Ok(Redirect::to(SIGN_IN_LATE).into_response());
    };
    let next = after_sign_in(gate.fields.get("next")).to_owned();
    let outcome = give_code(&web.app, &half, gate.fields.get("code"), gate.ip, &gate.browser()).await?;
    let page = |error: &str| CodePage { next: next.clone(), error: Some(error.to_owned()) };
    match outcome {
        SignIn::In(entered) => Ok(signed_in(&web, &entered, &next)),
        SignIn::Wait(seconds) => Ok(slowed(seconds, ok(&page(&wait_words(seconds)))?)),
        SignIn::Nowhere => with_status(StatusCode::UNPROCESSABLE_ENTITY, &page(NOWHERE)),
        SignIn::Refused => with_status(StatusCode::UNPROCESSABLE_ENTITY, &page(WRONG)),
        SignIn::Over | SignIn::CodeNeeded(_) => Ok(Redirect::to(SIGN_IN_LATE).into_response()),
    }
}

impl Samples for CodePage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |error: Option<&str>| Self { next: "/office".into(), error: error.map(str::to_owned) };
        vec![("sign-in-code", page(None)), ("sign-in-code-wrong", page(Some(WRONG)))]
    }
}
