//! `/forgot-password`: asks for a mail with a way in. The answer is the same whether anybody has the address.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use zoop_app::password_reset::ask::{Asked, ask};

use crate::Web;
use crate::error::PageError;
use crate::office::gate::{Gate, slowed, wait_words};
use crate::page::{Samples, ok};

/// The page, and the one after it.
#[derive(Template)]
#[template(path = "office/account/forgot.html", whitespace = "minimize")]
pub struct ForgotPage {
    email: String,
    error: Option<String>,
    is_sent: bool,
}

/// `GET /forgot-password`
pub async fn get() -> Result<Response, PageError> {
    ok(&ForgotPage { email: String::new(), error: None, is_sent: false })
}

/// `POST /forgot-password`
pub async fn post(State(web): State<Web>, gate: Gate) -> Result<Response, PageError> {
    let email = gate.fields.get("email").trim().to_owned();
    match ask(&web.app, &email, gate.ip).await? {
        Asked::Done => ok(&ForgotPage { email, error: None, is_sent: true }),
        Asked::Wait(seconds) => {
            let page = ForgotPage { email, error: Some(wait_words(seconds)), is_sent: false };
            Ok(slowed(seconds, ok(&page)?))
        }
    }
}

impl Samples for ForgotPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |error: Option<String>, is_sent| Self { email: "nora@greenline.example".into(), error, is_sent };
        vec![
            ("forgot-password", page(None, false)),
            ("forgot-password-slowed", page(Some(wait_words(60)), false)),
            ("forgot-password-sent", page(None, true)),
        ]
    }
}
