//! What all hosted pages share: strict headers, redirects, the plain message page, the assets.
//! Nothing here knows what a page is about.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use url::Url;

use crate::error::ApiError;

const STYLE: &str = include_str!("../assets/sandbox.css");
const FAVICON: &str = include_str!("../assets/favicon.svg");

/// A page that says one thing.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    title: &'a str,
    text: &'a str,
    link: Option<(&'a str, &'a str)>,
}

pub(crate) fn message(status: StatusCode, title: &str, text: &str, link: Option<(&str, &str)>) -> Response {
    html(status, &Message { title, text, link }, &[])
}

/// The page for an error of the sandbox's own.
pub(crate) fn failure(error: &ApiError) -> Response {
    match error.status {
        StatusCode::NOT_FOUND => message(
            StatusCode::NOT_FOUND,
            "Nothing here",
            "There is no such payment page. Please check the address, or ask for a new link.",
            None,
        ),
        status => message(status, "Something went wrong", "Please go back and try again.", None),
    }
}

/// A drawn page. A form on it may lead, through a redirect, to the origins of `targets` and to no other.
pub(crate) fn html(status: StatusCode, page: &impl Template, targets: &[&str]) -> Response {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "a page can't be drawn");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&content_policy(targets)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn content_policy(targets: &[&str]) -> String {
    let mut policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
                      frame-ancestors 'none'; form-action 'self'"
        .to_owned();
    for target in targets {
        if let Ok(url) = Url::parse(target) {
            policy.push(' ');
            policy.push_str(&url.origin().ascii_serialization());
        }
    }
    policy
}

/// On to another address after a POST.
pub(crate) fn see_other(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => message(StatusCode::OK, "Done", "The address to go back to can't be used.", None),
    }
}

/// `GET /c/assets/{file}`
pub(crate) async fn asset(Path(file): Path<String>) -> Response {
    let (kind, content) = match file.as_str() {
        "sandbox.css" => ("text/css; charset=utf-8", STYLE),
        "favicon.svg" => ("image/svg+xml", FAVICON),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=300"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        content,
    )
        .into_response()
}
