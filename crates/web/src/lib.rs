//! HTTP only: unpack the request, call the app, answer with a page.
//!
//! Every page is a struct beside its handler, its template at the same path below `templates`.
//! No SQL, no rule and no clock in here.

pub mod asset;
pub mod attempt;
pub mod brand;
pub mod card_setup;
pub mod consent;
pub mod error;
pub mod extract;
pub mod health;
pub mod invoice;
pub mod layer;
pub mod office;
pub mod page;
pub mod payment_method;
pub mod portal;
pub mod quote;
pub mod routes;
#[cfg(any(test, feature = "samples"))]
pub mod sample;
pub mod serve;
pub mod stripe_webhook;

#[cfg(test)]
mod pages_test;
#[cfg(test)]
mod router_test;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use ipnet::IpNet;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

use error::PageError;
use layer::headers::Headers;
use layer::request_id::RequestIds;

/// What the operator decides about HTTP.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// After how long an answer is given up.
    pub timeout: Duration,
    /// Something that differs from run to run, such as the microsecond of the start; reference
    /// numbers are made from it.
    pub request_id_seed: u64,
}

impl Default for WebConfig {
    /// No proxy, 30 seconds.
    fn default() -> Self {
        Self { trusted_proxies: Vec::new(), timeout: Duration::from_secs(30), request_id_seed: 0 }
    }
}

/// What handlers share.
#[derive(Clone)]
pub struct Web {
    /// The program.
    pub app: zoop_app::App,
    /// The operator's choices.
    pub config: Arc<WebConfig>,
}

impl Web {
    /// Whether browsers reach this install by https, so that cookies can insist on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.app.base_url().scheme() == "https"
    }
}

impl FromRef<Web> for zoop_app::App {
    fn from_ref(web: &Web) -> Self {
        web.app.clone()
    }
}

/// No form of a customer is longer than this; it has an amount and a tick.
const CUSTOMER_BODY_LIMIT: usize = 16 * 1024;

/// Everything this crate answers. Serve it with [`serve::serve`]: the client's address is taken from there.
///
/// # Errors
/// An origin of the checkout page that can't stand in a header.
pub fn router(app: zoop_app::App, config: WebConfig) -> Result<Router, http::header::InvalidHeaderValue> {
    let headers = Headers::new(app.base_url(), app.checkout_origin())?;
    let (timeout, seed) = (config.timeout, config.request_id_seed);
    let web = Web { app, config: Arc::new(config) };
    let routes = customer_routes().merge(office::router(&web));
    Ok(layered(routes, headers, timeout, RequestIds::new(seed)).with_state(web))
}

/// The routes of [`routes::ALL`].
fn customer_routes() -> Router<Web> {
    Router::new()
        .route(routes::PORTAL, get(portal::home::get))
        .route(routes::PORTAL_INVOICE, get(invoice::show::get))
        .route(routes::PORTAL_INVOICE_PAY, get(invoice::pay::get).post(invoice::pay::post))
        .route(routes::PORTAL_INVOICE_RECEIPT, get(invoice::receipt::get))
        .route(routes::PORTAL_INVOICE_PDF, get(invoice::document::invoice))
        .route(routes::PORTAL_RECEIPT_PDF, get(invoice::document::receipt))
        .route(routes::PAYMENT_METHODS, get(portal::home::back).post(payment_method::add::post))
        .route(routes::DEFAULT_METHOD, get(portal::home::back).post(payment_method::set_default::post))
        .route(routes::REMOVE_METHOD, get(portal::home::back).post(payment_method::remove::post))
        .route(routes::TURN_OFF, get(portal::home::back).post(consent::turn_off::post))
        .route(routes::CHANGE_CARD, get(portal::home::back).post(consent::change_card::post))
        .route(routes::INVOICE, get(invoice::show::get))
        .route(routes::INVOICE_PAY, get(invoice::pay::get).post(invoice::pay::post))
        .route(routes::INVOICE_RECEIPT, get(invoice::receipt::get))
        .route(routes::INVOICE_PDF, get(invoice::document::invoice))
        .route(routes::RECEIPT_PDF, get(invoice::document::receipt))
        .route(routes::QUOTE, get(quote::show::get).post(quote::answer::post))
        .route(routes::WAY_BACK, get(attempt::come_back::get))
        .route(routes::BRAND_CSS, get(brand::css))
        .route(routes::BRAND_LOGO, get(brand::logo))
        .route(routes::ASSET, get(asset::get))
        .route(routes::FAVICON, get(asset::favicon_ico))
        .route(routes::ROBOTS, get(asset::robots))
        .route(routes::HEALTHZ, get(health::healthz))
        .route(routes::READYZ, get(health::readyz))
        .layer(DefaultBodyLimit::max(CUSTOMER_BODY_LIMIT))
        .merge(webhook_routes())
}

/// Stripe's side, with a limit of its own.
fn webhook_routes() -> Router<Web> {
    Router::new()
        .route(routes::STRIPE_WEBHOOK, post(stripe_webhook::post))
        .layer(DefaultBodyLimit::max(stripe_webhook::BODY_LIMIT))
}

/// Wraps `router` in what every request passes. Each `layer` is outside the ones above it, so a
/// request meets the last one first.
pub fn layered<S>(router: Router<S>, headers: Headers, timeout: Duration, ids: RequestIds) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    router
        .fallback(async || PageError::NotFound)
        .method_not_allowed_fallback(async || PageError::MethodNotAllowed)
        // Innermost: a panic in a handler becomes a failure like any other, and the task lives on.
        .layer(CatchPanicLayer::custom(|payload: Box<dyn std::any::Any + Send>| {
            PageError::panicked(payload.as_ref()).into_response()
        }))
        // Outside the panics, inside the drawing: a timeout gets a page, too.
        .layer(from_fn_with_state(timeout, layer::timeout::run))
        // Draws whatever failed further in; needs the request's name, which is given further out.
        .layer(from_fn(layer::failure::run))
        // Compresses error pages as well. The cheapest level: a page of 21 kB costs 20 µs by zstd
        // and grows by a few hundred bytes. Assets come compressed already and pass through.
        // So does a PDF, which is compressed inside.
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(DefaultPredicate::new().and(NotForContentType::new("application/pdf"))),
        )
        // After all that makes an answer, so that none leaves without them.
        .layer(from_fn_with_state(headers, layer::headers::run))
        // Outermost: the log's line has the final status and the whole time.
        .layer(from_fn_with_state(ids, layer::request_id::run))
}
