//! Taking a payment by hand back, which bounced or was a mistake.

use axum::extract::{Path, State};
use axum::response::Response;
use zoop_app::payment::take_back;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::PaymentId;

use super::show::{Ask, redraw};
use crate::Web;
use crate::error::PageError;
use crate::office::{Posted, toast};
use crate::routes::office::payment;

/// `POST /office/payments/{payment}/take-back`
pub async fn post(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let id: PaymentId = path.parse().map_err(|_| PageError::NotFound)?;
    let done = match fields.get("why").parse() {
        Ok(why) => take_back::take_back(&web.app, staff.actor(), staff.at(), &id, why).await,
        Err(_) => Err(FieldErrors::one("why", "Say why it doesn’t count.").into()),
    };
    match done {
        Ok(()) => Ok(toast::redirect(&payment::show(&id), "It is taken back: its invoice is owed again.")),
        Err(error) => redraw(&web, &staff, &path, Ask::TakeBack, fields, error).await,
    }
}
