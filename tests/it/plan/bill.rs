//! The billing run: each cycle one invoice, at six in the morning of its day, or late.

use zoop_domain::time::{Clock as _, Instant};

use super::{date, line, new, usd};
use crate::harness::{TestApp, cases};

cases!(
    a_cycle_is_billed_at_six_in_the_morning_whatever_the_clocks_do,
    month_ends_stay_month_ends,
    a_rule_bills_its_days_and_ends,
    a_server_that_slept_bills_each_cycle_it_missed,
    what_comes_to_nothing_is_paid_at_once,
    an_invoice_is_mailed_and_auto_pay_looks_at_it_on_its_day,
    a_plan_that_cant_be_billed_keeps_no_other_from_it,
    an_invoice_says_which_plan_made_it,
);

async fn a_cycle_is_billed_at_six_in_the_morning_whatever_the_clocks_do(t: &TestApp) {
    let plan = t.plans(new(t, "weekly", "2026-10-26", 0)).await;
    // Daylight saving ends on 1 November.
    for (week, day) in ["2026-10-26", "2026-11-02", "2026-11-09"].into_iter().enumerate() {
        t.clock_at(day, 6);
        t.clock.pass(-1);
        t.works().await;
        assert_eq!(t.cycles(&plan).await.len(), week, "not before six on {day}");
        t.clock.pass(1);
        t.works().await;
        let billed = t.billed(&plan).await.pop().unwrap();
        assert_eq!((billed.cycle_on.as_str(), billed.issued_on.as_str(), billed.due_on.as_str()), (day, day, day));
        assert!(!billed.made_late && billed.lifecycle == "open");
        t.works().await;
        assert_eq!(t.cycles(&plan).await.len(), week + 1, "once");
    }
    assert_eq!(t.plan(&plan).await.next_cycle_on, Some(date("2026-11-16")));
}

async fn month_ends_stay_month_ends(t: &TestApp) {
    let plan = t.plans(new(t, "monthly", "2026-10-31", 5)).await;
    for (made_on, cycle) in [
        ("2026-10-26", "2026-10-31"),
        ("2026-11-25", "2026-11-30"),
        ("2026-12-26", "2026-12-31"),
        ("2027-01-26", "2027-01-31"),
        ("2027-02-23", "2027-02-28"),
        ("2027-03-26", "2027-03-31"),
    ] {
        t.clock_at(made_on, 6);
        t.works().await;
        let billed = t.billed(&plan).await.pop().unwrap();
        assert_eq!((billed.issued_on.as_str(), billed.due_on.as_str()), (made_on, cycle));
        assert_eq!(billed.cycle_on, cycle);
    }
}

async fn a_rule_bills_its_days_and_ends(t: &TestApp) {
    let plan = t.plans(new(t, "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3", "2026-09-24", 0)).await;
    for day in 22..=30 {
        t.clock_at(&format!("2026-09-{day}"), 7);
        t.works().await;
    }
    t.clock_at("2026-10-20", 7);
    t.works().await;
    assert_eq!(t.cycles(&plan).await, ["2026-09-24", "2026-09-28", "2026-10-01"]);
    assert_eq!(t.plan(&plan).await.next_cycle_on, None);
    let due = "SELECT COUNT(*) FROM plans WHERE next_run_at IS NOT NULL OR notice_at IS NOT NULL";
    assert_eq!(t.database.rows::<(i64,)>(due).await, [(0,)]);
}

async fn a_server_that_slept_bills_each_cycle_it_missed(t: &TestApp) {
    let plan = t.plans(new(t, "weekly", "2026-09-28", 2)).await;
    t.clock_at("2026-10-31", 15);
    t.works().await;
    let billed = t.billed(&plan).await;
    let cycles: Vec<&str> = billed.iter().map(|billed| billed.cycle_on.as_str()).collect();
    assert_eq!(cycles, ["2026-09-28", "2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26", "2026-11-02"]);
    let tomorrow = t.clock.now().plus_seconds(86_400);
    for (place, billed) in billed.iter().enumerate() {
        assert_eq!(billed.number, format!("INV-{}", 1_051 + place), "numbers follow the cycles");
        assert_eq!(billed.issued_on, "2026-10-31");
        let on_time = billed.cycle_on == "2026-11-02";
        assert_eq!(billed.due_on, if on_time { "2026-11-02" } else { "2026-10-31" });
        assert_eq!(billed.made_late, !on_time);
        let charge_at = Instant::from_microseconds(billed.charge_at.unwrap());
        assert!(charge_at >= tomorrow, "{billed:?}");
    }
    t.works().await;
    assert_eq!(t.cycles(&plan).await.len(), 6);
}

async fn what_comes_to_nothing_is_paid_at_once(t: &TestApp) {
    let mut free = new(t, "monthly", "2026-09-21", 0);
    free.lines = vec![line(5_000), line(-5_000)];
    let plan = t.plans(free).await;
    t.works().await;
    let billed = t.billed(&plan).await;
    assert_eq!((billed[0].lifecycle.as_str(), billed[0].charge_at), ("paid", None));
    let paid_on = format!("SELECT paid_on FROM invoices WHERE plan_id = '{plan}'");
    assert_eq!(t.database.rows::<(Option<String>,)>(&paid_on).await, [(Some("2026-09-21".to_owned()),)]);
}

async fn an_invoice_is_mailed_and_auto_pay_looks_at_it_on_its_day(t: &TestApp) {
    let plan = t.plans(new(t, "monthly", "2026-09-26", 5)).await;
    t.works().await;
    let billed = t.billed(&plan).await.pop().unwrap();
    assert_eq!(billed.due_on, "2026-09-26");
    let six = date("2026-09-26").at_hour(6, &t.shop.business.time_zone);
    assert_eq!(billed.charge_at, Some(six.as_microseconds()));
    assert!(t.subjects().iter().any(|subject| subject.contains(&billed.number)), "{:?}", t.subjects());
    let rows = format!(
        "SELECT i.customer_name, i.business_name, i.plan_title, l.description, i.total_minor FROM invoices i \
         JOIN invoice_lines l ON l.invoice_id = i.id WHERE i.plan_id = '{plan}'"
    );
    let rows: Vec<(String, String, String, String, i64)> = t.database.rows(&rows).await;
    let (customer, business) = (t.shop.customer.name.clone(), t.shop.business.name.clone());
    assert_eq!(rows, [(customer, business, "Lawn care".into(), "Mowing and edging".into(), usd(6_495).minor())]);
}

async fn a_plan_that_cant_be_billed_keeps_no_other_from_it(t: &TestApp) {
    let broken = t.plans(new(t, "weekly", "2026-09-21", 0)).await;
    let fine = t.plans(new(t, "weekly", "2026-09-21", 0)).await;
    let huge = i64::MAX;
    let sql =
        format!("UPDATE plan_lines SET unit_price_minor_e4 = {huge}, quantity_e4 = {huge} WHERE plan_id = '{broken}'");
    t.database.execute(&sql).await;
    t.works().await;
    assert_eq!(t.cycles(&fine).await, ["2026-09-21"]);
    assert!(t.cycles(&broken).await.is_empty());
    assert_eq!(t.alert_kinds().await, ["plan.unbillable"]);
    let mend =
        format!("UPDATE plan_lines SET unit_price_minor_e4 = 10000, quantity_e4 = 10000 WHERE plan_id = '{broken}'");
    t.database.execute(&mend).await;
    t.clock.pass(3_600);
    t.works().await;
    assert_eq!(t.cycles(&broken).await, ["2026-09-21"]);
    let numbers: Vec<(String,)> = t.database.rows("SELECT number FROM invoices ORDER BY number").await;
    assert_eq!(numbers, [("INV-1051".to_owned(),), ("INV-1052".to_owned(),)]);
    let sql = "UPDATE alerts SET resolved_at = 1";
    t.database.execute(sql).await;
}

async fn an_invoice_says_which_plan_made_it(t: &TestApp) {
    let plan = t.plans(new(t, "weekly", "2026-10-26", 0)).await;
    t.clock_at("2026-10-26", 6);
    t.works().await;
    let (id, number): (String, String) = t.database.rows("SELECT id, number FROM invoices").await.remove(0);
    let title = t.plan(&plan).await.title;
    let mut owner = t.owner().await;
    let page = owner.get(&format!("/office/invoices/{id}")).await;
    page.is(200).says(&[&format!("Made and sent by {title}"), "Today, 6:00 AM"]).never_says(&["pln_"]);
    let customer = format!("/office/customers/{}", t.shop.customer.id);
    owner.get(&customer).await.says(&[&format!("{number} sent")]).never_says(&["pln_"]);
    let audit = owner.get("/office/settings/audit").await;
    audit.says(&[&format!("Zoop sent invoice {number} ( {} )", t.shop.customer.name)]).never_says(&["pln_"]);
}
