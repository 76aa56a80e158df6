//! What the pages share: how one is answered, and how a status, a method and a brand look. The markup of
//! these is in `templates/components`.

pub mod brand;
pub mod spoken;
pub mod status_look;
pub mod when;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use crate::error::PageError;

/// Something with examples of itself. One test renders them all.
pub trait Samples: Template + Sized {
    /// Every state of the page that looks different, each by a name fit for a file.
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)>;
}

/// The page, with 200.
pub(crate) fn ok(page: &impl Template) -> Result<Response, PageError> {
    with_status(StatusCode::OK, page)
}

/// The page, with `status`.
pub(crate) fn with_status(status: StatusCode, page: &impl Template) -> Result<Response, PageError> {
    let html = page.render().map_err(PageError::internal)?;
    Ok((status, Html(html)).into_response())
}
