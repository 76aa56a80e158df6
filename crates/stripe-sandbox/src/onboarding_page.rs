//! The hosted onboarding page: where a business's owner tells Stripe who he is and where his money goes.
//! Drawn by the server, needs no script, keeps no account number.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::account_link::{self, Visit, refresh_url, return_url};
use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::onboarding::{self, Details};
use crate::onboarding_form::OnboardingForm;
use crate::page;
use crate::sandbox::Sandbox;
use crate::state::{Origin, PLATFORM, Tx};

#[derive(Template)]
#[template(path = "onboarding.html")]
struct OnboardingPage {
    business: String,
    account: String,
    /// Whether the owner has been here before: then he is asked only for what is missing.
    known: bool,
    /// What is missing, in plain words.
    missing: Vec<String>,
    form: OnboardingForm,
}

/// `GET /c/onboarding/{link}`
pub(crate) async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let shown = async {
        let mut tx = Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await?;
        let mut link = tx.enter(Kind::AccountLink, &id).await?;
        if !account_link::open(&mut tx, &mut link).await? {
            return Ok(page::see_other(refresh_url(&link)));
        }
        let account = account(&mut tx).await?;
        let form = OnboardingForm { details: remembered(&account), ..OnboardingForm::default() };
        let page = draw(&link, &account, form, StatusCode::OK);
        tx.commit().await?;
        Ok(page)
    };
    shown.await.unwrap_or_else(|error: ApiError| page::failure(&error))
}

/// `POST /c/onboarding/{link}`
pub(crate) async fn submit(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response {
    let submitted = async {
        let mut tx = Tx::begin(&sandbox.shared, PLATFORM, Origin::default()).await?;
        let mut link = tx.enter(Kind::AccountLink, &id).await?;
        match account_link::visit(&link) {
            Visit::Awaited => return Ok(page::see_other(refresh_url(&link))),
            Visit::Over => return Ok(page::see_other(return_url(&link))),
            Visit::Open => {}
        }
        let mut account = account(&mut tx).await?;
        let (form, bank) = OnboardingForm::read(&body);
        match (onboarding::is_submitted(&account), form.later, bank) {
            (true, true, _) => {}
            (true, false, _) => {
                if !onboarding::due(&account).is_empty() {
                    onboarding::hand_in(&mut tx, &mut account).await?;
                }
            }
            (false, true, _) => onboarding::save(&mut tx, &mut account, &form.details).await?,
            (false, false, Some(bank)) => onboarding::submit(&mut tx, &mut account, &form.details, &bank).await?,
            (false, false, None) => return Ok(draw(&link, &account, form, StatusCode::UNPROCESSABLE_ENTITY)),
        }
        account_link::leave(&mut tx, &mut link).await?;
        tx.commit().await?;
        Ok(page::see_other(return_url(&link)))
    };
    submitted.await.unwrap_or_else(|error: ApiError| page::failure(&error))
}

async fn account(tx: &mut Tx) -> Result<Object, ApiError> {
    let id = tx.account.clone();
    tx.get(Kind::Account, &id).await
}

/// What the owner has said before, or the platform for him.
fn remembered(account: &Object) -> Details {
    let profile = |key: &str| account.body["business_profile"][key].as_str().unwrap_or_default().to_owned();
    let hidden = |key: &str| account.hidden[key].as_str().unwrap_or_default().to_owned();
    Details {
        name: profile("name"),
        product: profile("product_description"),
        phone: profile("support_phone"),
        first_name: hidden("first_name"),
        last_name: hidden("last_name"),
    }
}

fn draw(link: &Object, account: &Object, form: OnboardingForm, status: StatusCode) -> Response {
    let name = account.body["business_profile"]["name"].as_str();
    let page = OnboardingPage {
        business: name.unwrap_or("Your business").to_owned(),
        account: account.id().to_owned(),
        known: onboarding::is_submitted(account),
        missing: onboarding::due(account).iter().map(|name| in_words(name)).collect(),
        form,
    };
    page::html(status, &page, &[refresh_url(link), return_url(link)])
}

/// `individual.verification.document` as a person would say it.
fn in_words(name: &str) -> String {
    match name.rsplit('.').next().unwrap_or_default() {
        "document" | "additional_document" => "A photo of an identity document".to_owned(),
        "external_account" => "A bank account".to_owned(),
        last => {
            let mut words = last.replace('_', " ");
            if let Some(first) = words.get_mut(0..1) {
                first.make_ascii_uppercase();
            }
            words
        }
    }
}
