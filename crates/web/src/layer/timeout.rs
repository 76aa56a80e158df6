//! Ends a request that takes too long. What it had begun is safe: a payment is stored before
//! Stripe is asked, and the reconciler finds it again.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::PageError;

/// Runs the rest within `limit`.
pub async fn run(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => PageError::TimedOut.into_response(),
    }
}
