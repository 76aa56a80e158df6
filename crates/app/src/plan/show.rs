//! A plan as the office sees it: what it bills and when, how it is paid, what it billed, what happened to it.

use zoop_domain::consent::Consent;
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, PlanId};
use zoop_domain::invoice::Totals;
use zoop_domain::mail::{Mail, MailKind};
use zoop_domain::money::Money;
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::plan::{Plan, PlanLine};
use zoop_domain::time::Date;
use zoop_store as store;
pub use zoop_store::audit_event::AuditEvent;
pub use zoop_store::invoice::From;
pub use zoop_store::plan::BilledInvoice;

use super::count;
use super::typed::dates_from;
use crate::{Actor, App, Error};

/// As many invoices on a page.
const PAGE: usize = 12;
/// As many lines of what happened, the newest.
const EVENTS: usize = 20;

/// A plan, whole.
#[derive(Clone, Debug)]
pub struct PlanDetail {
    /// The plan.
    pub plan: Plan,
    /// Which version of it this is.
    pub revision: i64,
    /// Whom it bills.
    pub customer: Customer,
    /// Its lines.
    pub lines: Vec<PlanLine>,
    /// What an invoice of it comes to now; `None` if it can't be billed.
    pub totals: Option<Totals>,
    /// The latest cycle it billed.
    pub last_cycle: Option<Date>,
    /// The days of its next cycles.
    pub next: Vec<Date>,
    /// The consent that is live or suspended.
    pub consent: Option<Consent>,
    /// The newest one that is over, if none is live or suspended.
    pub ended: Option<Consent>,
    /// The mail that confirmed the consent.
    pub confirmation: Option<Mail>,
    /// What is charged.
    pub method: Option<PaymentMethod>,
    /// What it billed, newest first.
    pub billed: Vec<BilledInvoice>,
    /// How many invoices it has, and what was received on them.
    pub sums: (i64, Money),
    /// Whether there are newer ones.
    pub has_newer: bool,
    /// Whether there are older ones.
    pub has_older: bool,
    /// What happened to it, newest first, each with who did it, if somebody of the business did.
    pub events: Vec<(AuditEvent, Option<String>)>,
    /// The business's day.
    pub today: Date,
}

/// The plan, with all that is beside it. `from` pages what it billed.
///
/// # Errors
/// [`Error::NotFound`] without such a plan.
pub async fn show(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    plan: &PlanId,
    from: &From,
) -> Result<PlanDetail, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let plan = store::plan::get(&mut tx, business, plan).await?.ok_or(Error::NotFound)?;
    let customer = store::customer::get(&mut tx, business, &plan.customer).await?.ok_or(Error::NotFound)?;
    let rates = store::tax_rate::list_all(&mut tx, business).await?;
    let lines = store::plan::list_lines(&mut tx, business, &plan.id).await?;
    let consent = store::consent::list_by_plan(&mut tx, business, &plan.id).await?.pop();
    let ended = match &consent {
        Some(_) => None,
        None => store::consent::find_last_ended(&mut tx, business, &plan.id).await?,
    };
    let method = match consent.as_ref().and_then(|consent| consent.method.as_ref()) {
        Some(method) => store::payment_method::get(&mut tx, business, method).await?,
        None => None,
    };
    let confirmation = match &consent {
        Some(consent) => {
            store::mail::find(&mut tx, business, MailKind::AutoPayOn.as_str(), consent.id.as_str()).await?
        }
        None => None,
    };
    let mut billed = store::plan::list_billed(&mut tx, business, &plan.id, from, PAGE as i64 + 1).await?;
    let more = billed.len() > PAGE;
    let (has_newer, has_older) = match from {
        From::Newest => (false, more),
        From::OlderThan(_) => (true, more),
        From::NewerThan(_) => (more, true),
    };
    match from {
        From::NewerThan(_) if more => drop(billed.remove(0)),
        _ => billed.truncate(PAGE),
    }
    let (invoices, received) = store::plan::count_billed(&mut tx, business, &plan.id).await?;
    let members = store::membership::list(&mut tx, business).await?;
    let name =
        |actor: &str| members.iter().find(|(user, _)| user.id.as_str() == actor).map(|(user, _)| user.name.clone());
    let events = store::audit_event::list(&mut tx, business, plan.id.as_str()).await?;
    let events = events.into_iter().rev().take(EVENTS).map(|event| {
        let who = name(&event.actor);
        (event, who)
    });
    let next = if plan.billable().is_ok() { dates_from(&plan.schedule, plan.next_cycle_on) } else { Vec::new() };
    Ok(PlanDetail {
        revision: store::plan::find_revision(&mut tx, business, &plan.id).await?.ok_or(Error::NotFound)?,
        last_cycle: store::plan::find_last_cycle(&mut tx, business, &plan.id).await?,
        totals: count(lines.clone(), &rates, owner.currency).ok(),
        today: app.now().date_in(&owner.time_zone),
        sums: (invoices, Money::new(received, owner.currency)),
        ended,
        events: events.collect(),
        customer,
        lines,
        next,
        consent,
        confirmation,
        method,
        billed,
        has_newer,
        has_older,
        plan,
    })
}
