//! The sandbox's clock as people and programs see it, and the lever that moves it where there is one.
//! What happens on the way is the business of whoever gave the lever: it may take as long as it needs.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

use crate::error::ApiError;
use crate::sandbox::Sandbox;
use crate::{control, index_page, page};

/// The furthest that one move goes, in days.
const FURTHEST: i64 = 366;

/// `GET /_sandbox/clock`
pub(crate) async fn show(State(sandbox): State<Sandbox>) -> Response {
    now(&sandbox)
}

fn now(sandbox: &Sandbox) -> Response {
    Json(json!({ "now": (sandbox.shared.clock)() })).into_response()
}

#[derive(Deserialize)]
struct Move {
    days: i64,
}

/// `POST /_sandbox/clock`: a form from the front page, or JSON from a program.
pub(crate) async fn advance(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let form = kind.starts_with("application/x-www-form-urlencoded");
    let days = if form { read_days(&body).ok_or_else(out_of_range) } else { read_json(&body) };
    let moved = match days {
        Ok(days) => go_on(&sandbox, days).await.map(|()| days),
        Err(error) => Err(error),
    };
    match (moved, form) {
        (Ok(days), true) => page::see_other(&format!("/?days={days}")),
        (Ok(_), false) => now(&sandbox),
        (Err(error), true) => {
            index_page::draw(&sandbox, error.status, Some(Err(error.field("message").to_owned()))).await
        }
        (Err(error), false) => control::answer(Err(error)),
    }
}

/// The days that a form or an address names, if they can be gone.
pub(crate) fn read_days(encoded: &[u8]) -> Option<i64> {
    let (_, days) = url::form_urlencoded::parse(encoded).find(|(name, _)| name == "days")?;
    days.parse().ok().filter(|days| (1..=FURTHEST).contains(days))
}

fn read_json(body: &[u8]) -> Result<i64, ApiError> {
    let Move { days } = control::read(body)?;
    if (1..=FURTHEST).contains(&days) { Ok(days) } else { Err(out_of_range()) }
}

fn out_of_range() -> ApiError {
    ApiError::invalid(format!("The clock moves on by 1 to {FURTHEST} days at a time.")).param("days")
}

async fn go_on(sandbox: &Sandbox, days: i64) -> Result<(), ApiError> {
    let shared = &sandbox.shared;
    let Some(advance) = &shared.advance else {
        return Err(ApiError::refused(StatusCode::NOT_FOUND, "This sandbox’s clock can’t be moved."));
    };
    let Ok(_turn) = shared.advancing.try_lock() else {
        return Err(ApiError::refused(StatusCode::CONFLICT, "The clock is being moved already."));
    };
    let done = advance(days).await;
    // Timers and retries fall due with the clock.
    shared.wake.notify_one();
    done.map_err(|error| {
        ApiError::refused(StatusCode::INTERNAL_SERVER_ERROR, format!("The clock didn’t get there: {error}"))
    })
}
