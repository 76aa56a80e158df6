//! The front page: what this program is, and what happened lately.
//! It shows; it changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use crate::error::ApiError;
use crate::object::Kind;
use crate::sandbox::Sandbox;
use crate::state::{Origin, PLATFORM, Tx};
use crate::{API_VERSION, money, page};

const SHOWN: i64 = 20;

struct ChargeRow {
    account: String,
    id: String,
    amount: String,
    status: String,
}

struct EventRow {
    account: String,
    id: String,
    name: String,
    waits: bool,
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage {
    version: &'static str,
    undelivered: i64,
    charges: Vec<ChargeRow>,
    events: Vec<EventRow>,
}

fn text(body: &Value, key: &str) -> String {
    body[key].as_str().unwrap_or_default().to_owned()
}

/// `GET /`
pub(crate) async fn show(State(sandbox): State<Sandbox>) -> Response {
    let shown = async {
        let mut tx = Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await?;
        let undelivered = sqlx::query_scalar("SELECT count(*) FROM deliveries").fetch_one(&mut *tx.db).await?;
        let charges = tx.newest(Kind::Charge, SHOWN).await?;
        let events = tx.newest(Kind::Event, SHOWN).await?;
        let page = IndexPage {
            version: API_VERSION,
            undelivered,
            charges: charges
                .into_iter()
                .map(|(account, body)| ChargeRow {
                    account,
                    id: text(&body, "id"),
                    amount: money::display(
                        body["amount"].as_i64().unwrap_or(0),
                        body["currency"].as_str().unwrap_or("usd"),
                    ),
                    status: text(&body, "status"),
                })
                .collect(),
            events: events
                .into_iter()
                .map(|(account, body)| EventRow {
                    account,
                    id: text(&body, "id"),
                    name: text(&body, "type"),
                    waits: body["pending_webhooks"] == 1,
                })
                .collect(),
        };
        Ok(page::html(StatusCode::OK, &page, &[]))
    };
    shown.await.unwrap_or_else(|error: ApiError| page::failure(&error))
}
