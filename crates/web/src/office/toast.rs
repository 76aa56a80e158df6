//! The one line after a redirect that says what was done. It travels in a cookie that the next page eats, so
//! that it is shown once and stands in no URL.

use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::SET_COOKIE;

use super::cookie;

const NAME: &str = "zoop_toast";
const LONGEST: usize = 500;

/// On to `path`, where the page begins with `words`.
pub(crate) fn redirect(path: &str, words: &str) -> Response {
    let words: String = words.chars().take(LONGEST).collect();
    let value = URL_SAFE_NO_PAD.encode(words);
    let set = format!("{NAME}={value}; Path=/office; Max-Age=60; HttpOnly; SameSite=Lax");
    ([(SET_COOKIE, set)], Redirect::to(path)).into_response()
}

/// The line that came with this request.
pub(super) fn take(headers: &HeaderMap) -> Option<String> {
    let value = URL_SAFE_NO_PAD.decode(cookie::read(headers, NAME)?).ok()?;
    String::from_utf8(value).ok().filter(|words| !words.is_empty())
}

/// The `Set-Cookie` value after it was shown.
pub(super) const EATEN: &str = "zoop_toast=; Path=/office; Max-Age=0; HttpOnly; SameSite=Lax";

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::COOKIE;

    #[test]
    fn what_was_said_comes_back_once() {
        let sent = redirect("/office", "Rosa’s link is revoked.");
        let set = sent.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(set).unwrap())]);
        assert_eq!(take(&headers).as_deref(), Some("Rosa’s link is revoked."));
        assert_eq!(take(&HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("zoop_toast=%"))])), None);
    }
}
