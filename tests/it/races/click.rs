//! Two clicks, two tabs, other terms: at most one payment page is open for an invoice.

use futures_util::future::join_all;
use zoop_stripe_sandbox::{ApiFault, ApiFaultKind};

use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    a_double_click_leads_to_one_page,
    ten_clicks_at_once_lead_to_one_page,
    a_second_click_waits_while_stripe_is_slow_with_the_first,
    two_tabs_are_one_payment,
    a_page_that_was_paid_is_not_handed_out_again,
    other_terms_close_the_old_page_first,
    clicks_with_different_ticks_leave_one_page,
    a_changed_amount_closes_the_old_page_first,
    a_page_that_is_nearly_over_is_replaced,
    two_customers_do_not_wait_for_each_other,
);

async fn a_double_click_leads_to_one_page(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let (mut one, mut two) = (t.browser(), t.browser());
    let (one, two) = tokio::join!(one.press_pay(&bill.path), two.press_pay(&bill.path));
    assert_eq!(one.location(), two.location());
    assert_eq!(t.attempts(&bill).await, ["open"]);
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 1);
}

async fn ten_clicks_at_once_lead_to_one_page(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut browsers: Vec<_> = (0..10).map(|_| t.browser()).collect();
    let pay = format!("{}/pay", bill.path);
    let pages = join_all(browsers.iter_mut().map(|browser| browser.post(&pay, &[("amount", "5000")]))).await;
    let address = pages[0].location();
    assert!(pages.iter().all(|page| page.location() == address), "{pages:?}");
    assert_eq!(t.attempts(&bill).await, ["open"]);
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 1);
    // Each browser has its way back.
    let typed = browsers[7].type_card(&address, VISA).await;
    assert_eq!(browsers[7].follow(typed).await.url.path(), bill.path);
}

async fn a_second_click_waits_while_stripe_is_slow_with_the_first(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let slow = ApiFault { wait_ms: 700, ..ApiFault::new("/v1/checkout/sessions", ApiFaultKind::Slow, 1) };
    t.stripe.sandbox.faults().add(ApiFault { method: Some("POST".into()), ..slow });
    let (mut one, mut two) = (t.browser(), t.browser());
    let (one, two) = tokio::join!(one.press_pay(&bill.path), two.press_pay(&bill.path));
    assert_eq!(one.location(), two.location());
    assert_eq!(t.attempts(&bill).await, ["open"]);
}

async fn two_tabs_are_one_payment(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let (mut one, mut two) = (t.browser(), t.browser());
    let first = one.press_pay(&bill.path).await.location();
    t.clock.pass(600);
    let second = two.press_pay(&bill.path).await.location();
    assert_eq!(first, second);
    let (paid, again) = tokio::join!(one.type_card(&first, VISA), two.type_card(&second, VISA));
    one.follow(paid).await.says(&["Paid on"]);
    two.follow(again).await.says(&["Paid on"]);
    assert_eq!(t.stripe.ledger().await.len(), 1);
}

async fn a_page_that_was_paid_is_not_handed_out_again(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let (mut one, mut two) = (t.browser(), t.browser());
    two.get(&bill.path).await;
    let checkout = one.press_pay(&bill.path).await.location();
    // He pays, and closes the browser before it comes back.
    one.type_card(&checkout, VISA).await.is(303);
    let answer = two.post(&format!("{}/pay", bill.path), &[("amount", "5000")]).await;
    assert_eq!(answer.location().path(), bill.path);
    two.follow(answer).await.says(&["Paid on"]);
    assert_eq!(t.attempts(&bill).await, ["succeeded"]);
}

async fn other_terms_close_the_old_page_first(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let old = dana.press_pay(&bill.path).await.location();
    let new = dana.press_pay_with(&bill.path, &[("save_card", "yes")]).await.location();
    assert_ne!(old, new);
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 1);
    assert_eq!(t.stripe.sessions(&bill.account, "expired").await.len(), 1);
    dana.type_card(&old, VISA).await.is(410);
    assert_eq!(t.stripe.ledger().await, []);
    t.settled().await;
    assert_eq!(t.attempts(&bill).await, ["canceled", "open"]);
}

async fn clicks_with_different_ticks_leave_one_page(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let (mut one, mut two) = (t.browser(), t.browser());
    let ticks: &[(&str, &str)] = &[("save_card", "yes")];
    let (one, two) = tokio::join!(one.press_pay(&bill.path), two.press_pay_with(&bill.path, ticks));
    assert_ne!(one.location(), two.location());
    assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 1);
    assert_eq!(t.live_attempts().await, 1);
}

async fn a_changed_amount_closes_the_old_page_first(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let old = dana.press_pay(&bill.path).await.location();
    // A refund at Stripe of an earlier part payment would change it; a check closes the page itself.
    let sql = format!("UPDATE invoices SET applied_minor = 1000 WHERE id = '{}'", bill.id);
    t.database.execute(&sql).await;
    dana.post(&format!("{}/pay", bill.path), &[("amount", "5000")]).await.is(409);
    let new = dana.press_pay(&bill.path).await.location();
    assert_ne!(old, new);
    dana.type_card(&old, VISA).await.is(410);
    assert_eq!(t.attempts(&bill).await, ["canceled", "open"]);
    t.database.execute(&sql.replace("1000", "0")).await;
}

async fn a_page_that_is_nearly_over_is_replaced(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let old = dana.press_pay(&bill.path).await.location();
    t.clock.pass(34 * 60);
    let new = dana.press_pay(&bill.path).await.location();
    assert_ne!(old, new);
    let typed = dana.type_card(&new, VISA).await;
    dana.follow(typed).await.says(&["Paid on"]);
    // The clock runs out before Stripe has told of it.
    let late = t.bill(5_000).await;
    dana.press_pay(&late.path).await.is(303);
    t.clock.pass(36 * 60);
    dana.pays(&late.path, VISA).await.says(&["Paid on"]);
}

async fn two_customers_do_not_wait_for_each_other(t: &TestApp) {
    let (one, two) = (t.bill(5_000).await, t.bill(6_000).await);
    let (mut dana, mut tom) = (t.browser(), t.browser());
    let (first, second) = tokio::join!(dana.pays(&one.path, VISA), tom.pays(&two.path, VISA));
    first.says(&["Paid on"]);
    second.says(&["Paid on"]);
}
