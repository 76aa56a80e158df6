//! The one cookie on the customer's side: where to go when Stripe sends him back. It holds the
//! path of a portal home or an invoice page, is sent to its `/r/{code}` only, and is believed only to the letter.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::COOKIE;
use http::request::Parts;
use zoop_domain::secret::PlainToken;

use crate::routes::{self, BackPath};

const NAME: &str = "zoop_back";

/// The way back, if the browser still has it and it leads to a page of ours.
#[derive(Clone, Debug)]
pub struct WayBackCookie(pub Option<BackPath>);

impl WayBackCookie {
    /// The `Set-Cookie` value that brings the customer from `/r/{code}` back to `link` within the
    /// hour. `Lax`, because he comes from Stripe's site by a plain navigation.
    #[must_use]
    pub fn set(link: &BackPath, code: &PlainToken, https: bool) -> String {
        let value = URL_SAFE_NO_PAD.encode(link.page());
        let path = routes::way_back(code.expose());
        let secure = if https { "; Secure" } else { "" };
        format!("{NAME}={value}; Path={path}; Max-Age=3600; HttpOnly; SameSite=Lax{secure}")
    }

    fn read(headers: &HeaderMap) -> Option<BackPath> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let value = lines
            .flat_map(|line| line.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))?;
        let path = String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
        BackPath::parse(&path)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WayBackCookie {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Self::read(&parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const PAGE: &str = "/i/AAAAAAAAAAAAAAAAAAAAAA";

    fn read(cookie: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(cookie).unwrap())]);
        WayBackCookie::read(&headers).map(|link| link.page())
    }

    #[test]
    fn the_cookie_leads_back_to_the_page() {
        let link = BackPath::parse(PAGE).unwrap();
        let code = PlainToken::parse(&"A".repeat(43)).unwrap();
        let cookie = WayBackCookie::set(&link, &code, true);
        assert!(cookie.ends_with(
            "; Path=/r/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; Max-Age=3600; HttpOnly; SameSite=Lax; Secure"
        ));
        let (pair, _) = cookie.split_once(';').unwrap();
        assert_eq!(read(&format!("other=1; {pair}")), Some(PAGE.to_owned()));
        assert!(!WayBackCookie::set(&link, &code, false).contains("Secure"));
    }

    #[test]
    fn a_forged_cookie_leads_nowhere() {
        for path in ["https://evil.example/", "//evil.example", "/p/x", "/p/x/invoices/y", "/office", ""] {
            assert_eq!(read(&format!("{NAME}={}", URL_SAFE_NO_PAD.encode(path))), None, "{path}");
        }
        assert_eq!(read(&format!("{NAME}={PAGE}")), None);
        assert_eq!(read("zoop_back2=x"), None);
    }
}
