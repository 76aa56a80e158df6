//! A business's stylesheet and logo. Both are public and kept by browsers for good: their URLs
//! hold a hash of what they say.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use zoop_app::brand;

use crate::Web;
use crate::asset::IMMUTABLE;
use crate::error::PageError;
use crate::extract::Segments;
use crate::page::brand::{stylesheet, stylesheet_hash};

/// `GET /brand/{business}/{hash}.css`
pub async fn css(
    State(web): State<Web>,
    Segments((business, file)): Segments<(String, String)>,
) -> Result<Response, PageError> {
    let hash = file.strip_suffix(".css").ok_or(PageError::NotFound)?;
    let color = brand::color(&web.app, &business).await?;
    if hash != stylesheet_hash(color) {
        return Err(PageError::NotFound);
    }
    let head = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, IMMUTABLE)];
    Ok((head, stylesheet(color)).into_response())
}

/// `GET /brand/{business}/logo/{hash}`. Opened by itself, an SVG could run script in our name;
/// the policy forbids it all.
pub async fn logo(
    State(web): State<Web>,
    Segments((business, hash)): Segments<(String, String)>,
) -> Result<Response, PageError> {
    let logo = brand::logo(&web.app, &business, &hash).await?;
    let head = [
        (CONTENT_TYPE, logo.content_type.as_str()),
        (CACHE_CONTROL, IMMUTABLE),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"),
    ];
    Ok((head, logo.bytes).into_response())
}
