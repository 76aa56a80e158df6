//! The HTTP face: routes, and what every call of the API goes through: key, account, idempotency, work,
//! commit, reply.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use serde_json::{Value, json};

use crate::error::{ApiError, Kept};
use crate::faults::FailAfterWork;
use crate::idempotency::{self, Known};
use crate::params::Params;
use crate::sandbox::Sandbox;
use crate::state::{Origin, PLATFORM, Tx};
use crate::{
    API_VERSION, Reply, account, authentication_page, checkout_page, control, expand, faults, index_page,
    onboarding_page, page, routes,
};

const BODY_LIMIT: usize = 1 << 20;

/// The API, the hosted pages and the control endpoints.
pub(crate) fn router(sandbox: &Sandbox) -> Router {
    Router::new()
        .route("/", get(index_page::show))
        .route("/c/assets/{file}", get(page::asset))
        .route("/c/pay/{session}", get(checkout_page::show).post(checkout_page::submit))
        .route("/c/authenticate/{intent}", get(authentication_page::show).post(authentication_page::answer))
        .route("/c/onboarding/{link}", get(onboarding_page::show).post(onboarding_page::submit))
        .route("/v1/{*path}", any(call))
        .merge(control::router())
        .fallback(any(call))
        .layer(middleware::from_fn(detached))
        .layer(middleware::from_fn_with_state(sandbox.clone(), faults::layer))
        .with_state(sandbox.clone())
}

/// Work that has begun is finished even when the caller hangs up, as at Stripe.
async fn detached(request: Request, next: Next) -> Response {
    let work = tokio::spawn(next.run(request));
    work.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// What a call brings in its headers.
struct Caller {
    account: Option<String>,
    key: Option<String>,
    version: String,
    authorization: Option<String>,
}

impl Caller {
    fn read(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            account: text("stripe-account"),
            key: text("idempotency-key"),
            version: text("stripe-version").unwrap_or_else(|| API_VERSION.to_owned()),
            authorization: text("authorization"),
        }
    }
}

/// A reply on its way out.
struct Answer {
    status: StatusCode,
    body: String,
    /// The request whose stored reply this is.
    replayed: Option<String>,
}

async fn call(State(sandbox): State<Sandbox>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let caller = Caller::read(&parts.headers);
    let request_id = sandbox.shared.ids.make("req_", 14);
    let fail_after_work = parts.extensions.get::<FailAfterWork>().is_some();
    let path = parts.uri.path();
    let encoded = if parts.method == Method::POST {
        match to_bytes(body, BODY_LIMIT).await {
            Ok(body) => body.to_vec(),
            Err(_) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        }
    } else {
        parts.uri.query().unwrap_or("").as_bytes().to_vec()
    };
    let work = Work { method: &parts.method, path, encoded: &encoded, request_id: &request_id, fail_after_work };
    let answer = match run(&sandbox, &caller, &work).await {
        Ok(answer) => answer,
        Err(error) => refusal(&error, caller.account.as_deref(), &request_id),
    };
    reply(answer, &caller, &request_id)
}

/// One call of the API.
struct Work<'a> {
    method: &'a Method,
    path: &'a str,
    encoded: &'a [u8],
    request_id: &'a str,
    fail_after_work: bool,
}

/// An error means that nothing of the call was kept, not even its reply.
async fn run(sandbox: &Sandbox, caller: &Caller, work: &Work<'_>) -> Result<Answer, ApiError> {
    let shared = &sandbox.shared;
    check_key(caller.authorization.as_deref(), &shared.secret_key)?;
    let account = caller.account.as_deref().unwrap_or(PLATFORM);
    let key = match (&caller.key, work.method) {
        (Some(key), &Method::POST) => Some(idempotency::check(key)?),
        _ => None,
    };
    let origin = Origin { request: Some(work.request_id.to_owned()), idempotency_key: key.map(str::to_owned) };
    let mut tx = Tx::begin(shared, account, origin).await?;
    if !account::is_reachable(&mut tx).await? {
        return Err(account::out_of_reach(account, &shared.secret_key));
    }
    let fingerprint = idempotency::fingerprint(work.path, work.encoded);
    if let Some(key) = key {
        match idempotency::find(&mut tx, key, &fingerprint).await? {
            Known::New => {}
            Known::Replay(stored) => {
                return Ok(Answer { status: stored.status, body: stored.body, replayed: Some(stored.request) });
            }
        }
    }

    let mut answer = match perform(&mut tx, work).await {
        Ok(body) => Answer { status: StatusCode::OK, body: pretty(&body), replayed: None },
        Err(error) if error.kept == Kept::Nothing => return Err(error),
        Err(error) => {
            if error.kept == Kept::Reply {
                tx = tx.start_over().await?;
            }
            refusal(&error, caller.account.as_deref(), work.request_id)
        }
    };
    if work.fail_after_work {
        answer = refusal(&ApiError::server(), caller.account.as_deref(), work.request_id);
    }
    if let Some(key) = key {
        idempotency::store(&mut tx, key, &fingerprint, answer.status, &answer.body).await?;
    }
    if work.method != Method::GET {
        tx.commit().await?;
    }
    Ok(answer)
}

async fn perform(tx: &mut Tx, work: &Work<'_>) -> Reply {
    let mut params = Params::parse(work.encoded);
    let expand = params.strings("expand")?.unwrap_or_default();
    let done = routes::dispatch(tx, work.method, work.path, &mut params).await;
    match done {
        Ok(mut body) => {
            params.finish()?;
            expand::apply(tx, &mut body, &expand).await?;
            Ok(body)
        }
        Err(error) => {
            if error.kept == Kept::Work {
                params.finish()?;
            }
            Err(error)
        }
    }
}

fn check_key(authorization: Option<&str>, secret_key: &str) -> Result<(), ApiError> {
    let Some(authorization) = authorization else {
        return Err(ApiError::refused(
            StatusCode::UNAUTHORIZED,
            "You did not provide an API key. You need to provide your API key in the Authorization header, using \
             Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication \
             for details, or we can help at https://support.stripe.com/.",
        ));
    };
    let given = authorization.strip_prefix("Bearer ").unwrap_or("").trim();
    if given == secret_key {
        return Ok(());
    }
    Err(ApiError::refused(StatusCode::UNAUTHORIZED, format!("Invalid API Key provided: {}", account::redacted(given))))
}

fn refusal(error: &ApiError, account: Option<&str>, request_id: &str) -> Answer {
    let log = format!("https://dashboard.stripe.com/{}/test/logs/{request_id}?t=0", account.unwrap_or(PLATFORM));
    Answer {
        status: error.status,
        body: pretty(&error.clone().with("request_log_url", json!(log)).body()),
        replayed: None,
    }
}

fn pretty(body: &Value) -> String {
    serde_json::to_string_pretty(body).unwrap_or_else(|_| body.to_string())
}

fn reply(answer: Answer, caller: &Caller, request_id: &str) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("content-type", "application/json");
    set("cache-control", "no-cache, no-store");
    set("request-id", request_id);
    set("stripe-version", &caller.version);
    if let Some(account) = &caller.account {
        set("stripe-account", account);
    }
    if let Some(key) = &caller.key {
        set("idempotency-key", key);
    }
    if let Some(original) = &answer.replayed {
        set("idempotent-replayed", "true");
        set("original-request", original);
    }
    if answer.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Stripe\""));
    }
    response
}
