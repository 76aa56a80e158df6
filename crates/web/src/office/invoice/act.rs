//! What is done with an invoice. Each either leads back to its page with a line that says what was done, or draws
//! the page again with the reason why not.

use axum::extract::{Path, State};
use axum::response::Response;
use zoop_app::Error;
use zoop_app::dunning::{retry as retrying, stop};
use zoop_app::invoice::send::Delivery;
use zoop_app::invoice::{
    self, change_due as due, discard as discarding, duplicate as copying, write_off as writing_off,
};
use zoop_app::payment::record::{self as recording, Recording};
use zoop_domain::id::InvoiceId;
use zoop_domain::invoice::Lifecycle;
use zoop_domain::money::Money;
use zoop_domain::payment::TypedPayment;

use super::dialog::Dialog;
use super::show::{find, redraw};
use crate::Web;
use crate::error::PageError;
use crate::office::{Fields, Posted, Staff, toast};
use crate::routes::office::invoice as paths;

fn id(path: &str) -> Result<InvoiceId, PageError> {
    path.parse().map_err(|_| PageError::NotFound)
}

/// Back to the invoice with what was done, or its page again.
async fn answer(
    web: &Web,
    staff: &Staff,
    path: &str,
    dialog: Dialog,
    fields: Fields,
    done: Result<String, Error>,
) -> Result<Response, PageError> {
    match done {
        Ok(words) => Ok(toast::redirect(&paths::show(&id(path)?), &words)),
        Err(error) => redraw(web, staff, path, dialog, fields, error).await,
    }
}

fn message(fields: &Fields) -> Option<String> {
    Some(fields.get("message").trim()).filter(|words| !words.is_empty()).map(str::to_owned)
}

/// `POST /office/invoices/{invoice}/send`
pub async fn send(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let (invoice, revision) = (id(&path)?, fields.get("revision").parse().ok());
    let by_hand = fields.get("by") == "hand";
    let delivery = if by_hand { Delivery::ByHand } else { Delivery::Mail { message: message(&fields) } };
    let (actor, at) = (staff.actor(), staff.at());
    // A draft is sent as it was reviewed: without the revision that was looked at, it isn't.
    let revision = Some(revision.unwrap_or_default());
    match invoice::send::send_reviewed(&web.app, actor, at, &invoice, revision, &delivery).await {
        Ok(number) if by_hand => {
            let words = format!("{number} is marked as sent. Copy its link now.");
            Ok(toast::redirect(&paths::asking(&invoice, "link"), &words))
        }
        done => {
            let done = done.map(|number| format!("{number} is on its way."));
            answer(&web, &staff, &path, Dialog::Send, fields, done).await
        }
    }
}

/// `POST /office/invoices/{invoice}/resend`
pub async fn resend(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let words = message(&fields);
    let done = invoice::resend::resend(&web.app, staff.actor(), staff.at(), &id(&path)?, words.as_deref()).await;
    let done = done.map(|()| "The invoice is on its way once more.".to_owned());
    answer(&web, &staff, &path, Dialog::Resend, fields, done).await
}

/// `POST /office/invoices/{invoice}/payments`
pub async fn record(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let look = find(&web, &staff, &path).await?;
    let typed = TypedPayment {
        amount: fields.get("amount"),
        received_on: fields.get("received"),
        method: fields.get("method"),
        reference: fields.get("reference"),
    };
    let facts = &look.sheet.invoice.facts;
    let balance = facts.ledger.balance().map_err(PageError::internal)?;
    // Whoever saw another balance is told first: his amount was meant for that one.
    let seen = fields.get("seen").parse().map_or(balance, |minor| Money::new(minor, balance.currency()));
    let done = match typed.read(seen, look.today) {
        _ if !matches!(facts.lifecycle, Lifecycle::Open | Lifecycle::Uncollectible) => {
            Err(Error::Conflict("this invoice takes no payment".into()))
        }
        Ok(paid) => {
            let how = Recording { receipt: fields.has("receipt"), seen: Some(seen) };
            let (actor, at, invoice) = (staff.actor(), staff.at(), &look.sheet.invoice.id);
            let done = recording::record(&web.app, actor, at, invoice, &paid, how).await;
            done.map(|_| format!("{} by {} is recorded.", paid.amount, paid.label))
        }
        Err(errors) => Err(errors.into()),
    };
    answer(&web, &staff, &path, Dialog::Record, fields, done).await
}

/// `POST /office/invoices/{invoice}/retry`
pub async fn retry(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let done = retrying::retry(&web.app, staff.actor(), staff.at(), &id(&path)?).await;
    let done = done.map(|()| "The charge is being tried again.".to_owned());
    answer(&web, &staff, &path, Dialog::Link, fields, done).await
}

/// `POST /office/invoices/{invoice}/stop-retrying`
pub async fn stop_retrying(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let done = stop::stop(&web.app, staff.actor(), staff.at(), &id(&path)?).await;
    let done = done.map(|()| "It won’t be tried again. Auto-pay stays on for the plan’s next invoices.".to_owned());
    answer(&web, &staff, &path, Dialog::Link, fields, done).await
}

/// `POST /office/invoices/{invoice}/notes`
pub async fn note(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let (actor, at, invoice) = (staff.actor(), staff.at(), id(&path)?);
    let done = invoice::note::note(&web.app, actor, at, &invoice, fields.get("seen"), fields.get("notes")).await;
    answer(&web, &staff, &path, Dialog::Notes, fields, done.map(|()| "The notes are saved.".into())).await
}

/// `POST /office/invoices/{invoice}/due`
pub async fn change_due(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let (actor, at) = (staff.actor(), staff.at());
    let done = due::change_due(&web.app, actor, at, &id(&path)?, fields.get("due")).await;
    let done = done.map(|day| format!("It is due on {day} now."));
    answer(&web, &staff, &path, Dialog::Due, fields, done).await
}

/// `POST /office/invoices/{invoice}/duplicate`
pub async fn duplicate(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, .. }: Posted,
) -> Result<Response, PageError> {
    let copy = copying::duplicate(&web.app, staff.actor(), staff.at(), &id(&path)?).await?;
    Ok(toast::redirect(&paths::act(&copy, "edit"), "This is a copy. Look it over, then send it."))
}

/// `POST /office/invoices/{invoice}/write-off`
pub async fn write_off(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let done = writing_off::write_off(&web.app, staff.actor(), staff.at(), &id(&path)?).await;
    answer(&web, &staff, &path, Dialog::WriteOff, fields, done.map(|()| "The invoice is written off.".into())).await
}

/// `POST /office/invoices/{invoice}/void`
pub async fn void(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let (invoice, actor, at) = (id(&path)?, staff.actor(), staff.at());
    if fields.get("then") == "reissue" {
        match copying::reissue(&web.app, actor, at, &invoice).await {
            Ok(draft) => {
                let words = "The invoice is void. This draft takes its place once it is sent.";
                return Ok(toast::redirect(&paths::act(&draft, "edit"), words));
            }
            Err(error) => return redraw(&web, &staff, &path, Dialog::Void, fields, error).await,
        }
    }
    let done = invoice::void::void(&web.app, actor, at, &invoice, None).await;
    answer(&web, &staff, &path, Dialog::Void, fields, done.map(|()| "The invoice is void.".into())).await
}

/// `POST /office/invoices/{invoice}/delete`
pub async fn discard(
    State(web): State<Web>,
    Path(path): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    match discarding::discard(&web.app, staff.actor(), staff.at(), &id(&path)?).await {
        Ok(()) => Ok(toast::redirect(paths::INVOICES, "The draft is deleted.")),
        Err(Error::NotFound) => Err(PageError::NotFound),
        Err(error) => redraw(&web, &staff, &path, Dialog::Delete, fields, error).await,
    }
}
