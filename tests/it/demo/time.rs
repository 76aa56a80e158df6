//! The demo's time is moved on: bills, charges, webhooks and mails come on their days, once each, also
//! when it is killed on the way.

use std::thread;

use serde_json::{Value, json};
use url::Url;

use super::{Demo, books, run};
use crate::cli::http;
use crate::cli::zoop::{run as run_to_its_end, until, zoop};

const DAY: i64 = 86_400;
/// 2026-12-31, 09:00 in Chicago.
const NEW_YEARS_EVE: i64 = 1_798_729_200;

fn invoices(demo: &Demo) -> Vec<(String, String, String, String)> {
    let rows = "SELECT plan_title, issued_on, due_on, lifecycle FROM invoices WHERE cycle_on IS NOT NULL \
                ORDER BY issued_on, customer_name";
    demo.rows(rows)
}

fn mail(mail: &Value) -> (String, String) {
    let text = |name: &str| mail[name].as_str().unwrap().to_owned();
    let subject = text("subject");
    (text("date")[..10].to_owned(), subject.split(" from ").next().unwrap().split(" INV").next().unwrap().to_owned())
}

#[test]
fn a_month_of_billing_is_what_the_plans_say() {
    let demo = Demo::fresh(&["--now", "2026-12-31"]);
    assert!((NEW_YEARS_EVE..NEW_YEARS_EVE + 600).contains(&demo.clock()), "{}", demo.clock());
    let (mails, charges) = (demo.mails().len(), demo.ledger().len());
    assert_eq!(invoices(&demo), []);

    demo.advance(30);
    assert!((30 * DAY..30 * DAY + 600).contains(&(demo.clock() - NEW_YEARS_EVE)), "{}", demo.clock());
    let made = [
        ("Hedge trimming", "2027-01-14", "2027-01-29", "paid"),
        ("Monthly lawn care", "2027-01-19", "2027-02-02", "open"),
        ("Monthly lawn care", "2027-01-19", "2027-02-02", "open"),
    ];
    let made = made.map(|(plan, issued, due, state)| (plan.into(), issued.into(), due.into(), state.into()));
    assert_eq!(invoices(&demo), made);
    let after = demo.mails();
    let is_owners = |mail: &Value| mail["to"].as_str().unwrap().contains("nora@");
    let (owners, customers): (Vec<&Value>, Vec<_>) =
        after[..after.len() - mails].iter().partition(|mail| is_owners(mail));
    let mut told: Vec<_> = customers.into_iter().map(mail).collect();
    told.reverse();
    assert!(owners.len() == 3 && owners.iter().all(|mail| mail["subject"].as_str().unwrap().contains(" paid $")));
    let wanted = [
        ("2027-01-01", "Receipt"),
        ("2027-01-01", "Receipt"),
        ("2027-01-14", "Invoice"),
        ("2027-01-19", "Invoice"),
        ("2027-01-29", "Receipt"),
    ];
    assert_eq!(told, wanted.map(|(day, subject)| (day.to_owned(), subject.to_owned())));
    // The retry, the debit that was under way, and the new cycle.
    assert_eq!(demo.ledger().len(), charges + 3);
    for (name, banner) in [("dunning", "Paid on"), ("processing", "Paid on"), ("over_cap", "Overdue")] {
        assert!(demo.page(&demo.invoice(name)).body.contains(banner), "{name}");
    }
    books::agree(&demo);
    assert_eq!(demo.rows::<(String, String)>("SELECT kind, state FROM jobs"), []);

    let before = demo.clock();
    let mut demo = demo.stop();
    demo.restart();
    assert!(demo.clock() >= before);
    assert_eq!(invoices(&demo), made);
}

#[test]
fn time_goes_one_way() {
    let demo = Demo::asleep();
    let folder = demo.folder().to_str().unwrap();
    let back = ["demo", "--data", folder, "--now", "2020-02-29"];
    run_to_its_end(&mut zoop(back)).fails_saying(&["has lived until", "--now can’t go back", "--reset"]);
    let never = run_to_its_end(&mut zoop(["demo", "--data", folder, "--now", "soon"]));
    assert_eq!(never.code, Some(2));
    assert!(never.err.contains("such as 2026-12-31"), "{never:?}");
    let (_running, line) = run(&["--data", folder, "--reset", "--now", "2020-02-29T12:00:00Z"]);
    let clock = http::get(&format!("{}/_sandbox/clock", line["stripe"].as_str().unwrap())).ok();
    let now = serde_json::from_str::<Value>(&clock.body).unwrap()["now"].as_i64().unwrap();
    assert!((1_582_977_600..1_582_977_600 + 600).contains(&now), "{now}");
    http::get(line["portal"].as_str().unwrap()).ok();
}

#[test]
fn a_kept_demo_goes_on_until_then() {
    let demo = Demo::start();
    let ten_days_on = jiff::Timestamp::from_second(demo.clock() + 10 * DAY).unwrap();
    let mut demo = demo.stop();
    let then = ten_days_on.to_string();
    demo.restart_with(&["--now", &then]);
    assert!(demo.clock() >= ten_days_on.as_second());
    // Tried again on its day, not ten days later.
    let paid = "SELECT CAST(JULIANDAY(p.received_on) - JULIANDAY(d.first_failed_on) AS INTEGER) FROM dunnings d \
                JOIN payments p ON p.invoice_id = d.invoice_id";
    assert_eq!(demo.rows::<(i64,)>(paid), [(3,)]);
    let mut demo = demo.stop();
    demo.restart_with(&["--now", &then]);
    books::agree(&demo);
}

/// The plug is pulled several times while months go by.
#[test]
fn killed_on_the_way_it_loses_and_doubles_nothing() {
    const MONTHS: i64 = 4;
    let mut demo = Demo::start();
    let began = demo.clock();
    for month in 1..=MONTHS {
        let address: Url = format!("{}/_sandbox/clock", demo.stripe()).parse().unwrap();
        let body = json!({ "days": 60 }).to_string();
        let moving = thread::spawn(move || http::send("POST", &address, "Content-Type: application/json\r\n", &body));
        until("a month has gone by", || (demo.clock() >= began + month * 30 * DAY).then_some(()));
        let before = demo.clock();
        demo.kill();
        assert!(moving.join().unwrap().is_err(), "it was over before the plug was pulled");
        demo.restart();
        assert!(demo.clock() >= before);
    }
    demo.advance(2);
    books::agree(&demo);
    assert_eq!(demo.rows::<(String, String)>("SELECT kind, state FROM jobs"), []);
    let twice = [
        "SELECT COUNT(*) FROM invoices WHERE cycle_on IS NOT NULL GROUP BY plan_id, cycle_on HAVING COUNT(*) > 1",
        "SELECT COUNT(*) FROM payments WHERE state = 'succeeded' AND refunded_minor = 0 AND attempt_id IS NOT NULL \
         GROUP BY invoice_id HAVING COUNT(*) > 1",
        "SELECT COUNT(*) FROM refunds WHERE reason = 'surplus' HAVING COUNT(*) > 0",
        "SELECT COUNT(*) FROM mails GROUP BY kind, subject HAVING COUNT(*) > 1",
    ];
    for query in twice {
        assert_eq!(demo.rows::<(i64,)>(query), [], "{query}");
    }
    // Each cycle of a plan with a consent was charged, and told.
    let hedges = "SELECT lifecycle, COUNT(*) FROM invoices WHERE cycle_on IS NOT NULL AND plan_title = 'Hedge trimming' \
                  AND due_on <= (SELECT MAX(paid_on) FROM invoices) GROUP BY lifecycle";
    let hedges = demo.rows::<(String, i64)>(hedges);
    assert!(hedges.len() == 1 && hedges[0].0 == "paid" && hedges[0].1 >= MONTHS, "{hedges:?}");
    let mails = demo.rows::<(i64,)>("SELECT COUNT(*) FROM mails WHERE state = 'sent'")[0].0;
    assert_eq!(demo.mails().len() as i64, mails);
}

#[test]
fn a_demo_that_is_still_moved_can_be_stopped() {
    let mut demo = Demo::start();
    let (began, address) = (demo.clock(), format!("{}/_sandbox/clock", demo.stripe()).parse::<Url>().unwrap());
    let body = json!({ "days": 366 }).to_string();
    let moving = thread::spawn(move || http::send("POST", &address, "Content-Type: application/json\r\n", &body));
    until("days go by", || (demo.clock() >= began + 3 * DAY).then_some(()));
    let mut running = demo.running.take().unwrap();
    running.signal("TERM");
    assert!(running.wait().success());
    assert_eq!((running.rest().as_str(), running.err().as_str()), ("", ""));
    let told = moving.join().unwrap().unwrap();
    assert!(told.status == 500 && told.body.contains("being stopped"), "{told:?}");
    demo.restart();
    demo.advance(1);
    books::agree(&demo);
}
