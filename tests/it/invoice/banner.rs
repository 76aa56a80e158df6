//! s18: the banner, a row a status, in the order of the product's table.

use zoop_app::Actor;
use zoop_app::invoice::void;
use zoop_domain::dunning::Dunning;
use zoop_store as store;

use crate::harness::bill::Bill;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    s18_due_and_overdue_by_the_business_s_own_day,
    s18_dunning_says_when_and_why,
    s18_past_due_once_the_last_try_is_used_up,
    s18_retries_that_were_stopped_fall_back,
    s18_canceled_names_what_takes_its_place,
    s18_paying_by_hand_ends_dunning,
);

async fn s18_due_and_overdue_by_the_business_s_own_day(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.get(&bill.path).await.says(&["Due on Oct 5, 2026 in 14 days", "Pay now"]);
    t.clock.pass(13 * 86_400);
    t.get(&bill.path).await.says(&["Due on Oct 5, 2026 tomorrow"]);
    t.clock.pass(86_400);
    t.get(&bill.path).await.says(&["Due on Oct 5, 2026 today"]);
    // Nine in the morning in Chicago, on the day: fifteen hours are left, whatever UTC says.
    t.clock.pass(15 * 3_600 - 1);
    t.get(&bill.path).await.says(&["Due on Oct 5, 2026 today"]);
    t.clock.pass(1);
    t.get(&bill.path).await.says(&["Overdue", "It was due on Oct 5, 2026, yesterday", "Pay now"]);
}

async fn dun(t: &TestApp, bill: &Bill, tries: i64, next_in: Option<i32>, stopped: bool) {
    let dunning = Dunning {
        tries,
        first_failed_on: t.today(),
        failed_at: t.app().now(),
        failed_on: t.today(),
        decline_code: "insufficient_funds".into(),
        method_label: "Visa •••• 4242".into(),
        next_try_on: next_in.map(|days| t.today().plus_days(days)),
        stopped,
    };
    let mut tx = t.app().db.begin().await.unwrap();
    store::dunning::insert(&mut tx, &bill.business, &bill.id, &dunning).await.unwrap();
    tx.commit().await.unwrap();
}

async fn s18_dunning_says_when_and_why(t: &TestApp) {
    let bill = t.bill(5_000).await;
    dun(t, &bill, 2, Some(3), false).await;
    let page = t.get(&bill.path).await;
    page.says(&[
        "Payment didn’t go through",
        "On Sep 21, 2026 your bank declined Visa",
        "4242",
        "not enough money was available",
        "We’ll try again on Sep 24, 2026",
        "Pay now",
    ]);
}

async fn s18_past_due_once_the_last_try_is_used_up(t: &TestApp) {
    let bill = t.bill(5_000).await;
    dun(t, &bill, 5, None, false).await;
    t.get(&bill.path).await.says(&["Past due", "We tried Visa", "5 times", "We won’t try it again", "Pay now"]);
}

async fn s18_retries_that_were_stopped_fall_back(t: &TestApp) {
    let bill = t.bill(5_000).await;
    dun(t, &bill, 2, None, true).await;
    t.get(&bill.path).await.says(&["Due on Oct 5, 2026"]).never_says(&["didn’t go through"]);
}

async fn s18_canceled_names_what_takes_its_place(t: &TestApp) {
    let (bill, again) = (t.bill(5_000).await, t.bill(4_000).await);
    void::void(&t.app(), Actor::Operator, &bill.business, &bill.id, Some(&again.id)).await.unwrap();
    let number = t.invoice(&again).await.number;
    let page = t.get(&bill.path).await;
    page.says(&["Canceled", "please don’t pay it", &format!("{number} takes its place")]);
    assert!(!page.html.contains(again.path.as_str()), "a public page leads to no other invoice");
    let portal = t.portal_link(&t.shop).await;
    let inside = t.get(&format!("{portal}/invoices/{}", bill.id)).await;
    assert!(inside.html.contains(&format!("{portal}/invoices/{}", again.id)));
}

async fn s18_paying_by_hand_ends_dunning(t: &TestApp) {
    let bill = t.bill(5_000).await;
    dun(t, &bill, 2, Some(3), false).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]).never_says(&["didn’t go through"]);
}
