//! Takes a file over that somebody said yes to: all of it or nothing, in one transaction. It is read anew against
//! what the business has now, so that nothing comes in twice, whoever else was busy meanwhile.

use zoop_domain::audit::Action;
use zoop_domain::customer::Customer;
use zoop_domain::id::{AuditId, BusinessId, CustomerId, ImportId, InvoiceId};
use zoop_domain::import::customer::NewCustomer;
use zoop_domain::import::invoice::OpenInvoice;
use zoop_domain::import::{Import, ImportState, RowNote};
use zoop_domain::invoice::Snapshot;
use zoop_domain::secret::InvoiceToken;
use zoop_store::audit_event::AuditEvent;
use zoop_store::import::Opened;
use zoop_store::{self as store, Tx};

use super::known;
use super::plan::{Known, Planned, Rows, plan};
use crate::{Actor, App, Error, actor, transaction};

/// As many rows come in between two looks at how far it is.
const AT_ONCE: usize = 500;

/// Does a running import.
///
/// # Errors
/// The database is away or busy: then nothing has come in, and the same is tried again.
pub async fn run(app: &App, business: &BusinessId, import: &ImportId) -> Result<(), Error> {
    let done = transaction!(app, |tx| { take_over(app, tx, business, import).await? });
    app.imports.end(import);
    let why = match done {
        Ok(()) => return Ok(()),
        Err(error @ (Error::NotFound | Error::Upstream(_))) => return Err(error),
        Err(Error::Invalid(why)) => why,
        Err(error) => {
            tracing::error!(%import, error = &error as &dyn std::error::Error, "an import failed");
            "Something went wrong on our side.".to_owned()
        }
    };
    transaction!(app, |tx| {
        let found = store::import::get(tx, business, import).await?.ok_or(Error::NotFound)?;
        let (state, error, finished_at) = (ImportState::Failed, Some(why.clone()), Some(app.now()));
        store::import::update_finished(tx, &Import { state, error, finished_at, ..found }).await?;
    })
}

async fn take_over(app: &App, tx: &mut Tx, business: &BusinessId, id: &ImportId) -> Result<(), Error> {
    // Imports of a business come one after the other: each sees what the others brought.
    store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
    let import = store::import::get(tx, business, id).await?.ok_or(Error::NotFound)?;
    if import.state != ImportState::Running {
        return Ok(());
    }
    let content = store::import::find_content(tx, business, id).await?;
    let content = content.ok_or_else(|| Error::Invalid("The file is gone.".to_owned()))?;
    let known = known(app, tx, business).await?;
    let Planned { rows, .. } = plan(import.kind, &content, &known).map_err(Error::Invalid)?;
    let who = maker(&import);
    let (row_count, left_out) = match rows {
        Rows::Customers(reading) => {
            no_problems(&reading.problems)?;
            customers(app, tx, &import, who, &reading.rows).await?;
            (reading.rows.len(), reading.left_out.len())
        }
        Rows::Invoices(reading) => {
            no_problems(&reading.problems)?;
            invoices(app, tx, &import, who, &known, reading.rows.clone()).await?;
            (reading.rows.len(), reading.left_out.len())
        }
    };
    let count = |count| i64::try_from(count).map_err(Error::internal);
    let (row_count, left_out, finished_at) = (count(row_count)?, count(left_out)?, Some(app.now()));
    let done = Import { state: ImportState::Done, row_count, left_out, error: None, finished_at, ..import };
    store::import::update_finished(tx, &done).await?;
    let detail = format!("{row_count} {} from {}", done.kind, done.file_name);
    actor::record(app, tx, who, business, Action::ImportDone, done.id.as_str(), &detail).await
}

/// In whose name it is done.
fn maker(import: &Import) -> Actor {
    match import.made_by.parse() {
        Ok(user) => Actor::Office(user),
        Err(_) if import.made_by == Actor::Operator.as_str() => Actor::Operator,
        Err(_) => Actor::Zoop,
    }
}

fn no_problems(problems: &[RowNote]) -> Result<(), Error> {
    match problems {
        [] => Ok(()),
        [first, rest @ ..] => {
            let more =
                if rest.is_empty() { String::new() } else { format!(" {} more rows can’t be used.", rest.len()) };
            let (line, words) = (first.line, &first.words);
            Err(Error::Invalid(format!("Something changed since the file was checked. Line {line}: {words}{more}")))
        }
    }
}

async fn customers(
    app: &App,
    tx: &mut Tx,
    import: &Import,
    who: Actor,
    rows: &[(u64, NewCustomer)],
) -> Result<(), Error> {
    let now = app.now();
    for (step, some) in rows.chunks(AT_ONCE).enumerate() {
        app.imports.set(&import.id, step * AT_ONCE, rows.len());
        let new = |(_, new): &(u64, NewCustomer)| {
            let id = CustomerId::generate(now, app.random.as_ref());
            let customer = Customer::named(id, import.business.clone(), "").with(new.details.clone());
            Customer { archived_at: new.is_archived.then_some(now), ..customer }
        };
        let some: Vec<Customer> = some.iter().map(new).collect();
        store::import::insert_customers(tx, &some, now).await?;
        let ids = some.iter().map(|customer| customer.id.as_str());
        events(app, tx, import, who, Action::CustomerImported, ids).await?;
    }
    Ok(())
}

async fn invoices(
    app: &App,
    tx: &mut Tx,
    import: &Import,
    who: Actor,
    known: &Known,
    rows: Vec<(u64, OpenInvoice)>,
) -> Result<(), Error> {
    let (now, owner, all) = (app.now(), &known.owner, rows.len());
    let count = i64::try_from(all).map_err(Error::internal)?;
    let first = store::business::update_next_numbers(tx, &owner.id, count).await?.ok_or(Error::NotFound)?;
    let people: std::collections::HashMap<_, _> = known.customers.iter().map(|it| (it.id.as_str(), it)).collect();
    let mut opened = Vec::with_capacity(all);
    for ((_, invoice), number) in rows.into_iter().zip(first..) {
        let customer = people.get(invoice.customer.as_str());
        let customer = customer.ok_or_else(|| Error::internal("an imported invoice’s customer is gone"))?;
        opened.push(Opened {
            id: InvoiceId::generate(now, app.random.as_ref()),
            number: format!("{}{number:04}", owner.invoice_prefix),
            token: InvoiceToken::generate(app.random.as_ref()),
            invoice,
            snapshot: Snapshot {
                customer_name: customer.name.clone(),
                customer_address: customer.address.clone(),
                business_name: owner.name.clone(),
                business_address: owner.address.clone(),
            },
        });
    }
    for (step, some) in opened.chunks(AT_ONCE).enumerate() {
        app.imports.set(&import.id, step * AT_ONCE, all);
        store::import::insert_invoices(tx, &owner.id, some, now).await?;
        let ids = some.iter().map(|invoice| invoice.id.as_str());
        events(app, tx, import, who, Action::InvoiceImported, ids).await?;
    }
    Ok(())
}

/// A line in the trail of each that came in.
async fn events(
    app: &App,
    tx: &mut Tx,
    import: &Import,
    who: Actor,
    action: Action,
    subjects: impl Iterator<Item = &str>,
) -> Result<(), Error> {
    let now = app.now();
    let events: Vec<AuditEvent> = subjects
        .map(|subject| AuditEvent {
            id: AuditId::generate(now, app.random.as_ref()),
            actor: who.as_str().to_owned(),
            action: action.as_str().to_owned(),
            subject: subject.to_owned(),
            detail: format!("from {}", import.file_name),
            happened_at: now,
        })
        .collect();
    Ok(store::billing::insert_events(tx, &import.business, &events).await?)
}
