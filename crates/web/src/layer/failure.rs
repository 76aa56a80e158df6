//! Draws the page of a failed request and logs it, in one place.

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};

use super::request_id::RequestId;
use crate::error::Failure;

/// Replaces a [`crate::error::PageError`] by its page.
pub async fn run(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let mut response = next.run(request).await;
    let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() else {
        return response;
    };
    error.log(id.as_str());
    // A page of a few constants can't fail to render; were it to, its status still speaks.
    *response.body_mut() = Body::from(error.page(id.as_str()).unwrap_or_default());
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}
