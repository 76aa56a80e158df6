//! Writes an invoice: a new draft, or changes of one. What two people write at a time doesn't get lost: whoever
//! comes second is told, and shown the newer version.

use zoop_domain::audit::Action;
use zoop_domain::customer::{Customer, folded};
use zoop_domain::form::FieldErrors;
use zoop_domain::id::{BusinessId, InvoiceId, TaxRateId};
use zoop_domain::invoice::entry::{self, ChosenLine};
use zoop_domain::invoice::{Totals, Writing};
use zoop_domain::money::Currency;
use zoop_domain::secret::InvoiceToken;
use zoop_domain::tax::TaxRate;
use zoop_store::invoice::{Draft, Written};
use zoop_store::{self as store, Tx};

use crate::{Actor, App, Error, actor, transaction};

/// What the editor holds, once it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Whom it bills, its days, its message, its notes.
    pub writing: Writing,
    /// Its lines.
    pub lines: Vec<ChosenLine>,
    /// What the lines that "use the default" are taxed by.
    pub default_tax: Option<TaxRateId>,
}

/// Stores a new draft.
///
/// # Errors
/// [`Error::Fields`] if it can't be one; a customer of another business is none.
pub async fn create(app: &App, actor: Actor, business: &BusinessId, contents: &Contents) -> Result<InvoiceId, Error> {
    actor.must_be_member()?;
    let id = InvoiceId::generate(app.now(), app.random.as_ref());
    let token = InvoiceToken::generate(app.random.as_ref());
    transaction!(app, |tx| {
        let currency = store::business::get(tx, business).await?.ok_or(Error::NotFound)?.currency;
        let totals = totals(tx, business, contents, currency).await?;
        insert(app, tx, business, &id, &token, contents, &totals).await?;
        actor::record(app, tx, actor, business, Action::InvoiceDrafted, id.as_str(), "").await?;
    })?;
    Ok(id)
}

/// Changes a draft that its writer saw at `revision`.
///
/// # Errors
/// [`Error::Fields`] if it can't be one; [`Error::Conflict`] if somebody changed or sent it meanwhile;
/// [`Error::NotFound`] without such an invoice.
pub async fn edit(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
    revision: i64,
    contents: &Contents,
) -> Result<(), Error> {
    actor.must_be_member()?;
    transaction!(app, |tx| {
        let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        let totals = totals(tx, business, contents, locked.ledger.total.currency()).await?;
        if !store::invoice::update_draft(tx, business, invoice, revision, &written(contents, &totals)).await? {
            return Err(Error::Conflict("this draft was changed or sent while you were writing".into()));
        }
        actor::record(app, tx, actor, business, Action::InvoiceEdited, invoice.as_str(), "").await?;
    })
}

/// What the contents come to, with the business's own rates and customer.
async fn totals(tx: &mut Tx, business: &BusinessId, contents: &Contents, currency: Currency) -> Result<Totals, Error> {
    if store::customer::get(tx, business, &contents.writing.customer).await?.is_none() {
        return Err(FieldErrors::one("customer", "Choose a customer.").into());
    }
    // A draft may keep a rate that was archived after it was chosen.
    let rates = store::tax_rate::list_all(tx, business).await?;
    Ok(entry::total(&contents.lines, contents.default_tax.as_ref(), &rates, currency)?)
}

/// Stores the draft, in the transaction that asks for it.
pub(crate) async fn insert(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    id: &InvoiceId,
    token: &InvoiceToken,
    contents: &Contents,
    totals: &Totals,
) -> Result<(), Error> {
    let sums = Totals { lines: Vec::new(), taxes: Vec::new(), ..totals.clone() };
    let draft = Draft {
        id: id.clone(),
        business: business.clone(),
        customer: contents.writing.customer.clone(),
        plan: None,
        token: token.clone(),
        due_on: contents.writing.due_on,
        totals: sums,
        plan_title: None,
    };
    store::invoice::insert_draft(tx, &draft, app.now()).await?;
    store::invoice::update_draft(tx, business, id, 1, &written(contents, totals)).await?;
    Ok(())
}

fn written<'a>(contents: &'a Contents, totals: &'a Totals) -> Written<'a> {
    let Contents { writing, lines, default_tax } = contents;
    Written { writing, lines, totals, default_tax: default_tax.as_ref() }
}

/// The rates an editor offers: those in use, and those that are `kept` because the lines name them.
///
/// # Errors
/// The database does not answer.
pub async fn rates(app: &App, business: &BusinessId, kept: &[TaxRateId]) -> Result<Vec<(TaxRateId, TaxRate)>, Error> {
    let mut tx = app.db.read().await?;
    let mut rates = store::tax_rate::list(&mut tx, business).await?;
    if kept.iter().any(|kept| !rates.iter().any(|(rate, _)| rate == kept)) {
        let all = store::tax_rate::list_all(&mut tx, business).await?;
        let archived = all.into_iter().filter(|(rate, _)| kept.contains(rate));
        let archived: Vec<_> = archived.filter(|(rate, _)| !rates.iter().any(|(other, _)| other == rate)).collect();
        rates.extend(archived);
    }
    Ok(rates)
}

/// Up to `limit` customers to choose from, whose name or address for mail contains `part`; and the `chosen` one.
///
/// # Errors
/// The database does not answer.
pub async fn customers(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    part: &str,
    chosen: &str,
    limit: i64,
) -> Result<(Vec<Customer>, Option<Customer>), Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let found = store::customer::list_choices(&mut tx, business, &folded(part), limit).await?;
    let chosen = match chosen.parse() {
        Ok(id) => store::customer::get(&mut tx, business, &id).await?,
        Err(_) => None,
    };
    Ok((found, chosen))
}
