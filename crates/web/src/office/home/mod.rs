//! The first page: how the money is doing, and what needs somebody.

pub mod attention;
pub mod chart;
pub mod resolve;
pub mod show;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::Web;
use crate::routes::office::home;

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route(home::ROOT, get(root))
        .route(home::HOME, get(show::get))
        .route(home::ALERT_RESOLVE, post(resolve::post))
}

/// `GET /`
pub async fn root() -> Redirect {
    Redirect::to(home::HOME)
}
