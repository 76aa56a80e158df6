//! A customer's browser: it keeps cookies, follows redirects only when told to, and knows how to
//! fill in the payment page. Zoop's pages come from the router itself, Stripe's over HTTP.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};

use super::TestApp;

pub const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 \
                          Mobile/15E148 Safari/604.1";

/// Test cards, by what they do.
pub const VISA: &str = "4242424242424242";
pub const MASTERCARD: &str = "5555555555554444";
pub const DECLINED: &str = "4000000000000002";
pub const CHALLENGED: &str = "4000002760003184";
pub const REFUND_FAILS: &str = "4000000000005126";

/// What a browser got.
#[derive(Clone, Debug)]
pub struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    #[track_caller]
    pub fn location(&self) -> Url {
        assert!(self.status.is_redirection(), "{} {}\n{}", self.url, self.status, self.words());
        self.url.join(self.header("location")).unwrap()
    }

    /// What a reader reads: no tags, one space between words.
    pub fn words(&self) -> String {
        let mut words = String::new();
        let mut inside = false;
        for letter in self.html.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    words.push(' ');
                }
                letter if !inside => words.push(letter),
                _ => {}
            }
        }
        let words = words.replace("&amp;", "&").replace("&#38;", "&").replace("&#39;", "'").replace("&nbsp;", " ");
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        words.replace(" .", ".").replace(" ,", ",").replace(" :", ":")
    }

    /// Fails unless the page says each of these, in this order.
    #[track_caller]
    pub fn says(&self, wanted: &[&str]) -> &Self {
        let words = self.words();
        let mut rest = words.as_str();
        for part in wanted {
            let Some(at) = rest.find(part) else { panic!("{} doesn't say {part:?} (in order):\n{words}", self.url) };
            rest = &rest[at + part.len()..];
        }
        self
    }

    /// Fails if the page says any of these.
    #[track_caller]
    pub fn never_says(&self, unwanted: &[&str]) -> &Self {
        let words = self.words();
        for part in unwanted {
            assert!(!words.contains(part), "{} says {part:?}:\n{words}", self.url);
        }
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}\n{}", self.url, self.words());
        self
    }

    /// Whether it has a "Pay now" button.
    pub fn can_be_paid(&self) -> bool {
        self.html.contains("/pay\"") && self.html.contains("Pay now</button>")
    }

    /// The amount in the pay form.
    #[track_caller]
    pub fn amount(&self) -> String {
        let (_, rest) = self.html.split_once("name=\"amount\" value=\"").expect("a pay form");
        rest.split('"').next().unwrap().to_owned()
    }
}

#[derive(Clone, Debug)]
struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
}

/// One browser. A clone is another window of it, with the cookies so far.
#[derive(Clone)]
pub struct Browser<'t> {
    t: &'t TestApp,
    cookies: Vec<Cookie>,
    pub headers: Vec<(&'static str, String)>,
}

impl<'t> Browser<'t> {
    pub fn new(t: &'t TestApp) -> Self {
        let headers = vec![("user-agent", SAFARI.to_owned()), ("sec-fetch-dest", "document".to_owned())];
        Self { t, cookies: Vec::new(), headers }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.go("GET", path, None).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.go("POST", path, Some(body)).await
    }

    /// One request; `path` is a path of Zoop's, or a whole address.
    pub async fn go(&mut self, method: &str, path: &str, form: Option<String>) -> Page {
        let form = form.map(|form| ("application/x-www-form-urlencoded", form.into_bytes()));
        self.ask(method, path, form).await
    }

    /// A form in another dress than the usual one.
    pub async fn post_as(&mut self, kind: &str, path: &str, body: Vec<u8>) -> Page {
        self.ask("POST", path, Some((kind, body))).await
    }

    async fn ask(&mut self, method: &str, path: &str, form: Option<(&str, Vec<u8>)>) -> Page {
        let url = self.t.base.join(path).unwrap();
        let mut request = Request::builder().method(method).header(header::HOST, url.authority());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some((kind, _)) = &form {
            request = request.header(header::CONTENT_TYPE, *kind);
        }
        let body = form.map(|(_, body)| body).unwrap_or_default();
        if let Some(cookies) = self.cookies_for(&url) {
            request = request.header(header::COOKIE, cookies);
        }
        let page = if url.origin() == self.t.base.origin() {
            let request = request.uri(&url[url::Position::BeforePath..]).body(Body::from(body));
            self.t.answer(request.unwrap(), url).await
        } else {
            let mut outside = self.t.stripe.http.request(method.parse().unwrap(), url.clone());
            for (name, value) in request.headers_ref().unwrap() {
                outside = outside.header(name, value);
            }
            let reply = outside.body(body).send().await.expect("Stripe's pages answer");
            let (status, headers) = (reply.status(), reply.headers().clone());
            Page { url, status, headers, html: reply.text().await.unwrap() }
        };
        self.keep_cookies(&page);
        page
    }

    /// Goes on until there is a page.
    pub async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..10 {
            if !page.status.is_redirection() {
                return page;
            }
            let to = page.location();
            page = self.get(to.as_str()).await;
        }
        panic!("redirects without end: {}", page.url);
    }

    /// Opens the invoice and presses "Pay now".
    pub async fn press_pay(&mut self, path: &str) -> Page {
        self.press_pay_with(path, &[]).await
    }

    /// The same, with ticks.
    pub async fn press_pay_with(&mut self, path: &str, ticks: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert!(page.can_be_paid(), "{} has no pay button:\n{}", page.url, page.words());
        let amount = page.amount();
        let mut form = vec![("amount", amount.as_str())];
        form.extend_from_slice(ticks);
        self.post(&format!("{path}/pay"), &form).await
    }

    /// Opens the payment page that `pressed` leads to, as a customer does before he types.
    pub async fn open_checkout(&mut self, pressed: &Page) -> Url {
        let address = pressed.location();
        assert_eq!(address.origin(), self.t.stripe.base.origin(), "not Stripe's: {address}");
        self.get(address.as_str()).await.is(200);
        address
    }

    /// Types a card on the payment page.
    pub async fn type_card(&mut self, address: &Url, number: &str) -> Page {
        let form =
            [("number", number), ("exp", "12/34"), ("cvc", "123"), ("holder", "Dana Whitfield"), ("zip", "78745")];
        self.post(address.as_str(), &form).await
    }

    /// A whole payment: the page that the customer ends on.
    pub async fn pays(&mut self, path: &str, number: &str) -> Page {
        self.pays_with(path, number, &[]).await
    }

    /// The same, with ticks.
    pub async fn pays_with(&mut self, path: &str, number: &str, ticks: &[(&str, &str)]) -> Page {
        let pressed = self.press_pay_with(path, ticks).await;
        let address = self.open_checkout(&pressed).await;
        let typed = self.type_card(&address, number).await;
        self.follow(typed).await
    }

    /// "Back" on the payment page: the address it leads to.
    pub async fn way_back(&mut self, checkout: &Url) -> Url {
        let page = self.get(checkout.as_str()).await;
        let at = page.html.find("/r/").unwrap_or_else(|| panic!("no way back:\n{}", page.html));
        let start = page.html[..at].rfind('"').unwrap() + 1;
        let address = page.html[start..].split('"').next().unwrap();
        Url::parse(address).unwrap()
    }

    /// Puts a cookie in by hand.
    pub fn plant_cookie(&mut self, path: &str, name: &str, value: &str) {
        let host = self.t.base.authority().to_owned();
        self.cookies.push(Cookie { host, path: path.into(), name: name.into(), value: value.into() });
    }

    /// What it keeps: names and values.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cookies.iter().map(|cookie| (cookie.name.as_str(), cookie.value.as_str()))
    }

    fn cookies_for(&self, url: &Url) -> Option<String> {
        let fits = |cookie: &&Cookie| cookie.host == url.authority() && url.path().starts_with(&cookie.path);
        let pairs: Vec<_> =
            self.cookies.iter().filter(fits).map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn keep_cookies(&mut self, page: &Page) {
        for line in page.headers.get_all(header::SET_COOKIE) {
            let mut parts = line.to_str().unwrap().split("; ");
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            let path = parts.find_map(|part| part.strip_prefix("Path=")).unwrap_or("/");
            let (host, name) = (page.url.authority().to_owned(), name.to_owned());
            self.cookies.retain(|old| (&old.host, &old.path[..], &old.name) != (&host, path, &name));
            self.cookies.push(Cookie { host, path: path.to_owned(), name, value: value.to_owned() });
        }
    }
}

impl TestApp {
    /// One request to the program, without a socket between.
    pub async fn answer(&self, mut request: Request<Body>, url: Url) -> Page {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 24], 40_000))));
        let response = self.router().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("the answer arrives").to_bytes();
        let html = String::from_utf8_lossy(&body).into_owned();
        Page { url, status: head.status, headers: head.headers, html }
    }
}
