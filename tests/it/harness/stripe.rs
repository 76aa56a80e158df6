//! Stripe's side: the stand-in behind real HTTP, what it keeps, and the levers that only a test has.

use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};
use zoop_stripe_sandbox::{
    ApiFault, ApiFaultKind, DropWebhooks, LedgerEntry, Sandbox, SandboxConfig, WebhookEndpoint, WebhookFaults,
};

use super::recording::{self, Recording};
use super::time::StandingClock;

pub const KEY: &str = "sk_test_it_0123456789abcdef";
pub const WEBHOOK_SECRET: &str = "whsec_it";

/// The stand-in, served.
#[derive(Clone)]
pub struct StripeSide {
    pub sandbox: Sandbox,
    pub base: Url,
    pub http: reqwest::Client,
}

impl StripeSide {
    pub async fn start(clock: &StandingClock, recording: Option<Recording>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = Url::parse(&format!("http://{}", listener.local_addr().expect("an address"))).expect("a URL");
        let clock = clock.clone();
        let sandbox = Sandbox::open(SandboxConfig {
            database: None,
            base_url: base.clone(),
            secret_key: KEY.to_owned(),
            webhook: None,
            clock: Arc::new(move || clock.unix_seconds()),
            advance: None,
            seed: 7,
        })
        .await
        .expect("the stand-in opens");
        let mut router = sandbox.router();
        if let Some(recording) = recording {
            router = router.layer(from_fn_with_state(recording, recording::listen));
        }
        tokio::spawn(async move { axum::serve(listener, router).await });
        let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        // No certificate is needed on this machine, and reading them all takes long.
        let http = builder.tls_certs_only([]).build();
        Self { sandbox, base, http: http.expect("a client") }
    }

    /// Events go to `url` from now on.
    pub fn send_webhooks_to(&self, url: Url) {
        let endpoint = WebhookEndpoint { url, secret: WEBHOOK_SECRET.to_owned(), connect: true };
        self.sandbox.set_webhook(Some(endpoint));
    }

    /// No event ever arrives.
    pub fn lose_webhooks(&self) {
        self.sandbox.faults().set_webhooks(WebhookFaults { drop: DropWebhooks::All, ..WebhookFaults::default() });
    }

    /// The next `count` calls whose path begins with `path` meet `kind`.
    pub fn fault(&self, path: &str, kind: ApiFaultKind, count: u32) {
        self.sandbox.faults().add(ApiFault::new(path, kind, count));
    }

    /// The same, for POSTs only.
    pub fn fault_on_post(&self, path: &str, kind: ApiFaultKind, count: u32) {
        let fault = ApiFault { method: Some("POST".into()), ..ApiFault::new(path, kind, count) };
        self.sandbox.faults().add(fault);
    }

    /// The same, for the calls whose path ends like that.
    pub fn fault_at(&self, path: &str, suffix: &str, kind: ApiFaultKind, count: u32) {
        let fault = ApiFault { path_suffix: suffix.into(), ..ApiFault::new(path, kind, count) };
        self.sandbox.faults().add(fault);
    }

    /// Nothing at Stripe answers any more, until the faults are cleared.
    pub fn go_down(&self) {
        self.fault("/v1/", ApiFaultKind::ServerError, u32::MAX);
    }

    /// All faults end.
    pub fn recover(&self) {
        self.sandbox.faults().clear();
    }

    /// The charges that moved money.
    pub async fn ledger(&self) -> Vec<LedgerEntry> {
        self.sandbox.ledger().await
    }

    /// Plays the bank, the cardholder, the business at its dashboard.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        self.try_control(path, body).await.unwrap_or_else(|refusal| panic!("{path}: {refusal}"))
    }

    /// The same, if things stand so that it can be done.
    pub async fn try_control(&self, path: &str, body: Value) -> Result<Value, String> {
        let url = self.base.join(&format!("/_sandbox/{path}")).unwrap();
        let request = self.http.post(url).header("content-type", "application/json").body(body.to_string());
        let reply = request.send().await.expect("the stand-in answers");
        let (status, text) = (reply.status(), reply.text().await.unwrap());
        if status.is_success() { Ok(serde_json::from_str(&text).unwrap_or(Value::Null)) } else { Err(text) }
    }

    /// Somebody presses "Resend" on each event there ever was.
    pub async fn resend_all(&self, account: &str) {
        let events = self.api(account, "GET", "/v1/events", &[("limit", "100")]).await;
        for event in events["data"].as_array().unwrap() {
            self.control(&format!("events/{}/resend", event["id"].as_str().unwrap()), json!({})).await;
        }
    }

    /// A call of the API as somebody else's program makes it: its status and reply.
    pub async fn call(&self, account: &str, method: &str, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let mut url = self.base.join(path).unwrap();
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let get = method == reqwest::Method::GET;
        if get && !form.is_empty() {
            url.set_query(Some(&body));
        }
        let mut request = self.http.request(method, url).header("authorization", format!("Bearer {KEY}"));
        if account != zoop_stripe_sandbox::PLATFORM_ACCOUNT {
            request = request.header("stripe-account", account);
        }
        if !get {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let reply = request.send().await.expect("the stand-in answers");
        let status = reply.status().as_u16();
        (status, serde_json::from_str(&reply.text().await.unwrap()).unwrap())
    }

    /// The same, when it must succeed.
    pub async fn api(&self, account: &str, method: &str, path: &str, form: &[(&str, &str)]) -> Value {
        let (status, reply) = self.call(account, method, path, form).await;
        assert_eq!(status, 200, "{method} {path}: {reply}");
        reply
    }

    /// The account's Checkout sessions in this state.
    pub async fn sessions(&self, account: &str, status: &str) -> Vec<Value> {
        let form = [("status", status), ("limit", "100")];
        self.api(account, "GET", "/v1/checkout/sessions", &form).await["data"].as_array().unwrap().clone()
    }

    /// Money goes back, by the business's own hand at Stripe. `None`: all that is left.
    pub async fn refund(&self, charge: &LedgerEntry, amount: Option<i64>) -> Value {
        let amount = amount.map(|amount| amount.to_string());
        let mut form = vec![("payment_intent", charge.payment_intent.as_str())];
        form.extend(amount.as_deref().map(|amount| ("amount", amount)));
        self.api(&charge.account, "POST", "/v1/refunds", &form).await
    }

    /// The cardholder disputes.
    pub async fn dispute(&self, charge: &LedgerEntry) {
        self.control("disputes/open", json!({ "charge": charge.charge })).await;
    }

    /// The bank decides: `won` or `lost` for the business.
    pub async fn decide(&self, charge: &LedgerEntry, outcome: &str) {
        self.control("disputes/close", json!({ "charge": charge.charge, "outcome": outcome })).await;
    }
}
