//! The first run.

use zoop_app::setup;

use crate::harness::browser::{Browser, Page};
use crate::harness::office::PASSWORD;
use crate::harness::{TestApp, cases};

cases!(
    who_reads_the_code_becomes_the_owner,
    without_the_code_nobody_does,
    what_was_entered_is_kept_and_each_field_says_what_it_lacks,
    of_two_at_once_one_becomes_the_owner,
    it_is_gone_once_somebody_has_an_account,
);

const FORM: [(&str, &str); 9] = [
    ("name", "Nora Keane"),
    ("email", "nora@greenline.example"),
    ("password", PASSWORD),
    ("business", "Green & Line"),
    ("time_zone", "America/Denver"),
    ("currency", "cad"),
    ("phone", ""),
    ("business_email", "billing@greenline.example"),
    ("address", "12 Main St\r\nAustin"),
];

async fn code(t: &TestApp) -> String {
    setup::renew_code(&t.app()).await.unwrap().expect("nobody has an account").expose().to_owned()
}

async fn send(browser: &mut Browser<'_>, code: &str, changed: &[(&'static str, &'static str)]) -> Page {
    let value = |name, usual| changed.iter().find(|(other, _)| *other == name).map_or(usual, |(_, value)| *value);
    let mut form: Vec<_> = FORM.iter().map(|&(name, usual)| (name, value(name, usual))).collect();
    form.push(("code", code));
    browser.post("/setup", &form).await
}

async fn who_reads_the_code_becomes_the_owner(t: &TestApp) {
    let code = code(t).await;
    let mut browser = t.browser();
    let page = browser.get("/sign-in").await;
    assert_eq!(page.location().path(), "/setup");
    browser.get("/setup").await.is(200).says(&["Set up your business", "Set-up code", "Time zone", "Currency"]);
    let made = send(&mut browser, &code.to_lowercase().replace('-', " "), &[]).await;
    assert_eq!(made.is(303).location().path(), "/office");
    browser.follow(made).await.is(200).says(&["Green & Line", "Nora Keane", "Owner"]);
    let rows: Vec<(String, String, String, String)> = t
        .database
        .rows(
            "SELECT b.name, b.time_zone, b.currency, b.address FROM businesses b \
             JOIN memberships m ON m.business_id = b.id WHERE m.role = 'owner'",
        )
        .await;
    let wanted = ["Green & Line", "America/Denver", "cad", "12 Main St\nAustin"].map(str::to_owned);
    assert_eq!(rows, [wanted.into()], "one business, one owner");
    let dump = t.database.dump().await;
    assert!(!dump.contains(PASSWORD) && !dump.contains(&code), "only hashes are kept");
    assert!(dump.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
}

async fn without_the_code_nobody_does(t: &TestApp) {
    send(&mut t.browser(), "ABCD-ABCD-ABCD-ABCD", &[]).await.is(422).says(&["That isn’t the code"]);
    send(&mut t.browser(), "", &[]).await.is(422).says(&["That isn’t the code"]);
    let (old, new) = (code(t).await, code(t).await);
    assert_ne!(old, new);
    send(&mut t.browser(), &old, &[]).await.is(422).says(&["That isn’t the code"]);
    for _ in 0..2 {
        send(&mut t.browser(), "ABCD-ABCD-ABCD-ABCD", &[]).await.is(422);
    }
    let slowed = send(&mut t.browser(), &new, &[]).await;
    slowed.is(429).says(&["Too many tries. Wait 15 seconds"]);
    t.clock.pass(15);
    let mut elsewhere = t.browser();
    elsewhere.headers.push(("sec-fetch-site", "cross-site".into()));
    send(&mut elsewhere, &new, &[]).await.is(403);
    send(&mut t.browser(), &new, &[]).await.is(303);
}

async fn what_was_entered_is_kept_and_each_field_says_what_it_lacks(t: &TestApp) {
    let code = code(t).await;
    let wrong = [
        ("name", ""),
        ("email", "nora"),
        ("password", "too short"),
        ("time_zone", "Mars/Olympus"),
        ("currency", "xxx"),
        ("business_email", "billing"),
    ];
    let page = send(&mut t.browser(), &code, &wrong).await;
    page.is(422).says(&["Nothing was saved", "Enter a name.", "Enter an email address", "Use at least 10 characters"]);
    page.says(&["Choose the time zone", "Choose the currency", "or leave it empty"]);
    assert!(page.html.contains("value=\"Green &#38; Line\"") && !page.html.contains("too short\""), "{}", page.html);
    // A right code with a wrong field costs nothing.
    for _ in 0..6 {
        send(&mut t.browser(), &code, &[("name", "")]).await.is(422);
    }
    send(&mut t.browser(), &code, &[]).await.is(303);
}

async fn of_two_at_once_one_becomes_the_owner(t: &TestApp) {
    let code = code(t).await;
    let tries = [("email", "nora@greenline.example"), ("email", "mallory@evil.example")].map(|email| {
        let code = &code;
        async move { send(&mut t.browser(), code, &[email]).await.status.as_u16() }
    });
    let mut answers = futures_util::future::join_all(tries).await;
    answers.sort_unstable();
    assert_eq!(answers, [303, 404]);
    let owners: Vec<(String,)> = t.database.rows("SELECT user_id FROM memberships").await;
    assert_eq!(owners.len(), 1);
}

async fn it_is_gone_once_somebody_has_an_account(t: &TestApp) {
    let code = code(t).await;
    t.owner().await;
    t.browser().get("/setup").await.is(404).says(&["Page not found"]);
    send(&mut t.browser(), &code, &[]).await.is(404);
    assert!(setup::renew_code(&t.app()).await.unwrap().is_none());
    t.browser().get("/sign-in").await.is(200);
}
