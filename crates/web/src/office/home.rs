//! Home: how the money is doing, and what needs somebody.

use askama::Template;
use axum::Router;
use axum::response::{Redirect, Response};
use axum::routing::get;

use super::{Frame, Place, Staff};
use crate::Web;
use crate::error::PageError;
use crate::routes::office::home;

/// The page.
#[derive(Template)]
#[template(path = "office/home.html", whitespace = "minimize")]
pub struct OfficeHomePage {
    frame: Frame,
}

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new().route(home::ROOT, get(root)).route(home::HOME, get(show))
}

/// `GET /`
pub async fn root() -> Redirect {
    Redirect::to(home::HOME)
}

/// `GET /office`
pub async fn show(staff: Staff) -> Result<Response, PageError> {
    staff.page(&OfficeHomePage { frame: staff.frame(Place::Home) })
}
