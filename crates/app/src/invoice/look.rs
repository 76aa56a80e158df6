//! Reads an invoice for the office: drafts and notes included, with what was paid, tried, sent and done.

use std::collections::HashMap;

use zoop_domain::attempt::Attempt;
use zoop_domain::business::Business;
use zoop_domain::customer::Customer;
use zoop_domain::dunning::Dunning;
use zoop_domain::id::{BusinessId, InvoiceId, PaymentId, QuoteId};
use zoop_domain::invoice::Lifecycle;
use zoop_domain::mail::Mail;
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment::{DisputeState, Payment, PaymentState};
use zoop_domain::refund::{Refund, RefundState};
use zoop_domain::time::Date;
pub use zoop_store::audit_event::AuditEvent;
pub use zoop_store::invoice::{Sheet, WrittenLine};
use zoop_store::{self as store, Tx};

use crate::{Actor, App, Error};

/// An invoice with all that the office's page shows.
#[derive(Clone, Debug)]
pub struct Look {
    /// The invoice.
    pub sheet: Sheet,
    /// How its lines were chosen.
    pub lines: Vec<WrittenLine>,
    /// Whom it bills, as he is known now.
    pub customer: Customer,
    /// What was paid, oldest first.
    pub payments: Vec<Payment>,
    /// What went back, oldest first.
    pub refunds: Vec<Refund>,
    /// What was tried, oldest first.
    pub attempts: Vec<Attempt>,
    /// Failed automatic charges.
    pub dunning: Option<Dunning>,
    /// What auto-pay charges: "Visa •••• 0341", and its cap.
    pub auto_pay: Option<(String, Option<Money>)>,
    /// The number of the invoice it takes the place of.
    pub replaces: Option<(InvoiceId, String)>,
    /// The quote it was made of, and its number.
    pub quote: Option<(QuoteId, String)>,
    /// What was mailed, oldest first.
    pub mails: Vec<Mail>,
    /// What was done, oldest first.
    pub events: Vec<AuditEvent>,
    /// Who they were, by id.
    pub people: HashMap<String, String>,
    /// The address of its public page.
    pub url: String,
    /// The business's local date.
    pub today: Date,
}

impl Look {
    /// What of the payment can still be given back: refunds under way are gone already.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn refundable(&self, payment: &Payment) -> Result<Money, MoneyError> {
        refundable(payment, &self.refunds)
    }

    /// The payment with this id, if it is one of this invoice.
    #[must_use]
    pub fn payment(&self, id: &str) -> Option<&Payment> {
        let id: PaymentId = id.parse().ok()?;
        self.payments.iter().find(|payment| payment.id == id)
    }

    /// Whether it is a draft.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.sheet.invoice.facts.lifecycle == Lifecycle::Draft
    }
}

/// What of `payment` can still be given back, knowing the `refunds` of its invoice.
pub(crate) fn refundable(payment: &Payment, refunds: &[Refund]) -> Result<Money, MoneyError> {
    let zero = Money::zero(payment.amount.currency());
    // While a dispute is open Stripe holds the money back.
    if payment.state == PaymentState::Returned || payment.dispute == Some(DisputeState::Open) {
        return Ok(zero);
    }
    let ours = refunds.iter().filter(|refund| refund.payment == payment.id && refund.state != RefundState::Failed);
    let gone = Money::sum(ours.map(|refund| refund.amount), payment.amount.currency())?;
    // Whichever of the two knows of more: a refund may stand here before Stripe's word of it, or the other way.
    let gone = if gone.minus(payment.refunded)?.is_positive() { gone } else { payment.refunded };
    let left = payment.amount.minus(gone)?;
    Ok(if left.is_positive() { left } else { zero })
}

/// The invoice, draft or not.
///
/// # Errors
/// [`Error::NotFound`] without such an invoice.
pub async fn look(app: &App, actor: Actor, business: &Business, invoice: &InvoiceId) -> Result<Look, Error> {
    actor.must_be_member()?;
    let (mut tx, id) = (app.db.read().await?, &business.id);
    let today = app.now().date_in(&business.time_zone);
    let sheet = store::invoice::get_sheet(&mut tx, id, invoice, today).await?.ok_or(Error::NotFound)?;
    let currency = sheet.invoice.totals.total.currency();
    let customer = store::customer::get(&mut tx, id, &sheet.invoice.customer).await?.ok_or(Error::NotFound)?;
    let replaces = match &sheet.replaces {
        Some(canceled) => store::invoice::get(&mut tx, id, canceled).await?.map(|it| (it.id, it.number)),
        None => None,
    };
    let url = app.base_url().join(&format!("i/{}", sheet.invoice.token.expose())).map_err(Error::internal)?;
    Ok(Look {
        lines: store::invoice::list_written_lines(&mut tx, id, invoice, currency).await?,
        payments: store::payment::list(&mut tx, id, invoice).await?,
        refunds: store::refund::list(&mut tx, id, invoice).await?,
        attempts: store::attempt::list(&mut tx, id, invoice).await?,
        dunning: store::dunning::find(&mut tx, id, invoice).await?,
        auto_pay: auto_pay(&mut tx, id, &sheet).await?,
        quote: store::quote::find_by_invoice(&mut tx, id, invoice).await?,
        mails: store::mail::list_by_invoice(&mut tx, id, invoice).await?,
        events: store::audit_event::list(&mut tx, id, invoice.as_str()).await?,
        people: people(&mut tx, id).await?,
        url: url.into(),
        sheet,
        customer,
        replaces,
        today,
    })
}

/// The names of the business's people, by id.
pub(crate) async fn people(tx: &mut Tx, business: &BusinessId) -> Result<HashMap<String, String>, Error> {
    let members = store::membership::list(tx, business).await?;
    Ok(members.into_iter().map(|(user, _)| (user.id.as_str().to_owned(), user.name)).collect())
}

async fn auto_pay(tx: &mut Tx, business: &BusinessId, sheet: &Sheet) -> Result<Option<(String, Option<Money>)>, Error> {
    let Some(plan) = &sheet.invoice.plan else { return Ok(None) };
    let Some(consent) = store::consent::find_live(tx, business, plan).await? else { return Ok(None) };
    let Some(method) = &consent.method else { return Ok(None) };
    let method = store::payment_method::get(tx, business, method).await?;
    Ok(method.map(|method| (method.label(), consent.evidence.cap)))
}
