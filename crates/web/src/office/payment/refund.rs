//! Giving a payment back: the owner's alone.

use axum::extract::{Path, State};
use axum::response::Response;
use zoop_app::payment::refund::{self, TypedRefund};
use zoop_domain::id::PaymentId;

use super::show::{Ask, redraw};
use crate::Web;
use crate::error::PageError;
use crate::office::{Posted, toast};
use crate::routes::office::payment;

/// `POST /office/payments/{payment}/refund`
pub async fn post(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    staff.must_be_owner()?;
    let id: PaymentId = path.parse().map_err(|_| PageError::NotFound)?;
    let typed = TypedRefund { amount: fields.get("amount"), reason: fields.get("reason"), seen: fields.get("seen") };
    match refund::refund(&web.app, staff.actor(), staff.at(), &id, typed).await {
        Ok((_, amount)) => Ok(toast::redirect(&payment::show(&id), &format!("{amount} are on their way back."))),
        Err(error) => redraw(&web, &staff, &path, Ask::Refund, fields, error).await,
    }
}
