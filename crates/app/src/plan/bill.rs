//! The billing run: makes and sends the invoices of the cycles that are due, many plans a
//! transaction. Each cycle is billed once: a plan is locked, and moved on to its next cycle in the
//! same transaction that stores the invoice.

use std::collections::BTreeMap;

use zoop_domain::audit::Action;
use zoop_domain::business::Business;
use zoop_domain::customer::Customer;
use zoop_domain::id::{AlertId, AuditId, BusinessId, CustomerId, InvoiceId, MailId};
use zoop_domain::invoice::{Lifecycle, Snapshot, Totals};
use zoop_domain::mail::{Mail, MailKind, MailState, NO_SERVER};
use zoop_domain::plan::Plan;
use zoop_domain::schedule::cycle_dates;
use zoop_domain::secret::InvoiceToken;
use zoop_store::alert::{About, Alert};
use zoop_store::audit_event::AuditEvent;
use zoop_store::billing::Sent;
use zoop_store::plan::Due;
use zoop_store::{self as store, Tx};

use super::{Uncountable, count, due_of};
use crate::alert::UNSENT;
use crate::job::{self, JobKind};
use crate::{Actor, App, Error, actor, transaction};

/// As many plans are billed in one transaction.
const AT_ONCE: i64 = 200;
/// A job stops after so long and leaves the rest to the next, well before its claim runs out.
const SECONDS_A_JOB: i64 = 100;
/// A plan that can't be billed is looked at again so much later.
const SET_ASIDE_SECONDS: i64 = 3_600;

/// Has a job make the invoices of each business that has plans due.
///
/// # Errors
/// The database does not answer.
pub async fn find_due(app: &App) -> Result<(), Error> {
    let due = store::plan::list_due_businesses(&mut app.db.read().await?, app.now()).await?;
    if due.is_empty() {
        return Ok(());
    }
    transaction!(app, |tx| {
        for business in &due {
            job::enqueue_once(app, tx, business, JobKind::Bill, business.as_str()).await?;
        }
    })
}

/// Makes the invoices of the business's due plans: how many. What is left after some time is the
/// next job's.
///
/// # Errors
/// [`Error::NotFound`] without such a business; the database does not answer.
pub async fn bill(app: &App, business: &BusinessId) -> Result<usize, Error> {
    let began = app.now();
    let mut made = 0;
    loop {
        let (plans, invoices) = transaction!(app, |tx| {
            let owner = store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
            let plans = store::plan::lock_due(tx, business, app.now(), AT_ONCE).await?;
            let (made, unbillable) = bill_cycles(app, tx, Actor::Zoop, &owner, &plans, false).await?;
            set_aside(app, tx, &owner, &unbillable).await?;
            (plans.len(), made.len())
        })?;
        made += invoices;
        if plans == 0 || app.now().seconds_since(began) >= SECONDS_A_JOB {
            return Ok(made);
        }
    }
}

/// Bills the next cycle of each of these locked plans and moves them on: the invoices, and the plans
/// that can't be billed. Takes the business's numbers, so it must be locked, too.
pub(super) async fn bill_cycles<'a>(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    owner: &Business,
    plans: &'a [Plan],
    run_now: bool,
) -> Result<(Vec<Sent>, Vec<(&'a Plan, Uncountable)>), Error> {
    let business = &owner.id;
    let mut lines = store::billing::list_lines(tx, business, plans).await?;
    let rates = store::tax_rate::list_all(tx, business).await?;
    let (mut billable, mut unbillable) = (Vec::with_capacity(plans.len()), Vec::new());
    for plan in plans {
        match count(lines.remove(&plan.id).unwrap_or_default(), &rates, owner.currency) {
            Ok(totals) => billable.push((plan, totals)),
            Err(why) => unbillable.push((plan, why)),
        }
    }
    if billable.is_empty() {
        return Ok((Vec::new(), unbillable));
    }
    let customers = store::billing::list_customers(tx, business, plans).await?;
    let live = store::billing::list_live_consents(tx, business, plans).await?;
    let taken = i64::try_from(billable.len()).map_err(Error::internal)?;
    let first = store::business::update_next_numbers(tx, business, taken).await?.ok_or(Error::NotFound)?;
    let mut invoices = Vec::with_capacity(billable.len());
    let mut next = Vec::with_capacity(billable.len());
    for ((plan, totals), number) in billable.into_iter().zip(first..) {
        let customer = customers.get(&plan.customer).ok_or_else(|| Error::internal("a plan’s customer is gone"))?;
        invoices.push(invoice(app, owner, plan, customer, totals, number, run_now)?);
        let plan = plan.past_next_cycle();
        let due = due_of(&plan, owner, live.get(&plan.id).copied());
        next.push((plan, due));
    }
    let now = app.now();
    store::billing::insert_invoices(tx, business, &invoices, now).await?;
    store::billing::update_next(tx, business, &next).await?;
    let events: Vec<_> = invoices.iter().map(|invoice| sent_event(app, actor, invoice)).collect();
    store::billing::insert_events(tx, business, &events).await?;
    mail(app, tx, business, &invoices, &customers).await?;
    Ok((invoices, unbillable))
}

/// The invoice of the plan's next cycle, as it is sent now.
fn invoice(
    app: &App,
    owner: &Business,
    plan: &Plan,
    customer: &Customer,
    totals: Totals,
    number: i64,
    run_now: bool,
) -> Result<Sent, Error> {
    let (now, zone) = (app.now(), &owner.time_zone);
    let cycle_on = plan.billable()?;
    let dates = cycle_dates(cycle_on, plan.lead, zone, now, run_now);
    let is_paid = totals.total.is_zero();
    Ok(Sent {
        id: InvoiceId::generate(now, app.random.as_ref()),
        customer: plan.customer.clone(),
        plan: plan.id.clone(),
        plan_title: plan.title.clone(),
        cycle_on,
        lifecycle: if is_paid { Lifecycle::Paid } else { Lifecycle::Open },
        number: format!("{}{number:04}", owner.invoice_prefix),
        token: InvoiceToken::generate(app.random.as_ref()),
        totals,
        issued_on: dates.issued_on,
        due_on: dates.due_on,
        paid_on: is_paid.then_some(dates.issued_on),
        snapshot: Snapshot {
            customer_name: customer.name.clone(),
            customer_address: customer.address.clone(),
            business_name: owner.name.clone(),
            business_address: owner.address.clone(),
        },
        made_late: dates.made_late,
        charge_at: (!is_paid).then(|| dates.look_at(owner.notice_days, zone, now)),
    })
}

fn sent_event(app: &App, actor: Actor, invoice: &Sent) -> AuditEvent {
    let now = app.now();
    AuditEvent {
        id: AuditId::generate(now, app.random.as_ref()),
        actor: actor.as_str().into(),
        action: Action::InvoiceSent.as_str().into(),
        subject: invoice.id.as_str().into(),
        detail: invoice.number.clone(),
        happened_at: now,
    }
}

/// Queues each invoice's mail, as [`crate::mail::queue`] does one by one.
async fn mail(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    invoices: &[Sent],
    customers: &BTreeMap<CustomerId, Customer>,
) -> Result<(), Error> {
    let (now, sendable) = (app.now(), app.sends_mail());
    let addressed = invoices.iter().filter_map(|invoice| {
        let recipient = customers.get(&invoice.customer)?.email.clone()?;
        Some(Mail {
            id: MailId::generate(now, app.random.as_ref()),
            business: business.clone(),
            customer: Some(invoice.customer.clone()),
            kind: MailKind::Invoice,
            subject: invoice.id.as_str().into(),
            invoice: Some(invoice.id.clone()),
            recipient,
            message: None,
            state: if sendable { MailState::Queued } else { MailState::Failed },
            error: (!sendable).then(|| NO_SERVER.to_owned()),
            created_at: now,
            closed_at: (!sendable).then_some(now),
        })
    });
    let mails: Vec<Mail> = addressed.collect();
    store::billing::insert_mails(tx, business, &mails).await?;
    if sendable {
        job::enqueue_many(app, tx, business, JobKind::Mail, mails.iter().map(|mail| mail.id.as_str())).await?;
    }
    let has_mail = |invoice: &Sent| customers.get(&invoice.customer).is_some_and(|customer| customer.email.is_some());
    let unsent = invoices.iter().filter(|invoice| invoice.lifecycle == Lifecycle::Open);
    let unsent = unsent.filter(|invoice| !sendable || !has_mail(invoice));
    let alerts: Vec<Alert> = unsent.map(|invoice| reached_nobody(app, invoice)).collect();
    Ok(store::alert::insert_of_invoices(tx, business, &alerts).await?)
}

/// An invoice that nobody gets by mail is for somebody to hand over.
fn reached_nobody(app: &App, invoice: &Sent) -> Alert {
    let now = app.now();
    let about = About {
        customer: Some(invoice.customer.clone()),
        invoice: Some(invoice.id.clone()),
        plan: Some(invoice.plan.clone()),
        ..About::default()
    };
    Alert {
        id: AlertId::generate(now, app.random.as_ref()),
        kind: UNSENT.into(),
        subject: invoice.id.to_string(),
        message: format!("{} was made by “{}” and not emailed.", invoice.number, invoice.plan_title),
        about,
        raised_at: now,
    }
}

/// A plan that can't be billed keeps no other from it: the owner hears of it, and it is tried again.
async fn set_aside(app: &App, tx: &mut Tx, owner: &Business, unbillable: &[(&Plan, Uncountable)]) -> Result<(), Error> {
    for (plan, why) in unbillable {
        let run_at = Some(app.now().plus_seconds(SET_ASIDE_SECONDS));
        store::plan::update_next(tx, plan, Due { run_at, notice_at: None }).await?;
        let message = format!("The plan “{}” could not be billed: {why}.", plan.title);
        actor::alert(app, tx, Some(&owner.id), "plan.unbillable", plan.id.as_str(), message).await?;
    }
    Ok(())
}
