//! Sends a draft: it gets its number from the business's counter and its day. Sent again, another mail with
//! another link goes out; the older links stay valid.

use zoop_domain::audit::Action;
use zoop_domain::form::{FieldErrors, lines};
use zoop_domain::id::{BusinessId, QuoteId};
use zoop_domain::mail::MailKind;
use zoop_domain::quote::{LONGEST_TEXT, Quote};
use zoop_domain::time::Date;
use zoop_store::{self as store, Tx};

use crate::mail::queue::{NO_ADDRESS, NewMail, queue};
use crate::{Actor, App, Error, actor, transaction};

/// Sends the draft by mail, with the writer's own words: its number.
///
/// # Errors
/// [`Error::NotFound`] without such a quote; [`Error::Conflict`] if it was sent before or has expired, if the
/// customer has no address or the install no mail server; [`Error::Fields`] for a message that can't be sent.
pub async fn send(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    quote: &QuoteId,
    message: &str,
) -> Result<String, Error> {
    actor.must_be_member()?;
    app.must_send_mail()?;
    let message = read(message)?;
    transaction!(app, |tx| {
        let (found, today) = lock(app, tx, business, quote).await?;
        let number = mark_sent(app, tx, actor, &found, today).await?;
        mail(app, tx, &found, message.clone()).await?;
        number
    })
}

/// Sends a quote that waits once more.
///
/// # Errors
/// As for [`send`]; [`Error::Conflict`] unless it waits for an answer.
pub async fn resend(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    quote: &QuoteId,
    message: &str,
) -> Result<(), Error> {
    actor.must_be_member()?;
    app.must_send_mail()?;
    let message = read(message)?;
    transaction!(app, |tx| {
        let (found, today) = lock(app, tx, business, quote).await?;
        found.answerable(today)?;
        mail(app, tx, &found, message.clone()).await?;
        actor::record(app, tx, actor, business, Action::QuoteResent, quote.as_str(), "").await?;
    })
}

/// The quote, locked, and the business's day.
pub(super) async fn lock(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    quote: &QuoteId,
) -> Result<(Quote, Date), Error> {
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    let found = store::quote::lock(tx, business, quote).await?.ok_or(Error::NotFound)?;
    Ok((found, app.now().date_in(&owner.time_zone)))
}

/// The draft gets its number and its day.
pub(super) async fn mark_sent(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    quote: &Quote,
    today: Date,
) -> Result<String, Error> {
    quote.sendable(today)?;
    let business = &quote.business;
    let (prefix, counter) = store::business::update_next_quote_number(tx, business).await?.ok_or(Error::NotFound)?;
    let number = format!("{prefix}{counter:04}");
    store::quote::update_sent(tx, business, quote, &number, today).await?;
    actor::record(app, tx, actor, business, Action::QuoteSent, quote.id.as_str(), &number).await?;
    Ok(number)
}

async fn mail(app: &App, tx: &mut Tx, quote: &Quote, message: Option<String>) -> Result<(), Error> {
    let business = &quote.business;
    let count = store::quote::update_mails(tx, business, &quote.id).await?.ok_or(Error::NotFound)?;
    let subject = format!("{}/{count}", quote.id);
    let mail = NewMail::about(MailKind::Quote, business, &quote.customer, &subject).saying(message);
    if !queue(app, tx, mail).await? {
        return Err(Error::Conflict(NO_ADDRESS.into()));
    }
    Ok(())
}

fn read(message: &str) -> Result<Option<String>, Error> {
    let message = lines(message, "a message", LONGEST_TEXT).map_err(|wrong| FieldErrors::one("message", wrong))?;
    Ok(Some(message).filter(|message| !message.is_empty()))
}
