//! Forms of pages before anybody is signed in: no session stands behind them, so they are held to where they come from.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Response};
use http::header::{ORIGIN, REFERRER_POLICY, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, StatusCode};
use zoop_app::session::Browser;
use zoop_domain::secret::PlainToken;

use super::cookie;
use super::posted::{Fields, is_from_elsewhere, read_body};
use crate::Web;
use crate::error::PageError;
use crate::extract::ClientIp;

/// A form that somebody sent who isn't signed in, from our own page.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What.
    pub fields: Fields,
    /// From where.
    pub ip: IpAddr,
    user_agent: String,
    known: Option<PlainToken>,
}

impl Gate {
    /// By which browser.
    #[must_use]
    pub fn browser(&self) -> Browser<'_> {
        Browser { user_agent: &self.user_agent, known: self.known.clone() }
    }
}

impl<S> FromRequest<S> for Gate
where
    S: Send + Sync,
    Web: FromRef<S>,
{
    type Rejection = PageError;
    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let ClientIp(ip) = ClientIp::from_request_parts(&mut parts, state).await?;
        let web = Web::from_ref(state);
        if is_foreign(&parts.headers, &web.app.base_url().origin().ascii_serialization()) {
            return Err(PageError::Forged);
        }
        let agent = parts.headers.get(USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned());
        let known = cookie::browser(&parts.headers, web.is_https());
        let body: Bytes = read_body(Request::from_parts(parts, body), state).await?;
        Ok(Self { fields: Fields::read(&body), ip, user_agent: agent.unwrap_or_default(), known })
    }
}

/// Whether another site made the browser send this: it says so itself, or, if it is too old for that, names an origin
/// that isn't ours. A page that was opened by a secret link names none.
fn is_foreign(headers: &HeaderMap, ours: &str) -> bool {
    if headers.contains_key("sec-fetch-site") {
        return is_from_elsewhere(headers);
    }
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| origin != ours && origin != "null")
}

/// The answer to whoever has to wait: 429, and for how long.
pub(crate) fn slowed(seconds: i64, page: Response) -> Response {
    let mut answer = (StatusCode::TOO_MANY_REQUESTS, page).into_response();
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    answer
}

/// Every answer below a secret link, a refusal too: no other page is told its address.
pub(crate) async fn secret(answer: Response) -> Response {
    ([(REFERRER_POLICY, "no-referrer")], answer).into_response()
}

/// "Too many tries. Wait 4 minutes, then try again."
#[must_use]
pub(crate) fn wait_words(seconds: i64) -> String {
    let wait = match (seconds, (seconds + 59) / 60) {
        (..=1, _) => "a second".to_owned(),
        (..60, _) => format!("{seconds} seconds"),
        (_, 1) => "a minute".to_owned(),
        (_, minutes) => format!("{minutes} minutes"),
    };
    format!("Too many tries. Wait {wait}, then try again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_sites_form_is_known_by_either_header() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            HeaderMap::from_iter(
                pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))),
            )
        };
        let is_foreign = |pairs: &[_]| is_foreign(&headers(pairs), "https://pay.example");
        assert!(is_foreign(&[("sec-fetch-site", "cross-site")]) && is_foreign(&[("origin", "https://evil.example")]));
        assert!(is_foreign(&[("sec-fetch-site", "same-site"), ("origin", "https://pay.example")]));
        assert!(
            !is_foreign(&[]) && !is_foreign(&[("origin", "https://pay.example")]) && !is_foreign(&[("origin", "null")])
        );
        assert!(!is_foreign(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
    }

    #[test]
    fn a_wait_is_said_in_round_words() {
        for (seconds, words) in
            [(0, "a second"), (15, "15 seconds"), (60, "a minute"), (61, "2 minutes"), (900, "15 minutes")]
        {
            assert_eq!(wait_words(seconds), format!("Too many tries. Wait {words}, then try again."));
        }
    }
}
