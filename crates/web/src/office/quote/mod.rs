//! Quotes: list, editor, one quote with all that can be done to it.

pub mod act;
pub mod edit;
pub mod link;
pub mod list;
pub mod show;

use axum::Router;
use axum::routing::{get, post};
use zoop_domain::id::QuoteId;
use zoop_domain::quote::QuoteStatus;

use crate::Web;
use crate::error::PageError;
use crate::routes::office::quote;

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route(quote::QUOTES, get(list::get))
        .route(quote::NEW, get(edit::get_new).post(edit::post_new))
        .route(quote::QUOTE, get(show::get))
        .route(quote::EDIT, get(edit::get).post(edit::post))
        .route(quote::SEND, post(act::send))
        .route(quote::LINK, post(link::post))
        .route(quote::ACCEPT, post(act::accept))
        .route(quote::INVOICE, post(act::invoice))
        .route(quote::DUPLICATE, post(act::duplicate))
        .route(quote::DELETE, post(act::delete))
        .route(quote::WITHDRAW, post(act::withdraw))
}

/// The quote that a path names.
fn id(text: &str) -> Result<QuoteId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// How a status looks: tone, icon, word.
pub(crate) const fn look(status: QuoteStatus) -> (&'static str, &'static str, &'static str) {
    match status {
        QuoteStatus::Draft => ("", "pencil", "Draft"),
        QuoteStatus::Sent => ("info", "send", "Sent"),
        QuoteStatus::Accepted => ("good", "check", "Accepted"),
        QuoteStatus::Declined => ("bad", "x", "Declined"),
        QuoteStatus::Expired => ("", "clock", "Expired"),
        QuoteStatus::Withdrawn => ("", "ban", "Withdrawn"),
    }
}
