//! The variable parts of a path. A part that can't be read is a page that isn't there: malformed
//! and unknown must look the same.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::PageError;
use crate::routes::{InvoicePath, PortalPath, QuotePath};

/// Like axum's `Path`, with our 404.
pub struct Segments<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(_) => Err(PageError::NotFound),
        }
    }
}

#[derive(Deserialize)]
struct Secrets {
    token: String,
    invoice: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for PortalPath {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let Segments(Secrets { token, .. }) = Segments::from_request_parts(parts, state).await?;
        Ok(Self::new(token))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for QuotePath {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let Segments(Secrets { token, .. }) = Segments::from_request_parts(parts, state).await?;
        Ok(Self::new(token))
    }
}

/// Only the routes below `/p` have an `{invoice}`, so what comes by `/i` never becomes a portal.
impl<S: Send + Sync> FromRequestParts<S> for InvoicePath {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let Segments(Secrets { token, invoice }) = Segments::from_request_parts(parts, state).await?;
        Ok(match invoice {
            Some(invoice) => Self::Portal { portal: PortalPath::new(token), invoice },
            None => Self::Public { token },
        })
    }
}
