//! What the demo promises to a program that starts it: one line of JSON, and behind each link the
//! page that its name says.

use serde_json::Value;

use super::{Demo, demo, run_command};
use crate::cli::http;

#[test]
fn one_line_with_every_link_then_silence() {
    let mut demo = Demo::asleep();
    let line = demo.restart();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&line),
        "base customer invoices mailbox office pay_block plans portal revoked_portal stripe stripe_account \
         stripe_secret_key turn_off_link"
    );
    assert_eq!(
        keys(&line["invoices"]),
        "dunning open over_cap overdue paid past_due plan plan_no_email processing refunded void written_off"
    );
    assert_eq!(keys(&line["plans"]), "cleanup hedge lawn");
    let office = &line["office"];
    assert_eq!(keys(office), "customer owner staff url");
    for who in ["owner", "staff"] {
        assert_eq!(keys(&office[who]), "email password");
    }
    assert!(office["customer"].as_str().unwrap().ends_with(line["customer"].as_str().unwrap()));
    assert_eq!(keys(&line["pay_block"]), "none offline online online_and_offline");
    let links = [&line["portal"], &line["base"], &line["stripe"], &line["mailbox"], &line["turn_off_link"]];
    let invoices =
        line["invoices"].as_object().unwrap().values().chain(line["pay_block"].as_object().unwrap().values());
    for link in links.into_iter().chain(invoices) {
        let link = link.as_str().unwrap();
        // The address alone is the way to the owner's application.
        let status = if link == line["base"] { 303 } else { 200 };
        assert_eq!(
            http::get(&format!("{link}{}", if link.matches('/').count() == 2 { "/" } else { "" })).status,
            status
        );
        assert_eq!(link.matches("//").count(), 1, "{link}");
        assert!(!link.ends_with('/'), "{link}");
    }
    assert_eq!(http::get(line["revoked_portal"].as_str().unwrap()).status, 404);
    for path in ["/healthz", "/readyz"] {
        http::get(&format!("{}{path}", line["base"].as_str().unwrap())).ok();
    }
    let key = line["stripe_secret_key"].as_str().unwrap();
    let account = format!("{}/v1/account", line["stripe"].as_str().unwrap()).parse().unwrap();
    let headers = format!(
        "Authorization: Bearer {key}\r\nStripe-Account: {}\r\nStripe-Version: 2026-10-28.endive\r\n",
        line["stripe_account"].as_str().unwrap()
    );
    http::send("GET", &account, &headers, "").unwrap().ok();

    let mut running = demo.running.take().unwrap();
    running.signal("TERM");
    assert!(running.wait().success());
    assert_eq!((running.rest().as_str(), running.err().as_str()), ("", ""));
}

#[test]
fn making_its_history_is_silent_too() {
    let folder = tempfile::TempDir::new().unwrap();
    let (mut running, line) =
        run_command(demo(&["--listen", "127.0.0.1:0"]).arg("--data").arg(folder.path().join("not/there/yet")));
    running.signal("INT");
    assert!(running.wait().success());
    assert_eq!((running.rest().as_str(), running.err().as_str()), ("", ""));
    assert!(line["portal"].as_str().unwrap().starts_with("http://127.0.0.1:"));
}

#[test]
fn every_status_shows_its_banner() {
    let demo = Demo::start();
    let banners = [
        ("void", "Canceled", false),
        ("written_off", "Closed", false),
        ("processing", "Payment processing", false),
        ("refunded", "Refunded", false),
        ("paid", "Paid on", false),
        ("dunning", "Payment didn’t go through", true),
        ("past_due", "Past due", true),
        ("overdue", "Overdue", true),
        ("open", "Due on", true),
        ("plan", "Due on", true),
        ("plan_no_email", "Due on", true),
        ("over_cap", "Due on", true),
    ];
    for (status, banner, can_be_paid) in banners {
        let page = demo.page(&demo.invoice(status));
        let title = page.body.split_once("banner-title\">").unwrap().1;
        assert!(title.starts_with(banner), "{status}: {}", title.lines().next().unwrap());
        assert_eq!(page.field("amount").is_some(), can_be_paid, "{status}");
    }
}

#[test]
fn every_row_of_the_pay_block() {
    let demo = Demo::start();
    let rows = [
        ("online", true, false, false),
        ("online_and_offline", true, true, false),
        ("offline", false, true, false),
        ("none", false, false, true),
    ];
    for (row, pay_now, instructions, contact) in rows {
        let page = demo.page(&demo.pay_block(row)).body;
        assert_eq!(page.contains(">Pay now</button>"), pay_now, "{row}");
        assert_eq!(page.contains("Send a check to 86 Foundry Lane"), instructions, "{row}");
        assert_eq!(page.contains("to arrange payment"), contact, "{row}");
    }
}

#[test]
fn the_portal_is_full_of_life() {
    let demo = Demo::start();
    let count = demo.rows::<(i64,)>(
        "SELECT COUNT(*) FROM invoices JOIN customers ON customers.id = customer_id \
                                     WHERE customers.name = 'Dana Whitfield' AND number IS NOT NULL",
    )[0]
    .0;
    assert!(count > 60, "{count}");
    let portal = demo.page(&demo.url("portal")).body;
    for words in [
        "Dana Whitfield, you owe",
        "Outstanding quotes",
        "Fall leaf cleanup, 3 visits",
        "Older unpaid invoices",
        "Expiring soon",
        "Expired",
        "STRIPE TEST BANK",
        "6789",
        "4242",
        "Zooper attested",
        "Inline",
        "billing@greenline.example",
    ] {
        assert!(portal.contains(words), "{words}");
    }
    for gone in ["Stone border", "Second irrigation zone"] {
        assert!(!portal.contains(gone), "{gone} was answered, or is over");
    }
    let empty = demo.page(&demo.url("empty_portal")).body;
    for words in ["No invoices yet", "No card saved", "Auto-pay is off", "No quotes"] {
        assert!(empty.contains(words), "{words}");
    }
}

#[test]
fn the_mailbox_tells_the_same_story() {
    let mut demo = Demo::asleep();
    let line = demo.restart();
    let mails = demo.mails();
    let text = |mail: &Value, name: &str| mail[name].as_str().unwrap().to_owned();
    let turn_off = text(&line, "turn_off_link").replacen(line["base"].as_str().unwrap(), "", 1);
    let confirmation = mails.iter().find(|mail| mail["text"].as_str().unwrap().contains(&turn_off)).unwrap();
    assert_eq!(text(confirmation, "subject"), "Auto-pay is on for Spring and fall cleanup");
    assert!(text(confirmation, "text").contains("by phone, on"), "{confirmation}");
    let count = |words: &str| mails.iter().filter(|mail| text(mail, "subject").contains(words)).count();
    assert_eq!(count("Auto-pay is on for Hedge trimming"), 1);
    assert_eq!(count("didn’t go through"), 5 + 2);
    assert_eq!(count("Refund of"), 2);
    assert!(count("Receipt from") > 50 && count("Invoice INV-") > 60, "{}", mails.len());
    let mailed: Vec<_> = mails.iter().map(|mail| text(mail, "date")).collect();
    assert!(mailed.is_sorted_by(|newer, older| newer >= older), "{mailed:?}");
    // Each mail went out as it was told, and none waits.
    let states = "SELECT state, COUNT(*) FROM mails GROUP BY state";
    assert_eq!(demo.rows::<(String, i64)>(states), [("sent".to_owned(), mails.len() as i64)]);
}

#[test]
fn what_failed_was_really_declined() {
    let demo = Demo::asleep();
    let tries = "SELECT d.decline_code, d.tries, d.next_try_on IS NULL, COUNT(a.id) FROM dunnings d JOIN attempts a \
                 ON a.invoice_id = d.invoice_id AND a.kind = 'auto_pay' AND a.state = 'failed' \
                 GROUP BY d.invoice_id ORDER BY d.tries";
    let wanted = [("insufficient_funds".to_owned(), 2, false, 2), ("generic_decline".to_owned(), 5, true, 5)];
    assert_eq!(demo.rows::<(String, i64, bool, i64)>(tries), wanted);
    let consents =
        "SELECT p.title, c.source, c.state FROM consents c JOIN plans p ON p.id = c.plan_id ORDER BY p.title";
    let wanted = [("Hedge trimming", "inline", "live"), ("Spring and fall cleanup", "attested", "live")];
    assert_eq!(demo.rows::<(String, String, String)>(consents), wanted.map(|(a, b, c)| (a.into(), b.into(), c.into())));
    // Auto-pay has charged since.
    let charged = "SELECT COUNT(*) FROM attempts WHERE kind = 'auto_pay' AND state = 'succeeded'";
    assert_eq!(demo.rows::<(i64,)>(charged), [(6,)]);
}
