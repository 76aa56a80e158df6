//! Writes a succeeded payment down: once, applied up to the balance, the rest sent back.

use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::audit::Action;
use zoop_domain::business::Business;
use zoop_domain::business::notify::Event;
use zoop_domain::id::{PaymentId, RefundId};
use zoop_domain::invoice::{Applied, ClosingDates, Lifecycle};
use zoop_domain::mail::MailKind;
use zoop_domain::money::Money;
use zoop_domain::payment::{self, Payment, PaymentKind, PaymentState};
use zoop_domain::payment_method::{MethodState, PaymentMethod, brand_name};
use zoop_domain::refund::{Refund, RefundReason, RefundState, surplus_key};
use zoop_domain::time::Instant;
use zoop_store::invoice::Locked;
use zoop_store::{self as store, Tx, attempt::Progress};
use zoop_stripe::Expandable;
use zoop_stripe::payment_intent::PaymentIntent;

use super::settle::Standing;
use crate::consent::grant::{self, Grant};
use crate::job::{self, JobKind};
use crate::mail::queue::{NewMail, queue};
use crate::payment_method::save::{self, Owner};
use crate::{Actor, App, Error, actor, dunning, notice, transaction};

/// Records the succeeded `intent` of the attempt.
pub(crate) async fn record(app: &App, attempt: &Attempt, intent: &PaymentIntent) -> Result<Standing, Error> {
    if let Some(mismatch) = mismatch(attempt, intent) {
        transaction!(app, |tx| {
            let message = format!("{} was not applied: {mismatch}", intent.id);
            actor::alert(app, tx, Some(&attempt.business), "payment.mismatch", &intent.id, message).await?;
        })?;
        return Ok(Standing::NotPaid);
    }
    transaction!(app, |tx| {
        let business = store::business::get(tx, &attempt.business).await?.ok_or(Error::NotFound)?;
        let locked = store::invoice::lock(tx, &attempt.business, &attempt.invoice).await?.ok_or(Error::NotFound)?;
        let amount = Money::new(intent.amount_received, attempt.amount.currency());
        let applied = locked.ledger.apply(locked.lifecycle, amount)?;
        let payment = payment_of(app, &business, attempt, intent, amount, &applied);
        let mut method = None;
        if store::payment::insert(tx, &payment).await? {
            let by = By { actor: Actor::Stripe, receipt: true };
            apply(app, tx, &business, &locked, &payment, &applied, by).await?;
            notice::tell(app, tx, &attempt.business, Event::Paid, payment.id.as_str()).await?;
            method = keep_method(app, tx, attempt, intent).await?;
            if let (Some(draft), Some(method)) = (&attempt.terms.consent, &method) {
                let (business, attempt) = (&attempt.business, Some(&attempt.id));
                let grant = Grant { business, draft, method, attempt, attested: None };
                grant::grant(app, tx, Actor::Customer, grant).await?;
            }
        }
        let progress = Progress {
            payment_intent: Some(&intent.id),
            method_label: Some(&payment.method_label),
            failure_code: None,
            method: method.as_ref().map(|method| &method.id),
        };
        let state = AttemptState::Succeeded;
        store::attempt::update_state(tx, &attempt.business, &attempt.id, state, progress, app.now()).await?;
        close_other(app, tx, attempt).await?;
    })?;
    Ok(Standing::Paid)
}

/// The method on file that stands for what was charged: the one that was chosen, or the one that is saved now.
async fn keep_method(
    app: &App,
    tx: &mut Tx,
    attempt: &Attempt,
    intent: &PaymentIntent,
) -> Result<Option<PaymentMethod>, Error> {
    if let Some(chosen) = &attempt.method {
        let chosen = store::payment_method::get(tx, &attempt.business, chosen).await?;
        return Ok(chosen.filter(|chosen| chosen.state == MethodState::Active));
    }
    let Some(Expandable::Object(stripe)) = intent.payment_method.as_ref().filter(|_| attempt.terms.save_card) else {
        return Ok(None);
    };
    let owner = Owner { business: &attempt.business, customer: &attempt.customer, account: &attempt.account };
    save::save(app, tx, owner, stripe).await
}

/// Why the intent can't be a payment of this attempt.
fn mismatch(attempt: &Attempt, intent: &PaymentIntent) -> Option<&'static str> {
    let ours = super::metadata(attempt);
    if !ours.iter().all(|(name, value)| intent.metadata.get(name) == Some(value)) {
        return Some("its metadata names another invoice, attempt or business");
    }
    if intent.currency != attempt.amount.currency().as_str() {
        return Some("its currency is not the invoice’s");
    }
    None
}

fn payment_of(
    app: &App,
    business: &Business,
    attempt: &Attempt,
    intent: &PaymentIntent,
    amount: Money,
    applied: &Applied,
) -> Payment {
    let charge = intent.charge();
    let charged_at = charge.and_then(|charge| charge.created).map(Instant::from_unix_seconds);
    let received_at = charged_at.unwrap_or_else(|| app.now());
    Payment {
        id: PaymentId::generate(app.now(), app.random.as_ref()),
        business: attempt.business.clone(),
        invoice: attempt.invoice.clone(),
        customer: attempt.customer.clone(),
        attempt: Some(attempt.id.clone()),
        kind: PaymentKind::Stripe,
        state: PaymentState::Succeeded,
        amount,
        applied: applied.applied,
        refunded: Money::zero(amount.currency()),
        method_label: method_label(intent).unwrap_or_else(|| "Card".into()),
        account: Some(attempt.account.clone()),
        payment_intent: Some(intent.id.clone()),
        charge: charge.map(|charge| charge.id.clone()),
        received_at,
        received_on: received_at.date_in(&business.time_zone),
        dispute: None,
        disputed_on: None,
        returned_on: None,
    }
}

/// What was charged, as people name it: "Visa •••• 4242". `None` until there is a charge.
pub(super) fn method_label(intent: &PaymentIntent) -> Option<String> {
    let details = intent.charge()?.payment_method_details.as_ref()?;
    if let Some(card) = &details.card {
        let brand = brand_name(card.brand.as_deref().unwrap_or_default());
        return Some(payment::method_label(&brand, card.last4.as_deref()?));
    }
    if let Some(bank) = &details.us_bank_account {
        let name = bank.bank_name.as_deref().unwrap_or("Bank account");
        return Some(payment::method_label(name, bank.last4.as_deref()?));
    }
    details.kind.clone()
}

/// Who took a payment, and whether the customer gets a receipt by mail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By {
    pub(crate) actor: Actor,
    pub(crate) receipt: bool,
}

/// Changes the invoice by a payment that was just stored. Shared with payments by hand.
pub(crate) async fn apply(
    app: &App,
    tx: &mut Tx,
    business: &Business,
    locked: &Locked,
    payment: &Payment,
    applied: &Applied,
    by: By,
) -> Result<(), Error> {
    let still_returned = locked.bank_returned && applied.lifecycle != Lifecycle::Paid;
    let (id, lifecycle) = (&business.id, applied.lifecycle);
    store::invoice::update_ledger(tx, id, &locked.id, lifecycle, &applied.ledger, still_returned).await?;
    if lifecycle == Lifecycle::Paid && locked.lifecycle != Lifecycle::Paid {
        let dates = ClosingDates { paid_on: Some(payment.received_on), ..locked.dates };
        store::invoice::update_dates(tx, id, &locked.id, &dates).await?;
    }
    // Whoever pays himself, in part or in whole, is not charged for it as well.
    dunning::stop::of_invoice(app, tx, id, &locked.id).await?;
    if applied.surplus.is_positive() {
        give_back(app, tx, payment, applied.surplus).await?;
    }
    if by.receipt {
        let mail = NewMail::about(MailKind::Receipt, id, &payment.customer, payment.id.as_str());
        queue(app, tx, mail.of_invoice(&locked.id)).await?;
    }
    let detail = format!("{} by {}", payment.amount, payment.method_label);
    actor::record(app, tx, by.actor, id, Action::PaymentReceived, locked.id.as_str(), &detail).await
}

/// Records the refund of what exceeds the balance, tells the owner, and has it sent.
async fn give_back(app: &App, tx: &mut Tx, payment: &Payment, surplus: Money) -> Result<(), Error> {
    let Some(intent) = &payment.payment_intent else { return Ok(()) };
    let refund = Refund {
        id: RefundId::generate(app.now(), app.random.as_ref()),
        business: payment.business.clone(),
        payment: payment.id.clone(),
        amount: surplus,
        reason: RefundReason::Surplus,
        note: String::new(),
        state: RefundState::Pending,
        stripe_refund: None,
        created_at: app.now(),
    };
    let account = payment.account.as_deref();
    if store::refund::insert(tx, &refund, &payment.invoice, account, &surplus_key(intent)).await? {
        job::enqueue(app, tx, Some(&payment.business), JobKind::Refund, refund.id.as_str()).await?;
        let detail = format!("{surplus} of {}: more than was owed", payment.method_label);
        let (business, subject) = (&payment.business, payment.invoice.as_str());
        actor::record(app, tx, Actor::Zoop, business, Action::RefundMade, subject, &detail).await?;
        let message =
            format!("{surplus} more than was owed arrived by {} and is being refunded.", payment.method_label);
        actor::alert(app, tx, Some(&payment.business), "payment.surplus", payment.id.as_str(), message).await?;
    }
    Ok(())
}

/// Another payment page may be open for the same invoice, if this payment arrived late: it is closed.
async fn close_other(app: &App, tx: &mut Tx, attempt: &Attempt) -> Result<(), Error> {
    let other = store::attempt::find_live(tx, &attempt.business, &attempt.invoice).await?;
    if let Some(other) = other.filter(|other| other.id != attempt.id) {
        job::enqueue(app, tx, Some(&attempt.business), JobKind::Close, other.id.as_str()).await?;
    }
    Ok(())
}
