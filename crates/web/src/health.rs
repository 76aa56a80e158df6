//! Whether the process lives, and whether it can serve: for load balancers and supervisors.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use zoop_app::App;

/// `GET /healthz`: the process answers.
pub async fn healthz() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: the database answers and its schema fits; 503 otherwise, the reason in the log.
pub async fn readyz(State(app): State<App>) -> Response {
    match app.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}
