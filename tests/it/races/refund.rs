//! Money that the business gives back at Stripe's dashboard: shown on invoice and receipt, owed
//! again only where the invoice was still open, undone when the refund fails.

use zoop_app::Actor;
use zoop_app::payment::refund::{self, TypedRefund};
use zoop_domain::invoice::Status;
use zoop_domain::refund::{RefundReason, RefundState};
use zoop_stripe_sandbox::WebhookFaults;

use crate::harness::bill::Bill;
use crate::harness::browser::{REFUND_FAILS, VISA};
use crate::harness::{TestApp, cases};

cases!(
    a_full_refund_shows_and_is_not_owed_again,
    partial_refunds_add_up,
    a_refund_on_an_open_invoice_is_owed_again,
    a_refund_that_is_told_before_its_payment,
    a_refund_that_fails_later_is_undone_and_told,
    a_refund_that_fails_after_the_rest_was_paid_settles_the_invoice,
    a_refund_that_fails_after_a_lost_dispute_leaves_owed_what_the_bank_took,
    a_pending_refund_is_shown_as_on_its_way,
    a_refund_that_stripe_refuses_is_told,
);

async fn pay(t: &TestApp, bill: &Bill, card: &str) {
    t.browser().pays(&bill.path, card).await.says(&["Paid on"]);
    t.settled().await;
}

async fn a_full_refund_shows_and_is_not_owed_again(t: &TestApp) {
    let bill = t.bill(5_000).await;
    pay(t, &bill, VISA).await;
    t.clock.pass(86_400);
    let refund = t.stripe.refund(&t.stripe.ledger().await[0], None).await;
    t.settled().await;
    let page = t.get(&bill.path).await;
    page.says(&[
        "Refunded",
        "Paid on Sep 21, 2026",
        "We sent all $50.00 back to Visa",
        "on Sep 22, 2026",
        "View receipt",
    ]);
    assert!(!page.can_be_paid());
    let receipt = t.get(&format!("{}/receipt", bill.path)).await;
    receipt.says(&["Refund", "Back to Visa", "$50.00", "Sep 22, 2026", refund["id"].as_str().unwrap()]);
    let [row] = &t.refunds(&bill).await[..] else { panic!("one refund") };
    assert_eq!((row.reason, row.state), (RefundReason::External, RefundState::Succeeded));
    assert_eq!(t.audit(bill.id.as_str()).await.last().map(String::as_str), Some("refund.made"));
    let told = ["Refunded at Stripe: $50.00 of Visa"];
    let mut owner = t.owner().await;
    owner.get(&format!("/office/invoices/{}", bill.id)).await.says(&told);
    owner.get(&format!("/office/customers/{}", bill.customer)).await.says(&told);
    owner.get("/office/settings/audit").await.says(&["Stripe gave money back for invoice", "$50.00 of Visa"]);
    assert_eq!(t.status(&bill).await, Status::Refunded);
}

async fn partial_refunds_add_up(t: &TestApp) {
    let bill = t.bill(5_000).await;
    pay(t, &bill, VISA).await;
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.refund(&charge, Some(1_000)).await;
    t.settled().await;
    t.get(&bill.path).await.says(&["Partly refunded", "We sent $10.00 back"]);
    t.stripe.refund(&charge, Some(1_500)).await;
    t.settled().await;
    t.get(&bill.path).await.says(&["Partly refunded", "We sent $25.00 back"]);
    t.stripe.refund(&charge, Some(2_500)).await;
    t.settled().await;
    assert_eq!(t.status(&bill).await, Status::Refunded);
    assert_eq!(t.refunds(&bill).await.len(), 3);
}

async fn a_refund_on_an_open_invoice_is_owed_again(t: &TestApp) {
    let bill = t.bill(10_000).await;
    // A part payment by card: his page was for less, and the invoice was still open.
    let mut dana = t.browser();
    t.check_arrives(&bill, 6_000).await.unwrap();
    dana.pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.settled().await;
    t.database.execute("UPDATE invoices SET lifecycle = 'open', total_minor = 15000").await;
    t.stripe.refund(&t.stripe.ledger().await[0], Some(4_000)).await;
    t.settled().await;
    assert_eq!(t.owed(&bill).await, 9_000);
    assert_eq!(t.get(&bill.path).await.amount(), "9000");
    dana.pays(&bill.path, VISA).await.says(&["Paid on"]);
}

async fn a_refund_that_is_told_before_its_payment(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    t.stripe.refund(&t.stripe.ledger().await[0], None).await;
    t.stripe.sandbox.faults().set_webhooks(WebhookFaults { reorder: true, ..WebhookFaults::default() });
    t.settled().await;
    assert_eq!(t.status(&bill).await, Status::Refunded);
    assert_eq!(t.payments(&bill).await.len(), 1);
}

async fn a_refund_that_fails_later_is_undone_and_told(t: &TestApp) {
    let bill = t.bill(5_000).await;
    pay(t, &bill, REFUND_FAILS).await;
    t.stripe.refund(&t.stripe.ledger().await[0], None).await;
    t.settled().await;
    t.pass(3_600).await;
    assert_eq!(t.alert_kinds().await, ["refund.failed"]);
    assert_eq!(t.alerts().await[0].message, "Stripe could not send a refund of $50.00: the money is still here.");
    assert_eq!(t.audit(bill.id.as_str()).await.last().map(String::as_str), Some("refund.failed"));
    assert_eq!(t.status(&bill).await, Status::Paid);
    t.get(&format!("{}/receipt", bill.path)).await.never_says(&["Back to"]);
}

async fn a_refund_that_fails_after_the_rest_was_paid_settles_the_invoice(t: &TestApp) {
    let bill = t.bill(10_000).await;
    let mut dana = t.browser();
    t.check_arrives(&bill, 6_000).await.unwrap();
    dana.pays(&bill.path, "4000000000000077").await.says(&["Paid on"]);
    t.settled().await;
    t.database.execute("UPDATE invoices SET lifecycle = 'open', total_minor = 15000").await;
    let refund = t.stripe.refund(&t.stripe.ledger().await[0], None).await;
    t.settled().await;
    assert_eq!(t.owed(&bill).await, 9_000);
    t.check_arrives(&bill, 5_000).await.unwrap();
    assert_eq!(t.owed(&bill).await, 4_000);
    t.stripe.control(&format!("refunds/{}/fail", refund["id"].as_str().unwrap()), serde_json::json!({})).await;
    t.settled().await;
    assert_eq!((t.owed(&bill).await, t.status(&bill).await), (0, Status::Paid));
    t.get(&bill.path).await.says(&["Paid on"]);
}

async fn a_refund_that_fails_after_a_lost_dispute_leaves_owed_what_the_bank_took(t: &TestApp) {
    let bill = t.bill(5_000).await;
    pay(t, &bill, VISA).await;
    let charge = t.stripe.ledger().await.remove(0);
    let refund = t.stripe.refund(&charge, Some(1_000)).await;
    t.settled().await;
    t.stripe.dispute(&charge).await;
    t.stripe.decide(&charge, "lost").await;
    t.settled().await;
    assert_eq!(t.owed(&bill).await, 4_000);
    t.stripe.control(&format!("refunds/{}/fail", refund["id"].as_str().unwrap()), serde_json::json!({})).await;
    t.settled().await;
    assert_eq!(t.owed(&bill).await, 4_000);
}

async fn a_pending_refund_is_shown_as_on_its_way(t: &TestApp) {
    let bill = t.bill(5_000).await;
    pay(t, &bill, "4000000000007726").await;
    let refund = t.stripe.refund(&t.stripe.ledger().await[0], None).await;
    if refund["status"] == "pending" {
        t.deliver().await;
        t.run_jobs().await;
        t.get(&format!("{}/receipt", bill.path)).await.says(&["Back to Visa", "On its way"]);
    }
    t.settled().await;
}

async fn a_refund_that_stripe_refuses_is_told(t: &TestApp) {
    let bill = t.bill(5_000).await;
    pay(t, &bill, VISA).await;
    // The bank disputes it, and nobody has heard of that yet.
    t.stripe.lose_webhooks();
    t.stripe.dispute(&t.stripe.ledger().await[0]).await;
    let typed = TypedRefund { amount: "50.00", reason: "Came twice", seen: "5000" };
    let payment = &t.payments(&bill).await[0].id;
    refund::refund(&t.app(), Actor::Operator, &bill.business, payment, typed).await.unwrap();
    t.run_jobs().await;
    let [refused] = &t.refunds(&bill).await[..] else { panic!("one refund") };
    assert_eq!(refused.state, RefundState::Failed);
    let kinds = t.alert_kinds().await;
    assert!(kinds.contains(&"refund.failed".to_owned()) && kinds.contains(&"dispute.opened".to_owned()), "{kinds:?}");
}
