//! What is somebody's own: name, password, browsers, businesses.

use zoop_domain::user::Role;

use crate::harness::bill::ShopSpec;
use crate::harness::office::PASSWORD;
use crate::harness::{TestApp, cases};

cases!(
    a_name_is_changed,
    a_new_password_signs_the_other_browsers_out,
    whoever_sits_there_cannot_guess_the_password,
    signing_out_everywhere_ends_every_session,
    who_belongs_to_several_businesses_switches,
    a_form_of_one_business_does_nothing_in_another,
    a_copied_cookie_is_worth_nothing_after_a_new_password,
);

const NEW: &str = "five other good words";

async fn a_name_is_changed(t: &TestApp) {
    let mut owner = t.owner().await;
    owner.get("/office/account").await.is(200).says(&["Your account", "Name", "Password", "Authenticator", "Off"]);
    let page = owner.send_and_follow("/office/account/name", &[("name", " Nora <Keane> Smith ")]).await;
    page.is(200).says(&["Your name is changed."]);
    assert!(page.html.contains("Nora &#60;Keane&#62; Smith"));
    let refused = owner.send("/office/account/name", &[("name", "")]).await;
    refused.is(422).says(&["Nothing was changed.", "Enter a name."]);
}

async fn a_new_password_signs_the_other_browsers_out(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let business = &t.shop.business.id;
    let (mut desk, mut phone) = (t.signed_in(nora.id, business).await, t.signed_in(nora.id, business).await);
    let mut luis = t.office().await;
    desk.get("/office/account").await.says(&["Where you are signed in 2", "This browser"]);
    for (current, new, why) in [
        (PASSWORD, "too short", "at least 10"),
        ("not the password", NEW, "isn’t your password"),
        ("", "", "isn’t your"),
    ] {
        let refused = desk.send("/office/account/password", &[("current", current), ("new", new)]).await;
        refused.is(422).says(&[why]);
        assert!(!refused.html.contains(NEW) && !refused.html.contains(PASSWORD), "no password is filled in");
    }
    phone.get("/office").await.is(200);
    let changed = desk.send_and_follow("/office/account/password", &[("current", PASSWORD), ("new", NEW)]).await;
    changed
        .is(200)
        .says(&["Your password is changed. Every other browser is signed out.", "Where you are signed in 1"]);
    phone.get("/office").await.is(303);
    luis.get("/office").await.is(200);
    for (password, status) in [(PASSWORD, 422), (NEW, 303)] {
        let form = [("email", &*nora.email), ("password", password)];
        t.browser().post("/sign-in", &form).await.is(status);
    }
}

async fn whoever_sits_there_cannot_guess_the_password(t: &TestApp) {
    let mut owner = t.owner().await;
    let form = [("current", "a guess at it"), ("new", NEW)];
    for _ in 0..5 {
        owner.send("/office/account/password", &form).await.is(422).says(&["isn’t your password"]);
    }
    let form = [("current", PASSWORD), ("new", NEW)];
    owner.send("/office/account/password", &form).await.is(422).says(&["Too many tries."]);
    t.clock.pass(15);
    owner.send("/office/account/password", &form).await.is(303);
}

async fn signing_out_everywhere_ends_every_session(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let business = &t.shop.business.id;
    let (mut desk, mut phone) = (t.signed_in(nora.id, business).await, t.signed_in(nora.id, business).await);
    let page = desk.send_and_follow("/office/account/sign-out-everywhere", &[]).await;
    page.is(200).says(&["Sign in", "You are signed out everywhere."]);
    for browser in [&mut desk, &mut phone] {
        assert_eq!(browser.get("/office").await.is(303).location().path(), "/sign-in");
    }
}

async fn who_belongs_to_several_businesses_switches(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let ash = t.open_shop(ShopSpec { name: "Ash Plumbing", ..ShopSpec::default() }).await;
    let foreign = t.open_shop(ShopSpec { name: "Foreign Lawns", ..ShopSpec::default() }).await;
    let mut browser = t.signed_in(nora.id, &t.shop.business.id).await;
    browser.get("/office/account").await.never_says(&["Businesses", "Switch"]);
    t.let_in(&nora, &ash.business.id, Role::Office).await;
    let page = browser.get("/office/account").await;
    page.says(&["Businesses", "Ash Plumbing", "Office", "Switch to Ash Plumbing", "Greenline", "You are here"]);
    page.never_says(&["Foreign Lawns"]);
    for business in [foreign.business.id.as_str(), "biz_00000000000000000000000000", "", "x"] {
        let refused = browser.send("/office/switch", &[("business", business)]).await;
        refused.is(422).says(&["Choose one of the businesses you belong to."]);
    }
    browser.get("/office").await.says(&["Greenline Lawn & Garden"]);
    let there = browser.send_and_follow("/office/switch", &[("business", ash.business.id.as_str())]).await;
    there.is(200).says(&["Ash Plumbing", "Office"]);
    browser.get("/office/settings/team").await.is(403);
}

async fn a_form_of_one_business_does_nothing_in_another(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let ash = t.open_shop(ShopSpec { name: "Ash Plumbing", ..ShopSpec::default() }).await;
    t.let_in(&nora, &ash.business.id, Role::Owner).await;
    let mut browser = t.signed_in(nora.id, &t.shop.business.id).await;
    let here = browser.form_token().await;
    browser.send("/office/switch", &[("business", ash.business.id.as_str())]).await.is(303);
    let form = [("form_token", &*here), ("email", "priya@x.example"), ("role", "office")];
    let refused = browser.post("/office/settings/team", &form).await;
    refused.is(403).says(&["This form is no longer good", "switched businesses"]);
    let invited: Vec<(i64,)> = t.database.rows("SELECT CAST(COUNT(*) AS BIGINT) FROM invitations").await;
    assert_eq!(invited, [(0,)]);
    // Back where it was opened, it is good again.
    browser.send("/office/switch", &[("business", t.shop.business.id.as_str())]).await.is(303);
    browser.post("/office/settings/team", &form).await.is(303);
}

async fn a_copied_cookie_is_worth_nothing_after_a_new_password(t: &TestApp) {
    let mut owner = t.owner().await;
    let mut thief = owner.clone();
    let form = [("current", PASSWORD), ("new", NEW)];
    let changed = owner.send_and_follow("/office/account/password", &form).await;
    changed.is(200).says(&["Your password is changed. Every other browser is signed out."]);
    assert_eq!(thief.get("/office").await.is(303).location().path(), "/sign-in");
    owner.send("/office/account/name", &[("name", "Nora K.")]).await.is(303);
}
