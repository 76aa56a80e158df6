//! The client: one request with its headers, its repeats and its reply. Which calls there are is said in the files
//! of the resources, when to repeat in `retry`.
//!
//! Nothing a reader of the log shouldn't see gets there: spans and events carry the method, the *pattern* of the
//! path, the status and Stripe's request id; no id, no parameter, no body, no key.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::{Instrument, Span};
use url::{Host, Url};

use crate::{API_VERSION, ApiError, Error, Form, IdempotencyKey, RetryPolicy, Scope, id, retry};

/// A page of a hundred expanded objects stays far below this; more is no reply of Stripe's.
const MAX_REPLY_BYTES: usize = 16 << 20;

/// What the client needs to know.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// `sk_…` or `rk_…`.
    pub secret_key: SecretString,
    /// `https://api.stripe.com`, or the sandbox.
    pub api_base: Url,
    /// How long one try may take.
    pub timeout: Duration,
    /// When to try again.
    pub retry: RetryPolicy,
}

impl ClientConfig {
    /// A configuration for the real Stripe: 30 s a try, and the usual repeats.
    ///
    /// # Errors
    /// None in practice; [`Error::Config`] if Stripe's own address could not be read.
    pub fn live(secret_key: SecretString) -> Result<Self, Error> {
        let api_base = Url::parse("https://api.stripe.com").map_err(|error| Error::Config(error.to_string()))?;
        Ok(Self { secret_key, api_base, timeout: Duration::from_secs(30), retry: RetryPolicy::default() })
    }
}

/// A client for one secret key. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    base: String,
    timeout: Duration,
    retry: RetryPolicy,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.inner.base).finish_non_exhaustive()
    }
}

impl Client {
    /// Builds the client; sends nothing.
    ///
    /// # Errors
    /// [`Error::Config`] for a key that can't be a header, an address that isn't plain http or https, a live key
    /// over http, or a machine without root certificates (https only).
    // By value: the configuration holds the key, and should not outlive this.
    #[allow(clippy::needless_pass_by_value)]
    pub fn new(config: ClientConfig) -> Result<Self, Error> {
        let base = &config.api_base;
        let https = match base.scheme() {
            "https" => true,
            "http" => false,
            other => return Err(Error::Config(format!("the address must be http or https, not {other}"))),
        };
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(Error::Config("the address must have no user, password or query".to_owned()));
        }
        let key = config.secret_key.expose_secret();
        if key.is_empty() {
            return Err(Error::Config("the secret key is empty".to_owned()));
        }
        if !https && key.contains("_live_") {
            return Err(Error::Config("a live key is never sent over plain http".to_owned()));
        }

        // An error says that the program has chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .default_headers(headers(key)?)
            .user_agent(concat!("zoop/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(config.timeout.min(Duration::from_secs(10)));
        builder = if https {
            builder.https_only(true)
        } else {
            // The sandbox must also run on a machine that has no root certificates.
            builder.tls_certs_only([])
        };
        if is_loopback(base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Error::Config(format!("cannot set up https: {error:?}")))?;
        let base = base.as_str().trim_end_matches('/').to_owned();
        Ok(Self { inner: Arc::new(Inner { http, base, timeout: config.timeout, retry: config.retry }) })
    }

    /// Reads.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        scope: &Scope,
        pattern: &'static str,
        ids: &[&str],
        query: &Form,
    ) -> Result<T, Error> {
        self.call(Method::GET, scope, pattern, ids, query, None).await
    }

    /// Acts, at most once for each key.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        scope: &Scope,
        pattern: &'static str,
        ids: &[&str],
        body: &Form,
        key: &IdempotencyKey,
    ) -> Result<T, Error> {
        self.call(Method::POST, scope, pattern, ids, body, Some(key)).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        scope: &Scope,
        pattern: &'static str,
        ids: &[&str],
        form: &Form,
        key: Option<&IdempotencyKey>,
    ) -> Result<T, Error> {
        let span = tracing::info_span!(
            "stripe",
            method = %method,
            path = pattern,
            status = tracing::field::Empty,
            request_id = tracing::field::Empty,
        );
        let request = self.prepare(method, scope, pattern, ids, form, key)?;
        let name = key.map_or(request.url.as_str(), IdempotencyKey::as_str).to_owned();
        let reply = self.repeat(request, &name, &span).instrument(span.clone()).await?;
        serde_json::from_slice(&reply.body).map_err(|error| Error::decode(&error, reply.request_id))
    }

    fn prepare(
        &self,
        method: Method,
        scope: &Scope,
        pattern: &'static str,
        ids: &[&str],
        form: &Form,
        key: Option<&IdempotencyKey>,
    ) -> Result<Request, Error> {
        let mut url = format!("{}{}", self.inner.base, fill(pattern, ids)?);
        let mut headers = HeaderMap::new();
        if let Some(account) = scope.account() {
            headers.insert("stripe-account", header(id::check(account)?)?);
        }
        if let Some(key) = key {
            headers.insert("idempotency-key", header(key.as_str())?);
        }
        let form = form.encode();
        let body = if method == Method::POST {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            Some(form)
        } else {
            if !form.is_empty() {
                url = format!("{url}?{form}");
            }
            None
        };
        Ok(Request { method, url, headers, body })
    }

    /// Sends until there is an answer to keep: the same bytes under the same key each time.
    async fn repeat(&self, request: Request, name: &str, span: &Span) -> Result<Reply, Error> {
        let policy = &self.inner.retry;
        let started = Instant::now();
        let mut in_doubt = false;
        let mut retry = 0;
        loop {
            let left = policy.within.saturating_sub(started.elapsed());
            let outcome = self.send(&request, self.inner.timeout.min(left), span).await;
            let (error, open, again, asked) = match outcome {
                Ok(reply) if reply.status.is_success() => return Ok(reply),
                Ok(reply) => {
                    let again = retry::wanted(reply.status, &reply.headers);
                    let asked = retry::retry_after(&reply.headers);
                    let mut error = ApiError::parse(reply.status.as_u16(), reply.request_id, &reply.body);
                    error.in_doubt = in_doubt;
                    let open = error.leaves_open();
                    (Error::Api(Box::new(error)), open, again, asked)
                }
                Err(error) => {
                    let again = matches!(error, Error::Network { .. } | Error::Timeout);
                    (error, again, again, None)
                }
            };
            let delay = if again { policy.delay(retry, started.elapsed(), asked, name) } else { None };
            let Some(delay) = delay else {
                tracing::debug!(retries = retry, "Stripe call failed");
                return Err(error);
            };
            in_doubt |= open;
            retry += 1;
            tracing::warn!(retry, delay_ms = delay.as_millis(), "Stripe call will be repeated");
            tokio::time::sleep(delay).await;
        }
    }

    async fn send(&self, request: &Request, timeout: Duration, span: &Span) -> Result<Reply, Error> {
        let mut builder = self.inner.http.request(request.method.clone(), &request.url);
        builder = builder.headers(request.headers.clone()).timeout(timeout);
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let mut response = builder.send().await.map_err(transport)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let request_id = headers.get("request-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
        span.record("status", status.as_u16());
        span.record("request_id", request_id.as_deref());

        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            if body.len() + chunk.len() > MAX_REPLY_BYTES {
                return Err(Error::Decode { detail: "the reply is too long".to_owned(), request_id });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, headers, request_id, body })
    }
}

struct Request {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Option<String>,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    request_id: Option<String>,
    body: Vec<u8>,
}

fn headers(key: &str) -> Result<HeaderMap, Error> {
    let mut authorization = HeaderValue::from_str(&format!("Bearer {key}"))
        .map_err(|_| Error::Config("the secret key has characters that no key has".to_owned()))?;
    authorization.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, authorization);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert("stripe-version", HeaderValue::from_static(API_VERSION));
    Ok(headers)
}

fn header(value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| Error::Config("a header has characters that none has".to_owned()))
}

/// Puts the ids in the places of `:id`, in order.
fn fill(pattern: &str, ids: &[&str]) -> Result<String, Error> {
    let mut path = String::new();
    let mut ids = ids.iter();
    for part in pattern.split('/').skip(1) {
        path.push('/');
        match part {
            ":id" => path.push_str(id::check(ids.next().copied().unwrap_or_default())?),
            part => path.push_str(part),
        }
    }
    Ok(path)
}

fn transport(error: reqwest::Error) -> Error {
    if error.is_timeout() {
        Error::Timeout
    } else if error.is_builder() {
        Error::Config("the request can't be built".to_owned())
    } else {
        Error::Network { source: error.without_url() }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
