//! "Got it": an alert has been seen.

use axum::extract::State;
use axum::response::Response;
use zoop_app::alert::resolve;

use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Posted, toast};
use crate::routes::office::home;

/// `POST /office/alerts/{alert}/resolve`
pub async fn post(
    State(web): State<Web>,
    Segments(alert): Segments<String>,
    form: Posted,
) -> Result<Response, PageError> {
    let alert = alert.parse().map_err(|_| PageError::NotFound)?;
    resolve::resolve(&web.app, form.staff.actor(), form.staff.at(), &alert).await?;
    Ok(toast::redirect(home::HOME, "Done: that is off your list."))
}
