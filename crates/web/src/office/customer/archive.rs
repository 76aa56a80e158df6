//! Puts a customer aside, and brings him back.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use zoop_app::customer::archive as verb;
use zoop_domain::id::CustomerId;

use super::{id, show};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Posted, toast};
use crate::routes::office::customer as paths;

/// `POST /office/customers/{customer}/archive`
pub async fn archive(
    State(web): State<Web>,
    Segments(customer): Segments<String>,
    Posted { staff, .. }: Posted,
) -> Result<Response, PageError> {
    let customer: CustomerId = id(&customer)?;
    match verb::archive(&web.app, staff.actor(), staff.at(), &customer).await {
        Ok(archived) => {
            let words = format!("{} is archived and can’t be billed. What is owed stays owed.", archived.name);
            Ok(toast::redirect(&paths::show(&customer), &words))
        }
        Err(zoop_app::Error::Conflict(why)) => show::conflict(&web, &staff, &customer, why).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/customers/{customer}/bring-back`
pub async fn bring_back(
    State(web): State<Web>,
    Segments(customer): Segments<String>,
    Posted { staff, .. }: Posted,
) -> Result<Response, PageError> {
    let customer: CustomerId = id(&customer)?;
    match verb::bring_back(&web.app, staff.actor(), staff.at(), &customer).await {
        Ok(back) => {
            Ok(toast::redirect(&paths::show(&customer), &format!("{} is back among your customers.", back.name)))
        }
        Err(zoop_app::Error::Conflict(why)) => {
            let page = show::read(&web, &staff, &customer, "").await?.with_conflict(why);
            staff.page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error.into()),
    }
}
