//! The office's list of payments, page by page or as a whole, and what a filter comes to.

use zoop_domain::audit::Action;
use zoop_domain::customer::folded;
use zoop_domain::export::Table;
use zoop_domain::id::{BusinessId, PaymentId};
use zoop_domain::money::Money;
use zoop_domain::payment::Which;
use zoop_domain::time::{Date, Instant};
use zoop_store as store;
pub use zoop_store::payment::OfficePayment;
use zoop_store::payment::{Key, Wanted};

use crate::invoice::list::number_of;
use crate::{Actor, App, Error, actor, transaction};

/// As many stand on a page.
pub const A_PAGE: usize = 50;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which payments.
    pub which: Which,
    /// Received on that day or later.
    pub from: Option<Date>,
    /// Received on that day or before.
    pub to: Option<Date>,
    /// An invoice's number, or a part of a customer's name; may be empty.
    pub words: String,
    /// The payment that the page goes on from: older than it, or newer.
    pub after: Option<(Direction, PaymentId)>,
}

/// Which way a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To what is older.
    Older,
    /// To what is newer.
    Newer,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its payments, newest first.
    pub rows: Vec<OfficePayment>,
    /// Whether there are newer ones.
    pub has_newer: bool,
    /// Whether there are older ones.
    pub has_older: bool,
    /// How many the filter finds.
    pub count: i64,
    /// What they brought.
    pub received: Money,
    /// What of it went back.
    pub refunded: Money,
}

/// A page of the list, with what the filter comes to.
///
/// # Errors
/// [`Error::NotFound`] without such a business; the database does not answer.
pub async fn list(app: &App, actor: Actor, business: &BusinessId, asked: &Asked) -> Result<Listed, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let wanted = wanted(asked, &owner.invoice_prefix);
    // A payment that is gone, or another business's, begins the list anew.
    let key = match &asked.after {
        None => Key::Newest,
        Some((way, id)) => match (way, store::payment::get(&mut tx, business, id).await?) {
            (Direction::Older, Some(found)) => Key::OlderThan(found.received_at, found.id),
            (Direction::Newer, Some(found)) => Key::NewerThan(found.received_at, found.id),
            (_, None) => Key::Newest,
        },
    };
    let limit = i64::try_from(A_PAGE).unwrap_or_default() + 1;
    let mut rows = store::payment::list_for_office(&mut tx, business, &wanted, &key, limit).await?;
    let more = rows.len() > A_PAGE;
    let (has_newer, has_older) = match key {
        Key::Newest => (false, more),
        Key::OlderThan(..) => (true, more),
        Key::NewerThan(..) => (more, true),
    };
    match key {
        Key::NewerThan(..) if more => drop(rows.remove(0)),
        _ => rows.truncate(A_PAGE),
    }
    let sums = store::payment::count_for_office(&mut tx, business, &wanted).await?;
    let money = |minor| Money::new(minor, owner.currency);
    let (received, refunded) = (money(sums.amount_minor), money(sums.refunded_minor));
    Ok(Listed { rows, has_newer, has_older, count: sums.count, received, refunded })
}

fn wanted(asked: &Asked, prefix: &str) -> Wanted {
    Wanted {
        which: asked.which,
        from: asked.from,
        to: asked.to,
        customer: folded(&asked.words),
        number: number_of(prefix, &asked.words),
    }
}

/// Notes in the audit trail that the list is taken away.
///
/// # Errors
/// [`Error::Forbidden`] but for the business's own people; the database does not answer.
pub async fn begin_export(app: &App, actor: Actor, business: &BusinessId) -> Result<(), Error> {
    actor.must_be_member()?;
    let what = Table::Payments.as_str();
    transaction!(app, |tx| {
        actor::record(app, tx, actor, business, Action::DataExported, business.as_str(), what).await?;
    })
}

/// The next rows of an export, at most a thousand, and where it goes on; nothing once it is whole.
///
/// # Errors
/// [`Error::NotFound`] without such a business; the database does not answer.
pub async fn export(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    asked: &Asked,
    after: Option<(Instant, PaymentId)>,
) -> Result<Vec<OfficePayment>, Error> {
    const AT_ONCE: i64 = 1_000;
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let key = after.map_or(Key::Newest, |(at, id)| Key::OlderThan(at, id));
    let wanted = wanted(asked, &owner.invoice_prefix);
    Ok(store::payment::list_for_office(&mut tx, business, &wanted, &key, AT_ONCE).await?)
}
