//! Make this my default: the radio button of any row.

use axum::extract::State;
use axum::response::Response;
use zoop_app::payment_method::set_default::set_default;

use crate::Web;
use crate::error::PageError;
use crate::extract::ChoiceForm;
use crate::portal::after_post;
use crate::portal::notice::Asked;
use crate::routes::PortalPath;

/// `POST /p/{token}/payment-methods/default`
pub async fn post(State(web): State<Web>, path: PortalPath, form: ChoiceForm) -> Result<Response, PageError> {
    let done = set_default(&web.app, path.token(), &form.default).await;
    after_post::say(&web, &path, done.map(|()| Asked::Default)).await
}
