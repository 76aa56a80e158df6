//! Writes a draft: reads what was typed, counts it and stores it. A draft that somebody else changed meanwhile
//! isn't overwritten.

use zoop_domain::audit::Action;
use zoop_domain::business::Business;
use zoop_domain::form::{FieldErrors, lines, optional_line};
use zoop_domain::id::{BusinessId, CustomerId, QuoteId, TaxRateId};
use zoop_domain::invoice::Totals;
use zoop_domain::invoice::entry::{self, ChosenLine, TypedLine};
use zoop_domain::quote::{LONGEST_TEXT, LONGEST_TITLE, MOST_DAYS, Quote, QuoteState, USUAL_DAYS};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Date;
use zoop_store::{self as store, Tx};

use crate::{Actor, App, Error, actor, transaction};

/// A quote as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedQuote {
    /// For whom: a customer's id.
    pub customer: String,
    /// What it is for.
    pub title: String,
    /// Its last day, as ISO 8601.
    pub expires_on: String,
    /// What stands at its foot.
    pub message: String,
    /// What no customer ever sees.
    pub notes: String,
    /// Its lines.
    pub lines: Vec<TypedLine>,
    /// What taxes a line that says nothing: a rate's id, or empty.
    pub default_tax: String,
}

struct Read {
    customer: CustomerId,
    title: String,
    expires_on: Date,
    message: String,
    notes: String,
    lines: Vec<ChosenLine>,
    default_tax: Option<TaxRateId>,
    totals: Totals,
}

impl TypedQuote {
    fn read(&self, owner: &Business, rates: &[(TaxRateId, TaxRate)], today: Date) -> Result<Read, FieldErrors> {
        let mut errors = FieldErrors::default();
        let customer = self.customer.parse().map_err(|_| "Choose a customer.");
        let customer = errors.take("customer", customer);
        let title = errors.take("title", optional_line(&self.title, "a title", LONGEST_TITLE));
        let expires_on = errors.take("expires_on", last_day(&self.expires_on, today));
        let message = errors.take("message", lines(&self.message, "a message", LONGEST_TEXT));
        let notes = errors.take("notes", lines(&self.notes, "notes", LONGEST_TEXT));
        let default_tax = match self.default_tax.as_str() {
            "" => Some(None),
            rate => errors.take("default_tax", rate.parse().map(Some).map_err(|_| "Choose a tax rate of the list.")),
        };
        let counted = default_tax.clone().and_then(|default| {
            let counted = entry::read(&self.lines, owner.currency).and_then(|lines| {
                let totals = entry::total(&lines, default.as_ref(), rates, owner.currency)?;
                Ok((lines, totals))
            });
            counted.map_err(|wrong| wrong.iter().for_each(|one| errors.push(&one.field, &one.message))).ok()
        });
        let read = (|| {
            let (lines, totals) = counted?;
            Some(Read {
                customer: customer?,
                title: title?.unwrap_or_default(),
                expires_on: expires_on?,
                message: message?,
                notes: notes?,
                lines,
                default_tax: default_tax?,
                totals,
            })
        })();
        match read {
            Some(read) if errors.is_empty() => Ok(read),
            _ => Err(errors),
        }
    }
}

fn last_day(typed: &str, today: Date) -> Result<Date, String> {
    let day: Date = typed.trim().parse().map_err(|_| "Enter a date such as 2026-12-23.")?;
    if day < today {
        return Err("Choose today or a later day.".into());
    }
    if day > today.plus_days(MOST_DAYS) {
        return Err("Choose a day within two years.".into());
    }
    Ok(day)
}

/// What a writer begins with.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The rates to choose from.
    pub rates: Vec<(TaxRateId, TaxRate)>,
    /// The usual last day of a quote that is sent today.
    pub expires_on: Date,
}

/// What a writer begins with.
///
/// # Errors
/// The database does not answer.
pub async fn begin(app: &App, actor: Actor, business: &BusinessId) -> Result<Begun, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let today = app.now().date_in(&owner.time_zone);
    let rates = store::tax_rate::list(&mut tx, business).await?;
    Ok(Begun { rates, expires_on: today.plus_days(USUAL_DAYS) })
}

async fn read(app: &App, tx: &mut Tx, business: &BusinessId, typed: &TypedQuote) -> Result<Read, Error> {
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    let rates = store::tax_rate::list(tx, business).await?;
    let read = typed.read(&owner, &rates, app.now().date_in(&owner.time_zone))?;
    let customer = store::customer::get(tx, business, &read.customer).await?.ok_or(Error::NotFound)?;
    if customer.archived_at.is_some() {
        return Err(FieldErrors::one("customer", "This customer is archived. Choose another.").into());
    }
    Ok(read)
}

/// Stores a new draft; no customer sees it.
///
/// # Errors
/// [`Error::Fields`] for what can't be used, [`Error::NotFound`] without such a customer.
pub async fn create(app: &App, actor: Actor, business: &BusinessId, typed: &TypedQuote) -> Result<QuoteId, Error> {
    actor.must_be_member()?;
    let now = app.now();
    let id = QuoteId::generate(now, app.random.as_ref());
    transaction!(app, |tx| {
        let read = read(app, tx, business, typed).await?;
        let quote = Quote {
            id: id.clone(),
            business: business.clone(),
            customer: read.customer,
            state: QuoteState::Draft,
            number: None,
            title: read.title,
            message: read.message,
            notes: read.notes,
            sent_on: None,
            expires_on: Some(read.expires_on),
            mails: 0,
            answer: None,
            lines: read.lines,
            default_tax: read.default_tax,
            totals: read.totals,
            revision: 1,
            created_at: now,
        };
        store::quote::insert(tx, &quote).await?;
        actor::record(app, tx, actor, business, Action::QuoteCreated, id.as_str(), "").await?;
    })?;
    Ok(id)
}

/// Changes a draft, if it is still what its editor saw: `revision`.
///
/// # Errors
/// [`Error::Fields`] for what can't be used; [`Error::Conflict`] if it was sent, or somebody changed it
/// meanwhile; [`Error::NotFound`] without such a quote or customer.
pub async fn edit(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    quote: &QuoteId,
    revision: i64,
    typed: &TypedQuote,
) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let found = store::quote::lock(tx, business, quote).await?.ok_or(Error::NotFound)?;
        found.editable()?;
        if found.revision != revision {
            return Err(Error::Conflict("somebody else changed this quote while you were writing".into()));
        }
        let read = read(app, tx, business, typed).await?;
        let changed = Quote {
            customer: read.customer,
            title: read.title,
            message: read.message,
            notes: read.notes,
            expires_on: Some(read.expires_on),
            lines: read.lines,
            default_tax: read.default_tax,
            totals: read.totals,
            ..found
        };
        store::quote::update_draft(tx, &changed).await?;
        actor::record(app, tx, actor, business, Action::QuoteEdited, quote.as_str(), "").await?;
    })
}
