//! Charging on the billing date: off session, within the cap, announced when it must be, and never twice.

use zoop_app::mail::MailError;
use zoop_domain::consent::ConsentSource;
use zoop_domain::invoice::Status;
use zoop_stripe_sandbox::ApiFaultKind;

use crate::harness::bill::{Bill, line};
use crate::harness::browser::{MASTERCARD, VISA};
use crate::harness::{TestApp, cases};

cases!(
    a_plan_invoice_is_charged_on_its_due_day,
    nothing_is_charged_without_a_consent,
    an_amount_over_the_cap_is_left_to_the_customer,
    another_amount_is_announced_three_days_before,
    an_announcement_that_cannot_be_sent_stops_the_charge,
    a_customer_who_pays_first_is_not_charged,
    auto_pay_closes_an_open_payment_page,
    a_charge_that_is_answered_late_is_charged_once,
    a_charge_that_failed_to_answer_is_asked_about,
    an_invoice_of_a_removed_card_is_not_charged,
    a_returned_payment_is_not_charged_again,
    a_business_that_disconnects_charges_once_it_is_back,
    a_business_that_stays_away_leaves_it_to_the_customer,
    who_agrees_after_the_invoice_was_looked_at_is_charged,
);

/// An invoice of a plan with a live consent, due in 14 days, at the agreed price.
pub(super) async fn agreed(t: &TestApp, minor: i64, cap: Option<i64>) -> Bill {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan_with(&t.shop, "Monthly lawn care", cap).await;
    t.add_consent(&plan, &card, ConsentSource::Inline, cap).await;
    let lines = vec![line("Mowing and edging", minor, t.shop.business.currency)];
    let bill = t.send(&t.shop.clone(), 14, lines, Vec::new(), Some(plan)).await;
    t.settled().await;
    bill
}

async fn charges(t: &TestApp, bill: &Bill) -> usize {
    let payments = t.payments(bill).await;
    payments.len()
}

async fn a_plan_invoice_is_charged_on_its_due_day(t: &TestApp) {
    let bill = agreed(t, 6_495, None).await;
    t.mail_words("INV-1052").contains("Visa •••• 4242").then_some(()).expect("the invoice tells of the charge");
    t.at("2026-10-05", 5).await;
    assert_eq!(charges(t, &bill).await, 0, "not before six");
    t.at("2026-10-05", 6).await;
    t.get(&bill.path).await.says(&["Paid on Oct 5, 2026"]);
    assert_eq!(t.attempts(&bill).await, ["succeeded"]);
    assert!(t.mail_words("Receipt").contains("$64.95"));
    // Once: whatever the worker does again.
    for _ in 0..3 {
        t.sweep().await;
    }
    assert_eq!(charges(t, &bill).await, 1);
}

async fn nothing_is_charged_without_a_consent(t: &TestApp) {
    t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let lines = vec![line("Mowing and edging", 6_495, t.shop.business.currency)];
    let bill = t.send(&t.shop.clone(), 3, lines, Vec::new(), Some(plan)).await;
    t.at("2026-10-01", 6).await;
    assert!(t.attempts(&bill).await.is_empty());
    assert!(matches!(t.status(&bill).await, Status::Overdue(_)));
}

async fn an_amount_over_the_cap_is_left_to_the_customer(t: &TestApp) {
    let bill = agreed(t, 10_001, Some(10_000)).await;
    assert!(t.mail_words("INV-1052").contains("$100.00"), "{}", t.mail_words("INV-1052"));
    t.at("2026-10-05", 6).await;
    assert!(t.attempts(&bill).await.is_empty());
    assert!(t.alert_kinds().await.contains(&"charge.left".to_owned()));
    t.get(&bill.path).await.says(&["Due on Oct 5, 2026 today"]);
}

async fn another_amount_is_announced_three_days_before(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let lines = vec![line("Mowing, edging and mulch", 9_900, t.shop.business.currency)];
    // Due tomorrow: its own mail comes too late to announce another price than the one agreed to.
    let bill = t.send(&t.shop.clone(), 1, lines, Vec::new(), Some(plan)).await;
    t.settled().await;
    t.at("2026-09-22", 6).await;
    assert!(t.attempts(&bill).await.is_empty(), "not announced yet");
    let notice = t.mail("$99.00 for Monthly lawn care");
    assert!(notice.text.contains("Sep 25, 2026") && notice.text.contains("Visa •••• 4242"), "{}", notice.text);
    assert!(notice.list_unsubscribe.is_some());
    t.at("2026-09-25", 5).await;
    assert!(t.attempts(&bill).await.is_empty());
    t.at("2026-09-25", 6).await;
    t.get(&bill.path).await.says(&["Paid on Sep 25, 2026"]);
    assert_eq!(t.subjects().iter().filter(|subject| subject.contains("$99.00 for")).count(), 1);
}

async fn an_announcement_that_cannot_be_sent_stops_the_charge(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let lines = vec![line("Mowing, edging and mulch", 9_900, t.shop.business.currency)];
    // Neither the invoice nor the announcement arrives.
    t.outbox.refuse_next(MailError::Permanent { code: Some(550), text: "no such mailbox".into() });
    let bill = t.send(&t.shop.clone(), 1, lines, Vec::new(), Some(plan)).await;
    t.settled().await;
    t.outbox.refuse_next(MailError::Permanent { code: Some(550), text: "no such mailbox".into() });
    t.at("2026-09-22", 6).await;
    t.at("2026-09-30", 6).await;
    assert!(t.attempts(&bill).await.is_empty());
    let kinds = t.alert_kinds().await;
    assert!(kinds.contains(&"mail.failed".to_owned()) && kinds.contains(&"charge.left".to_owned()), "{kinds:?}");
}

async fn a_customer_who_pays_first_is_not_charged(t: &TestApp) {
    let bill = agreed(t, 6_495, None).await;
    t.browser().pays(&bill.path, MASTERCARD).await.says(&["Paid on"]);
    t.at("2026-10-05", 6).await;
    assert_eq!(t.attempts(&bill).await, ["succeeded"]);
    assert_eq!(charges(t, &bill).await, 1);
}

async fn auto_pay_closes_an_open_payment_page(t: &TestApp) {
    let bill = agreed(t, 6_495, None).await;
    t.at("2026-10-05", 5).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay(&bill.path).await;
    let page = dana.open_checkout(&pressed).await;
    t.clock.pass(1_800);
    t.at("2026-10-05", 6).await;
    t.get(&bill.path).await.says(&["Paid on Oct 5, 2026"]);
    dana.type_card(&page, MASTERCARD).await;
    t.settled().await;
    assert_eq!(t.attempts(&bill).await, ["canceled", "succeeded"]);
    assert_eq!(charges(t, &bill).await, 1);
}

async fn a_charge_that_is_answered_late_is_charged_once(t: &TestApp) {
    let bill = agreed(t, 6_495, None).await;
    t.stripe.fault_at("/v1/payment_intents/", "/confirm", ApiFaultKind::ServerErrorAfterWork, 10);
    t.at("2026-10-05", 6).await;
    t.stripe.recover();
    t.pass(60).await;
    t.pass(3_600).await;
    t.get(&bill.path).await.says(&["Paid on Oct 5, 2026"]);
    assert_eq!(charges(t, &bill).await, 1);
}

async fn a_charge_that_failed_to_answer_is_asked_about(t: &TestApp) {
    let bill = agreed(t, 6_495, None).await;
    t.stripe.fault_at("/v1/payment_intents/", "/confirm", ApiFaultKind::ServerError, 10);
    t.at("2026-10-05", 6).await;
    assert_eq!(charges(t, &bill).await, 0);
    t.stripe.recover();
    t.pass(60).await;
    t.pass(3_600).await;
    t.get(&bill.path).await.says(&["Paid on Oct 5, 2026"]);
    assert_eq!(charges(t, &bill).await, 1, "{:?}", t.attempts(&bill).await);
}

async fn an_invoice_of_a_removed_card_is_not_charged(t: &TestApp) {
    let bill = agreed(t, 6_495, None).await;
    let card = t.methods().await.remove(0);
    let portal = t.portal_link(&t.shop).await;
    let token = portal.trim_start_matches("/p/");
    let removed = zoop_app::payment_method::remove::remove(&t.app(), token, card.id.as_str()).await.unwrap();
    assert_eq!(removed.plans, ["Monthly lawn care"]);
    assert_eq!(removed.on_its_way, None);
    t.settled().await;
    t.at("2026-10-05", 6).await;
    assert!(t.attempts(&bill).await.is_empty());
    let words = t.mail_words("Auto-pay is off");
    assert!(words.contains("You removed Visa"), "{words}");
}

async fn a_returned_payment_is_not_charged_again(t: &TestApp) {
    let bill = agreed(t, 6_495, None).await;
    t.at("2026-10-05", 6).await;
    let charge = t.stripe.ledger().await.pop().unwrap();
    t.stripe.control("disputes/open", serde_json::json!({ "charge": charge.charge })).await;
    t.settled().await;
    t.stripe.decide(&charge, "lost").await;
    t.settled().await;
    t.get(&bill.path).await.says(&["Payment returned by the bank"]);
    t.at("2026-10-20", 6).await;
    assert_eq!(t.attempts(&bill).await, ["succeeded"]);
}

async fn charges_stop(t: &TestApp, bill: &Bill, stop: bool) {
    t.stripe.sandbox.put_account(&bill.account, !stop, "Greenline").await.unwrap();
    t.settled().await;
}

async fn a_business_that_disconnects_charges_once_it_is_back(t: &TestApp) {
    let bill = agreed(t, 6_495, None).await;
    charges_stop(t, &bill, true).await;
    t.at("2026-10-05", 6).await;
    assert!(t.attempts(&bill).await.is_empty());
    charges_stop(t, &bill, false).await;
    let consents = "SELECT state FROM consents";
    assert_eq!(t.database.rows::<(String,)>(consents).await, [("live".to_owned(),)]);
    t.at("2026-10-05", 8).await;
    t.get(&bill.path).await.says(&["Paid on Oct 5, 2026"]);
}

async fn a_business_that_stays_away_leaves_it_to_the_customer(t: &TestApp) {
    let bill = agreed(t, 6_495, None).await;
    charges_stop(t, &bill, true).await;
    for day in ["2026-10-05", "2026-10-09", "2026-10-13"] {
        t.at(day, 6).await;
    }
    assert!(t.alert_kinds().await.contains(&"charge.left".to_owned()));
    charges_stop(t, &bill, false).await;
    t.at("2026-10-14", 6).await;
    assert!(t.attempts(&bill).await.is_empty());
    t.get(&bill.path).await.says(&["Overdue", "Pay now"]);
}

async fn who_agrees_after_the_invoice_was_looked_at_is_charged(t: &TestApp) {
    t.database.execute("UPDATE businesses SET notice_days = 3").await;
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let lines = vec![line("Mowing and edging", 6_495, t.shop.business.currency)];
    let bill = t.send(&t.shop.clone(), 14, lines, Vec::new(), Some(plan.clone())).await;
    // It is looked at for its announcement; nobody has agreed yet.
    t.at("2026-10-02", 6).await;
    t.at("2026-10-03", 6).await;
    t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    t.at("2026-10-05", 6).await;
    assert!(t.subjects().iter().any(|subject| subject.contains("$64.95 for")), "announced: {:?}", t.subjects());
    t.at("2026-10-08", 6).await;
    t.get(&bill.path).await.says(&["Paid on Oct 8, 2026"]);
}
