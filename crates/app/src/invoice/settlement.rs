//! What was paid and what came back, in rows, for the page and for paper alike. Those between the
//! total and the balance always add up to the ledger's balance, which is the truth.

use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment::{Payment, PaymentKind, PaymentState};
use zoop_domain::refund::{Refund, RefundReason, RefundState};
use zoop_domain::time::Date;

use super::show::InvoiceView;

/// One row below the total.
#[derive(Clone, Debug)]
pub struct SettlementRow {
    /// "Paid", "Returned by the bank", "Refunded".
    pub what: &'static str,
    /// The day, where there is one.
    pub on: Option<Date>,
    /// "check #1042", "Visa •••• 4242"; empty if it goes without saying.
    pub method: String,
    /// What it adds to the balance: negative for a payment.
    pub amount: Money,
}

/// Applied and returned amounts as rows; none if nothing was ever paid.
///
/// # Errors
/// Amounts that don't add up.
pub fn settlement_rows(view: &InvoiceView) -> Result<Vec<SettlementRow>, MoneyError> {
    let mut rows = Vec::new();
    let mut taken_back = Money::zero(view.invoice.facts.ledger.total.currency());
    let nothing = taken_back;
    for payment in view.payments.iter().filter(|payment| payment.applied.is_positive()) {
        let amount = nothing.minus(payment.applied)?;
        rows.push(SettlementRow {
            what: "Paid",
            on: Some(payment.received_on),
            method: in_a_sentence(payment),
            amount,
        });
    }
    for payment in view.payments.iter().filter(|payment| payment.state == PaymentState::Returned) {
        taken_back = taken_back.plus(payment.applied)?;
        let (on, amount) = (payment.returned_on, payment.applied);
        rows.push(SettlementRow { what: "Taken back by the bank", on, method: String::new(), amount });
    }
    // What else is owed again: refunds that were made while the invoice was open.
    let refunded = view.invoice.facts.ledger.returned.minus(taken_back)?;
    if refunded.is_positive() {
        rows.push(SettlementRow { what: "Refunded", on: None, method: String::new(), amount: refunded });
    }
    Ok(rows)
}

/// A refund on the receipt.
#[derive(Clone, Debug)]
pub struct RefundRow<'a> {
    /// The refund.
    pub refund: &'a Refund,
    /// What it gives back.
    pub payment: Option<&'a Payment>,
    /// The day it was decided.
    pub on: Date,
}

impl RefundRow<'_> {
    /// The card or account it went to, unless it was given back by hand.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        self.payment.filter(|payment| payment.kind == PaymentKind::Stripe).map(|payment| payment.method_label.as_str())
    }

    /// Whether more had arrived than was owed.
    #[must_use]
    pub fn is_surplus(&self) -> bool {
        self.refund.reason == RefundReason::Surplus
    }

    /// Whether it is still on its way.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.refund.state == RefundState::Pending
    }
}

/// Refunds that took place or will, oldest first, each with the payment it gives back.
#[must_use]
pub fn refund_rows(view: &InvoiceView) -> Vec<RefundRow<'_>> {
    let happened = view.refunds.iter().filter(|refund| refund.state != RefundState::Failed);
    happened
        .map(|refund| RefundRow {
            refund,
            payment: view.payments.iter().find(|payment| payment.id == refund.payment),
            on: refund.created_at.date_in(&view.business.time_zone),
        })
        .collect()
}

/// "Check #1042" is a sentence's beginning; inside one it is "check #1042". Names stay as they are.
fn in_a_sentence(payment: &Payment) -> String {
    let label = &payment.method_label;
    match payment.kind {
        PaymentKind::Check | PaymentKind::Cash => {
            let mut letters = label.chars();
            letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
        }
        PaymentKind::Stripe | PaymentKind::Zelle | PaymentKind::Venmo | PaymentKind::Wire | PaymentKind::Other => {
            label.clone()
        }
    }
}
