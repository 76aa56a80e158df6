//! Signing in and out.

use zoop_domain::user::Role;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::{Browser, Page};
use crate::harness::office::PASSWORD;
use crate::harness::{TestApp, cases};

cases!(
    who_knows_the_password_is_let_in_and_goes_on,
    a_wrong_password_and_an_unknown_address_read_alike,
    guessing_is_slowed_down_and_never_for_good,
    many_guesses_at_once_are_counted_as_many,
    a_network_that_guesses_is_slowed_down_as_a_whole,
    another_sites_form_signs_nobody_in,
    signing_out_ends_the_session,
    who_was_removed_is_told,
    a_session_that_lies_idle_ends,
);

async fn sign_in(browser: &mut Browser<'_>, email: &str, password: &str) -> Page {
    browser.post("/sign-in", &[("email", email), ("password", password)]).await
}

async fn who_knows_the_password_is_let_in_and_goes_on(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut browser = t.browser();
    let turned_away = browser.get("/office?tab=1").await;
    let page = browser.follow(turned_away).await;
    page.says(&["Sign in", "Email", "Password"]);
    assert!(page.html.contains("name=\"next\" value=\"/office?tab=1\""), "{}", page.html);
    let form = [("email", &*nora.email), ("password", PASSWORD), ("next", "/office?tab=1")];
    let entered = browser.post("/sign-in", &form).await;
    assert_eq!(entered.is(303).location().path(), "/office");
    let cookie = entered.header("set-cookie").to_owned();
    for part in ["zoop_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    browser.follow(entered).await.is(200).says(&["Home"]);
    let typed_otherwise = sign_in(&mut t.browser(), &format!(" {} ", nora.email.to_uppercase()), PASSWORD).await;
    assert_eq!(typed_otherwise.location().path(), "/office");
    for next in ["https://evil.example/office", "//evil.example", "/p/x", "/office\\..\\x"] {
        let form = [("email", &*nora.email), ("password", PASSWORD), ("next", next)];
        let entered = t.browser().post("/sign-in", &form).await;
        assert_eq!(entered.location().path(), "/office", "{next}");
        assert_eq!(entered.location().origin(), t.base.origin(), "{next}");
    }
}

async fn a_wrong_password_and_an_unknown_address_read_alike(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut answers = Vec::new();
    for email in [&*nora.email, "nobody@greenline.example"] {
        let page = sign_in(&mut t.browser(), email, "not the password").await;
        page.is(422).says(&["That email and password don’t match. Try again"]);
        assert!(page.headers.get("set-cookie").is_none());
        assert!(!page.html.contains("not the password"), "a password is never filled in");
        answers.push(page.html.replace(email, "EMAIL"));
    }
    assert_eq!(answers[0], answers[1]);
    for (email, password) in [("", ""), ("nobody", PASSWORD), (&*nora.email, ""), (&*nora.email, " four good words ")] {
        sign_in(&mut t.browser(), email, password).await.is(422).says(&["don’t match"]);
    }
}

async fn guessing_is_slowed_down_and_never_for_good(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut browser = t.browser();
    for _ in 0..5 {
        sign_in(&mut browser, &nora.email, "a guess at it").await.is(422);
    }
    for wait in [15, 30, 60] {
        let slowed = sign_in(&mut browser, &nora.email, PASSWORD).await;
        slowed.is(429).says(&["Too many tries. Wait"]);
        assert_eq!(slowed.header("retry-after"), wait.to_string());
        t.clock.pass(wait - 1);
        sign_in(&mut browser, &nora.email, PASSWORD).await.is(429);
        t.clock.pass(1);
        sign_in(&mut browser, &nora.email, "a guess at it").await.is(422);
    }
    t.clock.pass(900);
    sign_in(&mut browser, &nora.email, PASSWORD).await.is(303);
    // He is let in, and begins anew.
    for _ in 0..4 {
        sign_in(&mut browser, &nora.email, "a guess at it").await.is(422);
    }
    sign_in(&mut browser, &nora.email, PASSWORD).await.is(303);
    let told: Vec<(String, String)> =
        t.database.rows("SELECT actor, subject FROM audit_events WHERE action = 'sign_in.slowed'").await;
    assert_eq!(told, [("zoop".to_owned(), nora.id.to_string())], "the owners can read it, once");
}

async fn many_guesses_at_once_are_counted_as_many(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let guesses =
        (0..12).map(|_| async { sign_in(&mut t.browser(), &nora.email, "a guess at it").await.status.as_u16() });
    let answers = futures_util::future::join_all(guesses).await;
    assert_eq!(answers.iter().filter(|status| **status == 422).count(), 5, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 7, "{answers:?}");
}

async fn a_network_that_guesses_is_slowed_down_as_a_whole(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    for number in 0..20 {
        sign_in(&mut t.browser(), &format!("person{number}@example.com"), "a guess at it").await.is(422);
    }
    sign_in(&mut t.browser(), &nora.email, PASSWORD).await.is(429);
    t.clock.pass(15);
    sign_in(&mut t.browser(), &nora.email, PASSWORD).await.is(303);
}

async fn another_sites_form_signs_nobody_in(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    for header in [
        ("sec-fetch-site", "cross-site".to_owned()),
        ("sec-fetch-site", "same-site".to_owned()),
        ("origin", "https://evil.example".to_owned()),
    ] {
        let mut browser = t.browser();
        browser.headers.push(header);
        let refused = sign_in(&mut browser, &nora.email, PASSWORD).await;
        assert!(refused.is(403).headers.get("set-cookie").is_none());
    }
    let mut browser = t.browser();
    browser.headers.push(("origin", t.base.origin().ascii_serialization()));
    sign_in(&mut browser, &nora.email, PASSWORD).await.is(303);
}

async fn signing_out_ends_the_session(t: &TestApp) {
    let mut owner = t.owner().await;
    let old = owner.clone();
    let left = owner.send("/office/sign-out", &[]).await;
    assert_eq!(left.is(303).location().path(), "/sign-in");
    for mut browser in [owner, old] {
        assert_eq!(browser.get("/office").await.is(303).location().path(), "/sign-in");
    }
}

async fn who_was_removed_is_told(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    t.database.execute("DELETE FROM memberships").await;
    sign_in(&mut t.browser(), &nora.email, PASSWORD).await.is(422).says(&["You don’t belong to a business any more"]);
    // The address is another business's as well: he is let in there.
    let elsewhere = t.open_shop(ShopSpec { name: "Ash Plumbing", ..ShopSpec::default() }).await;
    t.let_in(&nora, &elsewhere.business.id, Role::Office).await;
    let mut browser = t.browser();
    let entered = sign_in(&mut browser, &nora.email, PASSWORD).await;
    browser.follow(entered).await.is(200).says(&["Ash Plumbing"]);
}

async fn a_session_that_lies_idle_ends(t: &TestApp) {
    let mut owner = t.owner().await;
    for _ in 0..4 {
        t.clock.pass(6 * 86_400);
        owner.get("/office").await.is(200);
    }
    let mut idle = owner.clone();
    t.clock.pass(7 * 86_400);
    idle.get("/office").await.is(303);
}
