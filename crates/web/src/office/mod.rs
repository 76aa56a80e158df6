//! The owner's application: where the business's own people run customers, money and links. One folder a
//! noun, as everywhere; here is what all its pages share.

pub mod account;
pub mod browser_name;
pub mod choose_customer;
pub mod cookie;
pub mod csv;
pub mod customer;
pub mod entered;
pub mod export;
pub mod frame;
pub mod gate;
pub mod home;
pub mod import;
pub mod invitation;
pub mod invoice;
pub mod line_editor;
pub mod pages;
pub mod payment;
pub mod plan;
pub mod posted;
pub mod quote;
pub mod settings;
pub mod setup;
pub mod staff;
pub mod toast;
pub mod uploaded;
pub mod when;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};

use crate::Web;

pub use entered::Entered;
pub use frame::{Frame, Place};
pub use posted::{Fields, Posted};
pub use staff::Staff;
pub use uploaded::Uploaded;

/// No form but an upload is longer: an invoice of a hundred lines stays far below.
const BODY_LIMIT: usize = 256 * 1024;

/// The routes of [`crate::routes::office::all`].
pub(crate) fn router(web: &Web) -> Router<Web> {
    let headers = crate::layer::headers::Headers::of_office(web.app.checkout_origin());
    let router = Router::new()
        .merge(home::router())
        .merge(account::router())
        .merge(invoice::router())
        .merge(quote::router())
        .merge(plan::router())
        .merge(payment::router())
        .merge(invitation::router())
        .merge(settings::router())
        .merge(setup::router())
        .merge(customer::router())
        .merge(import::router())
        .merge(export::router())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(headers, crate::layer::headers::run));
    if web.is_https() { router.layer(map_response(cookie::secure)) } else { router }
}
