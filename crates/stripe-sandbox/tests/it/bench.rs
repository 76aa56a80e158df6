//! A running sandbox, a client that speaks Stripe's encoding, a browser that fills in forms, and an
//! application that receives webhooks.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;
use zoop_stripe_sandbox::{Advance, Sandbox, SandboxConfig, WebhookEndpoint};

pub const KEY: &str = "sk_test_bench_0123456789abcdef";
pub const SECRET: &str = "whsec_bench";
/// 2026-11-21.
pub const NOW: i64 = 1_795_300_000;

pub struct Bench {
    pub sandbox: Sandbox,
    pub base: Url,
    pub http: reqwest::Client,
    clock: Arc<AtomicI64>,
}

/// A reply of the API.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    #[track_caller]
    pub fn error(self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        let error = self.body["error"].clone();
        assert_eq!(error["code"].as_str().unwrap_or(""), code, "{error}");
        error
    }
}

/// What a browser got.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub location: Option<String>,
    pub text: String,
}

impl Bench {
    pub async fn start() -> Self {
        Self::start_with(None, None).await
    }

    /// A sandbox whose clock can be moved; a week is more than it can do.
    pub async fn start_movable() -> Self {
        let clock = Arc::new(AtomicI64::new(NOW));
        let moves = Arc::clone(&clock);
        let advance: Advance = Arc::new(move |days| {
            let moves = Arc::clone(&moves);
            Box::pin(async move {
                if days == 7 {
                    return Err("a job failed".to_owned());
                }
                moves.fetch_add(days * 86_400, Ordering::SeqCst);
                Ok(())
            })
        });
        Self::start_with(None, Some((clock, advance))).await
    }

    pub async fn start_at(database: &Path) -> Self {
        Self::start_with(Some(database), None).await
    }

    async fn start_with(database: Option<&Path>, movable: Option<(Arc<AtomicI64>, Advance)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let (clock, advance) = match movable {
            Some((clock, advance)) => (clock, Some(advance)),
            None => (Arc::new(AtomicI64::new(NOW)), None),
        };
        let reads = Arc::clone(&clock);
        let sandbox = Sandbox::open(SandboxConfig {
            database: database.map(Path::to_owned),
            base_url: base.clone(),
            secret_key: KEY.to_owned(),
            webhook: None,
            clock: Arc::new(move || reads.load(Ordering::SeqCst)),
            advance,
            seed: 7,
        })
        .await
        .unwrap();
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { sandbox, base, http, clock }
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base.as_str().trim_end_matches('/'))
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.http.request(method, self.url(path)).header("authorization", format!("Bearer {KEY}"))
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        send(with_form(self.request("POST", path), form)).await
    }

    pub async fn post_as(&self, account: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.request("POST", path).header("stripe-account", account);
        send(with_form(request, form)).await
    }

    pub async fn post_keyed(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.request("POST", path).header("idempotency-key", key);
        send(with_form(request, form)).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request("GET", path)).await
    }

    pub async fn get_as(&self, account: &str, path: &str) -> Answer {
        send(self.request("GET", path).header("stripe-account", account)).await
    }

    pub async fn control(&self, path: &str, body: Value) -> Answer {
        let request = self
            .http
            .post(self.url(&format!("/_sandbox/{path}")))
            .header("content-type", "application/json")
            .body(body.to_string());
        send(request).await
    }

    /// Opens a page of the sandbox as a browser does, without following redirects.
    pub async fn open(&self, address: &str) -> Page {
        page(self.http.get(address)).await
    }

    /// Posts a form of a page.
    pub async fn submit(&self, address: &str, form: &[(&str, &str)]) -> Page {
        page(with_form(self.http.post(address), form)).await
    }

    pub async fn customer(&self) -> String {
        let customer = self.post("/v1/customers", &[("email", "ann@example.com"), ("name", "Ann")]).await.ok();
        text(&customer, "id")
    }

    /// A customer with a saved card.
    pub async fn saved(&self, card: &str) -> (String, String) {
        let customer = self.customer().await;
        let path = format!("/v1/payment_methods/{card}/attach");
        let method = self.post(&path, &[("customer", &customer)]).await.ok();
        (customer, text(&method, "id"))
    }

    /// A payment with a saved method, not confirmed yet: its path.
    pub async fn unconfirmed(&self, customer: &str, method: &str) -> String {
        let form = [
            ("amount", "2000"),
            ("currency", "usd"),
            ("customer", customer),
            ("payment_method", method),
            ("allowed_payment_method_types[]", "card"),
        ];
        let intent = self.post("/v1/payment_intents", &form).await.ok();
        assert_eq!(intent["status"], "requires_confirmation");
        format!("/v1/payment_intents/{}", text(&intent, "id"))
    }

    /// An automatic charge of a saved card, in the application's two calls.
    pub async fn charge_off_session(&self, customer: &str, method: &str) -> Answer {
        let path = self.unconfirmed(customer, method).await;
        self.post(&format!("{path}/confirm"), &[("off_session", "true")]).await
    }

    /// The newest event of a type.
    pub async fn event(&self, kind: &str) -> Value {
        let mut events = self.get(&format!("/v1/events?type={kind}")).await.ok();
        events["data"][0].take()
    }

    /// A Checkout session about an invoice of $163.05.
    pub async fn session(&self, more: &[(&str, &str)]) -> Value {
        let expires = (self.now() + 35 * 60).to_string();
        let mut form = vec![
            ("mode", "payment"),
            ("success_url", "https://app.example/r/abc?session={CHECKOUT_SESSION_ID}"),
            ("cancel_url", "https://app.example/r/abc"),
            ("expires_at", expires.as_str()),
            ("client_reference_id", "inv_1"),
            ("metadata[invoice_id]", "inv_1"),
            ("payment_intent_data[metadata][invoice_id]", "inv_1"),
            ("allowed_payment_method_types[0]", "card"),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", "usd"),
            ("line_items[0][price_data][unit_amount]", "16305"),
            ("line_items[0][price_data][product_data][name]", "Invoice INV-1051"),
        ];
        form.extend_from_slice(more);
        self.post("/v1/checkout/sessions", &form).await.ok()
    }

    /// Fills in the Checkout page with a card.
    pub async fn pay(&self, session: &Value, number: &str) -> Page {
        let address = self.url(&format!("/c/pay/{}", text(session, "id")));
        self.submit(&address, &card(number)).await
    }

    pub async fn event_types(&self) -> Vec<String> {
        let events = self.get("/v1/events?limit=100").await.ok();
        let mut types: Vec<String> =
            events["data"].as_array().unwrap().iter().map(|event| text(event, "type")).collect();
        types.reverse();
        types
    }
}

pub fn card(number: &str) -> [(&'static str, &str); 5] {
    [("number", number), ("exp", "12/34"), ("cvc", "123"), ("holder", "Ann Example"), ("zip", "55401")]
}

#[track_caller]
pub fn text(body: &Value, key: &str) -> String {
    body[key].as_str().unwrap_or_else(|| panic!("no {key} in {body}")).to_owned()
}

pub fn with_form(request: reqwest::RequestBuilder, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    let headers = reply.headers().clone();
    let body = reply.text().await.unwrap();
    Answer { status, headers, body: serde_json::from_str(&body).unwrap_or(Value::Null) }
}

async fn page(request: reqwest::RequestBuilder) -> Page {
    let reply = request.send().await.unwrap();
    Page {
        status: reply.status().as_u16(),
        headers: reply.headers().clone(),
        location: reply.headers().get("location").map(|location| location.to_str().unwrap().to_owned()),
        text: reply.text().await.unwrap(),
    }
}

/// The application's webhook endpoint.
#[derive(Clone, Default)]
pub struct Receiver {
    pub received: Arc<Mutex<Vec<(String, String)>>>,
    /// 0 stands for 200.
    pub status: Arc<AtomicU16>,
}

impl Receiver {
    /// Listens, and lets the sandbox know.
    pub async fn start(bench: &Bench, connect: bool) -> Self {
        let receiver = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().route("/hook", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        bench.sandbox.set_webhook(Some(WebhookEndpoint {
            url: Url::parse(&url).unwrap(),
            secret: SECRET.to_owned(),
            connect,
        }));
        receiver
    }

    pub fn answer_with(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    pub fn types(&self) -> Vec<String> {
        self.received
            .lock()
            .unwrap()
            .iter()
            .map(|(_, body)| text(&serde_json::from_str(body).unwrap(), "type"))
            .collect()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    receiver.received.lock().unwrap().push((signature, body));
    match receiver.status.load(Ordering::SeqCst) {
        0 => StatusCode::OK,
        status => StatusCode::from_u16(status).unwrap(),
    }
}
