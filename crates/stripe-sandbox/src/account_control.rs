//! `/_sandbox/accounts/…`: Stripe's part in an account's life, played by a program (JSON) or by a person, with the
//! buttons of the front page (a form).

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::{answer, read};
use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::sandbox::Sandbox;
use crate::state::{Origin, Tx};
use crate::{Reply, account, onboarding, page};

pub(crate) fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/accounts/{id}", post(put))
        .route("/_sandbox/accounts/{id}/approve", post(approve))
        .route("/_sandbox/accounts/{id}/require", post(require))
        .route("/_sandbox/accounts/{id}/deauthorize", post(deauthorize))
}

#[derive(Deserialize)]
struct NewAccount {
    name: String,
    #[serde(default = "yes")]
    charges_enabled: bool,
}

fn yes() -> bool {
    true
}

async fn put(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response {
    let put = async {
        let new: NewAccount = read(&body)?;
        let mut tx = Tx::begin(&sandbox.shared, &id, Origin::default()).await?;
        let account = account::put(&mut tx, new.charges_enabled, &new.name).await?;
        tx.commit().await?;
        Ok(account.body)
    };
    answer(put.await)
}

async fn begin(sandbox: &Sandbox, id: &str) -> Result<(Tx, Object), ApiError> {
    let mut tx = Tx::begin(&sandbox.shared, id, Origin::default()).await?;
    let account = tx.get(Kind::Account, id).await?;
    Ok((tx, account))
}

/// Whether a person has pressed a button.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

fn reply(headers: &HeaderMap, done: Reply) -> Response {
    match (is_form(headers), done) {
        (true, Ok(_)) => page::see_other("/#accounts"),
        (true, Err(error)) => page::failure(&error),
        (false, done) => answer(done),
    }
}

/// Stripe is satisfied with what it has.
async fn approve(State(sandbox): State<Sandbox>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let done = async {
        let (mut tx, mut account) = begin(&sandbox, &id).await?;
        onboarding::approve(&mut tx, &mut account).await?;
        tx.commit().await?;
        Ok(account.body)
    };
    reply(&headers, done.await)
}

/// What Stripe wants. A `disabled_reason` of `null` lets charges go on for two weeks.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default = "a_document")]
    currently_due: Vec<String>,
    #[serde(default = "past_due")]
    disabled_reason: Option<String>,
}

fn a_document() -> Vec<String> {
    vec!["individual.verification.document".to_owned()]
}

#[allow(clippy::unnecessary_wraps, reason = "serde wants the field's own type")]
fn past_due() -> Option<String> {
    Some("requirements.past_due".to_owned())
}

async fn require(State(sandbox): State<Sandbox>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let done = async {
        // A button has nothing more to say.
        let wanted: Wanted = read(if is_form(&headers) { b"" } else { &body })?;
        let (mut tx, mut account) = begin(&sandbox, &id).await?;
        onboarding::require(&mut tx, &mut account, wanted.currently_due, wanted.disabled_reason).await?;
        tx.commit().await?;
        Ok(account.body)
    };
    reply(&headers, done.await)
}

async fn deauthorize(State(sandbox): State<Sandbox>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let done = async {
        let mut tx = Tx::begin(&sandbox.shared, &id, Origin::default()).await?;
        account::deauthorize(&mut tx).await?;
        tx.commit().await?;
        Ok::<Value, ApiError>(json!({ "id": id, "deauthorized": true }))
    };
    reply(&headers, done.await)
}
