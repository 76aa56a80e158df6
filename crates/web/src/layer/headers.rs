//! The headers of every answer. A handler may set a header itself (an asset is cached, a logo
//! has a stricter policy); what it left out is filled in here, with the careful value.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, InvalidHeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

/// What every answer carries unless its handler knew better.
#[derive(Clone, Debug)]
pub struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    /// For an install at `base_url` whose customers pay on `checkout_origin`.
    ///
    /// # Errors
    /// An origin that can't stand in a header.
    pub fn new(base_url: &url::Url, checkout_origin: &str) -> Result<Self, InvalidHeaderValue> {
        let fixed = |name, value| (HeaderName::from_static(name), HeaderValue::from_static(value));
        let mut headers = vec![
            (CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy(checkout_origin))?),
            // The path is the secret: no cache keeps it, no other site is told it.
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            fixed("x-robots-tag", "noindex, nofollow"),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            fixed("cross-origin-opener-policy", "same-origin"),
            fixed("cross-origin-resource-policy", "same-origin"),
            fixed("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ];
        if base_url.scheme() == "https" {
            headers.push((STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")));
        }
        Ok(Self(headers))
    }

    /// What the owner's application has otherwise: its addresses are no secrets, its forms go to this site and, on the
    /// way to set up card payments, on to Stripe.
    #[must_use]
    pub fn of_office(checkout_origin: &str) -> Self {
        let policy = policy(&format!("{CONNECT_ORIGIN} {checkout_origin}"));
        let policy = HeaderValue::try_from(policy).map(|policy| (CONTENT_SECURITY_POLICY, policy));
        let referrer = (REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        Self(policy.into_iter().chain([referrer]).collect())
    }
}

/// Where Stripe asks a business for its particulars.
const CONNECT_ORIGIN: &str = "https://connect.stripe.com";

/// The Content-Security-Policy of pages: ours only, nothing inline. Browsers apply `form-action`
/// to the redirect after a POST too, so it names Stripe's Checkout page.
#[must_use]
pub fn policy(checkout_origin: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
         form-action 'self' {checkout_origin}; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Fills in what the handler left out.
pub async fn run(State(headers): State<Headers>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in &headers.0 {
        if !response.headers().contains_key(name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}
