//! Signing in and out.

use std::sync::atomic::{AtomicBool, Ordering};

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
    a_net_that_has_to_wait_leaves_no_row,
    a_stranger_keeps_nobody_out_of_his_own_browser,
    a_password_that_was_changed_meanwhile_lets_nobody_in,
    what_is_done_for_an_address_is_done_for_any,
    no_text_is_too_strange,
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
    let cookies: Vec<_> = entered.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
    let [cookie, known] = cookies[..] else { panic!("{cookies:?}") };
    for part in ["zoop_browser=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15552000"] {
        assert!(known.contains(part), "{known}");
    }
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
    t.run_jobs().await;
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

async fn rows(t: &TestApp, table: &str) -> i64 {
    let found: Vec<(i64,)> = t.database.rows(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}")).await;
    found[0].0
}

async fn a_net_that_has_to_wait_leaves_no_row(t: &TestApp) {
    for number in 0..20 {
        sign_in(&mut t.browser(), &format!("person{number}@example.com"), "a guess at it").await.is(422);
    }
    assert_eq!(rows(t, "login_throttles").await, 21);
    for number in 20..30 {
        sign_in(&mut t.browser(), &format!("person{number}@example.com"), "a guess at it").await.is(429);
    }
    assert_eq!(rows(t, "login_throttles").await, 21);
}

async fn a_stranger_keeps_nobody_out_of_his_own_browser(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut desk = t.browser();
    sign_in(&mut desk, &nora.email, PASSWORD).await.is(303);
    let stolen = desk.clone();
    let dump = t.database.dump().await;
    assert!(!desk.cookies().any(|(_, value)| dump.contains(value)), "only hashes are kept");
    let form = [("current", PASSWORD), ("new", "five other good words")];
    for _ in 0..8 {
        sign_in(&mut t.browser(), &nora.email, "a guess at it").await;
        t.clock.pass(1);
    }
    sign_in(&mut t.browser(), &nora.email, PASSWORD).await.is(429);
    // Who is signed in changes his password; who was, signs in again from where he did.
    desk.send("/office/account/password", &form).await.is(303);
    desk.send("/office/sign-out", &[]).await.is(303);
    for _ in 0..8 {
        sign_in(&mut t.browser(), &nora.email, "a guess at it").await;
    }
    sign_in(&mut t.browser(), &nora.email, "five other good words").await.is(429);
    sign_in(&mut desk.clone(), &nora.email, "a guess at it").await.is(422);
    sign_in(&mut desk, &nora.email, "five other good words").await.is(303);
    // Its own tries are counted, and it is known as nobody else's.
    for _ in 0..5 {
        sign_in(&mut desk, &nora.email, "a guess at it").await.is(422);
    }
    sign_in(&mut desk, &nora.email, "five other good words").await.is(429);
    // What was known before the password was changed isn't any more.
    sign_in(&mut stolen.clone(), &nora.email, "five other good words").await.is(429);
}

/// Somebody types the right password; before he is in, it is changed.
async fn a_password_that_was_changed_meanwhile_lets_nobody_in(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut browser = t.browser();
    // Others are before him in the queue.
    let others = (0..8).map(|number| async move {
        sign_in(&mut t.browser(), &format!("person{number}@example.com"), "a guess at it").await
    });
    let is_over = AtomicBool::new(false);
    let counted = async |wanted| {
        while rows(t, "login_throttles").await < wanted && !is_over.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
    };
    let his = async {
        counted(9).await;
        sign_in(&mut browser, &nora.email, PASSWORD).await;
        is_over.store(true, Ordering::Relaxed);
    };
    let change = async {
        counted(10).await;
        let mut tx = t.app().db.begin().await.unwrap();
        zoop_store::user::update_password_hash(&mut tx, nora.id, "another").await.unwrap();
        zoop_store::session::delete_by_user(&mut tx, nora.id, None).await.unwrap();
        tx.commit().await.unwrap();
    };
    futures_util::future::join3(futures_util::future::join_all(others), his, change).await;
    browser.get("/office").await.is(303);
    assert_eq!(rows(t, "sessions").await, 0);
}

/// The answer takes as long, because as much is written.
async fn what_is_done_for_an_address_is_done_for_any(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut written = Vec::new();
    for email in [&*nora.email, "nobody@greenline.example"] {
        for _ in 0..5 {
            sign_in(&mut t.browser(), email, "a guess at it").await.is(422);
        }
        t.browser().post("/forgot-password", &[("email", email)]).await.is(200);
        let jobs: Vec<(String,)> = t.database.rows("SELECT kind FROM jobs ORDER BY kind").await;
        let dump = t.database.dump().await;
        written.push((jobs, rows(t, "audit_events").await, rows(t, "mails").await, rows(t, "password_resets").await));
        assert!(!dump.contains("nobody@greenline.example"), "an address that is nobody's is kept nowhere");
        t.database.execute("DELETE FROM jobs").await;
    }
    assert_eq!(written[0], written[1]);
    assert_eq!(written[0].0.len(), 2);
}

/// PostgreSQL keeps no NUL; the browser's owner shall not read that something is down.
async fn no_text_is_too_strange(t: &TestApp) {
    let mut owner = t.owner().await;
    for path in [
        "/office/customers?q=%00a",
        "/office/invoices?q=%00a",
        "/office/payments?q=%00a",
        "/office/quotes?q=%00a",
        "/office/plans?q=%00a",
        "/office/quotes/new?q=%00a",
        "/office/customers?tab=%00",
    ] {
        owner.get(path).await.is(200);
    }
    let logo = format!("/brand/{}/logo/%00", t.shop.business.id);
    owner.get(&logo).await.is(404);
    sign_in(&mut t.browser(), "nora\0@greenline.example", "a\0guess").await.is(422);
    t.browser().post("/forgot-password", &[("email", "no\0body@greenline.example")]).await.is(200);
    let made = owner.send_and_follow("/office/customers/new", &[("kind", "individual"), ("name", "Ro\0sa Diaz")]).await;
    made.says(&["Rosa Diaz"]);
    owner.send_and_follow("/office/account/name", &[("name", "Nora\0 Keane")]).await.is(200).says(&["Nora Keane"]);
}
