//! The front page: what this program is, what time it has, how the connected accounts stand, and what happened
//! lately. It shows; it changes nothing. It has the buttons that do: for the accounts, and for the clock where it
//! can be moved.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::sandbox::Sandbox;
use crate::state::{Origin, PLATFORM, Tx};
use crate::{API_VERSION, account, calendar, clock, money, onboarding, page};

const SHOWN: i64 = 20;

struct AccountRow {
    id: String,
    name: String,
    standing: &'static str,
    /// What can be done with it: the verb in the address, and the button's words.
    actions: Vec<(&'static str, &'static str)>,
}

impl AccountRow {
    fn of(account: &Object) -> Self {
        let enabled = account.body["charges_enabled"] == true;
        let lacks = !onboarding::due(account).is_empty();
        let wanted = ("require", "Ask for a document");
        let gone = ("deauthorize", "Disconnect");
        let (standing, actions) = if account::is_deauthorized(account) {
            ("disconnected", Vec::new())
        } else if onboarding::is_in_review(account) {
            ("in review", vec![("approve", "Finish the review"), gone])
        } else if !onboarding::is_submitted(account) {
            ("not set up yet", vec![("approve", "Set up at once"), gone])
        } else if lacks && enabled {
            ("active, something is due", vec![("approve", "Drop the demand"), gone])
        } else if lacks {
            ("action needed, charges are off", vec![("approve", "Drop the demand"), gone])
        } else if enabled {
            ("active", vec![wanted, gone])
        } else {
            ("charges are off", vec![("approve", "Switch charges on"), gone])
        };
        let name = account.body["business_profile"]["name"].as_str().unwrap_or(account.id()).to_owned();
        Self { id: account.id().to_owned(), name, standing, actions }
    }
}

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
    now: String,
    /// Whether the clock can be moved.
    movable: bool,
    /// What came of moving it.
    moved: Option<Result<String, String>>,
    version: &'static str,
    undelivered: i64,
    accounts: Vec<AccountRow>,
    charges: Vec<ChargeRow>,
    events: Vec<EventRow>,
}

fn text(body: &Value, key: &str) -> String {
    body[key].as_str().unwrap_or_default().to_owned()
}

/// The connected accounts, newest first.
async fn accounts(tx: &mut Tx) -> Result<Vec<AccountRow>, ApiError> {
    let mut rows = Vec::new();
    for (id, _) in tx.newest(Kind::Account, SHOWN).await? {
        if id != PLATFORM {
            rows.push(AccountRow::of(&tx.enter(Kind::Account, &id).await?));
        }
    }
    Ok(rows)
}

/// `GET /`
pub(crate) async fn show(State(sandbox): State<Sandbox>, RawQuery(query): RawQuery) -> Response {
    let days = query.as_deref().and_then(|query| clock::read_days(query.as_bytes()));
    let moved = days.map(|days| match days {
        1 => Ok("The clock moved on by 1 day.".to_owned()),
        days => Ok(format!("The clock moved on by {days} days.")),
    });
    draw(&sandbox, StatusCode::OK, moved.filter(|_| sandbox.shared.advance.is_some())).await
}

/// The page, with what came of moving the clock.
pub(crate) async fn draw(sandbox: &Sandbox, status: StatusCode, moved: Option<Result<String, String>>) -> Response {
    let drawn = async {
        let mut tx = Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await?;
        let undelivered = sqlx::query_scalar("SELECT count(*) FROM deliveries").fetch_one(&mut *tx.db).await?;
        let accounts = accounts(&mut tx).await?;
        let charges = tx.newest(Kind::Charge, SHOWN).await?;
        let events = tx.newest(Kind::Event, SHOWN).await?;
        let page = IndexPage {
            now: calendar::describe(tx.now),
            movable: sandbox.shared.advance.is_some(),
            moved,
            version: API_VERSION,
            undelivered,
            accounts,
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
        Ok(page::html(status, &page, &[]))
    };
    drawn.await.unwrap_or_else(|error: ApiError| page::failure(&error))
}
