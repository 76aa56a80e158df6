//! Begins a draft that says what another quote said.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, QuoteId};
use zoop_domain::quote::{Quote, QuoteState, USUAL_DAYS};
use zoop_store as store;

use crate::{Actor, App, Error, actor, transaction};

/// A new draft with the quote's customer, lines and words; it can be accepted for the usual time.
///
/// # Errors
/// [`Error::NotFound`] without such a quote.
pub async fn duplicate(app: &App, actor: Actor, business: &BusinessId, quote: &QuoteId) -> Result<QuoteId, Error> {
    actor.must_be_member()?;
    let now = app.now();
    let id = QuoteId::generate(now, app.random.as_ref());
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        let found = store::quote::get(tx, business, quote).await?.ok_or(Error::NotFound)?;
        let copied = found.number.clone().unwrap_or_default();
        let copy = Quote {
            id: id.clone(),
            state: QuoteState::Draft,
            number: None,
            sent_on: None,
            expires_on: Some(now.date_in(&owner.time_zone).plus_days(USUAL_DAYS)),
            mails: 0,
            answer: None,
            revision: 1,
            created_at: now,
            ..found
        };
        store::quote::insert(tx, &copy).await?;
        actor::record(app, tx, actor, business, Action::QuoteCreated, id.as_str(), &copied).await?;
    })?;
    Ok(id)
}
