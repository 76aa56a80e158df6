//! Auto-pay: charges a plan's invoice by the plan's live consent, without the customer. Whether and
//! when is decided by the domain, under the consent's and the invoice's locks.

use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState, AttemptTerms};
use zoop_domain::business::Business;
use zoop_domain::charge::{ChargeFacts, ChargeStep, LeaveWhy, Told};
use zoop_domain::consent::{Consent, ConsentState, NotCharged, SuspendedWhy};
use zoop_domain::id::{AttemptId, BusinessId, InvoiceId, JobId};
use zoop_domain::invoice::Lifecycle;
use zoop_domain::mail::{Mail, MailKind};
use zoop_domain::money::Money;
use zoop_domain::payment_method::{MethodState, MethodType, PaymentMethod};
use zoop_domain::schedule::BILLING_HOUR;
use zoop_store::invoice::Locked;
use zoop_store::{self as store, Tx};
use zoop_stripe::payment_intent::ConfirmPaymentIntent;

use crate::attempt::reconcile::FIRST_CHECK_SECONDS;
use crate::attempt::settle::Standing;
use crate::attempt::{close, settle, take};
use crate::job::{self, JobKind};
use crate::mail::queue::{NewMail, queue};
use crate::{App, Error, actor, stripe_customer, transaction};

/// As many invoices are taken up at a time.
const AT_ONCE: i64 = 500;
/// While somebody else's payment is under way, or the business can't charge, it is looked at again so much later.
const LOOK_AGAIN_SECONDS: i64 = 3_600;
/// While another job is at it, it is looked at again so much later.
const AT_WORK_SECONDS: i64 = 10;
/// A business that can't charge is waited for so long after the due date: as long as a decline is tried again.
const LONGEST_AWAY_SECONDS: i64 = 7 * 86_400;

/// Has a job charge each invoice that is due to be charged: how many those were.
///
/// # Errors
/// The database does not answer.
pub async fn find_due(app: &App) -> Result<usize, Error> {
    let mut count = 0;
    loop {
        let found = transaction!(app, |tx| {
            let due = store::invoice::update_charge_due(tx, app.now(), AT_ONCE).await?;
            for (business, invoice) in &due {
                enqueue(app, tx, business, invoice).await?;
            }
            due.len()
        })?;
        count += found;
        if found == 0 {
            return Ok(count);
        }
    }
}

/// Has a job charge the invoice. One that is at it may have looked before: then it is looked at again.
pub(crate) async fn enqueue(app: &App, tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<(), Error> {
    let added = job::enqueue_once(app, tx, business, JobKind::Charge, invoice.as_str()).await?;
    let again = (!added).then(|| app.now().plus_seconds(AT_WORK_SECONDS));
    Ok(store::invoice::update_charge_at(tx, business, invoice, again).await?)
}

/// Charges the invoice, if it is to be charged now. `job` is the job that asks for it: once its
/// charge has failed it doesn't try again, however often it runs.
///
/// # Errors
/// [`Error::NotFound`] without such an invoice; [`Error::Upstream`] if Stripe doesn't answer, so that the
/// job looks again.
pub async fn charge(app: &App, business: &BusinessId, invoice: &InvoiceId, job: &JobId) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let failed = store::attempt::find_failed_by_job(&mut tx, business, job).await?;
    let live = store::attempt::find_live(&mut tx, business, invoice).await?;
    drop(tx);
    if failed.is_some() || !make_room(app, live.as_ref()).await? {
        return Ok(());
    }
    let Some(claim) = claim(app, business, invoice, job).await? else { return Ok(()) };
    let customer = stripe_customer::get(app, business, &claim.attempt.customer, &claim.attempt.account).await?;
    let confirm = ConfirmPaymentIntent { return_url: None, off_session: true };
    let description = format!("Invoice {}", claim.number);
    let taken = take::take(app, &claim.attempt, &claim.method, &customer, description, &confirm).await?;
    let mut tx = app.db.read().await?;
    let declined = store::attempt::find_failed_by_job(&mut tx, business, job).await?.is_some();
    if taken.standing == Standing::NotPaid && !declined {
        // Nobody declined it: Stripe didn't answer, and it was taken back. The job looks again.
        return Err(Error::Upstream("a charge was taken back before it was tried".into()));
    }
    Ok(())
}

/// Whether no other payment is in the way any more. A page that is merely open is closed.
async fn make_room(app: &App, live: Option<&Attempt>) -> Result<bool, Error> {
    let Some(live) = live else { return Ok(true) };
    let standing = match live.kind {
        // Begun by this job, or by another, that died: Stripe says how far it came.
        AttemptKind::AutoPay => settle::settle(app, live).await?,
        AttemptKind::Checkout => close::close(app, &live.business, &live.id).await?,
        AttemptKind::SavedCard => settle::settle(app, live).await?,
    };
    if standing == Standing::NotPaid {
        return Ok(true);
    }
    if standing != Standing::Paid {
        let until = app.now().plus_seconds(LOOK_AGAIN_SECONDS);
        transaction!(app, |tx| {
            store::invoice::update_charge_at(tx, &live.business, &live.invoice, Some(until)).await?;
        })?;
    }
    Ok(false)
}

/// What was claimed.
struct Claim {
    attempt: Attempt,
    method: PaymentMethod,
    number: String,
}

/// Stores the attempt, if the invoice is to be charged now: nothing is claimed after the end of the
/// consent was committed, because both hold its lock.
async fn claim(app: &App, business: &BusinessId, invoice: &InvoiceId, job: &JobId) -> Result<Option<Claim>, Error> {
    transaction!(app, |tx| { claim_in(app, tx, business, invoice, job).await? })
}

/// The same, in its transaction: whichever way it is left, what was written is kept.
async fn claim_in(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    invoice: &InvoiceId,
    job: &JobId,
) -> Result<Option<Claim>, Error> {
    let consent = consent_of(tx, business, invoice).await?;
    let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    // What the bank took back is the customer's to pay again.
    if locked.lifecycle != Lifecycle::Open || locked.bank_returned {
        return Ok(None);
    }
    let due = locked.due_on.at_hour(BILLING_HOUR, &owner.time_zone);
    let Some(consent) = consent else {
        // It was looked at early, for its announcement; the customer may still agree until it is due.
        if due > app.now() {
            store::invoice::update_charge_at(tx, business, invoice, Some(due)).await?;
        }
        return Ok(None);
    };
    let Some(method) = chargeable(tx, &consent).await? else { return Ok(None) };
    let balance = locked.ledger.balance()?;
    if consent.state == ConsentState::Suspended || owner.charging_account() != Some(method.account.as_str()) {
        // The business can't charge for now. Its customer still agrees, so it is charged once that is over.
        if app.now().seconds_since(due) > LONGEST_AWAY_SECONDS {
            leave(app, tx, business, &locked, balance, LeaveWhy::NoAccount).await?;
        } else {
            let until = app.now().plus_seconds(LOOK_AGAIN_SECONDS).max(due);
            store::invoice::update_charge_at(tx, business, invoice, Some(until)).await?;
        }
        return Ok(None);
    }
    let notice = notice_subject(&locked, balance);
    Ok(match step_of(app, tx, &owner, &consent, &locked, &method).await? {
        ChargeStep::Charge => {
            let attempt = attempt_of(app, &consent, &locked, &method, balance, job);
            let first_check = app.now().plus_seconds(FIRST_CHECK_SECONDS);
            if !store::attempt::insert(tx, &attempt, None, Some(first_check)).await? {
                return Err(Error::Conflict("a payment for this invoice is under way".into()));
            }
            store::invoice::update_charge_at(tx, business, invoice, None).await?;
            Some(Claim { attempt, method, number: locked.number.unwrap_or_default() })
        }
        ChargeStep::Announce { until } => {
            let mail = NewMail::about(MailKind::UpcomingCharge, business, &locked.customer, &notice);
            queue(app, tx, mail.of_invoice(invoice)).await?;
            store::invoice::update_charge_at(tx, business, invoice, Some(until)).await?;
            None
        }
        ChargeStep::Wait { until } => {
            store::invoice::update_charge_at(tx, business, invoice, Some(until)).await?;
            None
        }
        ChargeStep::Leave(why) => {
            leave(app, tx, business, &locked, balance, why).await?;
            None
        }
    })
}

async fn step_of(
    app: &App,
    tx: &mut Tx,
    owner: &Business,
    consent: &Consent,
    locked: &Locked,
    method: &PaymentMethod,
) -> Result<ChargeStep, Error> {
    let (business, invoice) = (&owner.id, &locked.id);
    let balance = locked.ledger.balance()?;
    let last = store::attempt::find_last_charged(tx, business, &consent.id).await?;
    let facts = ChargeFacts {
        now: app.now(),
        zone: &owner.time_zone,
        due_on: locked.due_on,
        made_late: locked.made_late,
        in_dunning: store::dunning::find(tx, business, invoice).await?.is_some(),
        balance,
        evidence: &consent.evidence,
        last: last.map_or(consent.evidence.agreed, |minor| Money::new(minor, balance.currency())),
        bank_debit: method.kind == MethodType::UsBankAccount,
        setting: owner.notice_days,
        invoice_mail: told(tx, business, MailKind::Invoice, invoice.as_str()).await?,
        notice: announced(tx, business, locked, balance, &notice_subject(locked, balance)).await?,
    };
    Ok(facts.step())
}

/// The consent to charge the invoice, under its lock: a live one, or one that waits for the business's account.
async fn consent_of(tx: &mut Tx, business: &BusinessId, invoice: &InvoiceId) -> Result<Option<Consent>, Error> {
    let invoice = store::invoice::get(tx, business, invoice).await?.ok_or(Error::NotFound)?;
    let Some(plan) = invoice.plan else { return Ok(None) };
    let counts = |consent: &Consent| {
        let why = consent.suspended.map(|(_, why)| why);
        consent.state == ConsentState::Live
            || (consent.state == ConsentState::Suspended && why == Some(SuspendedWhy::Disconnected))
    };
    let found = store::consent::list_by_plan(tx, business, &plan).await?.into_iter().find(counts);
    let Some(found) = found else { return Ok(None) };
    Ok(store::consent::lock(tx, business, &found.id).await?.filter(counts))
}

async fn chargeable(tx: &mut Tx, consent: &Consent) -> Result<Option<PaymentMethod>, Error> {
    let Some(method) = &consent.method else { return Ok(None) };
    let method = store::payment_method::get(tx, &consent.business, method).await?;
    Ok(method.filter(|method| method.state == MethodState::Active))
}

async fn told(tx: &mut Tx, business: &BusinessId, kind: MailKind, subject: &str) -> Result<Option<Told>, Error> {
    let mail = store::mail::find(tx, business, kind.as_str(), subject).await?;
    Ok(mail.map(|Mail { state, closed_at, .. }| Told { state, at: closed_at }))
}

/// The announcement of this amount: for the invoice, or for its cycle before it was made.
async fn announced(
    tx: &mut Tx,
    business: &BusinessId,
    locked: &Locked,
    balance: Money,
    subject: &str,
) -> Result<Option<Told>, Error> {
    if let Some(told) = told(tx, business, MailKind::UpcomingCharge, subject).await? {
        return Ok(Some(told));
    }
    let (Some(plan), Some(cycle)) = (&locked.plan, locked.cycle_on) else { return Ok(None) };
    told(tx, business, MailKind::UpcomingCharge, &crate::plan::announce::subject(plan, cycle, balance)).await
}

/// A notice is of one amount: another amount is announced again.
fn notice_subject(locked: &Locked, balance: Money) -> String {
    format!("{}/{}", locked.id, balance.minor())
}

fn attempt_of(
    app: &App,
    consent: &Consent,
    locked: &Locked,
    method: &PaymentMethod,
    amount: Money,
    job: &JobId,
) -> Attempt {
    let now = app.now();
    Attempt {
        id: AttemptId::generate(now, app.random.as_ref()),
        business: consent.business.clone(),
        invoice: locked.id.clone(),
        customer: locked.customer.clone(),
        kind: AttemptKind::AutoPay,
        state: AttemptState::Creating,
        amount,
        account: method.account.clone(),
        terms: AttemptTerms::default(),
        consent: Some(consent.id.clone()),
        job: Some(job.clone()),
        method: Some(method.id.clone()),
        method_label: Some(method.label()),
        session: None,
        payment_intent: None,
        created_at: now,
        expires_at: None,
        checks: 0,
    }
}

/// The owner hears why auto-pay leaves it; the customer has the invoice, which says that he pays it himself.
async fn leave(
    app: &App,
    tx: &mut Tx,
    business: &BusinessId,
    locked: &Locked,
    balance: Money,
    why: LeaveWhy,
) -> Result<(), Error> {
    let why = match why {
        LeaveWhy::Amount(NotCharged::OverCap) => "is more than the customer agreed to per payment",
        LeaveWhy::Amount(NotCharged::BelowMinimum) => "is less than Stripe charges",
        LeaveWhy::Unannounced => "could not be announced to the customer by mail",
        LeaveWhy::NoAccount => "could not be charged: card payments have been off for a week",
    };
    let number = locked.number.as_deref().unwrap_or_default();
    let message = format!("Auto-pay left invoice {number} to the customer: {balance} {why}.");
    actor::alert(app, tx, Some(business), "charge.left", locked.id.as_str(), message).await
}
