//! Set up payments → Stripe's pages → in review → active, told by a webhook or asked for; and Stripe
//! wants more.

use serde_json::json;
use url::Url;
use zoop_app::business::connect;
use zoop_app::{Actor, Error};
use zoop_domain::business::{Action, Onboarding, Topic};
use zoop_domain::consent::{ConsentSource, ConsentState, SuspendedWhy};
use zoop_stripe_sandbox::ApiFaultKind;

use crate::harness::bill::{Shop, ShopSpec};
use crate::harness::browser::{Page, VISA};
use crate::harness::{TestApp, cases};

cases!(
    an_owner_goes_through_onboarding_and_is_told_by_webhooks,
    without_webhooks_asking_is_enough,
    who_comes_back_later_goes_on_with_the_same_account,
    an_address_is_for_one_visit,
    two_clicks_make_one_account,
    an_account_is_made_once_whatever_happens_to_the_answer,
    stripe_makes_no_account_for_this_install,
    stripe_wants_more_and_auto_pay_waits,
    stripe_wants_more_by_and_by_and_charges_go_on,
    a_daily_look_finds_what_nobody_told,
    a_business_that_is_not_there_has_no_account,
);

const DETAILS: [(&str, &str); 7] = [
    ("name", "Hartley Plumbing"),
    ("product", "Plumbing"),
    ("phone", "(512) 555-0148"),
    ("first_name", "Maya"),
    ("last_name", "Hartley"),
    ("routing", "110000000"),
    ("number", "000123456789"),
];

async fn new_shop(t: &TestApp) -> Shop {
    let spec = ShopSpec { name: "Hartley Plumbing", connected: false, ..ShopSpec::default() };
    t.open_shop(spec).await
}

async fn set_up(t: &TestApp, shop: &Shop) -> Url {
    connect::set_up(&t.app(), Actor::Operator, &shop.business.id).await.unwrap()
}

/// Fills in Stripe's page and leaves it by that button.
async fn leave(t: &TestApp, address: &Url, button: &'static str) -> Page {
    t.browser().get(address.as_str()).await.is(200);
    let mut form = DETAILS.to_vec();
    form.push(("action", button));
    t.browser().post(address.as_str(), &form).await
}

async fn refresh(t: &TestApp, shop: &Shop) -> Onboarding {
    connect::refresh(&t.app(), Actor::Operator, &shop.business.id).await.unwrap();
    t.standing(&shop.business.id).await
}

async fn account(t: &TestApp, shop: &Shop) -> String {
    t.business(&shop.business.id).await.stripe.unwrap().id
}

async fn accounts_made(t: &TestApp) -> usize {
    let page = t.stripe.http.get(t.stripe.base.clone()).send().await.unwrap().text().await.unwrap();
    page.matches("not set up yet").count()
}

async fn an_owner_goes_through_onboarding_and_is_told_by_webhooks(t: &TestApp) {
    let shop = new_shop(t).await;
    let id = &shop.business.id;
    let bill = t.bill_of(&shop, 5_000).await;
    assert_eq!(t.standing(id).await, Onboarding::NotSetUp);
    let address = set_up(t, &shop).await;
    assert_eq!(address.origin(), t.stripe.base.origin());
    assert_eq!(t.standing(id).await, Onboarding::Incomplete);
    assert!(!t.get(&bill.path).await.can_be_paid());

    let back = leave(t, &address, "submit").await.location();
    assert_eq!(back, t.base.join("office/settings/card-payments/return").unwrap());
    t.settled().await;
    assert_eq!(t.standing(id).await, Onboarding::InReview);
    assert!(!t.get(&bill.path).await.can_be_paid());
    t.clock.pass(20);
    t.settled().await;
    assert_eq!(t.standing(id).await, Onboarding::Active);
    assert!(t.business(id).await.stripe.unwrap().payouts_enabled);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    let told = t.told_of(&account(t, &shop).await).await;
    let words: Vec<_> = told.iter().map(|(actor, detail)| (actor.as_str(), detail.as_str())).collect();
    assert_eq!(words, [("operator", "incomplete"), ("stripe", "in review"), ("stripe", "active")]);
}

async fn without_webhooks_asking_is_enough(t: &TestApp) {
    t.stripe.lose_webhooks();
    let shop = new_shop(t).await;
    leave(t, &set_up(t, &shop).await, "submit").await.is(303);
    assert_eq!(t.standing(&shop.business.id).await, Onboarding::Incomplete, "nobody told");
    assert_eq!(refresh(t, &shop).await, Onboarding::InReview);
    t.clock.pass(20);
    assert_eq!(refresh(t, &shop).await, Onboarding::Active);
    let asked = t.business(&shop.business.id).await.stripe.unwrap().checked_at;
    t.clock.pass(60);
    assert_eq!(refresh(t, &shop).await, Onboarding::Active);
    assert!(t.business(&shop.business.id).await.stripe.unwrap().checked_at > asked);
    assert_eq!(t.told_of(&account(t, &shop).await).await.len(), 3, "what has not changed is no news");
}

async fn who_comes_back_later_goes_on_with_the_same_account(t: &TestApp) {
    let shop = new_shop(t).await;
    leave(t, &set_up(t, &shop).await, "later").await.is(303);
    let first = account(t, &shop).await;
    assert_eq!(refresh(t, &shop).await, Onboarding::Incomplete);
    let again = set_up(t, &shop).await;
    assert_eq!(account(t, &shop).await, first);
    assert!(t.browser().get(again.as_str()).await.html.contains("Plumbing"), "what was typed is still there");
}

async fn an_address_is_for_one_visit(t: &TestApp) {
    let shop = new_shop(t).await;
    let (used, late) = (set_up(t, &shop).await, set_up(t, &shop).await);
    assert_ne!(used, late);
    t.browser().get(used.as_str()).await.is(200);
    let refresh = t.base.join("office/settings/card-payments/refresh").unwrap();
    assert_eq!(t.browser().get(used.as_str()).await.location(), refresh);
    t.clock.pass(300);
    assert_eq!(t.browser().get(late.as_str()).await.location(), refresh);
}

async fn two_clicks_make_one_account(t: &TestApp) {
    // Many times: one click may read that there is no account, and go on after the other has made it.
    for made in 1..=12 {
        let shop = new_shop(t).await;
        let (one, two) = tokio::join!(set_up(t, &shop), set_up(t, &shop));
        assert_ne!(one, two);
        assert_eq!(accounts_made(t).await, made);
    }
}

async fn an_account_is_made_once_whatever_happens_to_the_answer(t: &TestApp) {
    let shop = new_shop(t).await;
    let id = &shop.business.id;
    // The connection breaks after Stripe did its work, longer than the client tries.
    t.stripe.fault_on_post("/v1/accounts", ApiFaultKind::Cut, 4);
    let error = connect::set_up(&t.app(), Actor::Operator, id).await.unwrap_err();
    assert!(matches!(error, Error::Upstream(_)), "{error:?}");
    assert_eq!(t.standing(id).await, Onboarding::NotSetUp);
    t.restart().await;
    set_up(t, &shop).await;
    assert_eq!(accounts_made(t).await, 1, "the same key");
    // The account is there, only its link is not: it is not made again.
    let first = account(t, &shop).await;
    t.stripe.fault_on_post("/v1/account_links", ApiFaultKind::ServerError, 4);
    connect::set_up(&t.app(), Actor::Operator, id).await.unwrap_err();
    t.stripe.recover();
    set_up(t, &shop).await;
    assert_eq!((account(t, &shop).await, accounts_made(t).await), (first, 1));

    // Stripe fails and remembers it: another key, at once.
    let other = new_shop(t).await;
    t.stripe.fault_on_post("/v1/accounts", ApiFaultKind::ServerErrorAfterWork, 1);
    set_up(t, &other).await;
    assert_eq!(t.standing(&other.business.id).await, Onboarding::Incomplete);
    // The business changes its name between two tries: other words need another key.
    let third = new_shop(t).await;
    t.stripe.fault_on_post("/v1/accounts", ApiFaultKind::Cut, 4);
    connect::set_up(&t.app(), Actor::Operator, &third.business.id).await.unwrap_err();
    t.database.execute("UPDATE businesses SET name = 'Hartley & Daughters'").await;
    set_up(t, &third).await;
    assert_eq!(t.standing(&third.business.id).await, Onboarding::Incomplete);
}

async fn stripe_makes_no_account_for_this_install(t: &TestApp) {
    let shop = new_shop(t).await;
    t.database.execute("UPDATE businesses SET email = 'nobody'").await;
    let error = connect::set_up(&t.app(), Actor::Operator, &shop.business.id).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict(why) if why.contains("signed up for Connect")), "{error:?}");
    t.database.execute("UPDATE businesses SET email = 'maya@hartley.example'").await;
    set_up(t, &shop).await;
    assert_eq!(t.standing(&shop.business.id).await, Onboarding::Incomplete);
}

async fn stripe_wants_more_and_auto_pay_waits(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let bill = t.bill(5_000).await;
    let path = format!("accounts/{}/require", bill.account);
    t.stripe.control(&path, json!({ "currently_due": ["external_account", "company.verification.document"] })).await;
    t.settled().await;
    let wanted = Action::HandIn(vec![Topic::Document, Topic::BankAccount]);
    assert_eq!(t.standing(&bill.business).await, Onboarding::ActionNeeded(wanted));
    assert!(!t.get(&bill.path).await.can_be_paid());
    let waits = t.consent(&consent).await;
    assert_eq!(waits.suspended.map(|(_, why)| why), Some(SuspendedWhy::Disconnected));

    // The same button leads to Stripe's page, which asks only for what is missing.
    let address = set_up(t, &t.shop.clone()).await;
    t.browser().get(address.as_str()).await.is(200).says(&["A bank account", "Submit"]);
    t.browser().post(address.as_str(), &[("action", "submit")]).await.is(303);
    t.settled().await;
    assert_eq!(t.standing(&bill.business).await, Onboarding::InReview);
    t.clock.pass(20);
    t.settled().await;
    assert_eq!(t.standing(&bill.business).await, Onboarding::Active);
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
}

async fn stripe_wants_more_by_and_by_and_charges_go_on(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let path = format!("accounts/{}/require", bill.account);
    t.stripe.control(&path, json!({ "currently_due": ["company.tax_id"], "disabled_reason": null })).await;
    t.settled().await;
    let Onboarding::ActionNeeded(Action::HandInSoon(what, Some(by))) = t.standing(&bill.business).await else {
        panic!("something is due");
    };
    assert_eq!(what, [Topic::Company]);
    assert_eq!(by.seconds_since(t.app().now()), 14 * 86_400);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.stripe.control(&path, json!({ "currently_due": [], "disabled_reason": "rejected.fraud" })).await;
    t.settled().await;
    assert_eq!(t.standing(&bill.business).await, Onboarding::ActionNeeded(Action::Rejected));
}

async fn a_daily_look_finds_what_nobody_told(t: &TestApp) {
    t.stripe.lose_webhooks();
    let (first, second) = (t.shop.clone(), new_shop(t).await);
    set_up(t, &second).await;
    for account in [first.account(), account(t, &second).await] {
        t.stripe.control(&format!("accounts/{account}/require"), json!({})).await;
    }
    connect::refresh_all(&t.app()).await.unwrap();
    for shop in [&first, &second] {
        let wanted = Action::HandIn(vec![Topic::Document]);
        assert_eq!(t.standing(&shop.business.id).await, Onboarding::ActionNeeded(wanted));
    }
    t.stripe.go_down();
    connect::refresh_all(&t.app()).await.unwrap_err();
}

async fn a_business_that_is_not_there_has_no_account(t: &TestApp) {
    let nobody = "biz_00000000000000000000000000".parse().unwrap();
    let (app, actor) = (t.app(), Actor::Operator);
    for outcome in [
        connect::set_up(&app, actor, &nobody).await.map(drop),
        connect::refresh(&app, actor, &nobody).await,
        connect::disconnect(&app, actor, &nobody).await,
        connect::reconnect(&app, actor, &nobody).await,
        connect::use_own_account(&app, actor, &nobody).await,
    ] {
        assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
    }
    let shop = new_shop(t).await;
    assert!(matches!(connect::reconnect(&app, actor, &shop.business.id).await, Err(Error::NotFound)));
    connect::disconnect(&app, actor, &shop.business.id).await.unwrap();
    assert_eq!(refresh(t, &shop).await, Onboarding::NotSetUp);
}
