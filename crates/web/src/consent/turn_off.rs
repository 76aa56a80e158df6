//! Turn off auto-pay: what its dialog asked about, confirmed, in the portal or by a mail's link.

use axum::extract::State;
use axum::response::Response;
use zoop_app::Error;
use zoop_app::consent::turn_off::turn_off;

use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::portal::after_post;
use crate::portal::notice::Asked;
use crate::routes::PortalPath;

/// `POST /p/{token}/consents/{consent}/turn-off`. A mail's link leads from there to the page that says
/// that its consent is over.
pub async fn post(
    State(web): State<Web>,
    Segments((token, consent)): Segments<(String, String)>,
) -> Result<Response, PageError> {
    let path = PortalPath::new(token);
    let done = turn_off(&web.app, path.token(), &consent).await;
    let done = done.and_then(|_| consent.parse().map(Asked::TurnedOff).map_err(|_| Error::NotFound));
    after_post::say(&web, &path, done).await
}
