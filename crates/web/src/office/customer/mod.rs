//! Customers: the list, one with his portal link and all that hangs on him, and what is kept of him.

pub mod archive;
pub mod consent;
pub mod dialog;
pub mod erase;
pub mod form;
pub mod list;
pub mod portal_access;
pub mod show;
pub mod timeline;
pub mod view;

use std::str::FromStr;

use axum::Router;
use axum::routing::{get, post};

use crate::Web;
use crate::error::PageError;
use crate::routes::office::customer;

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route(customer::CUSTOMERS, get(list::get))
        .route(customer::NEW, get(form::new).post(form::create))
        .route(customer::SHOW, get(show::get))
        .route(customer::EDIT, get(form::open).post(form::edit))
        .route(customer::ARCHIVE, post(archive::archive))
        .route(customer::BRING_BACK, post(archive::bring_back))
        .route(customer::ERASE, post(erase::post))
        .route(customer::GENERATE, get(portal_access::back).post(portal_access::generate))
        .route(customer::ROTATE, get(portal_access::back).post(portal_access::rotate))
        .route(customer::REVOKE, post(portal_access::revoke))
        .route(customer::EVIDENCE, get(consent::evidence))
        .route(customer::TURN_OFF, post(consent::turn_off))
        .route(customer::VIEW, get(view::home))
        .route(customer::VIEW_INVOICE, get(view::invoice))
        .route(customer::VIEW_RECEIPT, get(view::receipt))
}

/// An id that stands in a path. A malformed one is one that isn't there.
pub(crate) fn id<T: FromStr>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// "Rosa’s".
pub(crate) fn possessive(name: &str) -> String {
    format!("{name}’s")
}

/// With a capital at its beginning.
pub(crate) fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// A number that isn't counted beyond a thousand: "38", "1,000+".
pub(crate) fn counted(count: i64, most: i64) -> String {
    match count {
        count if count > most && most == 1_000 => "1,000+".to_owned(),
        count if count > most => format!("{most}+"),
        1_000 => "1,000".to_owned(),
        count => count.to_string(),
    }
}
