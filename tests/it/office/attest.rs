//! A consent that somebody of the office writes down: to which card, in which words, how and when.

use zoop_domain::consent::{Consent, ConsentSource};
use zoop_domain::id::PlanId;
use zoop_store as store;

use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    a_consent_is_written_down_and_the_customer_is_told,
    nothing_is_recorded_unless_all_of_it_is_told,
    what_stands_against_it_is_said_before_anything_is_asked,
);

async fn live(t: &TestApp, plan: &PlanId) -> Option<Consent> {
    let mut tx = t.app().db.read().await.unwrap();
    store::consent::find_live(&mut tx, &t.shop.business.id, plan).await.unwrap()
}

fn form<'a>(card: &'a str, on: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("method", card),
        ("how", "phone"),
        ("agreed_on", on),
        ("agreed_at", "00:00"),
        ("detail", "Dana called.\r\nI read her the words,  she said yes."),
        ("confirm", "yes"),
    ]
}

async fn a_consent_is_written_down_and_the_customer_is_told(t: &TestApp) {
    let plan = t.add_plan_with(&t.shop, "Lawn care", Some(40_000)).await;
    let card = t.card_on_file(VISA).await;
    let mut luis = t.office().await;
    let (here, today) = (format!("/office/plans/{plan}/attest"), t.today());
    let page = luis.get(&here).await;
    page.is(200).says(&[
        "Record Dana’s consent to auto-pay",
        "Visa •••• 4242",
        "$400.00 a payment",
        "never more than $400.00",
    ]);
    assert!(!page.html.contains("name=\"confirm\" value=\"yes\" checked"), "never ticked beforehand");
    assert!(!page.html.contains("name=\"how\" value=\"phone\" checked"), "nor chosen");
    let (card, on) = (card.id.to_string(), today.iso());
    let done = luis.send_and_follow(&here, &form(&card, &on)).await;
    done.is(200).says(&["Consent recorded. Auto-pay is on.", "By phone", "recorded by Luis Ortega", "Zooper attested"]);
    let consent = live(t, &plan).await.expect("a consent");
    let evidence = &consent.evidence;
    assert_eq!((evidence.source, evidence.cap.map(|cap| cap.minor())), (ConsentSource::Attested, Some(40_000)));
    page.says(&[&evidence.disclosure_text]);
    let attested = evidence.attested.clone().expect("who vouches");
    assert_eq!(attested.by, "Luis Ortega");
    let how = format!("By phone, {today} at 12:00 AM: Dana called. I read her the words, she said yes.");
    assert_eq!(attested.how, how);
    t.settled().await;
    let subjects = t.subjects();
    assert!(subjects.iter().any(|subject| subject.contains("Auto-pay")), "a copy went out: {subjects:?}");
    luis.get(&here).await.is(303);
    luis.send(&here, &form(&card, &on)).await.is(409).says(&["Auto-pay is on for this plan already."]);
    let export = format!("/office/customers/{}/consents/{}/evidence.json", t.shop.customer.id, consent.id);
    luis.get(&export).await.is(200).says(&["attested_how"]);
}

async fn nothing_is_recorded_unless_all_of_it_is_told(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let card = t.card_on_file(VISA).await.id.to_string();
    let mut luis = t.office().await;
    let (here, today) = (format!("/office/plans/{plan}/attest"), t.today());
    let (on, tomorrow, long) = (today.iso(), today.plus_days(1).iso(), "x".repeat(401));
    for (field, value) in [
        ("method", ""),
        ("method", "pmt_00000000000000000000000000"),
        ("how", "telepathy"),
        ("agreed_on", tomorrow.as_str()),
        ("agreed_on", "1999-01-01"),
        ("agreed_at", "23:59:59"),
        ("agreed_at", "soon"),
        ("detail", " "),
        ("detail", long.as_str()),
        ("confirm", ""),
    ] {
        let mut fields = form(&card, &on);
        fields.retain(|(name, _)| *name != field);
        if field != "confirm" {
            fields.push((field, value));
        }
        let refused = luis.send(&here, &fields).await;
        refused.is(422).says(&["Nothing is recorded yet."]);
        assert!(refused.html.contains(&format!("id=\"{field}-error\"")), "{field} {value:.20}");
        assert!(field == "detail" || refused.html.contains("she said yes."), "{field}: what was typed is kept");
    }
    assert_eq!(live(t, &plan).await, None);
}

async fn what_stands_against_it_is_said_before_anything_is_asked(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let mut luis = t.office().await;
    let here = format!("/office/plans/{plan}/attest");
    let no_card = luis.get(&here).await;
    no_card.is(200).says(&["has no card on file that can be charged."]).never_says(&["I confirm"]);
    t.card_on_file(VISA).await;
    luis.get(&here).await.says(&["I confirm that Dana Whitfield agreed"]);
    t.database.execute("UPDATE customers SET email = NULL").await;
    luis.get(&here).await.says(&["must get a copy, and has no email address.", "Add an email address"]);
    luis.send(&format!("/office/plans/{plan}/cancel"), &[]).await.is(303);
    luis.get(&here).await.is(303);
}
