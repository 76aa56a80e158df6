//! Reads one payment for the office: its invoice, what went back of it, who recorded it.

use zoop_domain::attempt::Attempt;
use zoop_domain::business::Business;
use zoop_domain::id::PaymentId;
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment::Payment;
use zoop_domain::refund::Refund;
use zoop_store as store;

use crate::invoice::look::refundable;
use crate::{Actor, App, Error};

/// A payment with all that its page shows.
#[derive(Clone, Debug)]
pub struct Look {
    /// The payment.
    pub payment: Payment,
    /// The number of its invoice.
    pub invoice_number: String,
    /// The customer's name as it is now.
    pub customer: String,
    /// What went back of it, oldest first.
    pub refunds: Vec<Refund>,
    /// The attempt that led to it, if it was ours.
    pub attempt: Option<Attempt>,
}

impl Look {
    /// What of it can still be given back.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn refundable(&self) -> Result<Money, MoneyError> {
        refundable(&self.payment, &self.refunds)
    }
}

/// The payment.
///
/// # Errors
/// [`Error::NotFound`] without such a payment.
pub async fn look(app: &App, actor: Actor, business: &Business, payment: &PaymentId) -> Result<Look, Error> {
    actor.must_be_member()?;
    let (mut tx, at) = (app.db.read().await?, &business.id);
    let payment = store::payment::get(&mut tx, at, payment).await?.ok_or(Error::NotFound)?;
    let invoice = store::invoice::get(&mut tx, at, &payment.invoice).await?.ok_or(Error::NotFound)?;
    let customer = store::customer::get(&mut tx, at, &payment.customer).await?.ok_or(Error::NotFound)?;
    let mut refunds = store::refund::list(&mut tx, at, &payment.invoice).await?;
    refunds.retain(|refund| refund.payment == payment.id);
    let attempt = match &payment.attempt {
        Some(attempt) => store::attempt::get(&mut tx, at, attempt).await?,
        None => None,
    };
    Ok(Look { payment, invoice_number: invoice.number, customer: customer.name, refunds, attempt })
}
