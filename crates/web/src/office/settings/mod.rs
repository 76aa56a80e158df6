//! Settings: one page a matter, and the list of them beside each.

pub mod audit;
mod audit_words;
pub mod business;
pub mod card_payments;
pub mod data;
pub mod instructions;
pub mod notifications;
pub mod tax_rates;
pub mod team;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use zoop_app::member::list::owners;

pub(crate) use audit_words::declined;

use super::{Frame, Place, Staff};
use crate::Web;
use crate::error::PageError;
use crate::page::Samples;
use crate::routes::office::{Who, business as business_route, card_payments as cards, export, settings, tax_rate};

/// A page of the settings.
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// Where it is.
    pub path: &'static str,
    who: Who,
}

/// Every page of the settings, in the order of the list beside them.
const SECTIONS: &[Section] = &[
    Section { name: "Business", path: business_route::BUSINESS, who: Who::Owner },
    Section { name: "Payment instructions", path: business_route::PAYMENT_INSTRUCTIONS, who: Who::Owner },
    Section { name: "Card payments", path: cards::CARD_PAYMENTS, who: Who::Owner },
    Section { name: "Tax rates", path: tax_rate::TAX_RATES, who: Who::Owner },
    Section { name: "Notifications", path: business_route::NOTIFICATIONS, who: Who::Owner },
    Section { name: "Team", path: settings::TEAM, who: Who::Owner },
    Section { name: "Import and export", path: export::DATA, who: Who::Owner },
    Section { name: "Audit", path: settings::AUDIT, who: Who::Owner },
];

/// Those that whoever is signed in may see.
pub fn sections(frame: &Frame) -> impl Iterator<Item = &'static Section> {
    let is_owner = frame.is_owner();
    SECTIONS.iter().filter(move |section| is_owner || section.who != Who::Owner)
}

/// The page for whoever may change nothing here.
#[derive(Template)]
#[template(path = "office/settings/closed.html", whitespace = "minimize")]
pub struct ClosedPage {
    frame: Frame,
    owners: Vec<String>,
}

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route(settings::SETTINGS, get(first))
        .route(
            business_route::BUSINESS,
            get(business::get).post(business::post).layer(DefaultBodyLimit::max(business::BODY_LIMIT)),
        )
        .route(business_route::PAYMENT_INSTRUCTIONS, get(instructions::get).post(instructions::post))
        .route(business_route::NOTIFICATIONS, get(notifications::get).post(notifications::post))
        .route(cards::CARD_PAYMENTS, get(card_payments::get))
        .route(cards::SET_UP, post(card_payments::set_up))
        .route(cards::RETURN, get(card_payments::come_back))
        .route(cards::REFRESH, get(card_payments::used_up).post(card_payments::refresh))
        .route(cards::DISCONNECT, post(card_payments::disconnect))
        .route(cards::RECONNECT, post(card_payments::reconnect))
        .route(cards::OWN_ACCOUNT, post(card_payments::use_own_account))
        .route(tax_rate::TAX_RATES, get(tax_rates::get).post(tax_rates::create))
        .route(tax_rate::NO_DEFAULT, post(tax_rates::no_default))
        .route(tax_rate::SET_DEFAULT, post(tax_rates::set_default))
        .route(tax_rate::ARCHIVE, post(tax_rates::archive))
        .route(settings::TEAM, get(team::get).post(team::invite))
        .route(settings::ROLE, post(team::change_role))
        .route(settings::REMOVE, post(team::remove))
        .route(settings::SEND_AGAIN, post(team::send_again))
        .route(settings::WITHDRAW, post(team::withdraw))
        .route(settings::AUDIT, get(audit::get))
}

/// `GET /office/settings`
pub async fn first(State(web): State<Web>, staff: Staff) -> Result<Response, PageError> {
    let frame = staff.frame(Place::Settings);
    if let Some(section) = sections(&frame).next() {
        return Ok(Redirect::to(section.path).into_response());
    }
    let owners = owners(&web.app, staff.actor(), staff.at()).await?;
    staff.page(&ClosedPage { frame, owners })
}

impl Samples for ClosedPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let frame = crate::sample::office::office_frame(Place::Settings);
        vec![("settings-closed", Self { frame, owners: vec!["Nora Keane".into(), "Ana Ruiz".into()] })]
    }
}
