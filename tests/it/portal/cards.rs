//! Saved payment methods as a customer keeps them himself: added, preferred, removed.

use zoop_app::{Actor, portal_link};
use zoop_domain::consent::{ConsentSource, ConsentState};

use crate::harness::browser::{MASTERCARD, VISA};
use crate::harness::{TestApp, cases};

cases!(
    s08_s37_s47_a_card_is_added_and_shows,
    s08_who_turns_back_has_saved_nothing,
    s08_without_the_cookie_the_way_back_has_no_link,
    s08_stripe_down_is_said_and_nothing_is_saved,
    s09_any_row_becomes_the_default,
    s10_s38_the_dialog_names_the_plans_and_removing_ends_them,
    what_is_not_his_is_gone_and_stays_untouched,
);

async fn s08_s37_s47_a_card_is_added_and_shows(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    dana.get(&portal).await.says(&["No card saved", "Add a card"]);
    let pressed = dana.post(&format!("{portal}/payment-methods"), &[]).await;
    let cookie = pressed.header("set-cookie").to_owned();
    assert!(cookie.starts_with("zoop_back=") && cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    let address = dana.open_checkout(&pressed).await;
    let back = dana.type_card(&address, VISA).await;
    let page = dana.follow(back).await;
    assert_eq!(page.url.path(), portal, "back in the portal");
    page.says(&["Visa", "4242 is saved", "Saved payment methods", "Visa", "4242", "Default", "Expires 12/2034"]);
    assert_eq!(t.methods().await.len(), 1);
    assert!(t.stripe.ledger().await.is_empty(), "nothing was charged");
}

async fn s08_who_turns_back_has_saved_nothing(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    let pressed = dana.post(&format!("{portal}/payment-methods"), &[]).await;
    let address = dana.open_checkout(&pressed).await;
    let back = dana.way_back(&address).await;
    let page = dana.get(back.as_str()).await;
    let page = dana.follow(page).await;
    page.says(&["No card was saved, and nothing was charged", "Add a card"]);
}

async fn s08_without_the_cookie_the_way_back_has_no_link(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    let pressed = dana.post(&format!("{portal}/payment-methods"), &[]).await;
    let address = dana.open_checkout(&pressed).await;
    let back = dana.type_card(&address, VISA).await.location();
    let page = t.browser().get(back.as_str()).await;
    page.is(200).says(&["Greenline", "Card saved", "Nothing was charged"]);
    assert!(!page.html.contains("<a ") && !page.html.contains("/p/"));
}

async fn s08_stripe_down_is_said_and_nothing_is_saved(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    t.stripe.go_down();
    let mut dana = t.browser();
    let pressed = dana.post(&format!("{portal}/payment-methods"), &[]).await;
    dana.follow(pressed).await.is(200).says(&["isn’t answering", "Nothing was changed"]);
    t.stripe.recover();
}

async fn s09_any_row_becomes_the_default(t: &TestApp) {
    t.card_on_file(VISA).await;
    t.clock.pass(60);
    let second = t.card_on_file(MASTERCARD).await;
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    let path = format!("{portal}/payment-methods/default");
    let pressed = dana.post(&path, &[("default", second.id.as_str())]).await;
    assert!(pressed.location().as_str().ends_with("?notice=default#methods"));
    dana.follow(pressed).await.says(&[
        "Mastercard",
        "4444 is your default now",
        "Mastercard",
        "4444",
        "Default",
        "Visa",
    ]);
    assert_eq!(t.methods().await[0].id, second.id);
    let nothing = dana.post(&path, &[]).await;
    dana.follow(nothing).await.is(200).says(&["had changed already"]);
    assert_eq!(dana.get(&path).await.is(303).location().path(), portal);
}

async fn s10_s38_the_dialog_names_the_plans_and_removing_ends_them(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    t.clock.pass(60);
    t.card_on_file(MASTERCARD).await;
    let mut consents = Vec::new();
    for title in ["Hedge trimming", "Spring cleanup"] {
        let plan = t.add_plan(&t.shop, title).await;
        consents.push(t.add_consent(&plan, &card, ConsentSource::Inline, None).await);
        t.clock.pass(60);
    }
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    let asked = dana.get(&format!("{portal}?remove={}", card.id)).await;
    asked.says(&["Remove Visa", "2 plans", "Hedge trimming", "Spring cleanup", "Mastercard", "becomes your default"]);
    assert!(asked.html.contains("<dialog open") && asked.html.contains("<div class=\"sheet\" inert>"));
    assert_eq!(t.consent(&consents[0]).await.state, ConsentState::Live, "asking changes nothing");
    let path = format!("{portal}/payment-methods/{}/remove", card.id);
    let pressed = dana.post(&path, &[]).await;
    let done = dana.follow(pressed).await;
    done.says(&["4242 is removed. Auto-pay is off for Hedge trimming and Spring cleanup.", "Auto-pay is off"]);
    for consent in &consents {
        assert_eq!(t.consent(consent).await.state, ConsentState::Ended);
    }
    // The second click of an impatient thumb, and a tab that was open meanwhile.
    let again = dana.post(&path, &[]).await;
    dana.follow(again).await.is(200).says(&["4242 is removed"]);
    dana.get(&format!("{portal}?remove={}", card.id)).await.is(200).never_says(&["Keep this card"]);
}

async fn what_is_not_his_is_gone_and_stays_untouched(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Hedge trimming").await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let tom =
        crate::harness::bill::Shop { customer: t.add_customer(&t.shop.business, "Tom Becker").await, ..t.shop.clone() };
    let portal = t.portal_link(&tom).await;
    let mut browser = t.browser();
    let unknown = browser.post(&format!("{portal}/consents/cns_{}/turn-off", "0".repeat(26)), &[]).await;
    for path in [
        format!("{portal}/consents/{consent}/turn-off"),
        format!("{portal}/consents/{consent}/change-card"),
        format!("{portal}/payment-methods/{}/remove", card.id),
        format!("{portal}/payment-methods/default"),
    ] {
        let form = [("default", card.id.as_str()), ("with", card.id.as_str())];
        let pressed = browser.post(&path, &form).await;
        assert_eq!(pressed.location(), unknown.location(), "{path}");
    }
    for query in [format!("turn-off={consent}"), format!("remove={}", card.id), format!("change-card={consent}")] {
        let page = browser.get(&format!("{portal}?{query}")).await;
        page.is(200).never_says(&["Hedge trimming", "4242"]);
    }
    for query in [format!("notice=turned-off&of={consent}"), format!("notice=removed&of={}", card.id)] {
        browser.get(&format!("{portal}?{query}")).await.is(200).never_says(&["Hedge trimming", "4242"]);
    }
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live);
    assert_eq!(t.methods().await.len(), 1);
    portal_link::revoke::revoke(&t.app(), Actor::Operator, &t.shop.business.id, &tom.customer.id).await.unwrap();
    browser.post(&format!("{portal}/payment-methods"), &[]).await.is(404);
}
