//! Stripe answers late, wrongly or not at all: nothing is charged twice, a stray page is closed,
//! and the customer can go on as soon as Stripe can.

use std::time::Duration;

use zoop_domain::invoice::Status;
use zoop_stripe_sandbox::{ApiFault, ApiFaultKind};

use crate::harness::bill::Bill;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    one_bad_answer_is_not_noticed,
    a_page_that_stripe_made_without_telling_is_closed,
    replies_that_are_cut_off_leave_one_page,
    replies_that_come_too_late_leave_one_page,
    a_stray_page_is_closed_once_stripe_answers_again,
    while_stripe_is_down_nothing_is_charged,
    too_many_requests_are_not_a_failure_of_the_invoice,
    a_customer_that_stripe_could_not_make_can_pay_a_minute_later,
    a_customer_is_made_once,
    an_open_page_that_cannot_be_read_stays,
    an_old_page_that_cannot_be_closed_keeps_new_ones_away,
    a_lost_answer_to_closing_is_no_obstacle,
    stripe_is_down_when_the_customer_returns,
    stripe_is_down_when_the_customer_cancels,
    a_refund_whose_answer_is_lost_is_sent_once,
);

const SESSIONS: &str = "/v1/checkout/sessions";

async fn pays_after_all(t: &TestApp, bill: &Bill) {
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.settled().await;
    assert_eq!(t.stripe.ledger().await.len(), 1);
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 0, "no page is left open");
}

async fn one_bad_answer_is_not_noticed(t: &TestApp) {
    for kind in [ApiFaultKind::ServerError, ApiFaultKind::Cut, ApiFaultKind::RateLimit] {
        let bill = t.bill(5_000).await;
        t.stripe.fault_on_post(SESSIONS, kind, 1);
        t.browser().press_pay(&bill.path).await.is(303);
        assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 1, "{kind:?}");
        t.clock.pass(3_600);
    }
}

async fn a_page_that_stripe_made_without_telling_is_closed(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.stripe.fault_on_post(SESSIONS, ApiFaultKind::ServerErrorAfterWork, 1);
    let page = t.browser().press_pay_with(&bill.path, &[("save_card", "yes")]).await;
    page.is(503).says(&["payment page isn’t answering, and nothing was charged"]);
    assert!(page.can_be_paid() && page.html.contains(" checked"));
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 0);
    assert_eq!(t.stripe.sessions(&bill.account, "expired").await.len(), 1);
    assert_eq!(t.attempts(&bill).await, ["canceled"]);
    pays_after_all(t, &bill).await;
}

async fn replies_that_are_cut_off_leave_one_page(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.stripe.fault_on_post(SESSIONS, ApiFaultKind::Cut, 4);
    t.browser().press_pay(&bill.path).await.is(503);
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 0);
    pays_after_all(t, &bill).await;
}

async fn replies_that_come_too_late_leave_one_page(t: &TestApp) {
    t.restart_with_patience(Duration::from_millis(150)).await;
    let bill = t.bill(5_000).await;
    let slow = ApiFault { wait_ms: 1_000, ..ApiFault::new(SESSIONS, ApiFaultKind::Slow, 4) };
    t.stripe.sandbox.faults().add(ApiFault { method: Some("POST".into()), ..slow });
    t.browser().press_pay(&bill.path).await.is(503);
    t.restart().await;
    pays_after_all(t, &bill).await;
}

async fn a_stray_page_is_closed_once_stripe_answers_again(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.stripe.fault_on_post(SESSIONS, ApiFaultKind::ServerErrorAfterWork, 1);
    let after = ApiFault { method: Some("GET".into()), ..ApiFault::new(SESSIONS, ApiFaultKind::ServerError, 100) };
    t.stripe.sandbox.faults().add(after);
    t.browser().press_pay(&bill.path).await.is(503);
    assert_eq!(t.attempts(&bill).await, ["canceled"], "a new attempt works at once");
    t.stripe.recover();
    t.browser().press_pay(&bill.path).await.is(303);
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 2, "nobody has the first one's address");
    t.pass(120).await;
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 1);
    pays_after_all(t, &bill).await;
}

async fn while_stripe_is_down_nothing_is_charged(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.stripe.go_down();
    for _ in 0..2 {
        t.browser().press_pay(&bill.path).await.is(503).says(&["nothing was charged"]);
    }
    t.get(&bill.path).await.is(200);
    t.stripe.recover();
    pays_after_all(t, &bill).await;
}

async fn too_many_requests_are_not_a_failure_of_the_invoice(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.stripe.fault_on_post(SESSIONS, ApiFaultKind::RateLimit, 10);
    t.browser().press_pay(&bill.path).await.is(503);
    t.stripe.recover();
    pays_after_all(t, &bill).await;
}

async fn a_customer_that_stripe_could_not_make_can_pay_a_minute_later(t: &TestApp) {
    let bill = t.bill(5_000).await;
    // Stripe keeps a 500 with its key for a day, and answers it again.
    t.stripe.fault_on_post("/v1/customers", ApiFaultKind::ServerErrorAfterWork, 1);
    let first = t.browser().press_pay(&bill.path).await;
    assert!([303, 503].contains(&first.status.as_u16()), "{}", first.status);
    t.clock.pass(60);
    pays_after_all(t, &bill).await;
    // Nor does it matter that he has another address since.
    let other = t.add_customer(&t.shop.business, "Tom Becker").await;
    let shop = crate::harness::bill::Shop { customer: other, ..t.shop.clone() };
    let bill = t.bill_of(&shop, 5_000).await;
    t.stripe.fault_on_post("/v1/customers", ApiFaultKind::Cut, 4);
    t.browser().press_pay(&bill.path).await.is(503);
    t.database.execute("UPDATE customers SET email = 'tom@becker.example' WHERE name = 'Tom Becker'").await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
}

async fn a_customer_is_made_once(t: &TestApp) {
    let (one, two) = (t.bill(5_000).await, t.bill(6_000).await);
    t.stripe.fault_on_post("/v1/customers", ApiFaultKind::Cut, 1);
    let (mut dana, mut again) = (t.browser(), t.browser());
    let (first, second) = tokio::join!(dana.press_pay(&one.path), again.press_pay(&two.path));
    first.is(303);
    second.is(303);
    let made = t.stripe.api(&one.account, "GET", "/v1/customers", &[]).await;
    assert_eq!(made["data"].as_array().unwrap().len(), 1);
}

async fn an_open_page_that_cannot_be_read_stays(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let first = t.browser().press_pay(&bill.path).await.location();
    t.stripe.go_down();
    t.browser().press_pay(&bill.path).await.is(503);
    t.stripe.recover();
    assert_eq!(t.browser().press_pay(&bill.path).await.location(), first);
    assert_eq!(t.attempts(&bill).await, ["open"]);
}

async fn an_old_page_that_cannot_be_closed_keeps_new_ones_away(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let first = t.browser().press_pay(&bill.path).await.location();
    t.stripe.fault_on_post(SESSIONS, ApiFaultKind::ServerError, 4);
    let ticks: &[(&str, &str)] = &[("save_card", "yes")];
    t.browser().press_pay_with(&bill.path, ticks).await.is(503);
    assert_eq!(t.attempts(&bill).await, ["open"]);
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 1);
    t.stripe.recover();
    let second = t.browser().press_pay_with(&bill.path, ticks).await.location();
    assert_ne!(first, second);
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 1);
}

async fn a_lost_answer_to_closing_is_no_obstacle(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.browser().press_pay(&bill.path).await.is(303);
    let expire =
        ApiFault { path_suffix: "/expire".into(), ..ApiFault::new(SESSIONS, ApiFaultKind::ServerErrorAfterWork, 1) };
    t.stripe.sandbox.faults().add(expire);
    let ticks: &[(&str, &str)] = &[("save_card", "yes")];
    t.browser().press_pay_with(&bill.path, ticks).await;
    // Stripe keeps a 500 with its key for a day, but the page is closed, and that is what counts.
    t.browser().pays_with(&bill.path, VISA, ticks).await.says(&["Paid on"]);
}

async fn stripe_is_down_when_the_customer_returns(t: &TestApp) {
    t.stripe.lose_webhooks();
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    let back = dana.type_card(&checkout, VISA).await.location();
    t.stripe.go_down();
    t.stripe.lose_webhooks();
    let page = dana.get(back.as_str()).await;
    let page = dana.follow(page).await;
    page.is(200).says(&["Payment processing", "Please don’t pay again"]);
    assert!(!page.can_be_paid());
    let pressed = dana.post(&format!("{}/pay", bill.path), &[("amount", "5000")]).await;
    assert_eq!(pressed.location().path(), bill.path);
    assert_eq!(t.attempts(&bill).await, ["unknown"]);
    t.stripe.recover();
    t.stripe.lose_webhooks();
    t.pass(15).await;
    assert_eq!(t.status(&bill).await, Status::Paid);
    assert_eq!(t.stripe.ledger().await.len(), 1);
}

async fn stripe_is_down_when_the_customer_cancels(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    let back = dana.way_back(&checkout).await;
    t.stripe.go_down();
    // He is not locked out of his invoice by it.
    let page = dana.get(back.as_str()).await;
    let page = dana.follow(page).await;
    page.is(200);
    assert!(page.can_be_paid());
    page.never_says(&["Payment processing"]);
    t.stripe.recover();
    pays_after_all(t, &bill).await;
}

async fn a_refund_whose_answer_is_lost_is_sent_once(t: &TestApp) {
    for kind in [ApiFaultKind::Cut, ApiFaultKind::ServerErrorAfterWork, ApiFaultKind::ServerError] {
        let bill = t.bill(5_000).await;
        crate::races::surplus::pay_twice(t, &bill).await;
        t.stripe.lose_webhooks();
        t.stripe.fault_on_post("/v1/refunds", kind, if kind == ApiFaultKind::Cut { 4 } else { 1 });
        t.run_jobs().await;
        for _ in 0..20 {
            t.pass(3_600).await;
        }
        let of_it: Vec<_> = t.refunds(&bill).await;
        assert_eq!(of_it.len(), 1, "{kind:?} {of_it:?}");
        assert_eq!(of_it[0].state, zoop_domain::refund::RefundState::Succeeded, "{kind:?}");
        assert_eq!(t.jobs().await, (0, 0), "{kind:?}");
        t.stripe.recover();
    }
}
