//! The words of the banner that change with the case: how long ago, which card, how it went back.
//! Whole sentences stand in `templates/invoice/banner.html`.

use zoop_app::invoice::show::InvoiceView;
use zoop_domain::dunning::plain_reason;
use zoop_domain::payment::{DisputeState, Payment, PaymentKind, PaymentState};
use zoop_domain::refund::{RefundReason, RefundState};

/// "today", "tomorrow", "in 10 days".
pub fn in_days(days: i32) -> String {
    match days {
        ..=0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}

/// "yesterday", "18 days ago".
pub fn days_ago(days: i32) -> String {
    match days {
        ..=1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    }
}

/// " 5 times"; nothing for a single try.
pub fn so_often(tries: i64) -> String {
    if tries > 1 { format!(" {tries} times") } else { String::new() }
}

/// Why the bank declined, in plain words; nothing if the bank didn't say.
pub fn reason(decline_code: &str) -> Option<&'static str> {
    let words = plain_reason(decline_code);
    (words != plain_reason("")).then_some(words)
}

/// The payment that the bank took back last.
pub fn taken_back(view: &InvoiceView) -> Option<&Payment> {
    view.payments
        .iter()
        .filter(|payment| payment.state == PaymentState::Returned)
        .max_by_key(|payment| payment.returned_on)
}

/// Who took it back: the bank's name for a debit, "Your bank" after a dispute over a card.
pub fn who_took_it(payment: &Payment) -> &str {
    let name = payment.method_label.split_once(" •••• ").map_or("", |(name, _)| name);
    if name.is_empty() || payment.dispute == Some(DisputeState::Lost) { "Your bank" } else { name }
}

/// Where refunds went: the one card or account they came from, or `None` if there were several
/// or they went back by hand.
pub fn refunded_to(view: &InvoiceView) -> Option<&str> {
    let counted = view
        .refunds
        .iter()
        .filter(|refund| refund.reason != RefundReason::Surplus && refund.state != RefundState::Failed);
    let mut labels = counted.map(|refund| {
        let payment = view.payments.iter().find(|payment| payment.id == refund.payment)?;
        (payment.kind == PaymentKind::Stripe).then_some(payment.method_label.as_str())
    });
    let first = labels.next()??;
    labels.all(|label| label == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_as_people_do() {
        assert_eq!([in_days(0), in_days(1), in_days(10)], ["today", "tomorrow", "in 10 days"]);
        assert_eq!([days_ago(1), days_ago(18)], ["yesterday", "18 days ago"]);
        assert_eq!([so_often(1), so_often(5)], ["", " 5 times"]);
    }

    #[test]
    fn a_reason_is_given_only_if_there_is_one() {
        assert_eq!(reason("insufficient_funds"), Some("not enough money was available"));
        assert_eq!(reason("stolen_card"), None);
    }
}
