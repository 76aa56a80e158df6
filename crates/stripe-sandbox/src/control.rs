//! `/_sandbox/…`: how a test plays the bank, the cardholder, the network and the calendar.
//!
//! No key is asked for: a sandbox listens where only its own machine can reach it.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::bank_debit::{self, Ending};
use crate::error::ApiError;
use crate::faults::{ApiFault, WebhookFaults};
use crate::object::{Kind, Object};
use crate::sandbox::{Sandbox, WebhookEndpoint};
use crate::state::{Origin, PLATFORM, Tx};
use crate::{Reply, account_control, clock, dispute, ledger, method_control, refund};

pub(crate) fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/ledger", get(show_ledger))
        .route("/_sandbox/faults", get(show_faults).post(add_faults).delete(clear_faults))
        .route("/_sandbox/webhook", post(set_webhook).delete(unset_webhook))
        .route("/_sandbox/deliver", post(deliver))
        .route("/_sandbox/payment_intents/{id}/finish", post(finish))
        .route("/_sandbox/disputes/open", post(open_dispute))
        .route("/_sandbox/disputes/close", post(close_dispute))
        .route("/_sandbox/refunds/{id}/fail", post(fail_refund))
        .route("/_sandbox/refunds/{id}/succeed", post(succeed_refund))
        .route("/_sandbox/events/{id}/resend", post(resend))
        .route("/_sandbox/clock", get(clock::show).post(clock::advance))
        .merge(account_control::router())
        .merge(method_control::router())
}

async fn begin(sandbox: &Sandbox) -> Result<Tx, ApiError> {
    Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await
}

pub(crate) fn answer(reply: Reply) -> Response {
    match reply {
        Ok(body) => Json(body).into_response(),
        Err(error) => (error.status, Json(error.body())).into_response(),
    }
}

/// The body as JSON; none at all is `{}`.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| ApiError::invalid(format!("The body can't be read: {error}")))
}

async fn show_ledger(State(sandbox): State<Sandbox>) -> Response {
    let reply = async { Ok(json!({ "data": ledger::read(&mut begin(&sandbox).await?).await? })) };
    answer(reply.await)
}

async fn show_faults(State(sandbox): State<Sandbox>) -> Response {
    Json(sandbox.faults().get()).into_response()
}

/// What is to be added to the faults there are.
#[derive(Deserialize)]
struct NewFaults {
    webhooks: Option<WebhookFaults>,
    #[serde(default)]
    api: Vec<ApiFault>,
}

async fn add_faults(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    let new: NewFaults = match read(&body) {
        Ok(new) => new,
        Err(error) => return answer(Err(error)),
    };
    let faults = sandbox.faults();
    if let Some(webhooks) = new.webhooks {
        faults.set_webhooks(webhooks);
    }
    for fault in new.api {
        faults.add(fault);
    }
    Json(faults.get()).into_response()
}

async fn clear_faults(State(sandbox): State<Sandbox>) -> Response {
    sandbox.faults().clear();
    StatusCode::NO_CONTENT.into_response()
}

async fn set_webhook(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    match read::<WebhookEndpoint>(&body) {
        Ok(endpoint) => {
            sandbox.set_webhook(Some(endpoint));
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => answer(Err(error)),
    }
}

async fn unset_webhook(State(sandbox): State<Sandbox>) -> Response {
    sandbox.set_webhook(None);
    StatusCode::NO_CONTENT.into_response()
}

async fn deliver(State(sandbox): State<Sandbox>) -> Response {
    Json(json!({ "sent": sandbox.deliver_pending().await })).into_response()
}

#[derive(Deserialize)]
struct Finish {
    outcome: Ending,
}

async fn finish(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response {
    let finished = async {
        let wanted: Finish = read(&body)?;
        let mut tx = begin(&sandbox).await?;
        let mut intent = tx.enter(Kind::PaymentIntent, &id).await?;
        bank_debit::finish(&mut tx, &mut intent, wanted.outcome).await?;
        tx.commit().await?;
        Ok(intent.body)
    };
    answer(finished.await)
}

#[derive(Deserialize)]
struct OpenDispute {
    charge: String,
    #[serde(default = "fraudulent")]
    reason: String,
    #[serde(default)]
    inquiry: bool,
}

fn fraudulent() -> String {
    "fraudulent".to_owned()
}

async fn open_dispute(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    let opened = async {
        let wanted: OpenDispute = read(&body)?;
        let mut tx = begin(&sandbox).await?;
        let charge = tx.enter(Kind::Charge, &wanted.charge).await?;
        let case = if wanted.inquiry { dispute::Case::Inquiry } else { dispute::Case::Chargeback };
        let dispute = dispute::open(&mut tx, charge, &wanted.reason, case).await?;
        tx.commit().await?;
        Ok(dispute.body)
    };
    answer(opened.await)
}

#[derive(Deserialize)]
struct CloseDispute {
    charge: String,
    outcome: Verdict,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    #[serde(alias = "win")]
    Won,
    #[serde(alias = "lose")]
    Lost,
}

async fn close_dispute(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    let closed = async {
        let wanted: CloseDispute = read(&body)?;
        let mut tx = begin(&sandbox).await?;
        tx.enter(Kind::Charge, &wanted.charge).await?;
        let mut dispute = dispute::newest_of(&mut tx, &wanted.charge).await?;
        // A card network may turn its own verdict round.
        if wanted.outcome == Verdict::Won && dispute.status() == "lost" {
            dispute.set("status", "under_review");
        }
        dispute::conclude(&mut tx, &mut dispute, wanted.outcome == Verdict::Won).await?;
        tx.commit().await?;
        Ok(dispute.body)
    };
    answer(closed.await)
}

async fn fail_refund(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    answer(end_refund(&sandbox, &id, false).await)
}

async fn succeed_refund(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    answer(end_refund(&sandbox, &id, true).await)
}

async fn end_refund(sandbox: &Sandbox, id: &str, arrives: bool) -> Reply {
    let mut tx = begin(sandbox).await?;
    let mut refund = tx.enter(Kind::Refund, id).await?;
    if arrives {
        refund::succeed(&mut tx, &mut refund).await?;
    } else {
        refund::fail(&mut tx, &mut refund).await?;
    }
    tx.commit().await?;
    Ok(refund.body)
}

async fn resend(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let sent = async {
        let mut tx = begin(&sandbox).await?;
        let mut event: Object = tx.enter(Kind::Event, &id).await?;
        event.set("pending_webhooks", Value::from(1));
        tx.save(&event).await?;
        tx.queue_delivery(&id).await?;
        tx.commit().await?;
        Ok(event.body)
    };
    answer(sent.await)
}
