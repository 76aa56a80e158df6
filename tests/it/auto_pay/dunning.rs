//! What follows a declined charge: by its class, on its days, until it is paid, stopped or used up.

use serde_json::json;
use zoop_app::{Actor, Error, dunning};
use zoop_domain::consent::{ConsentSource, ConsentState, SuspendedWhy};
use zoop_domain::id::ConsentId;
use zoop_domain::payment_method::PaymentMethod;

use crate::harness::bill::{Bill, line};
use crate::harness::browser::{CHALLENGED, MASTERCARD, VISA};
use crate::harness::{TestApp, cases};

cases!(
    s18_a_soft_decline_is_tried_on_its_days_and_then_left,
    a_retry_that_passes_ends_it,
    a_hard_decline_suspends_and_is_not_tried_again,
    a_bank_that_wants_the_customer_is_not_tried_again,
    an_expired_card_resumes_once_it_is_updated,
    paying_by_hand_stops_the_retries,
    the_owner_tries_again_at_once,
    the_office_stops_the_tries_and_auto_pay_goes_on,
    trying_again_while_the_last_try_is_put_away_is_not_lost,
    a_server_that_slept_tries_once_and_goes_on,
);

struct Dunned {
    bill: Bill,
    card: PaymentMethod,
    consent: ConsentId,
}

async fn due(t: &TestApp, number: &str) -> Dunned {
    let card = t.card_on_file(number).await;
    let plan = t.add_plan(&t.shop, "Hedge trimming").await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let lines = vec![line("Hedge trimming", 6_495, t.shop.business.currency)];
    let bill = t.send(&t.shop.clone(), 14, lines, Vec::new(), Some(plan)).await;
    t.settled().await;
    Dunned { bill, card, consent }
}

async fn declines(t: &TestApp, card: &PaymentMethod, code: Option<&str>, count: Option<u32>) {
    let path = format!("payment_methods/{}/outcome", card.stripe_payment_method);
    t.stripe.control(&path, json!({ "decline_code": code, "count": count })).await;
}

async fn s18_a_soft_decline_is_tried_on_its_days_and_then_left(t: &TestApp) {
    let Dunned { bill, card, consent } = due(t, VISA).await;
    declines(t, &card, Some("insufficient_funds"), None).await;
    t.at("2026-10-05", 6).await;
    t.get(&bill.path).await.says(&[
        "Payment didn’t go through",
        "On Oct 5, 2026 your bank declined Visa",
        "not enough money was available",
        "We’ll try again on Oct 6, 2026",
        "Pay now",
    ]);
    assert!(t.mail_words("didn’t go through").contains("Oct 6, 2026"), "{}", t.mail_words("didn’t go through"));
    for (day, next) in [("2026-10-06", "Oct 8"), ("2026-10-08", "Oct 10"), ("2026-10-10", "Oct 12")] {
        t.at(day, 5).await;
        t.at(day, 6).await;
        t.get(&bill.path).await.says(&["We’ll try again on", next]);
    }
    t.at("2026-10-12", 6).await;
    t.get(&bill.path).await.says(&["Past due", "We tried Visa", "5 times", "We won’t try it again"]);
    assert_eq!(t.attempts(&bill).await, ["failed"; 5]);
    t.at("2026-11-30", 6).await;
    assert_eq!(t.attempts(&bill).await.len(), 5);
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live, "the next cycle may pass");
    assert!(t.alert_kinds().await.contains(&"charge.failed".to_owned()));
    let mails = t.subjects().iter().filter(|subject| subject.contains("didn’t go through")).count();
    assert_eq!(mails, 5, "each failure is told: {:?}", t.subjects());
}

async fn a_retry_that_passes_ends_it(t: &TestApp) {
    let Dunned { bill, card, .. } = due(t, VISA).await;
    declines(t, &card, Some("insufficient_funds"), Some(2)).await;
    t.at("2026-10-05", 6).await;
    t.at("2026-10-06", 6).await;
    t.at("2026-10-08", 6).await;
    t.get(&bill.path).await.says(&["Paid on Oct 8, 2026"]);
    assert_eq!(t.attempts(&bill).await, ["failed", "failed", "succeeded"]);
    t.at("2026-11-08", 6).await;
    assert_eq!(t.attempts(&bill).await.len(), 3);
}

async fn a_hard_decline_suspends_and_is_not_tried_again(t: &TestApp) {
    let Dunned { bill, card, consent } = due(t, VISA).await;
    declines(t, &card, Some("lost_card"), None).await;
    t.at("2026-10-05", 6).await;
    t.get(&bill.path).await.says(&["Past due", "We won’t try it again"]).never_says(&["lost"]);
    let suspended = t.consent(&consent).await;
    assert_eq!(suspended.state, ConsentState::Suspended);
    assert_eq!(suspended.suspended.unwrap().1, SuspendedWhy::Declined);
    t.at("2026-10-20", 6).await;
    assert_eq!(t.attempts(&bill).await, ["failed"]);
    let page = t.get(&t.portal_link(&t.shop).await).await;
    page.says(&["Auto-pay", "Hedge trimming", "Needs a new card"]);
    let mail = t.mail_words("didn’t go through");
    assert!(!mail.contains("lost") && !mail.contains("try again on"), "{mail}");
}

async fn a_bank_that_wants_the_customer_is_not_tried_again(t: &TestApp) {
    let bill = t.bill(1_000).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay_with(&bill.path, &[("save_card", "yes")]).await;
    let page = dana.open_checkout(&pressed).await;
    let bank = dana.type_card(&page, CHALLENGED).await.location();
    let back = dana.post(bank.as_str(), &[("outcome", "complete")]).await;
    dana.follow(back).await.says(&["Paid on"]);
    t.settled().await;
    let card = t.methods().await.remove(0);
    let plan = t.add_plan(&t.shop, "Hedge trimming").await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let lines = vec![line("Hedge trimming", 6_495, t.shop.business.currency)];
    let bill = t.send(&t.shop.clone(), 14, lines, Vec::new(), Some(plan)).await;
    t.at("2026-10-05", 6).await;
    t.get(&bill.path).await.says(&["Past due"]);
    assert_eq!(t.attempts(&bill).await, ["failed"]);
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live);
    let asks = t.outbox.sent().into_iter().find(|mail| mail.text.contains("confirm") && mail.text.contains("/i/"));
    assert!(asks.is_some(), "{:?}", t.subjects());
    t.at("2026-10-20", 6).await;
    assert_eq!(t.attempts(&bill).await, ["failed"]);
}

async fn an_expired_card_resumes_once_it_is_updated(t: &TestApp) {
    let Dunned { bill, card, consent } = due(t, VISA).await;
    declines(t, &card, Some("expired_card"), None).await;
    t.at("2026-10-05", 6).await;
    assert_eq!(t.consent(&consent).await.suspended.unwrap().1, SuspendedWhy::CardExpired);
    let path = format!("payment_methods/{}", card.stripe_payment_method);
    t.stripe.control(&path, json!({ "exp_month": 4, "exp_year": 2031 })).await;
    t.settled().await;
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live);
    t.get(&t.portal_link(&t.shop).await).await.says(&["Expires 04/2031"]);
    dunning::retry::retry(&t.app(), Actor::Operator, &bill.business, &bill.id).await.unwrap();
    t.settled().await;
    t.get(&bill.path).await.says(&["Paid on Oct 5, 2026"]);
}

async fn paying_by_hand_stops_the_retries(t: &TestApp) {
    let Dunned { bill, card, .. } = due(t, VISA).await;
    declines(t, &card, Some("insufficient_funds"), None).await;
    t.at("2026-10-05", 6).await;
    t.check_arrives(&bill, 1_000).await.unwrap();
    t.at("2026-10-06", 6).await;
    assert_eq!(t.attempts(&bill).await, ["failed"]);
    t.get(&bill.path).await.says(&["Overdue"]);
    t.browser().pays(&bill.path, MASTERCARD).await.says(&["Paid on"]);
}

async fn the_owner_tries_again_at_once(t: &TestApp) {
    let Dunned { bill, card, .. } = due(t, VISA).await;
    let early = dunning::retry::retry(&t.app(), Actor::Operator, &bill.business, &bill.id).await;
    assert!(matches!(early, Err(Error::Conflict(_))), "{early:?}");
    declines(t, &card, Some("insufficient_funds"), Some(2)).await;
    t.at("2026-10-05", 6).await;
    t.clock.pass(600);
    for states in [vec!["failed", "failed"], vec!["failed", "failed", "succeeded"]] {
        dunning::retry::retry(&t.app(), Actor::Operator, &bill.business, &bill.id).await.unwrap();
        t.settled().await;
        assert_eq!(t.attempts(&bill).await, states);
    }
    let paid = dunning::retry::retry(&t.app(), Actor::Operator, &bill.business, &bill.id).await;
    assert!(matches!(paid, Err(Error::Conflict(_))), "{paid:?}");
}

async fn a_server_that_slept_tries_once_and_goes_on(t: &TestApp) {
    let Dunned { bill, card, .. } = due(t, VISA).await;
    declines(t, &card, Some("insufficient_funds"), None).await;
    t.at("2026-10-05", 6).await;
    t.restart().await;
    t.at("2026-10-20", 9).await;
    assert_eq!(t.attempts(&bill).await.len(), 2);
    t.sweep().await;
    assert_eq!(t.attempts(&bill).await.len(), 2, "no two tries on one day");
    t.at("2026-10-21", 6).await;
    assert_eq!(t.attempts(&bill).await.len(), 3);
}

async fn the_office_stops_the_tries_and_auto_pay_goes_on(t: &TestApp) {
    let Dunned { bill, card, consent } = due(t, VISA).await;
    declines(t, &card, Some("insufficient_funds"), None).await;
    t.at("2026-10-05", 6).await;
    let (mut office, path) = (t.office().await, format!("/office/invoices/{}", bill.id));
    office.get(&path).await.says(&["Retry now", "Stop retrying"]);
    let act = format!("{path}/stop-retrying");
    office.send_and_follow(&act, &[]).await.says(&["It won’t be tried again.", "Sent"]);
    office.send(&act, &[]).await.is(409).says(&["No try of a charge follows."]);
    t.at("2026-10-12", 6).await;
    assert_eq!(t.attempts(&bill).await, ["failed"]);
    t.get(&bill.path).await.says(&["Overdue", "Pay now"]);
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live);
}

async fn trying_again_while_the_last_try_is_put_away_is_not_lost(t: &TestApp) {
    let Dunned { bill, card, .. } = due(t, VISA).await;
    declines(t, &card, Some("insufficient_funds"), Some(1)).await;
    t.at("2026-10-05", 6).await;
    // The job that was declined is still claimed: its worker died before it could take it off the queue.
    let columns =
        "id, business_id, kind, payload, state, priority, run_at, tries, dedupe_key, created_at, claimed_until";
    let (invoice, business) = (&bill.id, &bill.business);
    let until = t.app().now().plus_seconds(300).as_microseconds();
    let values = format!(
        "'job_00000000000000000000000001', '{business}', 'invoice.charge', '{invoice}', 'claimed', 1, 0, 0, \
         'invoice.charge:{invoice}', 0, {until}"
    );
    t.database.execute(&format!("INSERT INTO jobs ({columns}) VALUES ({values})")).await;
    dunning::retry::retry(&t.app(), Actor::Operator, business, invoice).await.unwrap();
    t.run_jobs().await;
    t.database.execute("DELETE FROM jobs WHERE kind = 'invoice.charge'").await;
    t.clock.pass(10);
    t.sweep().await;
    t.get(&bill.path).await.says(&["Paid on Oct 5, 2026"]);
}
