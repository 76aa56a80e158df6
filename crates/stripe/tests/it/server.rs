//! A scripted server on the loopback: gives the next answer, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use tokio::net::TcpListener;
use url::Url;
use zoop_stripe::{Client, ClientConfig, RetryPolicy};

pub const KEY: &str = "sk_test_51Secret";

/// What the server does with one request.
#[derive(Clone)]
pub enum Step {
    Reply(u16, &'static [(&'static str, &'static str)], String),
    Hang,
}

pub fn reply(status: u16, body: &str) -> Step {
    Step::Reply(status, &[("request-id", "req_1")], body.to_owned())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body or query with its brackets and slashes in plain sight.
    pub fn plain(&self) -> String {
        let text = if self.body.is_empty() { self.uri.query().unwrap_or_default() } else { &self.body };
        let pairs = url::form_urlencoded::parse(text.as_bytes());
        pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
    }
}

#[derive(Clone, Default)]
struct Script {
    steps: Arc<Mutex<VecDeque<Step>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

pub struct Server {
    script: Script,
    pub base: Url,
}

impl Server {
    /// Plays the steps in order; the last one goes on for ever.
    pub async fn start(steps: impl IntoIterator<Item = Step>) -> Self {
        let script = Script { steps: Arc::new(Mutex::new(steps.into_iter().collect())), ..Script::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = Router::new().fallback(answer).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { script, base }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    pub fn client(&self) -> Client {
        Client::new(config(self.base.clone())).unwrap()
    }
}

pub fn config(api_base: Url) -> ClientConfig {
    let retry = RetryPolicy { base_delay: Duration::from_millis(2), ..RetryPolicy::default() };
    ClientConfig { secret_key: SecretString::from(KEY), api_base, timeout: Duration::from_secs(10), retry }
}

async fn answer(State(script): State<Script>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = String::from_utf8(body.to_vec()).unwrap();
    script.asked.lock().unwrap().push(Asked { method, uri, headers, body });
    let step = {
        let mut steps = script.steps.lock().unwrap();
        if steps.len() > 1 { steps.pop_front() } else { steps.front().cloned() }
    };
    match step.expect("a script has at least one step") {
        Step::Hang => std::future::pending().await,
        Step::Reply(status, headers, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            response
        }
    }
}
