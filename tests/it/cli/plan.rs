//! Plans and permissions for auto-pay from the command line, and the process that does the work alone.

use super::database::Install;
use super::zoop::{Ended, Running, run, until};

const CUSTOMER: &str = "cus_00000000000000000000000001";

/// An install with a business, a customer and a tax rate.
fn install() -> Install {
    let install = Install::ready();
    install.sql(
        "INSERT INTO businesses (id, name, address, time_zone, currency, charges_enabled, invoice_prefix, \
         next_invoice_number, version, created_at) VALUES ('biz_00000000000000000000000001', 'Greenline', \
         '2210 Menchaca Road', 'America/Chicago', 'usd', FALSE, 'INV-', 7, 1, 0)",
    );
    install.sql(
        "INSERT INTO customers (id, business_id, name, email, address, search, version, created_at) VALUES \
         ('cus_00000000000000000000000001', 'biz_00000000000000000000000001', 'Dana', 'dana@example.com', '', 'dana', 1, 0)",
    );
    install.sql(
        "INSERT INTO tax_rates (id, business_id, name, percent_e4, created_at) VALUES \
         ('txr_00000000000000000000000001', 'biz_00000000000000000000000001', 'Sales tax', 82500, 0)",
    );
    install
}

fn create(install: &Install, more: &[&str]) -> Ended {
    let usual = ["plan", "create", "--customer", CUSTOMER, "--title", "Lawn care", "--line", "Mowing; front;4;38.00"];
    run(&mut install.zoop(&[&usual, more].concat()))
}

fn list(install: &Install) -> String {
    run(&mut install.zoop(&["plan", "list"])).out
}

#[test]
fn from_create_to_cancel() {
    let install = install();
    let starts = ["--frequency", "monthly", "--starts-on", "2099-01-31", "--tax", "Sales tax", "--cap", "250"];
    let id = create(&install, &starts).ok().trim().to_owned();
    let plan = |verb: &str| run(&mut install.zoop(&["plan", verb, "--plan", &id]));
    assert_eq!(list(&install), format!("{id} active 2099-01-31 $164.54 {CUSTOMER} monthly Lawn care\n"));
    let made = plan("run");
    assert!(made.ok().starts_with("inv_") && made.out.ends_with(" INV-0007 $164.54\n"), "{made:?}");
    assert!(made.err.contains("2099-01-31") && made.err.contains("Next: 2099-02-28."), "{made:?}");
    assert!(plan("skip").ok().contains("2099-02-28 is skipped. Next: 2099-03-31."));
    plan("resume").fails_saying(&["isn’t paused"]);
    plan("pause").ok();
    plan("run").fails_saying(&["paused", "resume it first"]);
    assert!(list(&install).contains(" paused - "));
    assert!(plan("resume").ok().contains("Next: 2099-03-31."));
    plan("cancel").ok();
    plan("cancel").fails_saying(&["cancelled"]);
    let of_customer = run(&mut install.zoop(&["plan", "list", "--customer", CUSTOMER]));
    assert!(of_customer.ok().contains(" cancelled - "), "{of_customer:?}");
    let invoice = made.out.split(' ').next().unwrap();
    run(&mut install.zoop(&["invoice", "retry", "--invoice", invoice])).fails_saying(&["no automatic charge"]);
}

#[test]
fn what_cant_be_used_is_said_in_one_line() {
    let install = install();
    let cases: &[(&[&str], &[&str])] = &[
        (&["--frequency", "hourly"], &["weekly", "recurrence rule"]),
        (&["--rrule", "FREQ=HOURLY"], &["FREQ is DAILY"]),
        (&["--rrule", "FREQ=DAILY;UNTIL=20010101"], &["never fires"]),
        (&["--frequency", "weekly", "--starts-on", "tomorrow"], &["--starts-on", "\"tomorrow\"", "2026-12-31"]),
        (&["--frequency", "weekly", "--line", "Mowing"], &["--line", "\"Mowing\"", "Mowing;4;38.00"]),
        (&["--frequency", "weekly", "--line", "Mowing;x;1"], &["--line", "Mowing;4;38.00"]),
        (&["--frequency", "weekly", "--line", "Off;1;-999.00"], &["below zero"]),
        (&["--frequency", "weekly", "--line", ";1;1"], &["line 2", "description"]),
        (&["--frequency", "weekly", "--cap", "$250"], &["--cap", "250.00"]),
        (&["--frequency", "weekly", "--cap", "10"], &["cap of $10.00", "price of $152.00"]),
        (&["--frequency", "weekly", "--tax", "VAT"], &["--tax", "\"VAT\"", "Sales tax"]),
        (&["--frequency", "weekly", "--lead-days", "61"], &["0 to 60 days"]),
    ];
    for (more, words) in cases {
        create(&install, more).fails_saying(words);
    }
    assert_eq!(list(&install), "");
    let unknown = "pln_00000000000000000000000009";
    for verb in ["run", "skip", "pause", "resume", "cancel"] {
        run(&mut install.zoop(&["plan", verb, "--plan", unknown])).fails_saying(&["there is no plan", unknown]);
        run(&mut install.zoop(&["plan", verb, "--plan", "lawn"])).fails_saying(&["\"lawn\"", "pln_"]);
    }
    let nobody = ["plan", "list", "--customer", "cus_00000000000000000000000009"];
    run(&mut install.zoop(&nobody)).fails_saying(&["there is no customer"]);
}

#[test]
fn permissions_that_arent_there() {
    let install = install();
    let consent = |args: &[&str]| run(&mut install.zoop(&[&["consent"], args].concat()));
    assert_eq!(consent(&["list", "--ended"]).ok(), "");
    let unknown = "cns_00000000000000000000000009";
    for verb in ["end", "export"] {
        consent(&[verb, "--consent", unknown]).fails_saying(&["there is no consent", unknown]);
        consent(&[verb, "--consent", "x"]).fails_saying(&["\"x\"", "cns_"]);
    }
    let id = create(&install, &["--frequency", "weekly"]).ok().trim().to_owned();
    let method = "pmt_00000000000000000000000009";
    let attest = |how: &str| consent(&["attest", "--plan", &id, "--method", method, "--by", "Ana Ruiz", "--how", how]);
    attest(" ").fails_saying(&["how the customer agreed"]);
    attest("by phone").fails_saying(&["no mail server"]);
    let mut with_mail =
        install.zoop(&["consent", "attest", "--plan", &id, "--method", method, "--by", "A", "--how", "b"]);
    with_mail.env("ZOOP_SMTP_URL", "smtp://localhost").env("ZOOP_MAIL_FROM", "billing@example.com");
    run(&mut with_mail).fails_saying(&["no payment method", method]);
}

#[test]
fn work_alone_bills_what_is_due_and_stops_when_told() {
    let install = install();
    // Its invoice should have been made before today, whatever the day.
    let due = ["--frequency", "weekly", "--starts-on", "2020-01-01", "--lead-days", "10"];
    create(&install, &due).ok();
    let before = list(&install);
    let mut idle = Running::start(install.zoop(&["serve"]).env("ZOOP_WORKERS", "0"));
    let work = Running::start(&mut install.zoop(&["work", "--workers", "2"]));
    until("the plan is billed", || (list(&install) != before).then_some(()));
    work.stop();
    idle.signal("TERM");
    assert!(idle.wait().success());
}
