//! Invoices: the list with its tabs, the editor of drafts, one invoice with all that is done with it.

mod act;
pub mod badge;
pub mod dialog;
pub mod editor;
pub mod list;
pub mod show;
mod timeline;

use axum::Router;
use axum::routing::{get, post};

use crate::Web;
use crate::routes::office::invoice;

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route(invoice::INVOICES, get(list::get).post(editor::create))
        .route(invoice::NEW, get(editor::new))
        .route(invoice::INVOICE, get(show::get))
        .route(invoice::EDIT, get(editor::open).post(editor::edit))
        .route(invoice::SEND, post(act::send))
        .route(invoice::RESEND, post(act::resend))
        .route(invoice::RECORD, post(act::record))
        .route(invoice::RETRY, post(act::retry))
        .route(invoice::STOP_RETRYING, post(act::stop_retrying))
        .route(invoice::NOTES, post(act::note))
        .route(invoice::DUE, post(act::change_due))
        .route(invoice::DUPLICATE, post(act::duplicate))
        .route(invoice::WRITE_OFF, post(act::write_off))
        .route(invoice::VOID, post(act::void))
        .route(invoice::DELETE, post(act::discard))
}
