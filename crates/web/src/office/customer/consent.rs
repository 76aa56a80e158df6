//! A customer's auto-pay as the office has to do with it: the evidence, and turning it off when asked to.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_DISPOSITION;
use zoop_app::consent::{end, export};
use zoop_app::customer::show;
use zoop_domain::consent::EndedHow;
use zoop_domain::id::{ConsentId, CustomerId};

use super::id;
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Posted, Staff, toast};
use crate::routes::office::customer as paths;

/// `GET /office/customers/{customer}/consents/{consent}/evidence.json`
pub async fn evidence(
    State(web): State<Web>,
    staff: Staff,
    Segments((customer, consent)): Segments<(String, String)>,
) -> Result<Response, PageError> {
    let (customer, consent): (CustomerId, ConsentId) = (id(&customer)?, id(&consent)?);
    show::consent(&web.app, staff.actor(), staff.at(), &customer, &consent).await?;
    let evidence = export::export(&web.app, staff.at(), &consent).await?;
    let saved_as = format!("attachment; filename=\"consent-{consent}.json\"");
    Ok(([(CONTENT_DISPOSITION, saved_as)], Json(evidence)).into_response())
}

/// `POST /office/customers/{customer}/consents/{consent}/turn-off`
pub async fn turn_off(
    State(web): State<Web>,
    Segments((customer, consent)): Segments<(String, String)>,
    Posted { staff, .. }: Posted,
) -> Result<Response, PageError> {
    let (customer, consent): (CustomerId, ConsentId) = (id(&customer)?, id(&consent)?);
    show::consent(&web.app, staff.actor(), staff.at(), &customer, &consent).await?;
    let ended = end::end(&web.app, staff.actor(), staff.at(), &consent, EndedHow::Owner).await?;
    let coming = ended.on_its_way.map(|amount| format!(" A payment of {amount} was already on its way."));
    let words = format!("Auto-pay for {} is off.{}", ended.plan_title, coming.unwrap_or_default());
    Ok(toast::redirect(&paths::show(&customer), &words))
}
