//! The hosted Checkout page: drawn by the server, needs no script, keeps no card number.
//! What a submitted form does to the session is decided in `session_complete`.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::card::TestCard;
use crate::card_form::CardForm;
use crate::confirm::Attempt;
use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::outcome::LIVE_CARD;
use crate::payment_method::{self, CardDetails};
use crate::sandbox::Sandbox;
use crate::session_complete::{self, success_address};
use crate::state::{Origin, PLATFORM, Tx};
use crate::{account, money, page};

#[derive(Template)]
#[template(path = "checkout.html")]
struct CheckoutPage {
    merchant: String,
    heading: String,
    amount: Option<String>,
    action: String,
    back: Option<String>,
    /// Why the last try failed.
    notice: Option<String>,
    /// The merchant's words at the button.
    message: Option<String>,
    /// Whether the card will be saved.
    saved: bool,
    /// Whether a bank account can be used too.
    bank: bool,
    form: CardForm,
}

impl CheckoutPage {
    fn monogram(&self) -> String {
        let initial = self.merchant.chars().find(|letter| letter.is_alphanumeric());
        initial.map_or_else(|| "?".to_owned(), |letter| letter.to_uppercase().to_string())
    }
}

/// `GET /c/pay/{session}`
pub(crate) async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let shown = async {
        let mut tx = Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await?;
        let session = tx.enter(Kind::CheckoutSession, &id).await?;
        if let Some(page) = closed(&session) {
            return Ok(page);
        }
        let notice = last_error(&mut tx, &session).await?;
        draw(&mut tx, &session, CardForm::default(), notice, StatusCode::OK).await
    };
    shown.await.unwrap_or_else(|error: ApiError| page::failure(&error))
}

/// `POST /c/pay/{session}`
pub(crate) async fn submit(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response {
    let submitted = async {
        let mut tx = Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await?;
        let mut session = tx.enter(Kind::CheckoutSession, &id).await?;
        if session.status() == "complete" {
            return Ok(page::see_other(&success_address(&session)));
        }
        if let Some(page) = closed(&session) {
            return Ok(page);
        }
        let (mut method, form) = if takes_bank(&session) && wants_bank(&body) {
            let billing = payment_method::empty_billing();
            let method = payment_method::new_bank_account(&mut tx, billing).await?;
            (method, CardForm::default())
        } else {
            let (form, card) = CardForm::read(&body, tx.now);
            let Some(card) = card else {
                return draw(&mut tx, &session, form, None, StatusCode::UNPROCESSABLE_ENTITY).await;
            };
            let Some(test_card) = TestCard::by_number(&card.number) else {
                let notice = Some(LIVE_CARD.message.to_owned());
                return draw(&mut tx, &session, form, notice, StatusCode::PAYMENT_REQUIRED).await;
            };
            let mut billing = payment_method::empty_billing();
            billing["name"] = json!(card.holder);
            billing["email"] = session.body["customer_details"]["email"].clone();
            billing["address"]["postal_code"] = json!(card.zip);
            billing["address"]["country"] = json!("US");
            let details = CardDetails {
                card: test_card,
                exp_month: card.exp_month,
                exp_year: card.exp_year,
                has_cvc: true,
                billing,
            };
            (payment_method::new_card(&mut tx, details).await?, form)
        };
        let attempt = session_complete::submit(&mut tx, &mut session, &mut method).await?;
        let reply = match attempt {
            Attempt::Accepted => page::see_other(&success_address(&session)),
            Attempt::Challenged => {
                let intent = intent_of(&session).unwrap_or_default();
                page::see_other(&tx.shared.address(&format!("/c/authenticate/{intent}")))
            }
            Attempt::Declined(error) => {
                let notice = Some(error.field("message").to_owned());
                draw(&mut tx, &session, form, notice, StatusCode::PAYMENT_REQUIRED).await?
            }
        };
        tx.commit().await?;
        Ok(reply)
    };
    submitted.await.unwrap_or_else(|error: ApiError| page::failure(&error))
}

fn intent_of(session: &Object) -> Option<String> {
    session.owned("payment_intent").or_else(|| session.owned("setup_intent"))
}

fn takes_bank(session: &Object) -> bool {
    let types = session.body["payment_method_types"].as_array();
    types.is_some_and(|types| types.contains(&json!("us_bank_account")))
}

fn wants_bank(body: &[u8]) -> bool {
    url::form_urlencoded::parse(body).any(|(key, value)| key == "method" && value == "bank")
}

/// The page of a session that takes nothing any more.
fn closed(session: &Object) -> Option<Response> {
    match session.status() {
        "open" => None,
        "complete" => {
            let address = success_address(session);
            Some(page::message(
                StatusCode::OK,
                "You’re all done here",
                "This page has been used already. Nothing more will be charged.",
                Some((&address, "Go on")),
            ))
        }
        _ => Some(page::message(
            StatusCode::GONE,
            "This page has expired",
            "Nothing was charged. Please go back and start again.",
            session.text("cancel_url").map(|address| (address, "Go back")),
        )),
    }
}

/// Why the last try failed, for those who come back from the bank's challenge.
async fn last_error(tx: &mut Tx, session: &Object) -> Result<Option<String>, ApiError> {
    let Some(intent) = intent_of(session) else {
        return Ok(None);
    };
    let Some(intent) = tx.find(&intent).await? else {
        return Ok(None);
    };
    let field = if intent.kind == Kind::PaymentIntent { "last_payment_error" } else { "last_setup_error" };
    let error = &intent.body[field];
    Ok(match error["code"].as_str() {
        None => None,
        Some(code) if code.ends_with("_authentication_failure") => {
            Some("Your bank couldn’t confirm that it was you.".to_owned())
        }
        Some(_) => error["message"].as_str().map(str::to_owned),
    })
}

async fn draw(
    tx: &mut Tx,
    session: &Object,
    form: CardForm,
    notice: Option<String>,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let setup = session.text("mode") == Some("setup");
    let currency = session.text("currency").unwrap_or("usd");
    let amount = (!setup).then(|| money::display(session.number("amount_total"), currency));
    let page = CheckoutPage {
        merchant: account::display_name(tx).await?,
        heading: heading(session, setup),
        action: amount.as_ref().map_or_else(|| "Save card".to_owned(), |amount| format!("Pay {amount}")),
        amount,
        back: session.owned("cancel_url"),
        notice,
        message: session.body["custom_text"]["submit"]["message"].as_str().map(str::to_owned),
        saved: setup || session.hidden["intent"]["setup_future_usage"].is_string(),
        bank: takes_bank(session),
        form,
    };
    let targets: Vec<&str> = [session.text("success_url"), session.text("cancel_url")].into_iter().flatten().collect();
    Ok(page::html(status, &page, &targets))
}

fn heading(session: &Object, setup: bool) -> String {
    if setup {
        return "Save a card".to_owned();
    }
    let lines = session.hidden["line_items"].as_array();
    let names: Vec<&str> = lines.into_iter().flatten().filter_map(|line| line["description"].as_str()).collect();
    let names = names.join(", ");
    match names.strip_prefix("Invoice ") {
        Some(number) => format!("Pay invoice {number}"),
        None => format!("Pay {names}"),
    }
}
