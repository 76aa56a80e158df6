//! Copies an invoice into a new draft: to bill the same again, or to put a canceled one right.

use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, InvoiceId, TaxRateId};
use zoop_domain::invoice::entry::{self, ChosenLine, TaxChoice};
use zoop_domain::invoice::{Totals, Writing};
use zoop_domain::money::{Money, Quantity, UnitPrice};
use zoop_domain::secret::InvoiceToken;
use zoop_domain::tax::TaxRate;
use zoop_store::invoice::{Sheet, WrittenLine};
use zoop_store::{self as store, Tx};

use super::edit::{self, Contents};
use super::void;
use crate::attempt::close;
use crate::{Actor, App, Error, actor, transaction};

/// Copies the invoice's customer, lines and message into a new draft.
///
/// # Errors
/// [`Error::NotFound`] without such an invoice.
pub async fn duplicate(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
) -> Result<InvoiceId, Error> {
    actor.must_be_member()?;
    let id = InvoiceId::generate(app.now(), app.random.as_ref());
    let token = InvoiceToken::generate(app.random.as_ref());
    transaction!(app, |tx| {
        let number = copy(app, tx, business, invoice, &id, &token).await?;
        actor::record(app, tx, actor, business, Action::InvoiceDuplicated, id.as_str(), &number).await?;
    })?;
    Ok(id)
}

/// Cancels the invoice and copies it into a draft that takes its place once it is sent.
///
/// # Errors
/// As [`void::void`].
pub async fn reissue(app: &App, actor: Actor, business: &BusinessId, invoice: &InvoiceId) -> Result<InvoiceId, Error> {
    actor.must_be_member()?;
    close::close_live(app, business, invoice).await?;
    let id = InvoiceId::generate(app.now(), app.random.as_ref());
    let token = InvoiceToken::generate(app.random.as_ref());
    transaction!(app, |tx| {
        void::apply(app, tx, actor, business, invoice, None).await?;
        let number = copy(app, tx, business, invoice, &id, &token).await?;
        store::invoice::update_replaces(tx, business, &id, invoice).await?;
        actor::record(app, tx, actor, business, Action::InvoiceDuplicated, id.as_str(), &number).await?;
    })?;
    Ok(id)
}

/// Answers with the number of what was copied; empty for a draft.
async fn copy(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    from: &InvoiceId,
    id: &InvoiceId,
    token: &InvoiceToken,
) -> Result<String, Error> {
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    let today = app.now().date_in(&owner.time_zone);
    let Sheet { invoice, notes, default_tax, .. } =
        store::invoice::get_sheet(tx, business, from, today).await?.ok_or(Error::NotFound)?;
    let currency = invoice.totals.total.currency();
    let rates = store::tax_rate::list_all(tx, business).await?;
    let written = store::invoice::list_written_lines(tx, business, from, currency).await?;
    let lines: Vec<ChosenLine> = written
        .into_iter()
        .zip(&invoice.totals.lines)
        .map(|(line, sent)| chosen(line, sent.total, &invoice.totals, &rates))
        .collect();
    let due_in = i32::try_from(owner.due_days).unwrap_or_default();
    let writing = Writing {
        customer: invoice.customer.clone(),
        dated_on: None,
        due_on: today.plus_days(due_in),
        memo: invoice.memo.clone(),
        notes,
    };
    let totals = entry::total(&lines, default_tax.as_ref(), &rates, currency)?;
    let contents = Contents { writing, lines, default_tax };
    edit::insert(app, tx, business, id, token, &contents, &totals).await?;
    Ok(invoice.number)
}

/// A line to be edited: what a plan or another program wrote is given the choice it comes from.
fn chosen(line: WrittenLine, total: Money, sent: &Totals, rates: &[(TaxRateId, TaxRate)]) -> ChosenLine {
    let WrittenLine { line, is_chosen, tax } = line;
    if is_chosen {
        return line;
    }
    let rate = tax.and_then(|row| sent.taxes.get(row)).map(|row| &row.rate);
    let tax = match rate {
        None => TaxChoice::None,
        Some(rate) => {
            let found = rates.iter().find(|(_, other)| other == rate);
            found.map_or(TaxChoice::Default, |(id, _)| TaxChoice::Rate(id.clone()))
        }
    };
    if total.minor() < 0 {
        let unit_price = UnitPrice::from_minor_e4(total.minor().saturating_mul(10_000), total.currency());
        return ChosenLine { quantity: Quantity::from_e4(10_000), unit_price, tax, is_discount: true, ..line };
    }
    ChosenLine { tax, ..line }
}
