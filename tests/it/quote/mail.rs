//! The mail that brings a quote: each has a link of its own, kept nowhere but in it.

use zoop_app::mail::MailError;
use zoop_domain::quote::QuoteState;

use crate::harness::{TestApp, cases};

cases!(
    the_mails_link_opens_the_quote,
    each_mail_has_its_own_link_and_the_older_ones_stay_good,
    a_mail_that_is_tried_again_has_a_fresh_link,
    nothing_is_sent_once_there_is_nothing_to_accept,
);

/// The link in the newest mail.
fn link(t: &TestApp) -> String {
    let sent = t.outbox.sent();
    let text = &sent.last().expect("a mail").text;
    let at = text.find("/q/").unwrap_or_else(|| panic!("no link: {text}"));
    text[at..].split_whitespace().next().unwrap().to_owned()
}

async fn send(t: &TestApp, quote: &zoop_domain::id::QuoteId, message: &str) {
    t.office().await.send(&format!("/office/quotes/{quote}/send"), &[("message", message)]).await.is(303);
}

async fn the_mails_link_opens_the_quote(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Draft).await;
    send(t, &quote, "As we discussed.").await;
    t.run_jobs().await;
    let mail = t.outbox.sent().pop().unwrap();
    assert_eq!(mail.subject, "Quote Q-0001 from Greenline Lawn & Garden");
    for part in ["$1,850.00", "As we discussed.", "French drain"] {
        assert!(mail.text.contains(part) && mail.html.contains(part), "{part}: {}", mail.text);
    }
    assert!(!mail.text.contains("Side gate code"));
    let path = link(t);
    t.get(&path).await.is(200).says(&["Q-0001", "Accept this quote"]);
    t.browser().post(&path, &[("name", "Dana"), ("answer", "accept")]).await.is(303);
    assert_eq!(t.quote(&quote).await.state, QuoteState::Accepted);
    let secret = path.rsplit('/').next().unwrap();
    assert!(!t.database.dump().await.contains(secret), "only its hash is stored");
}

async fn each_mail_has_its_own_link_and_the_older_ones_stay_good(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Draft).await;
    send(t, &quote, "").await;
    t.run_jobs().await;
    let first = link(t);
    send(t, &quote, "Any news?").await;
    t.run_jobs().await;
    let second = link(t);
    assert_ne!(first, second);
    for path in [&first, &second] {
        t.get(path).await.is(200);
    }
    t.browser().post(&first, &[("answer", "decline")]).await.is(303);
    t.get(&second).await.is(200).says(&["Declined"]);
    t.office().await.send(&format!("/office/quotes/{quote}/send"), &[]).await.is(409).says(&["answered already"]);
}

async fn a_mail_that_is_tried_again_has_a_fresh_link(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Draft).await;
    t.outbox.refuse_next(MailError::Temporary { code: Some(451), text: "later".into() });
    send(t, &quote, "").await;
    t.run_jobs().await;
    assert!(t.outbox.sent().is_empty());
    t.pass(3_600).await;
    t.get(&link(t)).await.is(200);
}

async fn nothing_is_sent_once_there_is_nothing_to_accept(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Draft).await;
    send(t, &quote, "").await;
    t.office().await.send(&format!("/office/quotes/{quote}/withdraw"), &[]).await.is(303);
    t.run_jobs().await;
    assert!(t.outbox.sent().is_empty());
}
