//! The mailbox's pages: the list, one mail, its HTML part in a frame that can do nothing.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::letter::Letter;
use super::{LetterId, Mailbox};

/// As many as a page lists.
const LISTED: usize = 100;
/// As many as a program reads at once.
const READ: usize = 500;
const STYLE: &str = include_str!("assets/mailbox.css");
const ICON: &str = include_str!("assets/mailbox.svg");
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'none'";
/// A mail may style itself and be left by its links, and nothing else; not even when it is opened
/// outside its frame.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'self'; \
                           sandbox allow-popups allow-popups-to-escape-sandbox";

pub(super) fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/mails.json", get(json))
        .route("/mailbox.css", get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)))
        .route("/mailbox.svg", get(async || ([(header::CONTENT_TYPE, "image/svg+xml")], ICON)))
        .route("/{id}", get(letter))
        .route("/{id}/html", get(html))
        .fallback(async || PageError::NotFound)
        .with_state(mailbox)
}

#[derive(Template)]
#[template(path = "demo/mailbox/list.html", whitespace = "minimize")]
struct ListPage {
    letters: Vec<Letter>,
    count: usize,
}

#[derive(Template)]
#[template(path = "demo/mailbox/letter.html", whitespace = "minimize")]
struct LetterPage {
    letter: Letter,
}

#[derive(Template)]
#[template(path = "demo/mailbox/message.html", whitespace = "minimize")]
struct MessagePage {
    title: &'static str,
    text: &'static str,
}

async fn list(State(mailbox): State<Mailbox>) -> Result<Response, PageError> {
    let (letters, count) = mailbox.newest(LISTED).await?;
    Ok(page(StatusCode::OK, &ListPage { letters, count }))
}

async fn json(State(mailbox): State<Mailbox>) -> Result<Response, PageError> {
    let (letters, _) = mailbox.newest(READ).await?;
    let letters: Vec<_> = letters.iter().map(Letter::json).collect();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(letters)).into_response())
}

async fn letter(State(mailbox): State<Mailbox>, Path(id): Path<String>) -> Result<Response, PageError> {
    let letter = find(&mailbox, &id).await?;
    Ok(page(StatusCode::OK, &LetterPage { letter }))
}

async fn html(State(mailbox): State<Mailbox>, Path(id): Path<String>) -> Result<Response, PageError> {
    let letter = find(&mailbox, &id).await?;
    Ok((headers(MAIL_POLICY), in_new_tabs(&letter.html)).into_response())
}

async fn find(mailbox: &Mailbox, id: &str) -> Result<Letter, PageError> {
    let id = LetterId::parse(id).ok_or(PageError::NotFound)?;
    mailbox.find(&id).await?.ok_or(PageError::NotFound)
}

/// A frame can't go anywhere, so the mail's links open beside it.
fn in_new_tabs(html: &str) -> String {
    html.replacen("<head>", "<head>\n<base target=\"_blank\">", 1)
}

fn page(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, headers(PAGE_POLICY), html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the mailbox can't be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn headers(policy: &'static str) -> [(HeaderName, &'static str); 5] {
    [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ]
}

/// Why there is no page.
enum PageError {
    NotFound,
    Folder(std::io::Error),
}

impl From<std::io::Error> for PageError {
    fn from(error: std::io::Error) -> Self {
        Self::Folder(error)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, title, text) = match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "No such mail",
                "It may have been sent again under a newer date, or the demo was started afresh.",
            ),
            Self::Folder(error) => {
                tracing::error!(%error, "the mailbox can't be read");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "The mailbox can’t be read",
                    "Please look at the demo’s output, which says why, and try again.",
                )
            }
        };
        page(status, &MessagePage { title, text })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{mailbox, message};
    use super::*;
    use axum::body::Body;
    use http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    use zoop_app::mail::Mailer as _;

    async fn get(mailbox: &Mailbox, path: &str) -> (StatusCode, http::HeaderMap, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (head, body) = mailbox.router().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (head.status, head.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn an_empty_mailbox_says_so() {
        let (_folder, mailbox) = mailbox();
        let (status, _, html) = get(&mailbox, "/").await;
        assert!(status.is_success() && html.contains("No mail yet"), "{html}");
        assert_eq!(get(&mailbox, "/mails.json").await.2, "[]");
    }

    #[tokio::test]
    async fn a_mail_is_listed_shown_and_read_by_programs() {
        let (_folder, mailbox) = mailbox();
        mailbox.send(&message("a", 0, "<b>Invoice</b> & more")).await.unwrap();
        let (_, headers, list) = get(&mailbox, "/").await;
        assert!(list.contains("&#60;b&#62;Invoice&#60;/b&#62; &#38; more") && list.contains("Sep 21, 2026"), "{list}");
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("default-src 'none'"));
        let json: serde_json::Value = serde_json::from_str(&get(&mailbox, "/mails.json").await.2).unwrap();
        assert_eq!(json[0]["to"], "dana@example.com");
        assert_eq!(json[0]["subject"], "<b>Invoice</b> & more");
        assert_eq!(json[0]["date"], "2026-09-21T14:00:00Z");
        assert_eq!(json[0]["links"], serde_json::json!(["https://pay.example/i/SECRET?a=1&b=2"]));
        let id = json[0]["id"].as_str().unwrap();
        let (status, _, shown) = get(&mailbox, &format!("/{id}")).await;
        assert!(status.is_success() && shown.contains("sandbox=\"allow-popups"), "{shown}");
        assert!(shown.contains("href=\"https://pay.example/i/SECRET?a=1&#38;b=2\""), "{shown}");
        assert!(shown.contains("billing@greenline.example") && shown.contains("auto-generated"), "{shown}");
        let (_, headers, html) = get(&mailbox, &format!("/{id}/html")).await;
        assert!(html.contains("<base target=\"_blank\">") && html.contains("View and pay"));
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
    }

    #[tokio::test]
    async fn nothing_outside_the_mailbox_can_be_read() {
        let (folder, mailbox) = mailbox();
        std::fs::write(folder.path().join("demo.json"), "secret").unwrap();
        for path in
            ["/..%2Fdemo", "/..%2Fdemo.json", "/%2Fetc%2Fpasswd", "/x/html", "/20260921T140000-0/html", "/a/b/c"]
        {
            let (status, _, html) = get(&mailbox, path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(!html.contains("secret") && html.contains("No such mail"), "{path}");
        }
    }
}
