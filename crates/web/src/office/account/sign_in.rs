//! `/sign-in`: who wants to work says who he is.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use zoop_app::session::sign_in::{Credentials, SignIn, sign_in};
use zoop_app::setup;

use super::{code, signed_in};
use crate::Web;
use crate::error::PageError;
use crate::office::gate::{Gate, slowed, wait_words};
use crate::office::posted::Fields;
use crate::page::{Samples, ok, with_status};
use crate::routes::office::account::after_sign_in;

/// The same words whether the address is known or not.
const NO_MATCH: &str = "That email and password don’t match. Try again, or reset your password.";
const NOWHERE: &str = "You don’t belong to a business any more. Its owner can invite you again.";

/// What an address may say was done: the page has nothing else to know it by.
const NOTICES: [(&str, &str); 3] = [
    ("password", "Your new password is set. Sign in with it."),
    ("everywhere", "You are signed out everywhere."),
    ("late", "That took too long. Please begin again."),
];

/// The page.
#[derive(Template)]
#[template(path = "office/account/sign_in.html", whitespace = "minimize")]
pub struct SignInPage {
    email: String,
    next: String,
    error: Option<String>,
    /// What was just done.
    notice: Option<&'static str>,
}

/// `GET /sign-in`
pub async fn get(State(web): State<Web>, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    if setup::is_open(&web.app).await? {
        return Ok(Redirect::to(crate::routes::office::setup::SETUP).into_response());
    }
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let notice = NOTICES.iter().find(|(word, _)| query.get("done") == *word).map(|(_, notice)| *notice);
    ok(&SignInPage { email: String::new(), next: after_sign_in(query.get("next")).to_owned(), error: None, notice })
}

/// `POST /sign-in`
pub async fn post(State(web): State<Web>, gate: Gate) -> Result<Response, PageError> {
    let next = after_sign_in(gate.fields.get("next")).to_owned();
    let who = Credentials {
        email: gate.fields.get("email"),
        password: gate.fields.get("password").into(),
        ip: gate.ip,
        browser: gate.browser(),
    };
    let page = |error: &str| SignInPage {
        email: who.email.to_owned(),
        next: next.clone(),
        error: Some(error.to_owned()),
        notice: None,
    };
    match sign_in(&web.app, &who).await? {
        SignIn::In(entered) => Ok(signed_in(&web, &entered, &next)),
        SignIn::CodeNeeded(half) => Ok(code::ask(&web, &half, &next)),
        SignIn::Refused | SignIn::Over => with_status(StatusCode::UNPROCESSABLE_ENTITY, &page(NO_MATCH)),
        SignIn::Nowhere => with_status(StatusCode::UNPROCESSABLE_ENTITY, &page(NOWHERE)),
        SignIn::Wait(seconds) => Ok(slowed(seconds, ok(&page(&wait_words(seconds)))?)),
    }
}

impl Samples for SignInPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |error: Option<&str>| Self {
            email: error.map_or_else(String::new, |_| "nora@greenline.example".into()),
            next: "/office".into(),
            error: error.map(str::to_owned),
            notice: None,
        };
        vec![
            ("sign-in", page(None)),
            ("sign-in-done", Self { notice: Some(NOTICES[0].1), ..page(None) }),
            ("sign-in-refused", page(Some(NO_MATCH))),
            ("sign-in-slowed", page(Some(&wait_words(240)))),
        ]
    }
}
