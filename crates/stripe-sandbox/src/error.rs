//! Errors as Stripe answers them: `{"error": {"type", "code", "message", "param", …}}` with a status.
//!
//! Each error also says what becomes of the work: a refused call leaves nothing, an executed one leaves
//! only its reply under the idempotency key, a declined payment keeps both the work and the reply.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// What is kept of a call that ended in an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Nothing: the parameters were wrong, the same key may be used again.
    Nothing,
    /// The reply, so that the same key gets the same answer.
    Reply,
    /// The reply and the work: a failed charge is a fact.
    Work,
}

/// An error reply.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) kept: Kept,
    fields: Map<String, Value>,
}

impl ApiError {
    fn new(status: StatusCode, kept: Kept, kind: &str, message: String) -> Self {
        let mut fields = Map::new();
        fields.insert("type".into(), json!(kind));
        fields.insert("message".into(), Value::String(message));
        Self { status, kept, fields }
    }

    /// 400: the parameters are wrong; nothing was executed.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Kept::Nothing, "invalid_request_error", message.into())
    }

    /// 400: the parameters are well formed but the object's state forbids it.
    pub(crate) fn state(code: &str, message: impl Into<String>) -> Self {
        Self::forbidden_now(message).code(code)
    }

    /// The same where Stripe gives no code.
    pub(crate) fn forbidden_now(message: impl Into<String>) -> Self {
        Self { kept: Kept::Reply, ..Self::invalid(message) }
    }

    /// 400: a parameter names an object that isn't in this account.
    pub(crate) fn no_such(label: &str, id: &str, param: &str) -> Self {
        Self {
            kept: Kept::Reply,
            ..Self::invalid(format!("No such {label}: '{id}'")).code("resource_missing").param(param)
        }
    }

    /// 404: the path names an object that isn't in this account.
    pub(crate) fn not_found(label: &str, id: &str, param: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::no_such(label, id, param) }
    }

    /// 402: the bank said no, or asks for the cardholder.
    pub(crate) fn card(code: &str, message: &str) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, Kept::Work, "card_error", message.to_owned()).code(code)
    }

    /// 400 about an idempotency key.
    pub(crate) fn idempotency(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Kept::Nothing, "idempotency_error", message.into())
    }

    /// Any other refusal before execution.
    pub(crate) fn refused(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, ..Self::invalid(message) }
    }

    /// 500.
    pub(crate) fn server() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            Kept::Nothing,
            "api_error",
            "An unknown error occurred. Please try again, and contact support if it persists.".to_owned(),
        )
    }

    #[must_use]
    pub(crate) fn code(self, code: &str) -> Self {
        self.with("doc_url", json!(format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"))))
            .with("code", json!(code))
    }

    #[must_use]
    pub(crate) fn param(self, param: &str) -> Self {
        self.with("param", json!(param))
    }

    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.fields.insert(key.to_owned(), value);
        self
    }

    /// One field as text, "" when it isn't there.
    pub(crate) fn field(&self, key: &str) -> &str {
        self.fields.get(key).and_then(Value::as_str).unwrap_or("")
    }

    /// The fields as they also appear in `last_payment_error` and `last_setup_error`.
    pub(crate) fn fields(&self) -> Value {
        Value::Object(self.fields.clone())
    }

    /// The reply's body.
    pub(crate) fn body(&self) -> Value {
        json!({ "error": self.fields })
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the sandbox's database failed");
        Self::server()
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a stored object can't be read");
        Self::server()
    }
}
