//! Generate, rotate and revoke a customer's portal link. The answer that holds a link is the page itself: the link
//! is in no address, and loading the page again neither shows it nor acts again.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use zoop_app::Error;
use zoop_app::portal_link::{NewLink, generate as make, revoke as end, rotate as replace, status};
use zoop_domain::id::CustomerId;
use zoop_domain::secret::PlainToken;

use super::dialog::Dialog;
use super::{capitalized, id, possessive, show};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Posted, Staff, toast};
use crate::routes::office::customer as paths;

/// The field that holds the form's number.
pub const NONCE: &str = "nonce";

/// `GET` of what is only posted to: whoever opens such an address wants the customer.
pub async fn back(
    State(web): State<Web>,
    staff: Staff,
    Segments(customer): Segments<String>,
) -> Result<Redirect, PageError> {
    let customer: CustomerId = id(&customer)?;
    status::status(&web.app, staff.at(), &customer).await?;
    Ok(Redirect::to(&paths::show(&customer)))
}

/// `POST /office/customers/{customer}/portal-link/generate`
pub async fn generate(
    State(web): State<Web>,
    Segments(customer): Segments<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let Some((customer, nonce)) = begin(&web, &staff, &customer, fields.get(NONCE)).await? else {
        return Ok(Redirect::to(&paths::show(&id(&customer)?)).into_response());
    };
    let made = make::generate_once(&web.app, staff.actor(), staff.at(), &customer, &nonce).await;
    answer(&web, &staff, &customer, made, false).await
}

/// `POST /office/customers/{customer}/portal-link/rotate`
pub async fn rotate(
    State(web): State<Web>,
    Segments(customer): Segments<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let Some((customer, nonce)) = begin(&web, &staff, &customer, fields.get(NONCE)).await? else {
        return Ok(Redirect::to(&paths::show(&id(&customer)?)).into_response());
    };
    let made = replace::rotate_once(&web.app, staff.actor(), staff.at(), &customer, &nonce).await;
    answer(&web, &staff, &customer, made, true).await
}

/// `POST /office/customers/{customer}/portal-link/revoke`
pub async fn revoke(
    State(web): State<Web>,
    Segments(customer): Segments<String>,
    Posted { staff, .. }: Posted,
) -> Result<Response, PageError> {
    staff.must_be_owner()?;
    let customer: CustomerId = id(&customer)?;
    match end::revoke(&web.app, staff.actor(), staff.at(), &customer).await {
        Ok(_) => {
            let name = zoop_app::customer::find(&web.app, staff.actor(), staff.at(), &customer).await?;
            let whose = possessive(name.short_name());
            let words = format!("{whose} portal link is revoked. It shows “Page not found” from now on.");
            Ok(toast::redirect(&paths::show(&customer), &words))
        }
        Err(Error::Conflict(why)) => show::conflict(&web, &staff, &customer, sentence(&why)).await,
        Err(error) => Err(error.into()),
    }
}

/// Whom it is about, and the form's number; `None` for a form without one.
async fn begin(
    web: &Web,
    staff: &Staff,
    customer: &str,
    nonce: &str,
) -> Result<Option<(CustomerId, PlainToken)>, PageError> {
    staff.must_be_owner()?;
    let customer: CustomerId = id(customer)?;
    status::status(&web.app, staff.at(), &customer).await?;
    Ok(PlainToken::parse(nonce).ok().map(|nonce| (customer, nonce)))
}

async fn answer(
    web: &Web,
    staff: &Staff,
    customer: &CustomerId,
    made: Result<Option<NewLink>, Error>,
    rotated: bool,
) -> Result<Response, PageError> {
    match made {
        Ok(Some(link)) => {
            let page = show::read(web, staff, customer, "").await?;
            staff.page_with(StatusCode::OK, &page.with_dialog(Dialog::Link { url: link.url, rotated }))
        }
        // The form was sent again: the link has been shown.
        Ok(None) => Ok(Redirect::to(&paths::show(customer)).into_response()),
        Err(Error::Conflict(why)) => show::conflict(web, staff, customer, sentence(&why)).await,
        Err(error) => Err(error.into()),
    }
}

/// What the command line says in a word, as a sentence.
fn sentence(why: &str) -> String {
    format!("{}.", capitalized(why.trim_end_matches('.')))
}
