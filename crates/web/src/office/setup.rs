//! `/setup`: the first run. Who can read what the server printed makes the first owner and his business.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use zoop_app::business::create::EnteredBusiness;
use zoop_app::setup::{self, Entered as Form, SetUp, is_open};
use zoop_domain::form::FieldErrors;
use zoop_domain::money::Currency;
use zoop_domain::time::TimeZone;

use super::account::signed_in;
use super::entered::Entered;
use super::gate::{Gate, slowed, wait_words};
use super::posted::Fields;
use crate::Web;
use crate::error::PageError;
use crate::page::{Samples, ok, with_status};
use crate::routes::office::{home, setup as route};

/// The page.
#[derive(Template)]
#[template(path = "office/setup.html", whitespace = "minimize")]
pub struct SetupPage {
    entered: Entered,
}

impl SetupPage {
    fn time_zones(&self) -> Vec<(String, String)> {
        let names = TimeZone::names().into_iter().map(|name| (name.clone(), name.replace('_', " ")));
        std::iter::once((String::new(), "Choose one".to_owned())).chain(names).collect()
    }

    fn currencies(&self) -> Vec<(&'static str, String)> {
        let all = Currency::ALL.iter();
        all.map(|it| (it.as_str(), format!("{} ({})", it.name(), it.as_str().to_uppercase()))).collect()
    }
}

/// The routes of this file.
pub(crate) fn router() -> Router<Web> {
    Router::new().route(route::SETUP, get(show).post(post))
}

/// `GET /setup`
pub async fn show(State(web): State<Web>) -> Result<Response, PageError> {
    if !is_open(&web.app).await? {
        return Err(PageError::NotFound);
    }
    ok(&SetupPage { entered: Entered::default() })
}

/// `POST /setup`
pub async fn post(State(web): State<Web>, gate: Gate) -> Result<Response, PageError> {
    let field = |name| gate.fields.get(name);
    let entered = Form {
        code: field("code"),
        name: field("name"),
        email: field("email"),
        password: field("password").into(),
        business: EnteredBusiness {
            business: field("business"),
            time_zone: field("time_zone"),
            currency: field("currency"),
            phone: field("phone"),
            business_email: field("business_email"),
            address: field("address"),
        },
        ip: gate.ip,
        browser: gate.browser(),
    };
    match setup::set_up(&web.app, &entered).await {
        Ok(SetUp::Done(entered)) => Ok(signed_in(&web, &entered, home::HOME)),
        Ok(SetUp::Wait(seconds)) => {
            let errors = FieldErrors::one("code", wait_words(seconds));
            Ok(slowed(seconds, ok(&refused(gate.fields, errors))?))
        }
        Err(zoop_app::Error::Fields(errors)) => {
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &refused(gate.fields, errors))
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(fields: Fields, errors: FieldErrors) -> SetupPage {
    SetupPage { entered: Entered::refused(fields, errors) }
}

impl Samples for SetupPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let fields = Fields::of([("code", "ABCD"), ("name", "Nora Keane"), ("business", "<Green> & \"line\"")]);
        let mut errors = FieldErrors::one("code", "That isn’t the code.");
        errors.push("password", "Use at least 10 characters.");
        errors.push("time_zone", "Choose the time zone your days begin in.");
        vec![("setup", Self { entered: Entered::default() }), ("setup-refused", refused(fields, errors))]
    }
}
