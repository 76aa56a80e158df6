//! Remove a card: what its dialog asked about, confirmed.

use axum::extract::State;
use axum::response::Response;
use zoop_app::Error;
use zoop_app::payment_method::remove::remove;

use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::portal::after_post;
use crate::portal::notice::Asked;
use crate::routes::PortalPath;

/// `POST /p/{token}/payment-methods/{method}/remove`
pub async fn post(
    State(web): State<Web>,
    Segments((token, method)): Segments<(String, String)>,
) -> Result<Response, PageError> {
    let path = PortalPath::new(token);
    let done = remove(&web.app, path.token(), &method).await;
    let done = done.and_then(|_| method.parse().map(Asked::Removed).map_err(|_| Error::NotFound));
    after_post::say(&web, &path, done).await
}
