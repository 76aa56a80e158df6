//! Card payments: through Stripe's pages until Pay now appears, out of use and back, and what Stripe wants.

use serde_json::json;
use zoop_domain::user::Role;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    an_owner_sets_up_payments_until_pay_now_appears,
    disconnecting_asks_first_and_can_be_undone,
    what_stripe_wants_is_said_in_words_and_on_the_first_page,
    a_link_elsewhere_connects_nothing,
    the_installs_own_account_is_for_its_one_business,
);

const CARDS: &str = "/office/settings/card-payments";
const DETAILS: [(&str, &str); 8] = [
    ("name", "Hartley Plumbing"),
    ("product", "Plumbing"),
    ("phone", "(512) 555-0148"),
    ("first_name", "Maya"),
    ("last_name", "Hartley"),
    ("routing", "110000000"),
    ("number", "000123456789"),
    ("action", "submit"),
];

async fn an_owner_sets_up_payments_until_pay_now_appears(t: &TestApp) {
    let spec = ShopSpec { name: "Hartley Plumbing", connected: false, ..ShopSpec::default() };
    let shop = t.open_shop(spec).await;
    let bill = t.bill_of(&shop, 5_000).await;
    let mut maya = t.member(&shop.business.id, Role::Owner).await;
    maya.get(CARDS).await.is(200).says(&["Not set up", "Set up payments"]);
    let stripe = maya.send(&format!("{CARDS}/set-up"), &[]).await.is(303).location();
    assert_eq!(stripe.origin(), t.stripe.base.origin());
    maya.get(CARDS).await.says(&["Not finished", "Continue on Stripe", "Refresh status"]);
    maya.get(stripe.as_str()).await.is(200);
    let back = maya.post(stripe.as_str(), &DETAILS).await;
    let page = maya.follow(back).await;
    page.is(200).says(&["Stripe is checking your details", "In review"]);
    assert!(!t.get(&bill.path).await.can_be_paid());
    t.clock.pass(20);
    let page = maya.send_and_follow(&format!("{CARDS}/refresh"), &[]).await;
    page.says(&["Card payments are active", "Active", "Every open invoice has a Pay now button"]);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
}

async fn disconnecting_asks_first_and_can_be_undone(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut owner = t.owner().await;
    let asks = owner.get(&format!("{CARDS}?disconnect")).await;
    asks.says(&["Disconnect card payments?", "Pay now disappears", "Saved cards", "auto-pay is suspended"]);
    let page = owner.send_and_follow(&format!("{CARDS}/disconnect"), &[]).await;
    page.is(200).says(&["Disconnected.", "Disconnected", "Connect again"]);
    assert!(!t.get(&bill.path).await.can_be_paid());
    owner.get(&format!("{CARDS}?disconnect")).await.never_says(&["Disconnect card payments?"]);
    owner.send_and_follow(&format!("{CARDS}/reconnect"), &[]).await.says(&["Connected again", "Active"]);
    assert!(t.get(&bill.path).await.can_be_paid());
}

async fn what_stripe_wants_is_said_in_words_and_on_the_first_page(t: &TestApp) {
    let account = t.shop.account();
    t.stripe.control(&format!("accounts/{account}/require"), json!({})).await;
    t.settled().await;
    let mut owner = t.owner().await;
    owner.get(CARDS).await.says(&["Action needed", "Stripe needs something"]);
    owner.get("/office").await.says(&["Needs attention", "Stripe needs something from you"]);
    t.office().await.get("/office").await.never_says(&["Stripe needs something from you"]);
}

async fn a_link_elsewhere_connects_nothing(t: &TestApp) {
    let mut owner = t.owner().await;
    owner.send(&format!("{CARDS}/disconnect"), &[]).await.is(303);
    for way in ["refresh", "return"] {
        let page = owner.get(&format!("{CARDS}/{way}")).await;
        let page = owner.follow(page).await;
        page.is(200).says(&["Disconnected", "Connect again"]);
    }
}

async fn the_installs_own_account_is_for_its_one_business(t: &TestApp) {
    let mut owner = t.owner().await;
    owner.send(&format!("{CARDS}/own-account"), &[]).await.is(409).says(&["Disconnect the other Stripe account first"]);
    owner.send(&format!("{CARDS}/disconnect"), &[]).await.is(303);
    owner.get(CARDS).await.says(&["Use this install’s own Stripe account"]);
    owner.send_and_follow(&format!("{CARDS}/own-account"), &[]).await.says(&["Active", "This install’s own account"]);
    owner.send(&format!("{CARDS}/set-up"), &[]).await.is(409).says(&["charges on the install’s own Stripe account"]);
    owner.send(&format!("{CARDS}/disconnect"), &[]).await.is(303);
    t.open_shop(ShopSpec::default()).await;
    owner.get(CARDS).await.never_says(&["Use this install’s own Stripe account"]);
}
