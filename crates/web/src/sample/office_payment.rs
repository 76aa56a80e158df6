//! Payments in the office: the list, and one in each state that looks different.

use zoop_app::payment::list::{Asked, Listed, OfficePayment};
use zoop_app::payment::look::Look;
use zoop_domain::payment::{DisputeState, Payment, PaymentKind, Which};
use zoop_domain::refund::{Refund, RefundReason, RefundState};

use super::office_invoice::{ADDED_UP, check, noon};
use super::{day, greenline, id, office, usd};
use crate::office::Place;
use crate::office::payment::list::PaymentsPage;
use crate::office::payment::show::{Ask, PaymentPage};

fn card() -> Payment {
    Payment {
        id: id("pay", 2),
        kind: PaymentKind::Stripe,
        amount: usd(29_896),
        applied: usd(29_896),
        refunded: usd(5_000),
        method_label: "Visa •••• 4242".into(),
        account: Some("acct_1Greenline".into()),
        payment_intent: Some("pi_3RvK8tLkdIwHu7ix1mQe4aXb".into()),
        charge: Some("ch_3RvK8tLkdIwHu7ix1mQe4aXb".into()),
        ..check()
    }
}

/// The list of payments.
pub(crate) fn lists() -> Vec<(&'static str, PaymentsPage)> {
    let asked = |words: &str| Asked { which: Which::All, from: None, to: None, words: words.into(), after: None };
    let rows = [check(), card(), Payment { dispute: Some(DisputeState::Open), ..card() }];
    let rows = rows.into_iter().map(|payment| OfficePayment {
        payment,
        invoice_number: "INV-1187".into(),
        customer: "Rosa <Delgado> & Sons".into(),
    });
    let listed = |rows| Listed {
        rows,
        has_newer: true,
        has_older: true,
        count: 3,
        received: usd(69_792),
        refunded: usd(10_000),
    };
    let page = |asked, rows| PaymentsPage::new(office::frame(Place::Payments), asked, listed(rows)).expect(ADDED_UP);
    vec![
        ("office-payments", page(asked(""), rows.collect())),
        ("office-payments-not-found", page(asked("Nobody"), Vec::new())),
        ("office-payments-empty", page(asked(""), Vec::new())),
    ]
}

/// One payment.
pub(crate) fn sheets() -> Vec<(&'static str, PaymentPage)> {
    let back = Refund {
        id: id("rfd", 1),
        business: greenline().id,
        payment: id("pay", 2),
        amount: usd(5_000),
        reason: RefundReason::Requested,
        note: "Sprinkler head was broken".into(),
        state: RefundState::Succeeded,
        stripe_refund: Some("re_3RvK8tLkdIwHu7ix".into()),
        created_at: noon("2026-11-20"),
    };
    let page = |payment, refunds| {
        let look = Look {
            payment,
            invoice_number: "INV-1187".into(),
            customer: "Rosa Delgado".into(),
            refunds,
            attempt: None,
        };
        PaymentPage::new(office::frame(Place::Payments), look).expect(ADDED_UP)
    };
    let disputed = Payment { dispute: Some(DisputeState::Open), disputed_on: Some(day("2026-11-20")), ..card() };
    vec![
        ("office-payment", page(card(), vec![back.clone()])),
        ("office-payment-by-hand", page(check(), Vec::new())),
        ("office-payment-disputed", page(disputed, vec![back])),
        ("office-payment-refund", page(check(), Vec::new()).asking(Ask::Refund, None)),
        ("office-payment-take-back", page(check(), Vec::new()).asking(Ask::TakeBack, None)),
        ("office-payment-conflict", page(check(), Vec::new()).refusing("all of this payment has gone back already")),
    ]
}
