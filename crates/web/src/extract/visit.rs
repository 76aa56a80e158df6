//! Whether a GET is a person opening the page. Pasting a link into a messenger makes a robot
//! fetch it; that must not look like a visit of the customer.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, Method};

/// Whether the request moves "Last seen".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit(pub bool);

/// Parts of the User-Agent, in lower case, of programs that fetch links nobody has opened.
/// iMessage calls itself `facebookexternalhit … Facebot Twitterbot`.
const PREVIEWERS: &[&str] = &[
    "bot", // Slackbot, Twitterbot, Discordbot, LinkedInBot, TelegramBot, Googlebot, bingbot, Applebot …
    "crawler",
    "spider",
    "facebookexternalhit",
    "facebookcatalog",
    "meta-externalagent",
    "meta-externalfetcher",
    "whatsapp/",
    "preview", // SkypeUriPreview, BingPreview, Mattermost and other chat servers
    "slack-imgproxy",
    "google-pagerenderer",
    "googleimageproxy",
    "mediapartners-google",
    "microsoft office",
    "ms-office",
    "line-poker",
    "kakaotalk-scrap",
    "embedly",
    "iframely",
    "vkshare",
    "synapse", // Matrix servers
    "scanner",
    "curl/",
    "wget/",
    "python",
    "go-http-client",
    "okhttp",
    "java/",
    "headlesschrome",
];

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(is_visit(&parts.method, &parts.headers)))
    }
}

fn is_visit(method: &Method, headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let ahead = ["sec-purpose", "purpose", "x-purpose", "x-moz"].into_iter().any(|name| fetched_ahead(header(name)));
    if method != Method::GET || ahead {
        return false;
    }
    match header("sec-fetch-dest") {
        Some(destination) => destination == "document",
        // Older browsers don't say. Who doesn't even name himself is no browser.
        None => header("user-agent").is_some_and(|agent| !agent.is_empty() && !is_previewer(agent)),
    }
}

/// `prefetch`, `prefetch;prerender`, `preview` …
fn fetched_ahead(purpose: Option<&str>) -> bool {
    purpose.is_some_and(|purpose| {
        let purpose = purpose.to_ascii_lowercase();
        ["prefetch", "prerender", "preview"].iter().any(|word| purpose.contains(word))
    })
}

fn is_previewer(agent: &str) -> bool {
    // Cubot makes telephones.
    let agent = agent.to_ascii_lowercase().replace("cubot", "");
    PREVIEWERS.iter().any(|name| agent.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1.15 Version/15.0 Mobile/15E148 Safari/604.1";

    fn visit(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let pairs =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_visit(method, &HeaderMap::from_iter(pairs))
    }

    #[test]
    fn s35_a_navigation_is_a_visit() {
        assert!(visit(&Method::GET, &[("sec-fetch-dest", "document"), ("user-agent", SAFARI)]));
        assert!(visit(&Method::GET, &[("user-agent", SAFARI)]));
    }

    #[test]
    fn s35_a_telephone_with_an_odd_name_is_one_too() {
        assert!(visit(&Method::GET, &[("user-agent", "Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/74 Mobile")]));
    }

    #[test]
    fn s35_what_nobody_looked_at_is_none() {
        assert!(!visit(&Method::HEAD, &[("sec-fetch-dest", "document")]));
        assert!(!visit(&Method::GET, &[("sec-fetch-dest", "empty"), ("user-agent", SAFARI)]));
        assert!(!visit(&Method::GET, &[("sec-fetch-dest", "document"), ("sec-purpose", "prefetch;prerender")]));
        assert!(!visit(&Method::GET, &[("user-agent", SAFARI), ("purpose", "prefetch")]));
        assert!(!visit(&Method::GET, &[("user-agent", SAFARI), ("x-moz", "prefetch")]));
        assert!(!visit(&Method::GET, &[]));
    }

    #[test]
    fn s35_a_messengers_preview_is_none() {
        for agent in [
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
            "WhatsApp/2.23.20.0",
            "TelegramBot (like TwitterBot)",
            "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
            "LinkedInBot/1.0 (compatible; Mozilla/5.0; Jakarta Commons-HttpClient/4.3 +http://www.linkedin.com)",
            "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        ] {
            assert!(!visit(&Method::GET, &[("user-agent", agent)]), "{agent}");
        }
    }
}
