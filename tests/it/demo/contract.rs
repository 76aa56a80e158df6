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
        "base customer invoices mailbox office pay_block portal revoked_portal stripe stripe_account stripe_secret_key"
    );
    assert_eq!(keys(&line["invoices"]), "dunning open overdue paid past_due processing refunded void written_off");
    assert_eq!(keys(&line["pay_block"]), "none offline online online_and_offline");
    let links = [&line["portal"], &line["base"], &line["stripe"]];
    let invoices =
        line["invoices"].as_object().unwrap().values().chain(line["pay_block"].as_object().unwrap().values());
    for link in links.into_iter().chain(invoices) {
        let link = link.as_str().unwrap();
        let status = if link == line["base"] { 404 } else { 200 };
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
