//! A new password by mail.

use zoop_app::mail::MailError;
use zoop_domain::user::Role;

use crate::harness::office::PASSWORD;
use crate::harness::{TestApp, cases};

cases!(
    who_forgot_his_password_chooses_another,
    nobody_learns_who_has_an_account,
    a_link_is_good_once_and_for_an_hour,
    a_mail_that_is_sent_twice_has_two_links_that_work,
    nobodys_mailbox_is_filled,
    no_answer_below_a_secret_link_tells_its_address,
);

const NEW: &str = "five other good words";

async fn who_forgot_his_password_chooses_another(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut signed_in = t.signed_in(nora.id, &t.shop.business.id).await;
    let mut browser = t.browser();
    browser.get("/sign-in").await.says(&["Forgot your password?"]);
    browser.get("/forgot-password").await.is(200).says(&["Forgot your password?", "Send the link"]);
    browser.post("/forgot-password", &[("email", &nora.email)]).await.is(200).says(&["Look at your mail"]);
    t.run_jobs().await;
    let mail = t.mail("Choose a new password");
    assert_eq!((mail.to.address.as_str(), mail.to.name.as_str()), (nora.email.as_str(), "Nora Keane"));
    assert_eq!(mail.from.address, "mail@zoop.example");
    assert_eq!(mail.reply_to.as_deref(), Some("billing@greenline.example"));
    assert!(t.mail_words("Choose a new password").contains("works for an hour"));
    let link = t.link_in(&mail, "/reset-password/");
    let page = browser.get(&link).await;
    page.is(200).says(&["Choose a new password", &nora.email]);
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("no-referrer", "no-store"));
    browser.post(&link, &[("password", "short")]).await.is(422).says(&["at least 10 characters"]);
    let done = browser.post(&link, &[("password", NEW)]).await;
    browser.follow(done).await.is(200).says(&["Your new password is set."]);
    signed_in.get("/office").await.is(303);
    for (password, status) in [(PASSWORD, 422), (NEW, 303)] {
        browser.post("/sign-in", &[("email", &nora.email), ("password", password)]).await.is(status);
    }
    let dump = t.database.dump().await;
    let token = link.rsplit('/').next().unwrap();
    assert!(!dump.contains(token) && !dump.contains(NEW));
}

async fn nobody_learns_who_has_an_account(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut answers = Vec::new();
    for email in [&*nora.email, "nobody@greenline.example"] {
        let page = t.browser().post("/forgot-password", &[("email", email)]).await;
        answers.push(page.is(200).html.replace(email, "EMAIL"));
    }
    assert_eq!(answers[0], answers[1]);
    t.browser().post("/forgot-password", &[("email", "")]).await.is(200);
    t.run_jobs().await;
    assert_eq!(t.subjects(), ["Choose a new password"]);
}

async fn asked(t: &TestApp, email: &str) -> String {
    t.browser().post("/forgot-password", &[("email", email)]).await.is(200);
    t.run_jobs().await;
    t.link_in(&t.mail("Choose a new password"), "/reset-password/")
}

async fn a_link_is_good_once_and_for_an_hour(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let (first, second) = (asked(t, &nora.email).await, asked(t, &nora.email).await);
    t.browser().post(&first, &[("password", NEW)]).await.is(303);
    for link in [&first, &second] {
        t.browser().get(link).await.is(404);
        t.browser().post(link, &[("password", NEW)]).await.is(404);
    }
    let third = asked(t, &nora.email).await;
    t.clock.pass(3_599);
    t.browser().get(&third).await.is(200);
    t.clock.pass(1);
    t.browser().post(&third, &[("password", NEW)]).await.is(404).says(&["Page not found"]);
    for path in ["/reset-password/x", "/reset-password/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        t.browser().get(path).await.is(404);
    }
}

async fn a_mail_that_is_sent_twice_has_two_links_that_work(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    t.outbox.refuse_next(MailError::Temporary { code: Some(451), text: "later".into() });
    t.browser().post("/forgot-password", &[("email", &nora.email)]).await.is(200);
    t.run_jobs().await;
    assert!(t.subjects().is_empty());
    t.pass(60).await;
    let link = t.link_in(&t.mail("Choose a new password"), "/reset-password/");
    t.browser().get(&link).await.is(200);
    let made: Vec<(i64,)> = t.database.rows("SELECT CAST(COUNT(*) AS BIGINT) FROM password_reset_links").await;
    assert_eq!(made, [(2,)], "each mail has its own, and none is taken back");
}

async fn nobodys_mailbox_is_filled(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    for _ in 0..20 {
        t.browser().post("/forgot-password", &[("email", &nora.email)]).await.is(200);
    }
    t.run_jobs().await;
    assert_eq!(t.subjects().len(), 3);
    let slowed = t.browser().post("/forgot-password", &[("email", "other@greenline.example")]).await;
    slowed.is(429).says(&["Too many tries."]);
}

async fn no_answer_below_a_secret_link_tells_its_address(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let link = asked(t, &nora.email).await;
    let mut owner = t.owner().await;
    owner.send("/office/settings/team", &[("email", "priya@x.example"), ("role", "office")]).await.is(303);
    t.settled().await;
    let invitation = t.link_in(&t.mail("invites you"), "/invitations/");
    let mut foreign = t.browser();
    foreign.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    for link in [&link, &invitation] {
        let answers = [
            (200, t.browser().get(link).await),
            (404, t.browser().get(&format!("{link}x")).await),
            (403, foreign.post(link, &[("password", NEW)]).await),
            (422, t.browser().post(link, &[("name", "Priya"), ("password", "short")]).await),
            (405, t.browser().go("DELETE", link, None).await),
            (303, t.browser().post(link, &[("name", "Priya"), ("password", NEW)]).await),
        ];
        for (status, answer) in answers {
            assert_eq!(answer.is(status).header("referrer-policy"), "no-referrer", "{status} {link}");
        }
    }
    let over = t.browser().post(&invitation, &[("name", "Priya"), ("password", NEW)]).await;
    assert_eq!(over.is(409).header("referrer-policy"), "no-referrer");
    assert_eq!(owner.get("/office").await.header("referrer-policy"), "same-origin");
}
