//! The bank's challenge (3-D Secure): Complete or Fail, then back to where the payment came from.
//! What the answer means for the payment is decided where payments are confirmed.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use url::Url;

use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::sandbox::Sandbox;
use crate::session_complete::{self, success_address};
use crate::state::{Origin, PLATFORM, Tx};
use crate::{confirm, money, page, setup_intent};

#[derive(Template)]
#[template(path = "challenge.html")]
struct ChallengePage {
    what: String,
    card: Option<String>,
}

async fn enter(tx: &mut Tx, id: &str) -> Result<Object, ApiError> {
    let kind = if id.starts_with("seti_") { Kind::SetupIntent } else { Kind::PaymentIntent };
    tx.enter(kind, id).await
}

/// `GET /c/authenticate/{intent}`
pub(crate) async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let shown = async {
        let mut tx = Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await?;
        let intent = enter(&mut tx, &id).await?;
        let destination = destination(&mut tx, &intent).await?;
        if intent.status() != "requires_action" {
            return Ok(page::message(
                StatusCode::OK,
                "This is already answered",
                "Your bank needs nothing more from you.",
                destination.as_deref().map(|address| (address, "Go on")),
            ));
        }
        let method = intent.owned("payment_method").unwrap_or_default();
        let method = tx.get(Kind::PaymentMethod, &method).await?;
        let currency = intent.text("currency").unwrap_or("usd");
        let challenge = ChallengePage {
            what: if intent.kind == Kind::SetupIntent {
                "saving this card".to_owned()
            } else {
                money::display(intent.number("amount"), currency)
            },
            card: method.body["card"]["last4"].as_str().map(str::to_owned),
        };
        let success = success_target(&mut tx, &intent).await?;
        let targets: Vec<&str> = [destination.as_deref(), success.as_deref()].into_iter().flatten().collect();
        Ok(page::html(StatusCode::OK, &challenge, &targets))
    };
    shown.await.unwrap_or_else(|error: ApiError| page::failure(&error))
}

/// `POST /c/authenticate/{intent}`
pub(crate) async fn answer(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response {
    let answered = async {
        let passed = url::form_urlencoded::parse(&body).any(|(key, value)| key == "outcome" && value == "complete");
        let mut tx = Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await?;
        let mut intent = enter(&mut tx, &id).await?;
        if intent.status() == "requires_action" {
            if intent.kind == Kind::SetupIntent {
                setup_intent::answer_challenge(&mut tx, &mut intent, passed).await?;
            } else {
                confirm::answer_challenge(&mut tx, &mut intent, passed).await?;
            }
            session_complete::follow(&mut tx, &intent).await?;
        }
        let destination = destination(&mut tx, &intent).await?;
        tx.commit().await?;
        Ok(match destination {
            Some(address) => page::see_other(&address),
            None => page::message(StatusCode::OK, "Thank you", "You can close this page and go back.", None),
        })
    };
    answered.await.unwrap_or_else(|error: ApiError| page::failure(&error))
}

/// Where the customer goes from here, with what Stripe adds to the address.
async fn destination(tx: &mut Tx, intent: &Object) -> Result<Option<String>, ApiError> {
    if let Some(session) = intent.hidden["session"].as_str() {
        let session = tx.get(Kind::CheckoutSession, session).await?;
        return Ok(Some(if session.status() == "complete" {
            success_address(&session)
        } else {
            tx.shared.address(&format!("/c/pay/{}", session.id()))
        }));
    }
    let Some(mut url) = intent.hidden["return_url"].as_str().and_then(|address| Url::parse(address).ok()) else {
        return Ok(None);
    };
    let status = match intent.status() {
        "succeeded" => "succeeded",
        "processing" => "pending",
        _ => "failed",
    };
    let name = intent.kind.as_str();
    url.query_pairs_mut()
        .append_pair(name, intent.id())
        .append_pair(&format!("{name}_client_secret"), intent.text("client_secret").unwrap_or(""))
        .append_pair("redirect_status", status);
    Ok(Some(url.into()))
}

/// For an intent of Checkout: the address that a passed challenge leads to.
async fn success_target(tx: &mut Tx, intent: &Object) -> Result<Option<String>, ApiError> {
    let Some(session) = intent.hidden["session"].as_str() else {
        return Ok(None);
    };
    let session = tx.get(Kind::CheckoutSession, session).await?;
    Ok(session.owned("success_url"))
}
