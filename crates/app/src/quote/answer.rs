//! The answer to a quote: the customer's by his link, or what he said on the phone. The first one stays.

use zoop_domain::form::{FieldErrors, line, lines};
use zoop_domain::id::{BusinessId, QuoteId};
use zoop_domain::quote::{Answer, AnsweredBy, LONGEST_COMMENT, LONGEST_NAME, Quote, QuoteStatus, TypedAnswer};
use zoop_domain::time::Date;
use zoop_store::{self as store, Tx};

use super::link::{self, Opened};
use super::send::lock;
use crate::consent::offer::Evident;
use crate::{Actor, App, Error, transaction};

/// A quote as its customer sees it.
#[derive(Clone, Debug)]
pub struct QuoteView {
    /// Whose, for whom, and the quote.
    pub opened: Opened,
    /// How it stands today.
    pub status: QuoteStatus,
    /// The day it was answered.
    pub answered_on: Option<Date>,
}

/// What the customer's link opens. Looking changes nothing.
///
/// # Errors
/// [`Error::NotFound`] if it opens nothing.
pub async fn show(app: &App, token: &str) -> Result<QuoteView, Error> {
    let opened = link::open(&mut app.db.read().await?, token).await?;
    let zone = &opened.business.time_zone;
    let status = opened.quote.status_on(app.now().date_in(zone));
    let answered_on = opened.quote.answer.as_ref().map(|answer| answer.at.date_in(zone));
    Ok(QuoteView { status, answered_on, opened })
}

/// The customer answers.
///
/// # Errors
/// [`Error::NotFound`] if the link opens nothing; [`Error::Fields`] for what can't be used;
/// [`Error::Conflict`] if it was answered before, or has expired.
pub async fn answer(app: &App, token: &str, typed: &TypedAnswer, from: &Evident) -> Result<(), Error> {
    transaction!(app, |tx| {
        let opened = link::open(tx, token).await?;
        let (quote, today) = lock(app, tx, &opened.business.id, &opened.quote.id).await?;
        quote.answerable(today)?;
        let (name, comment) = typed.read()?;
        let by = AnsweredBy::Customer { ip: from.ip.clone(), user_agent: from.user_agent.clone() };
        let answer = Answer { accepted: typed.accept, at: app.now(), name, comment, by };
        store_answer(app, tx, Actor::Customer, quote, answer, today).await?;
    })
}

/// Somebody of the business marks the quote as accepted: the customer said so to him.
///
/// # Errors
/// [`Error::NotFound`] without such a quote; [`Error::Fields`] for what can't be used; [`Error::Conflict`] unless
/// it waits for an answer.
pub async fn accept_by_hand(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    quote: &QuoteId,
    name: &str,
    how: &str,
) -> Result<(), Error> {
    actor.must_be_member()?;
    let mut errors = FieldErrors::default();
    let name = errors.take("name", line(name, "who accepted it", LONGEST_NAME));
    let how = lines(how, "how you were told", LONGEST_COMMENT);
    let how = errors.take("how", how.and_then(|how| if how.is_empty() { Err(HOW.into()) } else { Ok(how) }));
    let (Some(name), Some(how)) = (name, how) else { return Err(errors.into()) };
    transaction!(app, |tx| {
        let (found, today) = lock(app, tx, business, quote).await?;
        let by = AnsweredBy::Member(actor.as_str().to_owned());
        let answer = Answer { accepted: true, at: app.now(), name: Some(name.clone()), comment: how.clone(), by };
        store_answer(app, tx, actor, found, answer, today).await?;
    })
}

const HOW: &str = "Enter how you were told, such as “by phone, on Nov 23”.";

async fn store_answer(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    quote: Quote,
    answer: Answer,
    today: Date,
) -> Result<(), Error> {
    let quote = quote.answered(answer.clone(), today)?;
    if !store::quote::update_answered(tx, &quote.business, &quote.id, &answer).await? {
        return Err(zoop_domain::quote::QuoteRefusal::Answered.into());
    }
    super::answered(app, tx, actor, &quote).await
}
