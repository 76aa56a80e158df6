//! Misbehaviour on demand: replies that are late, wrong, cut off or too many; webhooks that are lost,
//! late, doubled or out of order. Held in memory: a restart heals everything.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::sandbox::Sandbox;

/// What goes wrong with the next requests that match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiFaultKind {
    /// 429, nothing done.
    #[serde(rename = "429")]
    RateLimit,
    /// 500, nothing done.
    #[serde(rename = "500")]
    ServerError,
    /// 500 after the work was done and kept; the same idempotency key gets the 500 again.
    #[serde(rename = "500_after_work")]
    ServerErrorAfterWork,
    /// The work is done and kept, then the connection closes without a reply.
    Cut,
    /// The reply waits `wait_ms`, after the work was kept.
    Slow,
}

/// A fault of the API or the hosted pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiFault {
    /// The method it applies to; None: any.
    #[serde(default)]
    pub method: Option<String>,
    /// What the path begins with, such as `/v1/payment_intents`.
    #[serde(default)]
    pub path_prefix: String,
    /// What the path ends with, such as `/confirm`.
    #[serde(default)]
    pub path_suffix: String,
    /// How many requests it applies to.
    #[serde(default = "once")]
    pub count: u32,
    /// What goes wrong.
    pub kind: ApiFaultKind,
    /// For `slow`: how long the reply waits, in milliseconds.
    #[serde(default)]
    pub wait_ms: u64,
}

fn once() -> u32 {
    1
}

impl ApiFault {
    /// `count` requests of any method whose path begins with `path_prefix` meet `kind`.
    pub fn new(path_prefix: &str, kind: ApiFaultKind, count: u32) -> Self {
        Self { method: None, path_prefix: path_prefix.to_owned(), path_suffix: String::new(), count, kind, wait_ms: 0 }
    }

    fn matches(&self, method: &Method, path: &str) -> bool {
        self.count > 0
            && path.starts_with(&self.path_prefix)
            && path.ends_with(&self.path_suffix)
            && self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()))
    }
}

/// Which webhooks are lost for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropWebhooks {
    /// None.
    #[default]
    None,
    /// All of them.
    All,
    /// The next so many.
    Next(u32),
}

/// Faults of the webhook delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookFaults {
    /// Which are lost for good.
    pub drop: DropWebhooks,
    /// Each is held back this long once, in seconds.
    pub delay_seconds: i64,
    /// Each is sent twice.
    pub double: bool,
    /// Those that wait together are sent in reverse.
    pub reorder: bool,
}

/// All faults that are set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FaultPlan {
    /// Of the webhook delivery.
    pub webhooks: WebhookFaults,
    /// Of the API and the hosted pages; the first that matches applies.
    pub api: Vec<ApiFault>,
}

/// A handle to a sandbox's faults. Clones share one plan.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    plan: Arc<Mutex<FaultPlan>>,
}

impl Faults {
    /// Replaces all faults.
    pub fn set(&self, plan: FaultPlan) {
        self.with(|current| *current = plan);
    }

    /// Adds one fault of the API.
    pub fn add(&self, fault: ApiFault) {
        self.with(|plan| plan.api.push(fault));
    }

    /// Replaces the faults of the webhook delivery.
    pub fn set_webhooks(&self, faults: WebhookFaults) {
        self.with(|plan| plan.webhooks = faults);
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.set(FaultPlan::default());
    }

    /// The faults that are left.
    pub fn get(&self) -> FaultPlan {
        self.with(|plan| plan.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut FaultPlan) -> T) -> T {
        act(&mut self.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self, method: &Method, path: &str) -> Option<ApiFault> {
        self.with(|plan| {
            let fault = plan.api.iter_mut().find(|fault| fault.matches(method, path))?;
            fault.count -= 1;
            let taken = fault.clone();
            plan.api.retain(|fault| fault.count > 0);
            Some(taken)
        })
    }

    /// Whether the webhook that is about to be sent is lost.
    pub(crate) fn take_drop(&self) -> bool {
        self.with(|plan| match &mut plan.webhooks.drop {
            DropWebhooks::None => false,
            DropWebhooks::All => true,
            DropWebhooks::Next(count) => {
                let lost = *count > 0;
                *count = count.saturating_sub(1);
                if *count == 0 {
                    plan.webhooks.drop = DropWebhooks::None;
                }
                lost
            }
        })
    }
}

/// Tells the API that its work is to be kept and its reply to be a 500.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FailAfterWork;

/// Applies the first fault that matches a request.
pub(crate) async fn layer(State(sandbox): State<Sandbox>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/_sandbox") {
        return next.run(request).await;
    }
    let Some(fault) = sandbox.shared.faults.take(request.method(), &path) else {
        return next.run(request).await;
    };
    tracing::info!(kind = ?fault.kind, "injecting a fault");
    match fault.kind {
        ApiFaultKind::RateLimit => rate_limited(),
        ApiFaultKind::ServerError => failed(),
        ApiFaultKind::ServerErrorAfterWork => {
            request.extensions_mut().insert(FailAfterWork);
            let reply = next.run(request).await;
            if path.starts_with("/v1/") { reply } else { failed() }
        }
        ApiFaultKind::Cut => {
            next.run(request).await;
            cut()
        }
        ApiFaultKind::Slow => {
            let reply = next.run(request).await;
            tokio::time::sleep(Duration::from_millis(fault.wait_ms)).await;
            reply
        }
    }
}

fn rate_limited() -> Response {
    let error = ApiError::refused(
        StatusCode::TOO_MANY_REQUESTS,
        "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
    )
    .code("rate_limit");
    (error.status, [("stripe-should-retry", "true")], axum::Json(error.body())).into_response()
}

fn failed() -> Response {
    let error = ApiError::server();
    (error.status, axum::Json(error.body())).into_response()
}

/// A reply whose body fails before its head was flushed: the server gives up the connection.
fn cut() -> Response {
    let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut by a fault")) });
    let mut reply = Response::new(Body::from_stream(broken));
    reply.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    reply
}
