//! Add a card: on to Stripe's page, and back to the portal by the cookie.

use axum::extract::State;
use axum::response::Response;
use zoop_app::card_setup::start::start;

use crate::Web;
use crate::error::PageError;
use crate::portal::after_post;
use crate::routes::PortalPath;

/// `POST /p/{token}/payment-methods`
pub async fn post(State(web): State<Web>, path: PortalPath) -> Result<Response, PageError> {
    match start(&web.app, path.token()).await {
        Ok(outcome) => Ok(after_post::to_card_page(&web, &path, outcome)),
        Err(error) => after_post::say(&web, &path, Err(error)).await,
    }
}
