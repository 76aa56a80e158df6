//! The rows between the total and the balance: what was paid, what the bank took back, what was
//! refunded. They always add up to the ledger's balance, which is the truth.

use zoop_app::invoice::show::InvoiceView;
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment::{Payment, PaymentKind, PaymentState};
use zoop_domain::time::Date;

/// One row below the total.
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

/// Total, applied and returned amounts as rows; none if nothing was ever paid.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_rows_add_up_to_the_balance() {
        for (name, view) in sample::invoice::all() {
            let ledger = view.invoice.facts.ledger;
            let rows = settlement_rows(&view).unwrap();
            let sum = rows.iter().try_fold(ledger.total, |sum, row| sum.plus(row.amount)).unwrap();
            assert_eq!(sum, ledger.balance().unwrap(), "{name}");
        }
    }
}
