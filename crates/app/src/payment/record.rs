//! Records a payment by hand: a check, cash.

use zoop_domain::id::{BusinessId, InvoiceId, PaymentId};
use zoop_domain::invoice::Lifecycle;
use zoop_domain::money::Money;
pub use zoop_domain::payment::HandPayment;
use zoop_domain::payment::{Payment, PaymentState};
use zoop_store as store;

use crate::attempt::{By, close, record_payment};
use crate::{Actor, App, Error, transaction};

/// How it is to be recorded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recording {
    /// Mail a receipt.
    pub receipt: bool,
    /// What was owed when the form was drawn: another balance is told first, so a second click records nothing.
    pub seen: Option<Money>,
}

/// Records it. A payment page that is still open is closed first, so that nobody pays twice.
//////
/// # Errors
/// [`Error::Invalid`] if it is nothing or more than is owed; [`Error::Conflict`] if the invoice
/// isn't open, another balance is owed than was seen, or a payment is under way; [`Error::NotFound`] without it.
pub async fn record(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    invoice: &InvoiceId,
    paid: &HandPayment,
    how: Recording,
) -> Result<PaymentId, Error> {
    actor.must_be_member()?;
    close::close_live(app, business, invoice).await?;
    let id = PaymentId::generate(app.now(), app.random.as_ref());
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        let locked = store::invoice::lock(tx, business, invoice).await?.ok_or(Error::NotFound)?;
        if !matches!(locked.lifecycle, Lifecycle::Open | Lifecycle::Uncollectible) {
            return Err(Error::Conflict("this invoice takes no payment".into()));
        }
        if store::attempt::find_live(tx, business, invoice).await?.is_some() {
            return Err(Error::Conflict("a payment for this invoice is under way".into()));
        }
        if paid.received_on > app.now().date_in(&owner.time_zone) {
            return Err(Error::Invalid("a payment can’t have arrived in the future".into()));
        }
        let balance = locked.ledger.balance()?;
        if how.seen.is_some_and(|seen| seen != balance) {
            return Err(Error::Conflict(format!("a payment has just arrived; {balance} are owed now")));
        }
        if !paid.amount.is_positive() || paid.amount.minus(balance)?.is_positive() {
            return Err(Error::Invalid(format!("the amount must lie between nothing and the balance, {balance}")));
        }
        let applied = locked.ledger.apply(locked.lifecycle, paid.amount)?;
        let payment = Payment {
            id: id.clone(),
            business: business.clone(),
            invoice: invoice.clone(),
            customer: locked.customer.clone(),
            attempt: None,
            kind: paid.kind,
            state: PaymentState::Succeeded,
            amount: paid.amount,
            applied: applied.applied,
            refunded: Money::zero(paid.amount.currency()),
            method_label: paid.label.clone(),
            account: None,
            payment_intent: None,
            charge: None,
            // Noon stands for the day, but nothing arrives later than now.
            received_at: paid.received_on.at_hour(12, &owner.time_zone).min(app.now()),
            received_on: paid.received_on,
            dispute: None,
            disputed_on: None,
            returned_on: None,
        };
        store::payment::insert(tx, &payment).await?;
        record_payment(app, tx, &owner, &locked, &payment, &applied, By { actor, receipt: how.receipt }).await?;
    })?;
    Ok(id)
}
