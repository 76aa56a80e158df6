//! The straight way: press, type a card, come back, read the receipt; and the bank's challenge.

use crate::harness::browser::{CHALLENGED, DECLINED, VISA};
use crate::harness::{TestApp, cases};

cases!(
    s20_a_card_pays_and_the_receipt_says_so,
    s25_a_payment_without_the_tick_saves_nothing,
    a_declined_card_can_be_replaced_on_the_same_page,
    a_challenge_that_is_passed_pays,
    a_challenge_that_fails_leaves_the_page_open,
    a_part_by_check_and_the_rest_by_card,
    a_payment_from_the_portal_ends_in_the_portal,
    stripe_sees_what_it_is_for_and_no_link,
);

async fn s20_a_card_pays_and_the_receipt_says_so(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let mut dana = t.browser();
    let end = dana.pays(&bill.path, VISA).await;
    assert_eq!(end.url.path(), bill.path);
    end.is(200).says(&["Paid on Sep 21, 2026", "View receipt"]);
    assert!(!end.can_be_paid());
    let charge = &t.stripe.ledger().await[0];
    let receipt = dana.get(&format!("{}/receipt", bill.path)).await;
    receipt.is(200).says(&["Receipt for invoice INV-1051", "$163.05", "Paid on Sep 21, 2026", "Mowing and edging"]);
    receipt.says(&["Visa", "4242", "$163.05", "Sep 21, 2026", "Charge", &charge.charge]);
    t.settled().await;
    assert_eq!(t.payments(&bill).await.len(), 1);
    assert_eq!(t.attempts(&bill).await, ["succeeded"]);
}

async fn s25_a_payment_without_the_tick_saves_nothing(t: &TestApp) {
    let bill = t.bill(16_305).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.settled().await;
    assert_eq!(t.database.rows::<(String,)>("SELECT id FROM payment_methods").await, []);
    assert_eq!(t.alert_kinds().await, [""; 0]);
}

async fn a_declined_card_can_be_replaced_on_the_same_page(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay(&bill.path).await;
    let checkout = dana.open_checkout(&pressed).await;
    dana.type_card(&checkout, DECLINED).await.is(402);
    t.settled().await;
    assert_eq!(t.attempts(&bill).await, ["open"], "a decline is not the end of the page");
    assert!(t.get(&bill.path).await.can_be_paid());
    let typed = dana.type_card(&checkout, VISA).await;
    dana.follow(typed).await.says(&["Paid on"]);
    assert_eq!(t.stripe.ledger().await.len(), 1);
}

async fn a_challenge_that_is_passed_pays(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay(&bill.path).await;
    let checkout = dana.open_checkout(&pressed).await;
    let bank = dana.type_card(&checkout, CHALLENGED).await.location();
    t.settled().await;
    assert!(t.get(&bill.path).await.can_be_paid(), "a challenge under way is not a payment under way");
    let answered = dana.post(bank.as_str(), &[("outcome", "complete")]).await;
    dana.follow(answered).await.says(&["Paid on Sep 21, 2026"]);
}

async fn a_challenge_that_fails_leaves_the_page_open(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay(&bill.path).await;
    let checkout = dana.open_checkout(&pressed).await;
    let bank = dana.type_card(&checkout, CHALLENGED).await.location();
    let answered = dana.post(bank.as_str(), &[("outcome", "fail")]).await;
    let again = dana.follow(answered).await;
    assert_eq!(again.url, checkout);
    t.settled().await;
    assert_eq!(t.stripe.ledger().await, []);
    let typed = dana.type_card(&checkout, VISA).await;
    dana.follow(typed).await.says(&["Paid on"]);
}

async fn a_part_by_check_and_the_rest_by_card(t: &TestApp) {
    let bill = t.bill(10_000).await;
    t.check_arrives(&bill, 4_000).await.unwrap();
    let page = t.get(&bill.path).await;
    page.says(&["Balance due", "$60.00"]);
    assert_eq!(page.amount(), "6000");
    t.clock.pass(60);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.get(&format!("{}/receipt", bill.path)).await.says(&["Check #1042", "$40.00", "4242", "$60.00"]);
    assert_eq!(t.stripe.ledger().await[0].amount, 6_000);
}

async fn a_payment_from_the_portal_ends_in_the_portal(t: &TestApp) {
    let bill = t.bill(10_000).await;
    let path = format!("{}/invoices/{}", t.portal_link(&t.shop).await, bill.id);
    let end = t.browser().pays(&path, VISA).await;
    assert_eq!(end.url.path(), path);
    end.says(&["Paid on"]);
    t.get(&format!("{path}/receipt")).await.is(200);
}

async fn stripe_sees_what_it_is_for_and_no_link(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let portal = t.portal_link(&t.shop).await;
    t.browser().press_pay(&format!("{portal}/invoices/{}", bill.id)).await.is(303);
    let session = &t.stripe.sessions(&bill.account, "open").await[0];
    assert_eq!(session["client_reference_id"], bill.id.as_str());
    assert_eq!(session["amount_total"], 16_305);
    assert_eq!(session["metadata"]["invoice_id"], bill.id.as_str());
    assert_eq!(session["allowed_payment_method_types"], serde_json::json!(["card"]));
    let lives = session["expires_at"].as_i64().unwrap() - t.clock.unix_seconds();
    assert_eq!(lives, 35 * 60);
    let text = session.to_string();
    assert!(!text.contains(portal.rsplit('/').next().unwrap()), "{text}");
    assert!(!text.contains(bill.path.rsplit('/').next().unwrap()), "{text}");
}
