//! Out of use and back: what is open is closed, what was agreed waits, and what was paid stays known.

use serde_json::json;
use zoop_app::business::connect;
use zoop_app::{Actor, Error};
use zoop_domain::business::Onboarding;
use zoop_domain::consent::{ConsentSource, ConsentState, SuspendedWhy};
use zoop_domain::invoice::Status;
use zoop_stripe_sandbox::ApiFaultKind;

use crate::harness::browser::{MASTERCARD, VISA};
use crate::harness::{TestApp, cases};

cases!(
    disconnecting_closes_what_is_open_and_reconnecting_goes_on,
    a_payment_that_arrived_before_counts,
    stripes_word_does_not_connect_again,
    an_account_whose_owner_left_at_stripe_is_replaced,
    a_key_that_may_not_look_turns_nothing_off,
    a_refund_after_disconnecting_is_still_heard_of,
);

async fn disconnect(t: &TestApp) {
    connect::disconnect(&t.app(), Actor::Operator, &t.shop.business.id).await.unwrap();
}

async fn disconnecting_closes_what_is_open_and_reconnecting_goes_on(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let (open, other) = (t.bill(5_000).await, t.bill(6_000).await);
    let mut dana = t.browser();
    let checkout = dana.press_pay(&open.path).await.location();
    disconnect(t).await;
    disconnect(t).await;
    assert_eq!(t.standing(&open.business).await, Onboarding::Disconnected);
    for bill in [&open, &other] {
        assert!(!t.get(&bill.path).await.can_be_paid());
    }
    t.browser().post(&format!("{}/pay", other.path), &[("amount", "6000")]).await.is(422);
    let waits = t.consent(&consent).await;
    assert_eq!(waits.suspended.map(|(_, why)| why), Some(SuspendedWhy::Disconnected));
    t.settled().await;
    assert_eq!(t.attempts(&open).await, ["canceled"]);
    dana.type_card(&checkout, VISA).await.is(410);

    connect::reconnect(&t.app(), Actor::Operator, &t.shop.business.id).await.unwrap();
    assert_eq!(t.standing(&open.business).await, Onboarding::Active);
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live);
    t.browser().pays(&open.path, VISA).await.says(&["Paid on"]);
    let told = t.told_of(&open.account).await;
    let words: Vec<_> = told.iter().map(|(actor, detail)| (actor.as_str(), detail.as_str())).collect();
    assert_eq!(words, [("operator", "disconnected"), ("operator", "active")]);
}

async fn a_payment_that_arrived_before_counts(t: &TestApp) {
    t.stripe.lose_webhooks();
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    disconnect(t).await;
    t.settled().await;
    assert_eq!(t.status(&bill).await, Status::Paid);
    assert_eq!(t.payments(&bill).await.len(), 1);
}

async fn stripes_word_does_not_connect_again(t: &TestApp) {
    disconnect(t).await;
    let account = t.shop.account();
    t.stripe.control(&format!("accounts/{account}/require"), json!({})).await;
    t.stripe.control(&format!("accounts/{account}/approve"), json!({})).await;
    t.settled().await;
    connect::refresh(&t.app(), Actor::Operator, &t.shop.business.id).await.unwrap();
    connect::refresh_all(&t.app()).await.unwrap();
    let business = t.business(&t.shop.business.id).await;
    assert_eq!(business.charging_account(), None);
    assert!(business.stripe.unwrap().charges_enabled, "what Stripe says is known all the same");
}

async fn an_account_whose_owner_left_at_stripe_is_replaced(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let (app, id) = (t.app(), &t.shop.business.id);
    let old = t.shop.account();
    t.stripe.lose_webhooks();
    t.stripe.control(&format!("accounts/{old}/deauthorize"), json!({})).await;
    connect::refresh(&app, Actor::Operator, id).await.unwrap();
    assert_eq!(t.standing(id).await, Onboarding::Disconnected);
    let refused = connect::reconnect(&app, Actor::Operator, id).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");

    connect::set_up(&app, Actor::Operator, id).await.unwrap();
    let new = t.business(id).await.stripe.unwrap().id;
    assert_ne!(new, old);
    t.stripe.control(&format!("accounts/{new}/approve"), json!({})).await;
    connect::refresh(&app, Actor::Operator, id).await.unwrap();
    assert_eq!(t.standing(id).await, Onboarding::Active);
    // A card on the old account is no use on the new one.
    assert_eq!(t.consent(&consent).await.state, ConsentState::Suspended);
    let bill = t.bill(5_000).await;
    t.browser().pays(&bill.path, MASTERCARD).await.says(&["Paid on"]);
    assert_eq!(t.stripe.ledger().await.last().unwrap().account, new);
}

async fn a_key_that_may_not_look_turns_nothing_off(t: &TestApp) {
    t.restart_as(&crate::harness::Setup { key: Some("sk_test_of_somebody_else"), ..Default::default() }).await;
    connect::refresh(&t.app(), Actor::Operator, &t.shop.business.id).await.unwrap_err();
    assert_eq!(t.standing(&t.shop.business.id).await, Onboarding::Active);
    t.restart().await;
    t.stripe.fault("/v1/account", ApiFaultKind::ServerError, 8);
    connect::refresh(&t.app(), Actor::Operator, &t.shop.business.id).await.unwrap_err();
    assert_eq!(t.standing(&t.shop.business.id).await, Onboarding::Active);
}

async fn a_refund_after_disconnecting_is_still_heard_of(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.settled().await;
    disconnect(t).await;
    t.stripe.refund(&t.stripe.ledger().await[0], None).await;
    t.settled().await;
    assert_eq!(t.status(&bill).await, Status::Refunded);
}
