//! Erases a customer's personal data, once the owner has confirmed it.

use axum::extract::State;
use axum::response::Response;
use zoop_app::Error;
use zoop_app::customer::erase;
use zoop_domain::id::CustomerId;

use super::{id, show};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Posted, toast};
use crate::routes::office::customer as paths;

/// `POST /office/customers/{customer}/erase`
pub async fn post(
    State(web): State<Web>,
    Segments(customer): Segments<String>,
    Posted { staff, .. }: Posted,
) -> Result<Response, PageError> {
    staff.must_be_owner()?;
    let customer: CustomerId = id(&customer)?;
    match erase::erase(&web.app, staff.actor(), staff.at(), &customer).await {
        Ok(()) => Ok(toast::redirect(&paths::show(&customer), "The personal data is erased.")),
        Err(Error::Conflict(why)) => show::conflict(&web, &staff, &customer, why).await,
        Err(error) => Err(error.into()),
    }
}
