//! What the owners are told by mail, and that each box turns its own off.

use serde_json::json;
use zoop_app::Actor;
use zoop_app::business::notify;
use zoop_app::consent::end;
use zoop_domain::business::notify::{Event, Notify};
use zoop_domain::consent::{ConsentSource, EndedHow};
use zoop_domain::id::ConsentId;
use zoop_domain::quote::QuoteState;

use crate::harness::bill::line;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    each_owner_is_told_of_a_payment,
    a_failed_charge_names_the_reason_and_the_next_try,
    auto_pay_and_cards_that_end_are_told,
    a_dispute_is_told,
    an_answered_quote_is_told,
    each_box_turns_its_own_off,
);

const PAGE: &str = "/office/settings/notifications";

/// The subjects of what the shop's owners were sent, and the bodies.
async fn told(t: &TestApp) -> Vec<(String, String)> {
    t.settled().await;
    let mails = t.outbox.sent();
    let owners = mails.into_iter().filter(|mail| mail.to.address.starts_with("person-"));
    owners.map(|mail| (mail.subject, mail.text.split_whitespace().collect::<Vec<_>>().join(" "))).collect()
}

async fn each_owner_is_told_of_a_payment(t: &TestApp) {
    t.owner().await;
    t.owner().await;
    t.office().await;
    let bill = t.bill(16_238).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    let mails = told(t).await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    let (subject, text) = &mails[0];
    assert_eq!(*subject, format!("{} paid $162.38", t.shop.customer.name));
    assert!(text.contains("There is nothing left to pay") && text.contains(&format!("/office/invoices/{}", bill.id)));
    assert!(text.contains(PAGE) && !text.contains("/i/"));
}

/// A charge of $64.95 that is declined on Oct 5, 2026.
async fn declined(t: &TestApp) -> ConsentId {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Hedge trimming").await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let lines = vec![line("Hedge trimming", 6_495, t.shop.business.currency)];
    t.send(&t.shop.clone(), 14, lines, Vec::new(), Some(plan)).await;
    let path = format!("payment_methods/{}/outcome", card.stripe_payment_method);
    t.stripe.control(&path, json!({ "decline_code": "insufficient_funds", "count": 1 })).await;
    t.settled().await;
    t.at("2026-10-05", 6).await;
    consent
}

async fn a_failed_charge_names_the_reason_and_the_next_try(t: &TestApp) {
    t.owner().await;
    declined(t).await;
    let mails = told(t).await;
    let (subject, text) = mails.last().expect("a mail");
    assert_eq!(*subject, format!("A charge of $64.95 to {} failed", t.shop.customer.name));
    assert!(text.contains("not enough money was available. It is tried again on Oct 6, 2026."), "{text}");
}

async fn auto_pay_and_cards_that_end_are_told(t: &TestApp) {
    t.owner().await;
    let card = t.card_on_file(VISA).await;
    for title in ["Hedge trimming", "Leaves"] {
        let plan = t.add_plan(&t.shop, title).await;
        let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
        if title == "Leaves" {
            let (app, business) = (t.app(), &t.shop.business.id);
            end::end(&app, Actor::Operator, business, &consent, EndedHow::Owner).await.unwrap();
        }
    }
    let portal = t.portal_link(&t.shop).await;
    t.browser().post(&format!("{portal}/payment-methods/{}/remove", card.id), &[]).await.is(303);
    // The card was left by a payment.
    let told = told(t).await.into_iter().map(|(subject, _)| subject);
    let subjects: Vec<_> = told.filter(|subject| !subject.contains(" paid ")).collect();
    let name = &t.shop.customer.name;
    assert!(subjects.contains(&format!("{name} removed {}", card.label())), "{subjects:?}");
    assert!(subjects.contains(&format!("{name} turned off auto-pay for Hedge trimming")), "{subjects:?}");
    assert_eq!(subjects.len(), 2, "what the owner ended himself is no news: {subjects:?}");
}

async fn a_dispute_is_told(t: &TestApp) {
    let bill = t.bill(16_238).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.settled().await;
    t.owner().await;
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.dispute(&charge).await;
    t.settled().await;
    t.stripe.decide(&charge, "lost").await;
    let subjects: Vec<_> = told(t).await.into_iter().map(|(subject, _)| subject).collect();
    let name = &t.shop.customer.name;
    let wanted = [format!("{name} disputes $162.38"), format!("You lost the dispute of $162.38 with {name}")];
    assert_eq!(subjects, wanted);
}

async fn an_answered_quote_is_told(t: &TestApp) {
    t.owner().await;
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let link = t.quote_link(&t.shop, &quote).await;
    let form = [("name", "Dana Whitfield"), ("comment", "In January, please."), ("answer", "accept")];
    t.browser().post(&link, &form).await.is(303);
    let other = t.add_quote(&t.shop, QuoteState::Sent).await;
    t.browser().post(&t.quote_link(&t.shop, &other).await, &[("answer", "decline")]).await.is(303);
    let by_phone = t.add_quote(&t.shop, QuoteState::Sent).await;
    let mut luis = t.office().await;
    luis.send(&format!("/office/quotes/{by_phone}/accept"), &[("name", "Dana"), ("how", "by phone")]).await.is(303);
    let mails = told(t).await;
    let name = &t.shop.customer.name;
    assert_eq!(mails.len(), 2, "what one of us noted down himself is no news: {mails:?}");
    assert!(mails[0].0.starts_with(&format!("{name} accepted your quote of $")), "{mails:?}");
    let text = &mails[0].1;
    assert!(text.contains("In January, please.") && text.contains(&format!("/office/quotes/{quote}")), "{text}");
    assert!(!text.contains("/q/"), "the customer's link is his: {text}");
    assert!(mails[1].0.starts_with(&format!("{name} declined your quote of $")), "{mails:?}");
}

async fn each_box_turns_its_own_off(t: &TestApp) {
    let mut owner = t.owner().await;
    let page = owner.get(PAGE).await;
    assert_eq!(page.html.matches(" checked").count(), Event::ALL.len());
    let page = owner.send_and_follow(PAGE, &[("card_removed", "yes"), ("dispute", "yes")]).await;
    page.says(&["Saved."]);
    assert_eq!(page.html.matches(" checked").count(), 2);
    let consent = declined(t).await;
    end::end(&t.app(), Actor::Customer, &t.shop.business.id, &consent, EndedHow::Portal).await.unwrap();
    let bill = t.bill(16_238).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    assert_eq!(told(t).await, [], "a payment, a failed charge and auto-pay turned off");

    let none = Notify::of(|_| false);
    notify::update_notify(&t.app(), Actor::Operator, &t.shop.business.id, none).await.unwrap();
    t.stripe.dispute(&t.stripe.ledger().await.pop().unwrap()).await;
    let portal = t.portal_link(&t.shop).await;
    let card = t.methods().await.remove(0);
    t.browser().post(&format!("{portal}/payment-methods/{}/remove", card.id), &[]).await.is(303);
    assert_eq!(told(t).await, [], "a dispute and a card");
}
