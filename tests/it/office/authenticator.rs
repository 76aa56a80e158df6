//! The authenticator: turned on by a code, asked for afterwards, each code good once.

use zoop_app::authenticator::turn_off::turn_off_for;
use zoop_app::{Actor, Error};
use zoop_domain::user::{Role, User};
use zoop_store as store;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::{Browser, Page};
use crate::harness::office::PASSWORD;
use crate::harness::{TestApp, cases};

cases!(
    it_is_turned_on_asked_for_and_turned_off,
    each_code_is_good_once,
    an_invitation_leads_through_the_code_to_its_business,
    codes_on_paper_are_shown_once_and_good_once,
    guessing_codes_is_slowed_down,
    between_password_and_code_there_are_ten_minutes,
    turning_it_on_signs_every_other_browser_out,
    of_two_clicks_one_turns_it_on,
    the_operator_turns_it_off_for_who_lost_phone_and_paper,
);

/// The code that her phone shows now.
async fn code(t: &TestApp, user: &User) -> String {
    let mut tx = t.app().db.read().await.unwrap();
    let key = store::authenticator::find(&mut tx, user.id).await.unwrap().expect("a key").secret;
    let secret = totp_rs::Secret::try_from_base32(&key).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(t.clock.unix_seconds()).unwrap()).to_string()
}

/// Nora turns it on: the page with her codes.
async fn turn_on(t: &TestApp, nora: &User, browser: &mut Browser<'_>) -> Page {
    let page = browser.send_and_follow("/office/account/authenticator", &[("password", PASSWORD)]).await;
    page.is(200).says(&["Let your phone read this", "Or type this key into it"]);
    assert!(page.html.contains("<svg class=\"qr\""));
    let code = code(t, nora).await;
    browser.send("/office/account/authenticator/confirm", &[("code", &code)]).await
}

async fn start(t: &TestApp) -> (User, Browser<'_>) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let browser = t.signed_in(nora.id, &t.shop.business.id).await;
    (nora, browser)
}

async fn it_is_turned_on_asked_for_and_turned_off(t: &TestApp) {
    let (nora, mut desk) = start(t).await;
    for guess in ["", "a guess at it"] {
        let refused = desk.send("/office/account/authenticator", &[("password", guess)]).await;
        refused.is(422).says(&["Nothing was changed.", "Authenticator", "That isn’t your password."]);
    }
    assert_eq!(desk.get("/office/account/authenticator").await.is(303).location().path(), "/office/account");
    desk.send("/office/account/authenticator", &[("password", PASSWORD)]).await.is(303);
    let wrong = desk.send("/office/account/authenticator/confirm", &[("code", "000000")]).await;
    wrong.is(422).says(&["That isn’t the code your phone shows now."]);
    // Until a code has come back nothing is asked for.
    t.browser().post("/sign-in", &[("email", &nora.email), ("password", PASSWORD)]).await.is(303);
    turn_on(t, &nora, &mut desk).await.is(200).says(&["The authenticator is on", "Your recovery codes"]);
    desk.get("/office/account").await.says(&["Authenticator On", "10 of your recovery codes are left"]);

    t.clock.pass(30);
    let mut phone = t.browser();
    let form = [("email", &*nora.email), ("password", PASSWORD), ("next", "/office/account")];
    let half = phone.post("/sign-in", &form).await;
    assert_eq!(half.is(303).location().path(), "/sign-in/code");
    phone.get("/office").await.is(303);
    let asked = phone.follow(half).await;
    asked.is(200).says(&["Enter your code"]);
    phone.post("/sign-in/code", &[("code", "123")]).await.is(422).says(&["That isn’t a code we can take"]);
    let typed = code(t, &nora).await;
    let spaced = format!(" {} {} ", &typed[..3], &typed[3..]);
    let entered = phone.post("/sign-in/code", &[("code", &spaced), ("next", "/office/account")]).await;
    assert_eq!(entered.is(303).location().path(), "/office/account");
    phone.follow(entered).await.is(200).says(&["Your account"]);

    let refused = desk.send("/office/account/authenticator/turn-off", &[("password", "a guess at it")]).await;
    refused.is(422).says(&["That isn’t your password."]);
    let off = desk.send_and_follow("/office/account/authenticator/turn-off", &[("password", PASSWORD)]).await;
    off.is(200).says(&["Your authenticator is off.", "Authenticator Off"]);
    let entered = t.browser().post("/sign-in", &[("email", &nora.email), ("password", PASSWORD)]).await;
    assert_eq!(entered.location().path(), "/office");
}

async fn an_invitation_leads_through_the_code_to_its_business(t: &TestApp) {
    // Her own business comes first by name; she was invited to the other.
    let elsewhere = t.open_shop(ShopSpec { name: "Ash Plumbing", ..ShopSpec::default() }).await;
    let priya = t.add_person(&elsewhere.business.id, Role::Owner).await;
    let mut desk = t.signed_in(priya.id, &elsewhere.business.id).await;
    turn_on(t, &priya, &mut desk).await.is(200);
    let mut owner = t.owner().await;
    owner.send("/office/settings/team", &[("email", &*priya.email), ("role", "office")]).await.is(303);
    t.settled().await;
    let link = t.link_in(&t.mail("invites you"), "/invitations/");
    t.clock.pass(30);
    let mut phone = t.browser();
    phone.get(&link).await.is(200);
    let half = phone.post(&link, &[("password", PASSWORD)]).await;
    assert_eq!(half.is(303).location().path(), "/sign-in/code");
    let typed = code(t, &priya).await;
    let entered = phone.post("/sign-in/code", &[("code", &typed)]).await;
    phone.follow(entered).await.is(200).says(&[&t.shop.business.name, "Office"]);
}

async fn half_in<'t>(t: &'t TestApp, nora: &User) -> Browser<'t> {
    let mut browser = t.browser();
    let half = browser.post("/sign-in", &[("email", &*nora.email), ("password", PASSWORD)]).await;
    assert_eq!(half.is(303).location().path(), "/sign-in/code");
    browser
}

async fn each_code_is_good_once(t: &TestApp) {
    let (nora, mut desk) = start(t).await;
    let used = code_after(t, &nora, &mut desk).await;
    // The code that turned it on is used up, and so are those before it.
    half_in(t, &nora).await.post("/sign-in/code", &[("code", &used)]).await.is(422);
    t.clock.pass(30);
    let next = code(t, &nora).await;
    let (mut one, mut other) = (half_in(t, &nora).await, half_in(t, &nora).await);
    let (form, same) = ([("code", &*next)], [("code", &*next)]);
    let answers =
        futures_util::future::join(one.post("/sign-in/code", &form), other.post("/sign-in/code", &same)).await;
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "of two at once one gets in");
    let again = one.post("/sign-in/code", &[("code", &next)]).await;
    assert!(matches!(again.status.as_u16(), 303 | 422) && !again.html.contains("Home"));
}

async fn code_after(t: &TestApp, nora: &User, desk: &mut Browser<'_>) -> String {
    turn_on(t, nora, desk).await.is(200);
    code(t, nora).await
}

async fn codes_on_paper_are_shown_once_and_good_once(t: &TestApp) {
    let (nora, mut desk) = start(t).await;
    let shown = turn_on(t, &nora, &mut desk).await;
    assert_eq!(shown.header("cache-control"), "no-store");
    let (_, rest) = shown.html.split_once("aria-label=\"Your recovery codes\">").unwrap();
    let codes: Vec<_> = rest.split('<').next().unwrap().split_whitespace().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    // Sent again, as F5 does: on already, and nothing is shown.
    let again = desk.send_and_follow("/office/account/authenticator/confirm", &[("code", "000000")]).await;
    again.says(&["Your authenticator is on already."]).never_says(&[&codes[0]]);
    let typed = codes[3].to_lowercase().replace('-', "");
    half_in(t, &nora).await.post("/sign-in/code", &[("code", &typed)]).await.is(303);
    half_in(t, &nora).await.post("/sign-in/code", &[("code", &typed)]).await.is(422);
    half_in(t, &nora).await.post("/sign-in/code", &[("code", &codes[4])]).await.is(303);
    desk.get("/office/account").await.says(&["8 of your recovery codes are left"]);
    let dump = t.database.dump().await;
    assert!(codes.iter().all(|code| !dump.contains(code.as_str())), "only hashes are kept");
}

async fn guessing_codes_is_slowed_down(t: &TestApp) {
    let (nora, mut desk) = start(t).await;
    turn_on(t, &nora, &mut desk).await.is(200);
    // Knowing the password gives no new tries.
    for _ in 0..5 {
        half_in(t, &nora).await.post("/sign-in/code", &[("code", "000000")]).await.is(422);
    }
    t.clock.pass(10);
    let mut browser = half_in(t, &nora).await;
    let slowed = browser.post("/sign-in/code", &[("code", "000000")]).await;
    slowed.is(429).says(&["Too many tries. Wait 5 seconds"]);
    assert_eq!(slowed.header("retry-after"), "5");
    t.clock.pass(35);
    let code = code(t, &nora).await;
    browser.post("/sign-in/code", &[("code", &code)]).await.is(303);
}

async fn between_password_and_code_there_are_ten_minutes(t: &TestApp) {
    let (nora, mut desk) = start(t).await;
    turn_on(t, &nora, &mut desk).await.is(200);
    let late = t.browser().get("/sign-in/code").await;
    assert_eq!(late.is(303).header("location"), "/sign-in?done=late");
    let mut browser = half_in(t, &nora).await;
    t.clock.pass(600);
    let code = code(t, &nora).await;
    let late = browser.post("/sign-in/code", &[("code", &code)]).await;
    browser.follow(late).await.is(200).says(&["That took too long. Please begin again."]);
    // A new password ends what is half begun.
    let mut browser = half_in(t, &nora).await;
    let form = [("current", PASSWORD), ("new", "five other good words")];
    desk.send("/office/account/password", &form).await.is(303);
    browser.post("/sign-in/code", &[("code", &code)]).await.is(303);
    browser.get("/office").await.is(303);
}

async fn turning_it_on_signs_every_other_browser_out(t: &TestApp) {
    let (nora, mut desk) = start(t).await;
    let (mut phone, mut copy) = (t.signed_in(nora.id, &t.shop.business.id).await, desk.clone());
    let shown = turn_on(t, &nora, &mut desk).await;
    shown.is(200).says(&["Your recovery codes"]);
    for browser in [&mut phone, &mut copy] {
        assert_eq!(browser.get("/office").await.is(303).location().path(), "/sign-in");
    }
    // The page that shows the codes has forms, too: they are of the session as it is now.
    let (_, rest) = shown.html.split_once("name=\"form_token\" value=\"").expect("a form on every page");
    let token = rest.split('"').next().unwrap();
    desk.post("/office/account/name", &[("form_token", token), ("name", "Nora K.")]).await.is(303);
}

async fn of_two_clicks_one_turns_it_on(t: &TestApp) {
    let (nora, mut desk) = start(t).await;
    desk.send("/office/account/authenticator", &[("password", PASSWORD)]).await.is(303);
    let (code, token) = (code(t, &nora).await, desk.form_token().await);
    let clicks = (0..4).map(|_| {
        let (mut window, form) = (desk.clone(), [("form_token", &*token), ("code", &*code)]);
        async move { window.post("/office/account/authenticator/confirm", &form).await.status.as_u16() }
    });
    let answers = futures_util::future::join_all(clicks).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    let kept: Vec<(i64,)> = t.database.rows("SELECT CAST(COUNT(*) AS BIGINT) FROM recovery_codes").await;
    assert_eq!(kept, [(10,)]);
}

async fn the_operator_turns_it_off_for_who_lost_phone_and_paper(t: &TestApp) {
    let (nora, mut desk) = start(t).await;
    let off = async |actor| turn_off_for(&t.app(), actor, nora.id).await;
    assert!(matches!(off(Actor::Operator).await, Err(Error::Conflict(_))), "it is off");
    turn_on(t, &nora, &mut desk).await.is(200);
    assert!(matches!(off(Actor::Owner(nora.id)).await, Err(Error::Forbidden)));
    let mut half = half_in(t, &nora).await;
    t.clock.pass(30);
    let code = code(t, &nora).await;
    off(Actor::Operator).await.unwrap();
    desk.get("/office").await.is(303);
    half.post("/sign-in/code", &[("code", &code)]).await.is(303);
    half.get("/office").await.is(303);
    let told: Vec<(String, String)> =
        t.database.rows("SELECT actor, subject FROM audit_events WHERE action = 'authenticator.off'").await;
    assert_eq!(told, [("operator".to_owned(), nora.id.to_string())]);
    let entered = t.browser().post("/sign-in", &[("email", &nora.email), ("password", PASSWORD)]).await;
    assert_eq!(entered.is(303).location().path(), "/office");
}
