//! "Turn into an invoice": a draft with the accepted quote's customer, lines and taxes, once.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvoiceId, QuoteId};
use zoop_domain::invoice::Writing;
use zoop_domain::secret::InvoiceToken;
use zoop_store as store;

use crate::invoice::edit::{self, Contents};
use crate::{Actor, App, Error, actor, transaction};

/// The draft that was made of the quote; the one that was made before, if one was.
///
/// # Errors
/// [`Error::NotFound`] without such a quote; [`Error::Conflict`] unless it was accepted.
pub async fn make_invoice(app: &App, actor: Actor, business: &BusinessId, quote: &QuoteId) -> Result<InvoiceId, Error> {
    actor.must_be_member()?;
    let now = app.now();
    let id = InvoiceId::generate(now, app.random.as_ref());
    let token = InvoiceToken::generate(app.random.as_ref());
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        let found = store::quote::lock(tx, business, quote).await?.ok_or(Error::NotFound)?;
        found.billable()?;
        match store::quote::find_invoice(tx, business, quote).await? {
            Some((made, _)) => made,
            None => {
                let days = i32::try_from(owner.due_days).map_err(Error::internal)?;
                let writing = Writing {
                    customer: found.customer,
                    dated_on: None,
                    due_on: now.date_in(&owner.time_zone).plus_days(days),
                    memo: String::new(),
                    notes: String::new(),
                };
                let contents = Contents { writing, lines: found.lines, default_tax: found.default_tax };
                // What was accepted is what is billed, whatever became of the rates since.
                edit::insert(app, tx, business, &id, &token, &contents, &found.totals).await?;
                store::quote::update_invoiced(tx, business, quote, &id).await?;
                let number = found.number.unwrap_or_default();
                actor::record(app, tx, actor, business, Action::QuoteInvoiced, quote.as_str(), "").await?;
                actor::record(app, tx, actor, business, Action::InvoiceCreated, id.as_str(), &number).await?;
                id.clone()
            }
        }
    })
}
