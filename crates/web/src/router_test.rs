//! What every request passes, on a router of stubs: error pages, headers, limits, compression,
//! and a log without secrets. What the real routes do with a real app, `tests/it` holds.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{get, post};
use http::header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, LOCATION, VARY};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::error::PageError;
use crate::extract::{PayForm, Segments};
use crate::layer::headers::Headers;
use crate::layer::request_id::RequestIds;
use crate::{CUSTOMER_BODY_LIMIT, asset, layered, routes};

const SECRET: &str = "s3cr3t-t0k3n";

async fn panics() -> StatusCode {
    panic!("a bug")
}

async fn pay(form: PayForm) -> String {
    format!("{:?}", form.amount_minor)
}

fn stubs(base_url: &str) -> Router {
    LazyLock::force(&LOG);
    let headers = Headers::new(&base_url.parse().unwrap(), "https://checkout.stripe.com").unwrap();
    let router = Router::new()
        .route(routes::PORTAL, get(async |Segments(_): Segments<String>| PageError::NotFound))
        .route(routes::INVOICE_PAY, post(pay))
        .route(routes::ASSET, get(asset::get))
        .route(routes::FAVICON, get(asset::favicon_ico))
        .route(routes::ROBOTS, get(asset::robots))
        .route("/panic", get(panics))
        .route("/slow", get(std::future::pending::<StatusCode>))
        .route("/upstream", get(async || PageError::Upstream("connection refused".into())))
        .layer(DefaultBodyLimit::max(CUSTOMER_BODY_LIMIT));
    layered(router, headers, Duration::from_millis(50), RequestIds::new(7))
}

async fn send(request: Request<Body>) -> Response {
    stubs("https://pay.example").oneshot(request).await.unwrap()
}

async fn fetch(path: &str) -> (StatusCode, HeaderMap, String) {
    let response = send(Request::get(path).body(Body::empty()).unwrap()).await;
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn every_route_is_listed() {
    let mut patterns: Vec<_> = routes::ALL.iter().map(|(_, pattern)| pattern).collect();
    patterns.dedup();
    assert_eq!(include_str!("lib.rs").matches(".route(routes::").count(), patterns.len());
}

#[tokio::test]
async fn s34_malformed_unknown_and_missing_look_alike() {
    let (status, headers, body) = fetch(&format!("/p/{SECRET}")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.contains("<h1>Page not found</h1>") && !body.contains(SECRET));
    for path in ["/p/x", "/p/%ff%fe", "/p/", "/p", "/nowhere", "/p/a/b/c/d", "/assets/none.css", "/q/x"] {
        assert_eq!(fetch(path).await, (status, headers.clone(), body.clone()), "{path}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_careful_headers() {
    for path in ["/p/x", "/nowhere", "/panic", "/slow", "/robots.txt", "/i/x/pay"] {
        let (_, headers, _) = fetch(path).await;
        let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("x-robots-tag"), "noindex, nofollow", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("strict-transport-security"), "max-age=31536000", "{path}");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{path}");
        assert!(policy.contains("form-action 'self' https://checkout.stripe.com;"), "{path}");
    }
    let plain = stubs("http://localhost:8080").oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    assert!(!plain.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn failures_are_pages_with_a_reference_and_without_a_cause() {
    for (path, status, heading) in [
        ("/panic", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
        ("/slow", StatusCode::SERVICE_UNAVAILABLE, "This took too long"),
        ("/upstream", StatusCode::SERVICE_UNAVAILABLE, "Online payment isn’t answering"),
    ] {
        let (found, headers, body) = fetch(path).await;
        assert_eq!(found, status, "{path}");
        assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(body.contains(heading) && body.contains("reference <b"), "{path}");
        assert!(!body.contains("a bug") && !body.contains("connection refused"), "{path}");
    }
    let (status, headers, body) = fetch("/i/x/pay").await;
    assert_eq!((status, headers[ALLOW].to_str().unwrap()), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    assert!(body.contains("can’t be opened like that"));
}

#[tokio::test]
async fn a_form_is_read_up_to_its_limit() {
    let post = |body: String| Request::post("/i/x/pay").body(Body::from(body)).unwrap();
    assert_eq!(send(post("amount=5".into())).await.status(), StatusCode::OK);
    let answer = send(post(format!("amount=5&x={}", "y".repeat(CUSTOMER_BODY_LIMIT)))).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
}

#[tokio::test]
async fn pages_are_compressed_and_assets_kept() {
    for (accept, coding) in [("gzip", "gzip"), ("gzip, deflate, br, zstd", "zstd"), ("br", "br")] {
        let request = Request::get("/nowhere").header(ACCEPT_ENCODING, accept).body(Body::empty()).unwrap();
        let answer = send(request).await;
        assert_eq!(answer.headers()[CONTENT_ENCODING], coding);
        assert_eq!(answer.headers()[VARY], "accept-encoding");
    }
    let request =
        Request::get(asset::css().url()).header(ACCEPT_ENCODING, "gzip, br, zstd").body(Body::empty()).unwrap();
    let answer = send(request).await;
    assert_eq!(answer.headers()[CONTENT_ENCODING], "br");
    assert_eq!(answer.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(fetch("/favicon.ico").await.1[LOCATION], asset::favicon().url());
    assert!(fetch("/robots.txt").await.2.contains("Disallow: /p/\n"));
}

/// Where the log goes to be read again. One for the whole process, there before the first request:
/// a subscriber that comes later may find events switched off by a test that ran without one.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log
});

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn s32_the_log_knows_the_route_and_never_the_token() {
    fetch(&format!("/p/{SECRET}?turn-off={SECRET}")).await;
    fetch(&format!("/p/{SECRET}/deeper")).await;
    fetch("/panic").await;
    fetch("/upstream").await;
    let text = String::from_utf8(LOG.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains(SECRET), "{text}");
    for part in ["/p/{token}", "unmatched", "status=404", "panic: a bug", "connection refused", "reference="] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
