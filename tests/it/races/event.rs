//! Events and the way back in any order, doubled, replayed, late: a payment is settled once.

use zoop_stripe_sandbox::{DropWebhooks, WebhookFaults};

use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    the_webhook_comes_before_the_customer,
    the_customer_comes_before_the_webhook,
    the_customer_never_comes_back,
    webhook_and_customer_come_at_once,
    events_come_doubled,
    events_come_in_reverse,
    events_come_three_days_late,
    an_old_event_of_an_open_page_does_not_reopen_what_is_paid,
    s18_an_expired_page_leaves_the_invoice_as_it_was,
);

async fn paid_once(t: &TestApp, bill: &crate::harness::bill::Bill) {
    assert_eq!(t.payments(bill).await.len(), 1);
    assert_eq!(t.attempts(bill).await, ["succeeded"]);
    assert_eq!(t.stripe.ledger().await.len(), 1);
    assert_eq!(t.alert_kinds().await, [""; 0]);
    t.get(&bill.path).await.says(&["Paid on Sep"]);
}

async fn the_webhook_comes_before_the_customer(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    let back = dana.type_card(&checkout, VISA).await;
    t.settled().await;
    paid_once(t, &bill).await;
    dana.follow(back).await.says(&["Paid on"]);
    paid_once(t, &bill).await;
}

async fn the_customer_comes_before_the_webhook(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    paid_once(t, &bill).await;
    assert!(t.deliver().await > 0);
    t.settled().await;
    paid_once(t, &bill).await;
}

async fn the_customer_never_comes_back(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    t.settled().await;
    paid_once(t, &bill).await;
}

async fn webhook_and_customer_come_at_once(t: &TestApp) {
    for cents in [5_000, 6_000, 7_000] {
        let bill = t.bill(cents).await;
        let mut dana = t.browser();
        let checkout = dana.press_pay(&bill.path).await.location();
        let back = dana.type_card(&checkout, VISA).await;
        t.deliver().await;
        let (page, ()) = tokio::join!(dana.follow(back), t.run_jobs());
        page.says(&["Paid on"]);
        t.settled().await;
        assert_eq!(t.payments(&bill).await.len(), 1);
    }
}

async fn events_come_doubled(t: &TestApp) {
    t.stripe.sandbox.faults().set_webhooks(WebhookFaults { double: true, ..WebhookFaults::default() });
    the_webhook_comes_before_the_customer(t).await;
    let kept: Vec<(i64, i64)> = t.database.rows("SELECT COUNT(*), COUNT(DISTINCT event) FROM webhook_events").await;
    assert!(kept[0].0 == kept[0].1 && kept[0].0 > 2, "each event is kept once: {kept:?}");
}

async fn events_come_in_reverse(t: &TestApp) {
    t.stripe.sandbox.faults().set_webhooks(WebhookFaults { reorder: true, ..WebhookFaults::default() });
    the_webhook_comes_before_the_customer(t).await;
}

async fn events_come_three_days_late(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.stripe.sandbox.faults().set_webhooks(WebhookFaults { delay_seconds: 250_000, ..WebhookFaults::default() });
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    t.settled().await;
    assert_eq!(t.payments(&bill).await, []);
    t.pass(250_000).await;
    t.settled().await;
    paid_once(t, &bill).await;
}

async fn an_old_event_of_an_open_page_does_not_reopen_what_is_paid(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.settled().await;
    t.stripe.resend_all(&bill.account).await;
    assert!(t.deliver().await > 3);
    t.settled().await;
    paid_once(t, &bill).await;
}

async fn s18_an_expired_page_leaves_the_invoice_as_it_was(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    t.clock.pass(36 * 60);
    t.settled().await;
    assert_eq!(t.attempts(&bill).await, ["canceled"], "told by checkout.session.expired");
    dana.get(checkout.as_str()).await.is(410);
    t.get(&bill.path).await.says(&["Due on"]);
    t.stripe.sandbox.faults().set_webhooks(WebhookFaults { drop: DropWebhooks::All, ..WebhookFaults::default() });
    dana.pays(&bill.path, VISA).await.says(&["Paid on"]);
}
