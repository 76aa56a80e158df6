//! What becomes of a saved method without the application: the card network renews it, its bank starts to
//! refuse it, somebody edits or removes it in the Dashboard.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;
use serde_json::Value;

use crate::control::{answer, read};
use crate::error::ApiError;
use crate::forced_decline::{self, ForcedDecline, present};
use crate::id::spell;
use crate::object::{Kind, Object};
use crate::sandbox::Sandbox;
use crate::state::{Origin, PLATFORM, Tx};
use crate::{event, payment_method};

pub(crate) fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/payment_methods/{id}", post(renew))
        .route("/_sandbox/payment_methods/{id}/outcome", post(set_outcome))
        .route("/_sandbox/payment_methods/{id}/edit", post(edit))
        .route("/_sandbox/payment_methods/{id}/detach", post(detach))
}

async fn enter(sandbox: &Sandbox, id: &str) -> Result<(Tx, Object), ApiError> {
    let mut tx = Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await?;
    let method = tx.enter(Kind::PaymentMethod, id).await?;
    Ok((tx, method))
}

/// What the card network tells about a card.
#[derive(Default, Deserialize)]
#[serde(default)]
struct CardChange {
    exp_month: Option<i64>,
    exp_year: Option<i64>,
    last4: Option<String>,
    /// Shorthand for an outcome of all later charges; `null` takes it away; absent changes nothing.
    #[serde(deserialize_with = "present")]
    decline_code: Option<Option<String>>,
}

impl CardChange {
    /// Changes the card, and says what was different before; None: nothing.
    fn apply(self, account: &str, method: &mut Object) -> Result<Option<Value>, ApiError> {
        if !method.body["card"].is_object() {
            return Err(ApiError::invalid("This payment method is no card."));
        }
        let before = method.body.clone();
        if let Some(last4) = &self.last4 {
            if last4.len() != 4 || !last4.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(ApiError::invalid("last4 has four digits.").param("last4"));
            }
            if method.body["card"]["last4"].as_str() != Some(last4) {
                // Another number has another fingerprint.
                let parts = [account.as_bytes(), method.id().as_bytes(), last4.as_bytes()];
                method.body["card"]["fingerprint"] = spell(&parts, 16).into();
            }
        }
        let updates = [
            ("exp_month", self.exp_month.map(Value::from)),
            ("exp_year", self.exp_year.map(Value::from)),
            ("last4", self.last4.map(Value::from)),
        ];
        for (field, value) in updates {
            if let Some(value) = value {
                method.body["card"][field] = value;
            }
        }
        Ok(event::previous(&before, &method.body))
    }
}

async fn renew(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response {
    let renewed = async {
        let mut change: CardChange = read(&body)?;
        let (mut tx, mut method) = enter(&sandbox, &id).await?;
        if let Some(code) = change.decline_code.take() {
            ForcedDecline::always(code).put_on(&mut method)?;
        }
        let previous = change.apply(&tx.account, &mut method)?;
        if previous.is_some() {
            forced_decline::renewed(&mut method);
        }
        tx.save(&method).await?;
        if previous.is_some() {
            tx.emit_change("payment_method.automatically_updated", &method.body, previous).await?;
        }
        tx.commit().await?;
        Ok(method.body)
    };
    answer(renewed.await)
}

async fn set_outcome(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response {
    let set = async {
        let forced: ForcedDecline = read(&body)?;
        let (mut tx, mut method) = enter(&sandbox, &id).await?;
        forced.put_on(&mut method)?;
        tx.save(&method).await?;
        tx.commit().await?;
        Ok(method.body)
    };
    answer(set.await)
}

async fn edit(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response {
    let edited = async {
        let change: CardChange = read(&body)?;
        if change.last4.is_some() || change.decline_code.is_some() {
            return Err(ApiError::invalid("The Dashboard changes a card's expiry only."));
        }
        let (mut tx, mut method) = enter(&sandbox, &id).await?;
        let previous = change.apply(&tx.account, &mut method)?;
        tx.save(&method).await?;
        if previous.is_some() {
            tx.emit_change("payment_method.updated", &method.body, previous).await?;
        }
        tx.commit().await?;
        Ok(method.body)
    };
    answer(edited.await)
}

async fn detach(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let detached = async {
        let (mut tx, _) = enter(&sandbox, &id).await?;
        let body = payment_method::detach(&mut tx, &id).await?;
        tx.commit().await?;
        Ok(body)
    };
    answer(detached.await)
}
