//! A payment that arrives late, on an attempt that is closed here, beyond what is owed: it is
//! written down, told to the owner and sent back, once.

use serde_json::json;
use zoop_app::Actor;
use zoop_app::invoice::void;
use zoop_domain::invoice::Status;
use zoop_domain::refund::{RefundReason, RefundState};

use crate::harness::bill::Bill;
use crate::harness::browser::{REFUND_FAILS, VISA};
use crate::harness::{TestApp, cases};

cases!(
    a_late_payment_closes_the_other_page,
    a_second_payment_is_sent_back_once,
    only_what_is_beyond_the_balance_is_sent_back,
    a_payment_on_a_canceled_invoice_is_sent_back,
    a_payment_on_a_written_off_invoice_is_kept,
    a_surplus_that_cannot_be_sent_back_is_told,
    a_surplus_that_the_owner_sent_back_first_is_not_sent_twice,
);

/// Forgets a page that is still open at Stripe, as no code path should.
async fn forget_open_page(t: &TestApp, bill: &Bill) {
    let sql = format!(
        "UPDATE attempts SET state = 'canceled', next_check_at = NULL WHERE state = 'open' AND invoice_id = '{}'",
        bill.id
    );
    t.database.execute(&sql).await;
}

/// Two charges for one invoice: the first through a forgotten page, after the second.
pub async fn pay_twice(t: &TestApp, bill: &Bill) {
    pay_twice_with(t, bill, VISA).await;
}

async fn pay_twice_with(t: &TestApp, bill: &Bill, late_card: &str) {
    let mut dana = t.browser();
    let forgotten = dana.press_pay(&bill.path).await.location();
    forget_open_page(t, bill).await;
    dana.pays(&bill.path, VISA).await.says(&["Paid on"]);
    let typed = dana.type_card(&forgotten, late_card).await;
    dana.follow(typed).await.says(&["Paid on"]);
}

async fn a_late_payment_closes_the_other_page(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let forgotten = dana.press_pay(&bill.path).await.location();
    forget_open_page(t, &bill).await;
    let other = dana.press_pay(&bill.path).await.location();
    assert_ne!(forgotten, other);
    let typed = dana.type_card(&forgotten, VISA).await;
    dana.follow(typed).await.says(&["Paid on"]);
    t.run_jobs().await;
    dana.type_card(&other, VISA).await.is(410);
    assert_eq!(t.attempts(&bill).await, ["succeeded", "canceled"]);
    assert_eq!(t.stripe.ledger().await.len(), 1);
}

async fn a_second_payment_is_sent_back_once(t: &TestApp) {
    let bill = t.bill(5_000).await;
    pay_twice(t, &bill).await;
    assert_eq!(t.alert_kinds().await, ["payment.surplus"]);
    t.settled().await;
    let [refund] = &t.refunds(&bill).await[..] else { panic!("one refund") };
    assert_eq!(
        (refund.reason, refund.state, refund.amount.minor()),
        (RefundReason::Surplus, RefundState::Succeeded, 5_000)
    );
    let back: Vec<_> = t.stripe.ledger().await.iter().map(|charge| charge.refunded).collect();
    assert_eq!(back, [0, 5_000]);
    assert_eq!(t.status(&bill).await, Status::Paid, "what the customer sees is a paid invoice, not a refunded one");
    t.get(&format!("{}/receipt", bill.path)).await.says(&["Back to Visa", "$50.00", "More than was owed"]);
    assert_eq!(t.alert_kinds().await, ["payment.surplus"]);
}

async fn only_what_is_beyond_the_balance_is_sent_back(t: &TestApp) {
    let bill = t.bill(10_000).await;
    let mut dana = t.browser();
    let forgotten = dana.press_pay(&bill.path).await.location();
    forget_open_page(t, &bill).await;
    t.check_arrives(&bill, 4_000).await.unwrap();
    let typed = dana.type_card(&forgotten, VISA).await;
    dana.follow(typed).await.says(&["Paid on"]);
    t.settled().await;
    let payments = t.payments(&bill).await;
    let card = payments.iter().find(|payment| payment.charge.is_some()).unwrap();
    assert_eq!((card.amount.minor(), card.applied.minor(), card.refunded.minor()), (10_000, 6_000, 4_000));
    assert_eq!(t.status(&bill).await, Status::Paid);
}

async fn a_payment_on_a_canceled_invoice_is_sent_back(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let forgotten = dana.press_pay(&bill.path).await.location();
    forget_open_page(t, &bill).await;
    void::void(&t.app(), Actor::Operator, &bill.business, &bill.id, None).await.unwrap();
    let typed = dana.type_card(&forgotten, VISA).await;
    dana.follow(typed).await.says(&["Canceled"]);
    t.settled().await;
    assert_eq!(t.status(&bill).await, Status::Canceled);
    assert_eq!(t.stripe.ledger().await[0].refunded, 5_000);
    assert_eq!(t.alert_kinds().await, ["payment.surplus"]);
}

async fn a_payment_on_a_written_off_invoice_is_kept(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let forgotten = dana.press_pay(&bill.path).await.location();
    forget_open_page(t, &bill).await;
    zoop_app::invoice::write_off::write_off(&t.app(), Actor::Operator, &bill.business, &bill.id).await.unwrap();
    let typed = dana.type_card(&forgotten, VISA).await;
    dana.follow(typed).await.says(&["Paid on"]);
    t.settled().await;
    assert_eq!(t.stripe.ledger().await[0].refunded, 0);
}

async fn a_surplus_that_cannot_be_sent_back_is_told(t: &TestApp) {
    let bill = t.bill(5_000).await;
    pay_twice_with(t, &bill, REFUND_FAILS).await;
    t.settled().await;
    t.pass(3_600).await;
    assert_eq!(t.alert_kinds().await, ["payment.surplus", "refund.failed"]);
    let told = t.audit(bill.id.as_str()).await;
    let back: Vec<_> = told.iter().filter(|action| action.starts_with("refund.")).collect();
    assert_eq!(back, ["refund.made", "refund.failed"]);
    let page = t.owner().await.get(&format!("/office/invoices/{}", bill.id)).await;
    page.says(&["Refund failed: $50.00 of", "Going back: $50.00 of", "more than was owed"]);
    let [refund] = &t.refunds(&bill).await[..] else { panic!("one refund") };
    assert_eq!(refund.state, RefundState::Failed);
    assert_eq!(t.payments(&bill).await.iter().map(|payment| payment.refunded.minor()).sum::<i64>(), 0);
    t.get(&format!("{}/receipt", bill.path)).await.never_says(&["More than was owed"]);
    assert_eq!(t.status(&bill).await, Status::Paid);
}

async fn a_surplus_that_the_owner_sent_back_first_is_not_sent_twice(t: &TestApp) {
    let bill = t.bill(5_000).await;
    pay_twice(t, &bill).await;
    let charge = t.stripe.ledger().await.remove(1);
    t.stripe.control("webhook", json!({ "url": "http://127.0.0.1:9/", "secret": "x" })).await;
    t.stripe.refund(&charge, None).await;
    t.stripe.send_webhooks_to(t.base.join("stripe/webhook").unwrap());
    t.settled().await;
    let ledger = t.stripe.ledger().await;
    assert_eq!((ledger[0].refunded, ledger[1].refunded), (0, 5_000));
    assert_eq!(t.status(&bill).await, Status::Paid);
    assert_eq!(t.jobs().await, (0, 0));
}
