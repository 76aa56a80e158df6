//! What the demo is there to show, from its first day to the last: a plan's invoice is paid with both
//! boxes ticked, the next one is charged by itself, the card starts to decline, and auto-pay is turned
//! off by the link of a mail.

use serde_json::{Value, json};
use url::Url;

use super::customer::Customer;
use super::{Demo, books};
use crate::cli::http::{self, Browser};

/// The newest mail about the lawn whose subject holds these words: its text in one line, and its links.
#[track_caller]
fn mail(demo: &Demo, words: &str) -> (String, Vec<String>) {
    let text = |mail: &Value| mail["text"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let about =
        |mail: &&Value| mail["subject"].as_str().unwrap().contains(words) && text(mail).contains("Monthly lawn care");
    let mails = demo.mails();
    let found = mails.iter().find(about).unwrap_or_else(|| panic!("no mail says {words:?}"));
    let links = found["links"].as_array().unwrap().iter().map(|link| link.as_str().unwrap().to_owned());
    (text(found), links.collect())
}

/// How Dana's lawn invoices stand: state, what was paid, how often auto-pay was tried; oldest first.
fn lawn(demo: &Demo) -> Vec<(String, i64, i64)> {
    let rows = "SELECT i.lifecycle, i.applied_minor, \
                (SELECT COUNT(*) FROM attempts a WHERE a.invoice_id = i.id AND a.kind = 'auto_pay') \
                FROM invoices i WHERE i.plan_title = 'Monthly lawn care' AND i.customer_name = 'Dana Whitfield' \
                AND i.cycle_on IS NOT NULL ORDER BY i.cycle_on";
    demo.rows(rows)
}

#[test]
fn a_customer_agrees_is_charged_is_declined_and_turns_it_off() {
    let demo = Demo::start();
    let invoice = demo.invoice("plan");
    let page = demo.page(&invoice);
    assert!(page.body.contains("Auto-pay future invoices for"), "{}", page.body);
    let amount = page.field("amount").unwrap().to_owned();
    let boxes = [("amount", amount.as_str()), ("save_card", "yes"), ("auto_pay", "yes")];
    let paying = Browser::default().post(&format!("{invoice}/pay").parse().unwrap(), &boxes).unwrap();
    Customer::default().pay(&paying.location().unwrap());
    demo.advance(1);
    assert!(demo.page(&invoice).body.contains("Paid on"));
    let (_, links) = mail(&demo, "Auto-pay is on");

    demo.advance(33);
    assert_eq!(lawn(&demo)[0], ("paid".to_owned(), 18_630, 1));
    mail(&demo, "Receipt from");

    let card = "SELECT m.stripe_payment_method FROM payment_methods m JOIN consents c ON c.payment_method_id = m.id \
                JOIN plans p ON p.id = c.plan_id WHERE p.title = 'Monthly lawn care' AND c.state = 'live'";
    let card = &demo.rows::<(String,)>(card)[0].0;
    let decline = json!({ "decline_code": "insufficient_funds" });
    http::post_json(&format!("{}/_sandbox/payment_methods/{card}/outcome", demo.stripe()), &decline);
    demo.advance(31);
    let failed = lawn(&demo);
    assert!(failed[1].0 == "open" && failed[1].1 == 0 && (1..5).contains(&failed[1].2), "{failed:?}");
    let (told, _) = mail(&demo, "didn’t go through");
    for words in ["not enough money was available", "We’ll try again on"] {
        assert!(told.contains(words), "{words}: {told}");
    }

    let link: Url = links.iter().find(|link| link.contains("?turn-off=")).unwrap().parse().unwrap();
    let asked = http::get(link.as_str()).ok();
    assert!(asked.body.contains("Turn off auto-pay"), "{}", asked.body);
    let consent = link.query().unwrap().split_once('=').unwrap().1;
    let off = format!("{}/consents/{consent}/turn-off", link.as_str().split('?').next().unwrap());
    let turned_off = Browser::default().post(&off.parse().unwrap(), &[]).unwrap();
    assert_eq!(turned_off.status, 303, "{turned_off:?}");
    demo.advance(1);
    mail(&demo, "Auto-pay is off");

    http::post_json(
        &format!("{}/_sandbox/payment_methods/{card}/outcome", demo.stripe()),
        &json!({ "decline_code": null }),
    );
    let before = lawn(&demo);
    demo.advance(62);
    let after = lawn(&demo);
    assert_eq!(after[..2], before[..2]);
    assert!(after.len() >= before.len() + 2, "invoices keep coming: {after:?}");
    assert!(after[2..].iter().all(|(state, paid, tries)| state == "open" && (*paid, *tries) == (0, 0)), "{after:?}");
    books::agree(&demo);
}
