//! The cookies of the owner's application: the session, and the one line that a redirect carries.

use axum::response::Response;
use http::header::{COOKIE, InvalidHeaderValue, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use zoop_app::session::sign_in::CODE_LIFETIME;
use zoop_app::session::{BROWSER_LIFETIME, LIFETIME, SignedIn};
use zoop_domain::secret::PlainToken;

use crate::Web;

/// The session's name. On https the browser itself keeps it to this host and to https.
const fn session_name(https: bool) -> &'static str {
    if https { "__Host-zoop_session" } else { "zoop_session" }
}

/// The value of the cookie called `name`, if the browser sent one.
pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The session's token, if there is one that could be a token.
pub(super) fn session(headers: &HeaderMap, https: bool) -> Option<PlainToken> {
    PlainToken::parse(read(headers, session_name(https))?).ok()
}

/// Whether the browser is signed in to the office, as far as it says itself.
pub(crate) fn is_of_the_office(headers: &HeaderMap, web: &Web) -> bool {
    session(headers, web.is_https()).is_some()
}

/// The name of the cookie of whose password was right and who is asked for a code.
const fn half_in_name(https: bool) -> &'static str {
    if https { "__Secure-zoop_sign_in" } else { "zoop_sign_in" }
}

/// The token of who is half in, if there is one that could be a token.
pub(super) fn who_is_half_in(headers: &HeaderMap, https: bool) -> Option<PlainToken> {
    PlainToken::parse(read(headers, half_in_name(https))?).ok()
}

/// The `Set-Cookie` value of who is half in.
pub(super) fn half_in(token: &PlainToken, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    let (name, path) = (half_in_name(https), crate::routes::office::account::SIGN_IN);
    format!("{name}={}; Path={path}; Max-Age={CODE_LIFETIME}; HttpOnly; SameSite=Lax{secure}", token.expose())
}

/// The name of the cookie that a browser is known by when somebody signs in from it again.
const fn browser_name(https: bool) -> &'static str {
    if https { "__Host-zoop_browser" } else { "zoop_browser" }
}

/// What the browser is known by, if it says something that could be.
pub(super) fn browser(headers: &HeaderMap, https: bool) -> Option<PlainToken> {
    PlainToken::parse(read(headers, browser_name(https))?).ok()
}

/// The `Set-Cookie` value of a browser that is known.
fn known(token: &PlainToken, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    let name = browser_name(https);
    format!("{name}={}; Path=/; Max-Age={BROWSER_LIFETIME}; HttpOnly; SameSite=Lax{secure}", token.expose())
}

/// The answer, with both cookies of a complete sign-in.
pub(super) fn keep(response: Response, entered: &SignedIn, https: bool) -> Response {
    with(with(response, &sign_in(&entered.session, https)), &known(&entered.browser, https))
}

/// The answer, with one cookie more.
pub(super) fn with(mut response: Response, cookie: &str) -> Response {
    let value: Result<HeaderValue, InvalidHeaderValue> = cookie.parse();
    // Tokens and numbers are letters that every header may have.
    if let Ok(value) = value {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// Adds `Secure` on https to whatever cookie doesn't say so itself: none of the application's goes out in clear.
pub(super) async fn secure(mut response: Response) -> Response {
    let old: Vec<_> = response.headers_mut().get_all(SET_COOKIE).iter().cloned().collect();
    response.headers_mut().remove(SET_COOKIE);
    for value in old {
        let text = value.to_str().ok().filter(|text| !text.split("; ").any(|part| part == "Secure"));
        let value = text.and_then(|text| format!("{text}; Secure").parse().ok()).unwrap_or(value);
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// The `Set-Cookie` value that signs a browser in.
#[must_use]
pub fn sign_in(token: &PlainToken, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    let name = session_name(https);
    format!("{name}={}; Path=/; Max-Age={LIFETIME}; HttpOnly; SameSite=Lax{secure}", token.expose())
}

/// The `Set-Cookie` value that signs it out.
#[must_use]
pub fn sign_out(https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}", session_name(https))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("a=1; xzoop=2; zoop=3;zoop_x=4"))]);
        assert_eq!(read(&headers, "zoop"), Some("3"));
        assert_eq!(read(&headers, "zoo"), None);
    }

    #[tokio::test]
    async fn each_cookie_says_once_that_it_is_for_https() {
        let response = with(with(Response::default(), "a=1; Path=/"), "b=2; Path=/; Secure");
        let secured = secure(response).await;
        let cookies: Vec<_> = secured.headers().get_all(SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect();
        assert_eq!(cookies, ["a=1; Path=/; Secure", "b=2; Path=/; Secure"]);
    }

    #[test]
    fn on_https_the_session_is_bound_to_the_host() {
        let token = PlainToken::parse(&"A".repeat(43)).unwrap();
        assert!(sign_in(&token, true).starts_with("__Host-zoop_session="));
        assert!(known(&token, true).starts_with("__Host-zoop_browser=") && known(&token, true).contains("; Secure"));
        assert!(sign_in(&token, true).contains("; Secure") && !sign_in(&token, false).contains("Secure"));
    }
}
