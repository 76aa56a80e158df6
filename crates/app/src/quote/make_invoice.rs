//! "Turn into an invoice": a draft with the accepted quote's customer, lines and taxes, once.

use zoop_domain::id::{BusinessId, InvoiceId, QuoteId};
use zoop_domain::secret::InvoiceToken;
use zoop_store::{self as store, invoice::Draft};

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
                let draft = Draft {
                    id: id.clone(),
                    business: business.clone(),
                    customer: found.customer,
                    plan: None,
                    token: token.clone(),
                    due_on: now.date_in(&owner.time_zone).plus_days(days),
                    totals: found.totals,
                    plan_title: None,
                };
                store::invoice::insert_draft(tx, &draft, now).await?;
                store::quote::update_invoiced(tx, business, quote, &id).await?;
                let number = found.number.unwrap_or_default();
                actor::record(app, tx, actor, business, "quote.invoiced", quote.as_str(), id.as_str()).await?;
                actor::record(app, tx, actor, business, "invoice.created", id.as_str(), &number).await?;
                id.clone()
            }
        }
    })
}
