//! The customer's answer: once, in time, with the evidence of an order. Looking changes nothing.

use zoop_domain::quote::{AnsweredBy, QuoteState};
use zoop_domain::time::Clock as _;

use crate::harness::{TestApp, cases};

cases!(
    looking_changes_nothing,
    the_page_says_what_is_offered_and_keeps_the_notes,
    a_quote_is_accepted_once_with_a_name,
    a_name_is_needed_and_nothing_typed_is_lost,
    a_quote_is_declined_with_a_word,
    an_expired_quote_says_so_and_takes_no_answer,
    a_quote_that_was_taken_back_is_no_page_at_all,
    every_answer_carries_the_careful_headers,
);

async fn looking_changes_nothing(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let path = t.quote_link(&t.shop, &quote).await;
    let before = t.quote(&quote).await;
    for _ in 0..2 {
        t.get(&path).await.is(200);
    }
    t.browser().go("HEAD", &path, None).await.is(200);
    assert_eq!(t.quote(&quote).await, before);
}

async fn the_page_says_what_is_offered_and_keeps_the_notes(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let page = t.get(&t.quote_link(&t.shop, &quote).await).await;
    page.is(200).says(&["Greenline Lawn & Garden", "East fence", "$1,850.00", "French drain", "Half is due up front."]);
    page.says(&["Accept this quote", "Decline"]).never_says(&["Side gate code 4417"]);
    assert!(page.headers.get("set-cookie").is_none());
    assert!(!page.html.contains("/office") && !page.html.contains("href=\"/p/"), "it leads nowhere else");
}

async fn a_quote_is_accepted_once_with_a_name(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let path = t.quote_link(&t.shop, &quote).await;
    let other_link = t.quote_link(&t.shop, &quote).await;
    let mut dana = t.browser();
    dana.headers = vec![("user-agent", "Dana's phone".to_owned())];
    let form = [("name", " Dana Whitfield "), ("comment", "In January, please."), ("answer", "accept")];
    let pressed = dana.post(&path, &form).await;
    pressed.is(303);
    dana.follow(pressed).await.is(200).says(&["Accepted", "by Dana Whitfield", "In January, please."]);
    let accepted = t.quote(&quote).await;
    let answer = accepted.answer.clone().unwrap();
    assert_eq!((accepted.state, answer.name.as_deref()), (QuoteState::Accepted, Some("Dana Whitfield")));
    assert_eq!((answer.at, answer.comment.as_str()), (t.clock.now(), "In January, please."));
    let AnsweredBy::Customer { ip: Some(_), user_agent: Some(agent) } = &answer.by else { panic!("{:?}", answer.by) };
    assert_eq!(agent, "Dana's phone");
    t.clock.pass(60);
    for link in [&path, &other_link] {
        let again = dana.post(link, &[("answer", "decline"), ("comment", "No!")]).await;
        again.is(409).says(&["Nothing was changed", "Accepted", "by Dana Whitfield"]).never_says(&["Your answer"]);
    }
    assert_eq!(t.quote(&quote).await, accepted, "the first answer stays");
}

async fn a_name_is_needed_and_nothing_typed_is_lost(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let path = t.quote_link(&t.shop, &quote).await;
    let long = "x".repeat(1_001);
    for (name, comment) in [(" ", "soon"), ("Dana", long.as_str()), ("a\u{7}b", "soon")] {
        let refused = t.browser().post(&path, &[("name", name), ("comment", comment), ("answer", "accept")]).await;
        refused.is(422);
        assert!(refused.html.contains(comment) && refused.html.contains("aria-invalid"), "{}", refused.words());
        assert!(refused.html.contains("<title>Error: "));
    }
    for answer in ["", "maybe"] {
        t.browser().post(&path, &[("name", "Dana"), ("answer", answer)]).await.is(422);
    }
    assert_eq!(t.quote(&quote).await.state, QuoteState::Sent);
}

async fn a_quote_is_declined_with_a_word(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let path = t.quote_link(&t.shop, &quote).await;
    let mut dana = t.browser();
    let pressed = dana.post(&path, &[("name", ""), ("comment", "Too dear."), ("answer", "decline")]).await;
    dana.follow(pressed).await.is(200).says(&["Declined", "Too dear.", "Nothing was ordered"]);
    let declined = t.quote(&quote).await;
    assert_eq!((declined.state, declined.answer.unwrap().name), (QuoteState::Declined, None));
}

async fn an_expired_quote_says_so_and_takes_no_answer(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let path = t.quote_link(&t.shop, &quote).await;
    t.clock.pass(30 * 86_400);
    t.get(&path).await.is(200).says(&["Accept this quote"]);
    t.clock.pass(86_400);
    t.get(&path).await.is(200).says(&["has expired", "call"]).never_says(&["Accept this quote"]);
    let late = t.browser().post(&path, &[("name", "Dana"), ("answer", "accept")]).await;
    late.is(409).says(&["Nothing was recorded", "has expired"]);
    assert_eq!(t.quote(&quote).await.state, QuoteState::Sent);
}

async fn a_quote_that_was_taken_back_is_no_page_at_all(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let path = t.quote_link(&t.shop, &quote).await;
    let unknown = t.get(&format!("/q/{}", "A".repeat(43))).await;
    unknown.is(404);
    t.owner().await.send(&format!("/office/quotes/{quote}/withdraw"), &[]).await.is(303);
    assert_eq!(t.get(&path).await.is(404).html, unknown.html, "to the byte");
    let late = t.browser().post(&path, &[("name", "Dana"), ("answer", "accept")]).await;
    assert_eq!(late.is(404).html, unknown.html);
}

async fn every_answer_carries_the_careful_headers(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let path = t.quote_link(&t.shop, &quote).await;
    let answered = t.browser().post(&path, &[("name", "Dana"), ("answer", "accept")]).await;
    for page in [t.get(&path).await, answered] {
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert!(page.header("x-robots-tag").contains("noindex"));
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    }
}
