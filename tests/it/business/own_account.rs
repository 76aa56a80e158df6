//! An install with a key of its own: the one business charges on the key's account.

use zoop_app::business::connect;
use zoop_app::{Actor, Error};
use zoop_domain::business::Onboarding;
use zoop_store as store;
use zoop_stripe_sandbox::PLATFORM_ACCOUNT;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    the_one_business_uses_the_installs_account,
    a_start_connects_a_business_that_never_had_an_account,
    an_install_with_two_businesses_shares_no_account,
    an_account_in_use_is_disconnected_first,
);

async fn forget_the_account(t: &TestApp) {
    let mut tx = t.app().db.begin().await.unwrap();
    store::business::update_stripe(&mut tx, &t.shop.business.id, None).await.unwrap();
    tx.commit().await.unwrap();
}

async fn the_one_business_uses_the_installs_account(t: &TestApp) {
    forget_the_account(t).await;
    let (app, id) = (t.app(), &t.shop.business.id);
    connect::use_own_account(&app, Actor::Operator, id).await.unwrap();
    assert_eq!(t.business(id).await.charging_account(), Some(PLATFORM_ACCOUNT));
    let bill = t.bill(5_000).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    assert_eq!(t.stripe.ledger().await[0].account, PLATFORM_ACCOUNT);
    let refused = connect::set_up(&app, Actor::Operator, id).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "there is no onboarding: {refused:?}");

    connect::disconnect(&app, Actor::Operator, id).await.unwrap();
    connect::connect_own_account(&app).await.unwrap();
    assert_eq!(t.standing(id).await, Onboarding::Disconnected, "a restart does not connect again");
    connect::use_own_account(&app, Actor::Operator, id).await.unwrap();
    assert_eq!(t.standing(id).await, Onboarding::Active);
}

async fn a_start_connects_a_business_that_never_had_an_account(t: &TestApp) {
    forget_the_account(t).await;
    connect::connect_own_account(&t.app()).await.unwrap();
    assert_eq!(t.business(&t.shop.business.id).await.charging_account(), Some(PLATFORM_ACCOUNT));
    let told = t.told_of(PLATFORM_ACCOUNT).await;
    assert_eq!(told, [("zoop".to_owned(), "active".to_owned())]);
}

async fn an_install_with_two_businesses_shares_no_account(t: &TestApp) {
    let other = t.open_shop(ShopSpec { connected: false, ..ShopSpec::default() }).await;
    let refused = connect::use_own_account(&t.app(), Actor::Operator, &other.business.id).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    connect::connect_own_account(&t.app()).await.unwrap();
    assert_eq!(t.standing(&other.business.id).await, Onboarding::NotSetUp);
}

async fn an_account_in_use_is_disconnected_first(t: &TestApp) {
    let (app, id) = (t.app(), &t.shop.business.id);
    let refused = connect::use_own_account(&app, Actor::Operator, id).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    connect::disconnect(&app, Actor::Operator, id).await.unwrap();
    connect::use_own_account(&app, Actor::Operator, id).await.unwrap();
    assert_eq!(t.business(id).await.charging_account(), Some(PLATFORM_ACCOUNT));
}
