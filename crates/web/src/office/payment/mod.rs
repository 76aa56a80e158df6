//! Payments: the list with its filters, the same as a file, one payment, giving it back, and taking it back.

pub mod export;
pub mod list;
mod refund;
pub mod show;
mod take_back;

use axum::Router;
use axum::routing::{get, post};

use crate::Web;
use crate::routes::office::payment;

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route(payment::PAYMENTS, get(list::get))
        .route(payment::EXPORT, get(export::get))
        .route(payment::PAYMENT, get(show::get))
        .route(payment::REFUND, post(refund::post))
        .route(payment::TAKE_BACK, post(take_back::post))
}
