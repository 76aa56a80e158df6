//! What is done to a quote, each by one form. What clashes with what happened meanwhile brings the page back with
//! fresh facts and the reason.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use zoop_app::Error;
use zoop_app::quote::{answer, duplicate, make_invoice, send, show as detail, withdraw};
use zoop_domain::id::QuoteId;
use zoop_domain::quote::QuoteState;

use super::id;
use super::show::{Dialog, page};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Entered, Posted, toast};
use crate::routes::office::{invoice as invoices, quote};

type Outcome = Result<Response, PageError>;

/// Where it went, or the page again.
async fn answered(
    web: &Web,
    posted: Posted,
    quote: &QuoteId,
    dialog: Dialog,
    done: Result<(String, String), Error>,
) -> Outcome {
    let Posted { staff, fields } = posted;
    match done {
        Ok((path, words)) => Ok(toast::redirect(&path, &words)),
        Err(Error::Conflict(why)) => page(web, &staff, quote).await?.refused(&why).conflict(&staff),
        Err(Error::Fields(errors)) => {
            let page = page(web, &staff, quote).await?.over(dialog, Entered::refused(fields, errors));
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/quotes/{quote}/send`: for the first time, or again.
pub async fn send(State(web): State<Web>, Segments(quote): Segments<String>, posted: Posted) -> Outcome {
    let (quote, staff, message) = (id(&quote)?, &posted.staff, posted.fields.get("message"));
    let (app, actor, at) = (&web.app, staff.actor(), staff.at());
    let found = detail::show(app, actor, at, &quote).await?;
    let name = found.customer.name;
    let done = match found.quote.state {
        QuoteState::Draft => {
            let sent = send::send(app, actor, at, &quote, message).await;
            sent.map(|number| format!("{number} is on its way to {name}."))
        }
        _ => {
            let sent = send::resend(app, actor, at, &quote, message).await;
            sent.map(|()| format!("Another email is on its way to {name}."))
        }
    };
    let done = done.map(|words| (quote::show(&quote), words));
    answered(&web, posted, &quote, Dialog::Send, done).await
}

/// `POST /office/quotes/{quote}/accept`
pub async fn accept(State(web): State<Web>, Segments(quote): Segments<String>, posted: Posted) -> Outcome {
    let (quote, staff, fields) = (id(&quote)?, &posted.staff, &posted.fields);
    let (name, how) = (fields.get("name"), fields.get("how"));
    let done = answer::accept_by_hand(&web.app, staff.actor(), staff.at(), &quote, name, how).await;
    let done = done.map(|()| (quote::show(&quote), "Marked as accepted.".to_owned()));
    answered(&web, posted, &quote, Dialog::Accept, done).await
}

/// `POST /office/quotes/{quote}/invoice`
pub async fn invoice(State(web): State<Web>, Segments(quote): Segments<String>, posted: Posted) -> Outcome {
    let (quote, staff) = (id(&quote)?, &posted.staff);
    let made = make_invoice::make_invoice(&web.app, staff.actor(), staff.at(), &quote).await;
    let done = made.map(|invoice| (invoices::show(&invoice), "A draft invoice with the quote’s lines.".to_owned()));
    answered(&web, posted, &quote, Dialog::None, done).await
}

/// `POST /office/quotes/{quote}/duplicate`
pub async fn duplicate(State(web): State<Web>, Segments(quote): Segments<String>, posted: Posted) -> Outcome {
    let (quote, staff) = (id(&quote)?, &posted.staff);
    let copy = duplicate::duplicate(&web.app, staff.actor(), staff.at(), &quote).await;
    let done = copy.map(|copy| (quote::act(&copy, "edit"), "This is a new draft with the same lines.".to_owned()));
    answered(&web, posted, &quote, Dialog::None, done).await
}

/// `POST /office/quotes/{quote}/delete`
pub async fn delete(State(web): State<Web>, Segments(quote): Segments<String>, posted: Posted) -> Outcome {
    let (quote, staff) = (id(&quote)?, &posted.staff);
    let done = withdraw::delete(&web.app, staff.actor(), staff.at(), &quote).await;
    let done = done.map(|()| (quote::QUOTES.to_owned(), "The draft is deleted.".to_owned()));
    answered(&web, posted, &quote, Dialog::None, done).await
}

/// `POST /office/quotes/{quote}/withdraw`
pub async fn withdraw(State(web): State<Web>, Segments(quote): Segments<String>, posted: Posted) -> Outcome {
    let (quote, staff) = (id(&quote)?, &posted.staff);
    let done = withdraw::withdraw(&web.app, staff.actor(), staff.at(), &quote).await;
    let done = done.map(|()| (quote::show(&quote), "The quote is withdrawn. Its links are dead.".to_owned()));
    answered(&web, posted, &quote, Dialog::None, done).await
}
