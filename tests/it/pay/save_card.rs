//! "Save card for future invoices": what is kept, where it shows, and what a second time does.

use zoop_domain::consent::ConsentSource;
use zoop_domain::payment_method::{MethodState, PaymentMethod};
use zoop_store as store;

use crate::harness::bill::Shop;
use crate::harness::browser::{MASTERCARD, VISA};
use crate::harness::{TestApp, cases};

cases!(
    s25_s37_a_ticked_box_saves_the_card,
    the_first_card_is_the_default_and_stays_it,
    s25_the_same_card_again_takes_its_own_place,
    consents_follow_a_card_that_is_typed_again,
    a_card_of_an_account_that_was_left_is_not_the_new_ones,
    changing_the_tick_changes_the_page,
);

const SAVE: &[(&str, &str)] = &[("save_card", "yes")];

async fn cards(t: &TestApp, shop: &Shop) -> Vec<PaymentMethod> {
    let mut tx = t.app().db.read().await.unwrap();
    store::payment_method::list_active(&mut tx, &shop.business.id, &shop.customer.id).await.unwrap()
}

async fn pay_and_save(t: &TestApp, number: &str) {
    let bill = t.bill(5_000).await;
    t.browser().pays_with(&bill.path, number, SAVE).await.says(&["Paid on"]);
    t.settled().await;
}

/// How many cards Stripe keeps for the customer.
async fn kept_by_stripe(t: &TestApp, shop: &Shop) -> usize {
    let sql = format!("SELECT stripe_customer FROM stripe_customers WHERE account = '{}'", shop.account());
    let customer = &t.database.rows::<(String,)>(&sql).await[0].0;
    let path = format!("/v1/customers/{customer}/payment_methods");
    t.stripe.api(&shop.account(), "GET", &path, &[]).await["data"].as_array().unwrap().len()
}

async fn s25_s37_a_ticked_box_saves_the_card(t: &TestApp) {
    pay_and_save(t, VISA).await;
    let [card] = &cards(t, &t.shop).await[..] else { panic!("one card") };
    assert_eq!((card.brand.as_str(), card.last4.as_str(), card.is_default), ("Visa", "4242", true));
    assert!(card.fingerprint.is_some() && card.stripe_payment_method.starts_with("pm_"));
    assert_eq!((card.expiry.unwrap().month(), card.expiry.unwrap().year()), (12, 2034));
    assert_eq!(card.account, t.shop.account());
    assert_eq!(kept_by_stripe(t, &t.shop).await, 1);
    let portal = t.portal_link(&t.shop).await;
    t.get(&portal).await.says(&["Saved payment methods", "Visa", "4242", "Default", "12/2034", "Added Sep 21, 2026"]);
}

async fn the_first_card_is_the_default_and_stays_it(t: &TestApp) {
    pay_and_save(t, VISA).await;
    t.clock.pass(60);
    pay_and_save(t, MASTERCARD).await;
    let cards = cards(t, &t.shop).await;
    let seen: Vec<_> = cards.iter().map(|card| (card.last4.as_str(), card.is_default)).collect();
    assert_eq!(seen, [("4242", true), ("4444", false)]);
}

async fn s25_the_same_card_again_takes_its_own_place(t: &TestApp) {
    pay_and_save(t, VISA).await;
    let old = cards(t, &t.shop).await.remove(0);
    pay_and_save(t, MASTERCARD).await;
    pay_and_save(t, VISA).await;
    let cards = cards(t, &t.shop).await;
    assert_eq!(cards.len(), 2, "{cards:?}");
    let new = cards.iter().find(|card| card.last4 == "4242").unwrap();
    assert!(new.is_default && new.id != old.id && new.fingerprint == old.fingerprint);
    let mut tx = t.app().db.read().await.unwrap();
    let old = store::payment_method::get(&mut tx, &t.shop.business.id, &old.id).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(old.state, MethodState::Removed);
    assert_eq!(kept_by_stripe(t, &t.shop).await, 2, "the old one is detached");
}

async fn consents_follow_a_card_that_is_typed_again(t: &TestApp) {
    pay_and_save(t, VISA).await;
    let old = cards(t, &t.shop).await.remove(0);
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let consent = t.add_consent(&plan, &old, ConsentSource::Inline, None).await;
    pay_and_save(t, VISA).await;
    let new = cards(t, &t.shop).await.remove(0);
    assert_ne!(new.id, old.id);
    assert_eq!(t.consent(&consent).await.method.as_ref(), Some(&new.id));
    let note = "SELECT detail FROM audit_events WHERE action = 'payment_method.replaced'";
    assert_eq!(t.database.rows::<(String,)>(note).await, [("Visa •••• 4242".to_owned(),)]);
    t.get(&t.portal_link(&t.shop).await).await.says(&["Pays Monthly lawn care"]);
}

async fn a_card_of_an_account_that_was_left_is_not_the_new_ones(t: &TestApp) {
    pay_and_save(t, VISA).await;
    t.stripe.sandbox.put_account("acct_it_other", true, "Greenline").await.unwrap();
    let app = t.app();
    let stripe = zoop_domain::business::StripeAccount::charging("acct_it_other");
    let mut tx = app.db.begin().await.unwrap();
    store::business::update_stripe(&mut tx, &t.shop.business.id, Some(&stripe)).await.unwrap();
    tx.commit().await.unwrap();
    let bill = t.bill(7_000).await;
    t.browser().pays_with(&bill.path, VISA, SAVE).await.says(&["Paid on"]);
    t.settled().await;
    let cards = cards(t, &t.shop).await;
    assert!(cards.iter().any(|card| card.account == "acct_it_other" && card.is_default), "{cards:?}");
    assert_eq!(cards.iter().filter(|card| card.is_default).count(), 1, "{cards:?}");
}

async fn changing_the_tick_changes_the_page(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let without = dana.press_pay(&bill.path).await.location();
    t.clock.pass(60);
    let with = dana.press_pay_with(&bill.path, SAVE).await.location();
    assert_ne!(without, with);
    dana.get(without.as_str()).await.is(410);
    let typed = dana.type_card(&with, VISA).await;
    dana.follow(typed).await.says(&["Paid on"]);
    assert_eq!(t.attempts(&bill).await, ["canceled", "succeeded"]);
    assert_eq!(cards(t, &t.shop).await.len(), 1);
}
