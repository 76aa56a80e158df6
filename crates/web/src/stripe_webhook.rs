//! Stripe's webhooks. The raw bytes are what was signed; the app keeps the event, a job does the rest.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use zoop_app::webhook::receive::{Received, receive};
use zoop_app::{App, Error};

/// Stripe's events are far below this.
pub const BODY_LIMIT: usize = 256 * 1024;

/// `POST /stripe/webhook`: 200 once the event is kept, 400 for a signature or body that can't be
/// believed, 503 when it could not be kept, so that Stripe sends it again.
pub async fn post(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match receive(&app, &body, signature).await {
        Ok(Received::Kept) => (StatusCode::OK, "kept\n").into_response(),
        Ok(Received::Known) => (StatusCode::OK, "known already\n").into_response(),
        Ok(Received::OtherMode) => (StatusCode::OK, "of the other mode, left alone\n").into_response(),
        Err(Error::Invalid(why)) => {
            tracing::warn!(why, "a webhook was refused");
            (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response()
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a webhook could not be kept");
            (StatusCode::SERVICE_UNAVAILABLE, "not kept; please send it again\n").into_response()
        }
    }
}
