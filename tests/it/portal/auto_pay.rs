//! Auto-pay as a customer keeps it himself: turned off in the portal or by a mail's link, and charged
//! to another card.

use zoop_app::{Actor, portal_link};
use zoop_domain::consent::{ConsentSource, ConsentState, EndedHow};
use zoop_domain::id::{ConsentId, PlanId};
use zoop_store as store;

use crate::harness::browser::{MASTERCARD, VISA};
use crate::harness::{TestApp, cases};

cases!(
    s12_s42_s43_the_dialog_asks_and_then_it_is_off,
    s45_the_mails_link_opens_the_portal_with_the_dialog,
    s45_after_rotate_it_opens_that_consent_alone,
    change_card_to_one_on_file_and_to_a_new_one,
);

async fn granted(t: &TestApp) -> (PlanId, ConsentId) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    (plan, consent)
}

async fn s12_s42_s43_the_dialog_asks_and_then_it_is_off(t: &TestApp) {
    let (_, consent) = granted(t).await;
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    dana.get(&portal).await.says(&["Auto-pay", "Monthly lawn care", "Turn off", "Change card"]);
    let asked = dana.get(&format!("{portal}?turn-off={consent}")).await;
    asked.says(&["Turn off auto-pay for Monthly lawn care?", "You’ll still get each invoice", "Keep auto-pay on"]);
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live, "asking changes nothing");
    let path = format!("{portal}/consents/{consent}/turn-off");
    let pressed = dana.post(&path, &[]).await;
    dana.follow(pressed).await.says(&["Auto-pay for Monthly lawn care is off. You’ll still get each invoice"]);
    let ended = t.consent(&consent).await.ended.unwrap();
    assert_eq!((ended.how, ended.by.as_str()), (EndedHow::Portal, "customer"));
    // A tab that was open meanwhile.
    let again = dana.post(&path, &[]).await;
    dana.follow(again).await.is(200).says(&["Monthly lawn care is off"]);
    dana.get(&format!("{portal}?turn-off={consent}")).await.is(200).never_says(&["Keep auto-pay on"]);
    dana.get(&path).await.is(303);
}

/// The link of the mail that says that auto-pay is on, which a payment with both boxes ticked sent.
async fn mails_link(t: &TestApp) -> (String, ConsentId) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let bill = t.bill_on(&plan, 6_495).await;
    t.browser().pays_with(&bill.path, VISA, &[("auto_pay", "yes")]).await.says(&["Paid on"]);
    t.settled().await;
    let link = t.link_in(&t.mail("Auto-pay is on"), "turn-off=");
    let mut tx = t.app().db.read().await.unwrap();
    let consent = store::consent::find_live(&mut tx, &t.shop.business.id, &plan).await.unwrap().unwrap();
    (link, consent.id)
}

async fn s45_the_mails_link_opens_the_portal_with_the_dialog(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let (link, consent) = mails_link(t).await;
    let mut dana = t.browser();
    let page = dana.get(&link).await;
    page.says(&["Turn off auto-pay for Monthly lawn care?", "Past invoices", "Saved payment methods"]);
    let own = link.split('?').next().unwrap();
    assert!(!page.html.contains(&portal), "links stay below the mail's own token");
    let pressed = dana.post(&format!("{own}/consents/{consent}/turn-off"), &[]).await;
    let page = dana.follow(pressed).await;
    page.says(&["Auto-pay for Monthly lawn care is off since Sep 21, 2026"]).never_says(&["Past invoices"]);
    assert_eq!(t.consent(&consent).await.ended.unwrap().how, EndedHow::EmailLink);
}

async fn s45_after_rotate_it_opens_that_consent_alone(t: &TestApp) {
    t.portal_link(&t.shop).await;
    let (link, consent) = mails_link(t).await;
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    portal_link::rotate::rotate(&t.app(), Actor::Operator, business, customer).await.unwrap();
    let mut dana = t.browser();
    let own = link.split('?').next().unwrap();
    let asked = dana.get(&link).await;
    asked.says(&["Turn off auto-pay for Monthly lawn care?", "Keep auto-pay on"]);
    let plain = dana.get(own).await;
    plain.says(&["Auto-pay for Monthly lawn care is on"]);
    for page in [&asked, &plain] {
        page.never_says(&["Past invoices", "Saved payment methods", "Dana"]);
    }
    for path in ["payment-methods", "payment-methods/default"] {
        dana.post(&format!("{own}/{path}"), &[]).await.is(404);
    }
    dana.post(&format!("{own}/consents/cns_{}/turn-off", "0".repeat(26)), &[]).await.is(404);
    dana.post(&format!("{own}/consents/{consent}/change-card"), &[("with", "other")]).await.is(404);
    let pressed = dana.post(&format!("{own}/consents/{consent}/turn-off"), &[]).await;
    dana.follow(pressed).await.says(&["Auto-pay for Monthly lawn care is off since"]);
    // So it says for ninety days, and to whoever opens the mail again.
    dana.get(&link).await.is(200).says(&["is off since"]);
    t.clock.pass(91 * 86_400);
    dana.get(&link).await.is(404);
}

async fn change_card_to_one_on_file_and_to_a_new_one(t: &TestApp) {
    let (plan, consent) = granted(t).await;
    t.clock.pass(60);
    let second = t.card_on_file(MASTERCARD).await;
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    let asked = dana.get(&format!("{portal}?change-card={consent}")).await;
    asked.says(&[
        "Change the card for Monthly lawn care",
        "Visa",
        "Mastercard",
        "Another card",
        "I authorize Greenline",
    ]);
    let path = format!("{portal}/consents/{consent}/change-card");
    let pressed = dana.post(&path, &[("with", second.id.as_str())]).await;
    dana.follow(pressed).await.says(&["From now on Monthly lawn care is charged to Mastercard", "4444"]);
    let ended = t.consent(&consent).await.ended.unwrap();
    assert_eq!(ended.how, EndedHow::Replaced);
    let live = || async {
        let mut tx = t.app().db.read().await.unwrap();
        store::consent::find_live(&mut tx, &t.shop.business.id, &plan).await.unwrap().unwrap()
    };
    let now = live().await;
    assert_eq!(now.method.as_ref(), Some(&second.id));
    assert!(now.evidence.ip.is_some() && now.evidence.user_agent.as_ref().unwrap().contains("iPhone"));
    // The old consent's page was open in another tab.
    let stale = dana.post(&path, &[("with", "other")]).await;
    dana.follow(stale).await.is(200).says(&["had changed already"]);
    let pressed = dana.post(&format!("{portal}/consents/{}/change-card", now.id), &[("with", "other")]).await;
    let address = dana.open_checkout(&pressed).await;
    let back = dana.type_card(&address, "4000056655665556").await;
    dana.follow(back).await.says(&["From now on Monthly lawn care is charged to Visa", "5556"]);
    assert_ne!(live().await.id, now.id);
}
