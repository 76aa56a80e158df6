//! The audit trail as an owner reads it: the newest first, page by page.

use zoop_domain::id::{AuditId, BusinessId};
use zoop_domain::time::Instant;
use zoop_store as store;
use zoop_store::audit_event::Place;

pub use zoop_store::audit_event::{AuditEvent, Told};

use crate::{Actor, App, Error};

/// So many lines a page.
pub const PAGE: usize = 50;

/// Which page is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// The newest.
    Newest,
    /// What lies before this line.
    Before(Instant, AuditId),
    /// What came after this line.
    After(Instant, AuditId),
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// One of the business's own people, by name.
    Person(String),
    /// The customer.
    Customer,
    /// Stripe.
    Stripe,
    /// The program.
    Zoop,
    /// Whoever runs the server.
    Operator,
}

/// A line of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was noted, and about what.
    pub told: Told,
    /// Who did it.
    pub who: Who,
}

/// A page of the trail, newest first.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// Its lines.
    pub lines: Vec<Line>,
    /// Whether there are newer ones.
    pub has_newer: bool,
    /// Whether there are older ones.
    pub has_older: bool,
}

/// A page of the business's trail.
///
/// # Errors
/// [`Error::Forbidden`] but for an owner.
pub async fn list(app: &App, actor: Actor, business: &BusinessId, from: From) -> Result<Trail, Error> {
    actor.must_be_owner()?;
    let limit = i64::try_from(PAGE + 1).map_err(Error::internal)?;
    let mut tx = app.db.read().await?;
    let older = async |tx: &mut store::Tx, before: Option<&Place>| {
        store::audit_event::list_newest(tx, business, before, limit).await
    };
    Ok(match from {
        From::Newest => page(older(&mut tx, None).await?, false, false),
        From::Before(at, id) => page(older(&mut tx, Some(&(at, id))).await?, true, false),
        From::After(at, id) => {
            let newer = store::audit_event::list_next(&mut tx, business, &(at, id), limit).await?;
            page(newer, true, true)
        }
    })
}

/// One line more was read than is shown: whether it was there says whether the page is the last on that side.
fn page(mut read: Vec<Told>, comes_from_elsewhere: bool, upwards: bool) -> Trail {
    let is_more = read.len() > PAGE;
    read.truncate(PAGE);
    if upwards {
        read.reverse();
    }
    let lines = read.into_iter().map(line).collect();
    match upwards {
        true => Trail { lines, has_newer: is_more, has_older: comes_from_elsewhere },
        false => Trail { lines, has_newer: comes_from_elsewhere, has_older: is_more },
    }
}

fn line(told: Told) -> Line {
    let who = match (told.event.actor.as_str(), &told.by) {
        (_, Some(name)) => Who::Person(name.clone()),
        ("customer", _) => Who::Customer,
        ("stripe", _) => Who::Stripe,
        ("operator", _) => Who::Operator,
        _ => Who::Zoop,
    };
    Line { told, who }
}
