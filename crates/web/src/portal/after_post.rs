//! The way on after a form of the portal: back to it with a line that says what was done, or out to
//! Stripe's page.

use axum::response::{IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use zoop_app::card_setup::start::SetupOutcome;
use zoop_app::{Error, portal};

use super::notice::Asked;
use crate::Web;
use crate::error::PageError;
use crate::extract::WayBackCookie;
use crate::routes::{BackPath, PortalPath};

/// Back to the portal. What was gone already, on a page that was open for long, is no 404 for
/// somebody whose link is good.
pub(crate) async fn say(web: &Web, path: &PortalPath, done: Result<Asked, Error>) -> Result<Response, PageError> {
    let asked = match done {
        Ok(asked) => asked,
        Err(Error::NotFound) if portal::opens_all(&web.app, path.token()).await? => Asked::Gone,
        Err(Error::Invalid(_)) => Asked::NoCards,
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&asked.url(path)).into_response())
}

/// On to the page where a card is typed.
pub(crate) fn to_card_page(web: &Web, path: &PortalPath, outcome: SetupOutcome) -> Response {
    match outcome {
        SetupOutcome::Checkout { url, code } => {
            let cookie = WayBackCookie::set(&BackPath::Portal(path.clone()), &code, web.is_https());
            ([(SET_COOKIE, cookie)], Redirect::to(url.as_str())).into_response()
        }
        SetupOutcome::Unavailable => Redirect::to(&Asked::Unavailable.url(path)).into_response(),
    }
}
