//! What can go wrong, told apart by what the caller must do next: refused (nothing happened), not found, wrong state,
//! or *unknown*: the work may have been done, and only reading it from Stripe can tell.

use serde::Deserialize;

use crate::de::lenient;
use crate::open_enum::open_enum;
use crate::{Expandable, PaymentIntent, SetupIntent};

open_enum! {
    /// Stripe's four families of errors.
    ErrorType {
        /// A fault at Stripe's end.
        ApiError = "api_error",
        /// The card or bank said no.
        CardError = "card_error",
        /// The same key came with other parameters.
        IdempotencyError = "idempotency_error",
        /// The request was wrong, or came in the wrong state.
        InvalidRequest = "invalid_request_error",
    }
}

impl Default for ErrorType {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Stripe answered with an error.
    #[error(transparent)]
    Api(#[from] Box<ApiError>),
    /// There was no whole reply.
    #[error("no reply from Stripe")]
    Network {
        /// The transport's error, without the address.
        #[source]
        source: reqwest::Error,
    },
    /// No reply in time.
    #[error("Stripe didn't answer in time")]
    Timeout,
    /// A good reply that can't be read. For a call with an effect, the effect took place.
    #[error("a reply of Stripe's can't be read: {detail} (request {})", request_id.as_deref().unwrap_or("unknown"))]
    Decode {
        /// What was missing or misshapen; never a value.
        detail: String,
        /// Stripe's name for the request.
        request_id: Option<String>,
    },
    /// The client or a parameter was set up wrongly; nothing was sent.
    #[error("Stripe client: {0}")]
    Config(String),
    /// A text that can't be a Stripe id; nothing was sent.
    #[error("not an id of Stripe's")]
    InvalidId,
}

/// An error reply, as far as Zoop reads it.
#[derive(Debug, Clone, Default, Deserialize, thiserror::Error)]
#[error("Stripe refused: {http_status} {kind} {} (request {})",
    code.as_deref().unwrap_or("-"), request_id.as_deref().unwrap_or("unknown"))]
pub struct ApiError {
    /// The HTTP status.
    #[serde(skip)]
    pub http_status: u16,
    /// Stripe's name for the request.
    #[serde(skip)]
    pub request_id: Option<String>,
    /// An earlier try of the same request had no clear answer, so it may have been carried out.
    #[serde(skip)]
    pub in_doubt: bool,
    /// `type`: the family.
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    pub kind: ErrorType,
    /// What happened, in one word.
    #[serde(default, deserialize_with = "lenient")]
    pub code: Option<String>,
    /// The issuer's reason.
    #[serde(default, deserialize_with = "lenient")]
    pub decline_code: Option<String>,
    /// What the issuer advises: `confirm_card_data`, `do_not_try_again`, `try_again_later`.
    #[serde(default, deserialize_with = "lenient")]
    pub advice_code: Option<String>,
    /// A sentence; that of a card error may be shown to the payer.
    #[serde(default, deserialize_with = "lenient")]
    pub message: Option<String>,
    /// The parameter at fault.
    #[serde(default, deserialize_with = "lenient")]
    pub param: Option<String>,
    /// The payment the error is about.
    #[serde(default, deserialize_with = "lenient")]
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    /// The set-up the error is about.
    #[serde(default, deserialize_with = "lenient")]
    pub setup_intent: Option<Expandable<SetupIntent>>,
    /// The charge that failed.
    #[serde(default, deserialize_with = "lenient")]
    pub charge: Option<String>,
    /// Stripe's page on the code.
    #[serde(default, deserialize_with = "lenient")]
    pub doc_url: Option<String>,
}

/// Refusals for a wrong state that Stripe sends without a code; both are in use by its clients for years.
const STATE_PHRASES: [&str; 2] = ["Only Checkout Sessions with a status in", "is not attached to a customer"];

impl ApiError {
    pub(crate) fn parse(http_status: u16, request_id: Option<String>, body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Envelope {
            error: ApiError,
        }
        let known = serde_json::from_slice::<Envelope>(body).map(|envelope| envelope.error).unwrap_or_default();
        Self { http_status, request_id, ..known }
    }

    /// Whether this one reply, seen alone, leaves open what Stripe did.
    pub(crate) fn leaves_open(&self) -> bool {
        match self.http_status {
            408 | 409 => true,
            400..=499 => self.kind == ErrorType::IdempotencyError,
            _ => true,
        }
    }

    fn outcome_unknown(&self) -> bool {
        // With the same key and body, these three repeat the first try's own verdict; 401, 403 and 429 come from
        // before the work and say nothing about it.
        let verdict = matches!(self.http_status, 400 | 402 | 404);
        self.leaves_open() || (self.in_doubt && !verdict)
    }

    fn code_is(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }
}

impl Error {
    /// The error reply, if there was one.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// The card or bank said no: final for this request.
    #[must_use]
    pub fn is_card_error(&self) -> bool {
        self.api().is_some_and(|error| error.kind == ErrorType::CardError)
    }

    /// The bank wants to see the payer: the payment can only go on with them present.
    #[must_use]
    pub fn is_authentication_required(&self) -> bool {
        self.api().is_some_and(|error| {
            error.code_is(&["authentication_required"])
                || error.decline_code.as_deref() == Some("authentication_required")
        })
    }

    /// The issuer's reason for saying no.
    #[must_use]
    pub fn decline_code(&self) -> Option<&str> {
        self.api()?.decline_code.as_deref()
    }

    /// What the issuer advises after saying no.
    #[must_use]
    pub fn advice_code(&self) -> Option<&str> {
        self.api()?.advice_code.as_deref()
    }

    /// The payment that was refused, as it stands after that; its charge and its method are ids.
    #[must_use]
    pub fn payment_intent(&self) -> Option<&PaymentIntent> {
        self.api()?.payment_intent.as_ref()?.object()
    }

    /// Nothing has this id on this account.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::InvalidId => true,
            Self::Api(error) => error.http_status == 404 || error.code_is(&["resource_missing"]),
            _ => false,
        }
    }

    /// The object is in a state that doesn't allow this: read it, and go on from what it says.
    #[must_use]
    pub fn is_invalid_state(&self) -> bool {
        let Some(error) = self.api().filter(|error| error.http_status == 400) else {
            return false;
        };
        let message = error.message.as_deref().unwrap_or_default();
        error.code.as_deref().is_some_and(|code| code.ends_with("_unexpected_state"))
            || error.code_is(&["charge_already_refunded", "charge_already_captured", "charge_disputed"])
            || STATE_PHRASES.iter().any(|phrase| message.contains(phrase))
    }

    /// The key isn't (or is no longer) good for this account: wrong key, or the business disconnected.
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        self.api().is_some_and(|error| matches!(error.http_status, 401 | 403) || error.code_is(&["account_invalid"]))
    }

    /// Too many requests, even after the repeats.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.api().is_some_and(|error| error.http_status == 429)
    }

    /// The work may have been done: no clear answer, after all repeats. Read the object before doing anything else.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::Network { .. } | Self::Timeout | Self::Decode { .. } => true,
            Self::Api(error) => error.outcome_unknown(),
            Self::Config(_) | Self::InvalidId => false,
        }
    }

    /// Whether trying the whole thing again later, under a new key, makes sense.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network { .. } | Self::Timeout => true,
            Self::Api(error) => matches!(error.http_status, 408 | 409 | 429 | 500..),
            Self::Decode { .. } | Self::Config(_) | Self::InvalidId => false,
        }
    }

    /// Stripe's name for the request, for the log and for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.request_id.as_deref(),
            Self::Decode { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// serde's own words may quote a value out of the reply; only what names *our* fields is kept.
    pub(crate) fn decode(error: &serde_json::Error, request_id: Option<String>) -> Self {
        let text = error.to_string();
        let detail = if text.starts_with("missing field") {
            text
        } else {
            format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())
        };
        Self::Decode { detail, request_id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(status: u16, body: &str, in_doubt: bool) -> Error {
        Error::Api(Box::new(ApiError { in_doubt, ..ApiError::parse(status, None, body.as_bytes()) }))
    }

    #[test]
    fn a_refusal_is_certain_unless_an_earlier_try_was_not() {
        for (status, alone, after_doubt) in [
            (400, false, false),
            (401, false, true),
            (402, false, false),
            (403, false, true),
            (404, false, false),
            (408, true, true),
            (409, true, true),
            (429, false, true),
            (302, true, true),
            (500, true, true),
            (503, true, true),
        ] {
            assert_eq!(api(status, "{}", false).outcome_unknown(), alone, "{status} alone");
            assert_eq!(api(status, "{}", true).outcome_unknown(), after_doubt, "{status} after doubt");
        }
        let reused = r#"{"error":{"type":"idempotency_error"}}"#;
        assert!(api(400, reused, false).outcome_unknown());
    }

    #[test]
    fn refusals_are_told_apart() {
        let state = r#"{"error":{"type":"invalid_request_error","code":"payment_intent_unexpected_state"}}"#;
        assert!(api(400, state, false).is_invalid_state());
        let expire = r#"{"error":{"type":"invalid_request_error","message":
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This one is `complete`."}}"#;
        assert!(api(400, expire, false).is_invalid_state());
        let missing = r#"{"error":{"type":"invalid_request_error","code":"resource_missing","param":"id"}}"#;
        assert!(api(404, missing, false).is_not_found() && !api(404, missing, false).is_invalid_state());
        let bank = r#"{"error":{"type":"card_error","code":"authentication_required",
            "decline_code":"authentication_required","payment_intent":{"id":"pi_1","object":"payment_intent"}}}"#;
        let error = api(402, bank, false);
        assert!(error.is_card_error() && error.is_authentication_required() && !error.outcome_unknown());
        assert_eq!(error.api().unwrap().payment_intent.as_ref().map(Expandable::id), Some("pi_1"));
        assert!(api(403, "<html>", false).is_access_denied());
        assert!(Error::InvalidId.is_not_found());
    }

    #[test]
    fn a_misshapen_error_body_is_still_an_error() {
        for body in ["", "<html>", "[]", r#"{"error":"no"}"#, r#"{"error":{"type":7,"code":{},"payment_intent":[]}}"#] {
            let error = ApiError::parse(502, Some("req_1".to_owned()), body.as_bytes());
            assert_eq!((error.http_status, error.request_id.as_deref()), (502, Some("req_1")));
        }
    }

    #[test]
    fn an_unreadable_reply_is_not_quoted() {
        let error = serde_json::from_str::<i64>(r#""4242424242424242""#).unwrap_err();
        assert!(error.to_string().contains("4242"));
        assert!(!Error::decode(&error, None).to_string().contains("4242"));
    }
}
