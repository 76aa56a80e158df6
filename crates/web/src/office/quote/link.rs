//! "Copy an accept link": made by this form and shown in its answer, once. Loading that answer again makes none.

use axum::extract::State;
use axum::response::Response;
use zoop_app::Error;
use zoop_app::quote::link::copy;
use zoop_domain::secret::PlainToken;

use super::id;
use super::show::{Dialog, page};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Entered, Posted, toast};
use crate::routes::office::quote;

/// `POST /office/quotes/{quote}/link`
pub async fn post(
    State(web): State<Web>,
    Segments(quote): Segments<String>,
    posted: Posted,
) -> Result<Response, PageError> {
    let (quote, staff) = (id(&quote)?, posted.staff);
    // Another business's quote is none, whatever is sent with it.
    page(&web, &staff, &quote).await?;
    let Ok(form) = PlainToken::parse(posted.fields.get("nonce")) else {
        return Ok(toast::redirect(&quote::show(&quote), "No link was made. Try again from here."));
    };
    match copy(&web.app, staff.actor(), staff.at(), &quote, &form).await {
        Ok(made) => {
            let page = page(&web, &staff, &quote).await?;
            staff.page(&page.over(Dialog::Link(made.map(Into::into)), Entered::default()))
        }
        Err(Error::Conflict(why)) => page(&web, &staff, &quote).await?.refused(&why).conflict(&staff),
        Err(error) => Err(error.into()),
    }
}
