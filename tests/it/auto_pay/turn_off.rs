//! Turning auto-pay off, in the portal and by the link of a mail; and the charge that was on its way.

use zoop_app::consent::end;
use zoop_app::{Actor, portal_link};
use zoop_domain::consent::{ConsentSource, ConsentState, EndedHow};
use zoop_stripe_sandbox::ApiFaultKind;

use super::consent::plan_bill;
use crate::harness::bill::Bill;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    s12_s42_s43_turned_off_in_the_portal,
    s45_the_mails_link_opens_the_dialog_and_dies_with_the_consent,
    after_rotate_and_revoke_the_mails_link_turns_off_and_nothing_else,
    retries_stop_with_it,
    a_charge_that_was_on_its_way_is_said_so,
    a_charge_that_is_not_confirmed_yet_is_taken_back,
    s38_removing_the_card_turns_it_off,
);

const TICKED: &[(&str, &str)] = &[("auto_pay", "yes")];

/// A consent given while paying, the next invoice of its plan, and the link of the mail.
async fn agreed(t: &TestApp) -> (zoop_domain::id::ConsentId, Bill, String) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let bill = plan_bill(t, &plan).await;
    t.browser().pays_with(&bill.path, VISA, TICKED).await.says(&["Paid on"]);
    t.settled().await;
    let sql = "SELECT id FROM consents WHERE state = 'live'";
    let consent = t.database.rows::<(String,)>(sql).await.remove(0).0.parse().unwrap();
    let link = t.link_in(&t.mail("Auto-pay is on"), "turn-off");
    (consent, plan_bill(t, &plan).await, link)
}

async fn s12_s42_s43_turned_off_in_the_portal(t: &TestApp) {
    let (consent, bill, _) = agreed(t).await;
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    let asked = dana.get(&format!("{portal}?turn-off={consent}")).await;
    asked.says(&["Turn off auto-pay for Monthly lawn care?"]);
    assert!(asked.html.contains("<dialog open"), "the dialog is drawn open");
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live, "looking changes nothing");
    let off = dana.post(&format!("{portal}/consents/{consent}/turn-off"), &[]).await;
    dana.follow(off).await.says(&["Monthly lawn care", "off"]);
    let ended = t.consent(&consent).await;
    assert_eq!(ended.ended.unwrap().how, EndedHow::Portal);
    t.at("2026-10-05", 6).await;
    assert!(t.attempts(&bill).await.is_empty(), "nothing is charged any more");
    t.get(&bill.path).await.says(&["Pay now"]);
    assert!(t.mail_words("Auto-pay is off").contains("You turned off"));
    // Twice is once.
    dana.post(&format!("{portal}/consents/{consent}/turn-off"), &[]).await;
    t.settled().await;
    assert_eq!(t.subjects().iter().filter(|subject| subject.contains("Auto-pay is off")).count(), 1);
}

async fn s45_the_mails_link_opens_the_dialog_and_dies_with_the_consent(t: &TestApp) {
    t.portal_link(&t.shop).await;
    let (consent, _, link) = agreed(t).await;
    let mut dana = t.browser();
    let page = dana.get(&link).await;
    page.is(200).says(&["Turn off auto-pay for Monthly lawn care?", "Past invoices"]);
    let token = link.split('?').next().unwrap().to_owned();
    dana.get(&token).await.is(200).says(&["Past invoices"]);
    let off = dana.post(&format!("{token}/consents/{consent}/turn-off"), &[]).await;
    let over = dana.follow(off).await;
    over.is(200).says(&["Auto-pay for Monthly lawn care is off since Sep 21, 2026"]).never_says(&["Past invoices"]);
    assert_eq!(t.consent(&consent).await.ended.unwrap().how, EndedHow::EmailLink);
    t.clock.pass(89 * 86_400);
    dana.get(&link).await.is(200).says(&["is off since"]);
    t.clock.pass(2 * 86_400);
    let gone = dana.get(&link).await;
    let unknown = dana.get(&format!("/p/{}", "A".repeat(43))).await;
    assert_eq!((gone.status.as_u16(), &gone.html), (404, &unknown.html));
}

async fn after_rotate_and_revoke_the_mails_link_turns_off_and_nothing_else(t: &TestApp) {
    t.portal_link(&t.shop).await;
    let (consent, bill, link) = agreed(t).await;
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    portal_link::rotate::rotate(&t.app(), Actor::Operator, business, customer).await.unwrap();
    let mut dana = t.browser();
    let page = dana.get(&link).await;
    page.is(200).says(&["Turn off auto-pay for Monthly lawn care?"]);
    page.never_says(&["Past invoices", "Saved payment methods", "Dana Whitfield"]);
    let token = link.split('?').next().unwrap().to_owned();
    dana.get(&format!("{token}/invoices/{}", bill.id)).await.is(404);
    dana.post(&format!("{token}/payment-methods"), &[]).await.is(404);
    let other = t.card_on_file("5555555555554444").await;
    dana.post(&format!("{token}/payment-methods/{}/remove", other.id), &[]).await.is(404);
    portal_link::revoke::revoke(&t.app(), Actor::Operator, business, customer).await.unwrap();
    let off = dana.post(&format!("{token}/consents/{consent}/turn-off"), &[]).await;
    dana.follow(off).await.says(&["Auto-pay for Monthly lawn care is off since"]);
    assert_eq!(t.consent(&consent).await.state, ConsentState::Ended);
}

async fn retries_stop_with_it(t: &TestApp) {
    let (consent, bill, _) = agreed(t).await;
    let card = t.methods().await.remove(0);
    let path = format!("payment_methods/{}/outcome", card.stripe_payment_method);
    t.stripe.control(&path, serde_json::json!({ "decline_code": "insufficient_funds" })).await;
    t.at("2026-10-05", 6).await;
    t.get(&bill.path).await.says(&["Payment didn’t go through"]);
    let portal = t.portal_link(&t.shop).await;
    t.get(&format!("{portal}?turn-off={consent}")).await.says(&["INV-1052", "$64.95", "stays unpaid"]);
    t.browser().post(&format!("{portal}/consents/{consent}/turn-off"), &[]).await;
    t.at("2026-10-06", 6).await;
    assert_eq!(t.attempts(&bill).await, ["failed"]);
    t.get(&bill.path).await.says(&["Overdue"]).never_says(&["We’ll try again"]);
}

async fn a_charge_that_was_on_its_way_is_said_so(t: &TestApp) {
    let (consent, bill, _) = agreed(t).await;
    // Stripe took the money, and its answer never came.
    t.stripe.fault_at("/v1/payment_intents/", "/confirm", ApiFaultKind::ServerErrorAfterWork, 99);
    t.stripe.fault_at("/v1/payment_intents/pi_", "", ApiFaultKind::ServerError, 99);
    t.at("2026-10-05", 6).await;
    assert_eq!(t.attempts(&bill).await, ["unknown"]);
    t.stripe.recover();
    let business = t.shop.business.id.clone();
    let ended = end::end(&t.app(), Actor::Customer, &business, &consent, EndedHow::Portal).await.unwrap();
    assert_eq!(ended.on_its_way.map(|amount| amount.to_string()).as_deref(), Some("$64.95"));
    t.settled().await;
    let mail = t.mail_words("Auto-pay is off");
    assert!(mail.contains("A payment of $64.95 was already on its way when you turned this off."), "{mail}");
    t.get(&bill.path).await.says(&["Paid on Oct 5, 2026"]);
}

async fn a_charge_that_is_not_confirmed_yet_is_taken_back(t: &TestApp) {
    let (consent, bill, _) = agreed(t).await;
    t.stripe.fault_at("/v1/payment_intents/", "/confirm", ApiFaultKind::ServerError, 99);
    t.stripe.fault_at("/v1/payment_intents/pi_", "", ApiFaultKind::ServerError, 99);
    t.at("2026-10-05", 6).await;
    assert_eq!(t.attempts(&bill).await, ["unknown"]);
    t.stripe.recover();
    let business = t.shop.business.id.clone();
    let ended = end::end(&t.app(), Actor::Customer, &business, &consent, EndedHow::Portal).await.unwrap();
    assert_eq!(ended.on_its_way, None);
    t.settled().await;
    assert_eq!(t.attempts(&bill).await, ["canceled"]);
    assert!(!t.mail_words("Auto-pay is off").contains("on its way"));
}

async fn s38_removing_the_card_turns_it_off(t: &TestApp) {
    let (consent, _, _) = agreed(t).await;
    let second = t.add_plan(&t.shop, "Hedge trimming").await;
    let card = t.methods().await.remove(0);
    let other = t.add_consent(&second, &card, ConsentSource::Attested, None).await;
    t.clock.pass(60);
    let next = t.card_on_file("5555555555554444").await;
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    dana.get(&format!("{portal}?remove={}", card.id)).await.says(&[
        "Remove Visa",
        "Monthly lawn care",
        "becomes your default",
    ]);
    let removed = dana.post(&format!("{portal}/payment-methods/{}/remove", card.id), &[]).await;
    dana.follow(removed).await.says(&["Visa"]);
    t.settled().await;
    for consent in [&consent, &other] {
        assert_eq!(t.consent(consent).await.ended.unwrap().how, EndedHow::CardRemoved);
    }
    let left = t.methods().await;
    assert_eq!((left.len(), &left[0].id, left[0].is_default), (1, &next.id, true));
    let kept = format!("/v1/payment_methods/{}", card.stripe_payment_method);
    let at_stripe = t.stripe.api(&t.shop.account(), "GET", &kept, &[]).await;
    assert!(at_stripe["customer"].is_null(), "detached at Stripe");
}
