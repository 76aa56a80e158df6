//! Disputes: told to the owner; a lost one makes the money owed again, and one that is turned
//! round after all restores it.

use serde_json::json;
use zoop_domain::invoice::Status;
use zoop_domain::payment::DisputeState;
use zoop_stripe_sandbox::WebhookFaults;

use crate::harness::bill::Bill;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    an_open_dispute_is_told_and_changes_nothing_yet,
    s18_a_lost_dispute_is_owed_again,
    a_dispute_that_is_won_changes_nothing,
    a_lost_dispute_that_is_turned_round_restores_the_payment,
    what_was_refunded_before_is_not_lost_twice,
    a_dispute_that_is_told_before_its_payment,
    a_customer_who_paid_again_before_the_dispute_was_turned_round,
    an_inquiry_takes_no_money,
);

async fn paid(t: &TestApp) -> Bill {
    let bill = t.bill(5_000).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.settled().await;
    bill
}

async fn dispute_state(t: &TestApp, bill: &Bill) -> Option<DisputeState> {
    t.payments(bill).await[0].dispute
}

async fn an_open_dispute_is_told_and_changes_nothing_yet(t: &TestApp) {
    let bill = paid(t).await;
    t.stripe.dispute(&t.stripe.ledger().await[0]).await;
    t.settled().await;
    assert_eq!(t.alert_kinds().await, ["dispute.opened"]);
    assert_eq!(dispute_state(t, &bill).await, Some(DisputeState::Open));
    assert_eq!(t.status(&bill).await, Status::Paid);
    let mut owner = t.owner().await;
    owner.get(&format!("/office/invoices/{}", bill.id)).await.says(&["The bank disputes $50.00 by Visa •••• 4242"]);
    owner.get(&format!("/office/customers/{}", bill.customer)).await.says(&["The bank disputes $50.00"]);
    owner.get("/office/settings/audit").await.says(&["The bank disputed a payment for invoice"]);
    let payment = t.payments(&bill).await.remove(0);
    assert_eq!(payment.disputed_on, Some(t.today()));
    owner.get(&format!("/office/payments/{}", payment.id)).await.says(&["Disputed", "Sep 21, 2026"]);
}

async fn s18_a_lost_dispute_is_owed_again(t: &TestApp) {
    let bill = paid(t).await;
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.dispute(&charge).await;
    t.stripe.decide(&charge, "lost").await;
    t.settled().await;
    let page = t.get(&bill.path).await;
    page.says(&["Payment returned by the bank", "Your bank sent back your $50.00 on Sep 21, 2026", "Pay now"]);
    assert_eq!((page.can_be_paid(), page.amount().as_str()), (true, "5000"));
    assert_eq!(t.payments(&bill).await[0].dispute, Some(DisputeState::Lost));
    t.clock.pass(86_400);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.get(&format!("{}/receipt", bill.path)).await.says(&["Visa", "Taken back by the bank", "Visa"]);
}

async fn a_dispute_that_is_won_changes_nothing(t: &TestApp) {
    let bill = paid(t).await;
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.dispute(&charge).await;
    t.settled().await;
    t.stripe.decide(&charge, "won").await;
    t.settled().await;
    assert_eq!(dispute_state(t, &bill).await, Some(DisputeState::Won));
    assert_eq!(t.status(&bill).await, Status::Paid);
    assert_eq!(t.alert_kinds().await, ["dispute.opened", "dispute.won"]);
    let told = t.audit(bill.id.as_str()).await;
    assert_eq!(told[told.len() - 2..], ["dispute.opened", "dispute.won"]);
}

/// Stripe's verdict on a dispute, as if it had never been lost.
async fn turn_round(t: &TestApp, bill: &Bill) {
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.decide(&charge, "won").await;
    t.settled().await;
    assert_eq!(dispute_state(t, bill).await, Some(DisputeState::Won));
}

async fn a_lost_dispute_that_is_turned_round_restores_the_payment(t: &TestApp) {
    let bill = paid(t).await;
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.dispute(&charge).await;
    t.stripe.decide(&charge, "lost").await;
    t.settled().await;
    assert_eq!(t.owed(&bill).await, 5_000);
    turn_round(t, &bill).await;
    assert_eq!((t.owed(&bill).await, t.status(&bill).await), (0, Status::Paid));
    t.get(&bill.path).await.says(&["Paid on Sep 21, 2026"]);
}

async fn what_was_refunded_before_is_not_lost_twice(t: &TestApp) {
    let bill = paid(t).await;
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.refund(&charge, Some(2_000)).await;
    t.settled().await;
    t.stripe.dispute(&charge).await;
    t.stripe.decide(&charge, "lost").await;
    t.settled().await;
    assert_eq!(t.owed(&bill).await, 3_000);
}

async fn a_dispute_that_is_told_before_its_payment(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.dispute(&charge).await;
    t.stripe.decide(&charge, "lost").await;
    t.stripe.sandbox.faults().set_webhooks(WebhookFaults { reorder: true, ..WebhookFaults::default() });
    t.settled().await;
    assert_eq!(t.status(&bill).await, Status::Returned);
}

async fn a_customer_who_paid_again_before_the_dispute_was_turned_round(t: &TestApp) {
    let bill = paid(t).await;
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.dispute(&charge).await;
    t.stripe.decide(&charge, "lost").await;
    t.settled().await;
    t.clock.pass(86_400);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    turn_round(t, &bill).await;
    assert_eq!(t.status(&bill).await, Status::Paid);
    let told: Vec<_> = t.alerts().await.into_iter().filter(|alert| alert.kind == "payment.surplus").collect();
    assert!(told.len() == 1 && told[0].message.contains("$50.00"), "the owner learns of the surplus: {told:?}");
}

async fn an_inquiry_takes_no_money(t: &TestApp) {
    let bill = paid(t).await;
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.control("disputes/open", json!({ "charge": charge.charge, "inquiry": true })).await;
    t.settled().await;
    assert_eq!(t.status(&bill).await, Status::Paid);
    assert_eq!(t.alert_kinds().await, ["dispute.opened"]);
}
