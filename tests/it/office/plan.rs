//! Plans in the office: started, changed, run, skipped, paused, resumed, cancelled, and found again.

use zoop_domain::consent::{ConsentSource, EndedHow};
use zoop_domain::id::PlanId;
use zoop_domain::plan::{Plan, PlanState};
use zoop_domain::schedule::Frequency;
use zoop_domain::time::Date;
use zoop_store as store;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::{Page, VISA};
use crate::harness::{TestApp, cases};

cases!(
    a_plan_is_started_and_changed,
    what_cant_be_used_is_said_beside_its_field_and_nothing_is_lost,
    the_next_five_dates_are_shown_before_anything_is_saved,
    a_stale_edit_shows_the_newer_version,
    a_cycle_that_was_billed_is_not_billed_again_by_a_new_schedule,
    how_often_it_bills_is_what_auto_pay_agreed_to,
    a_plan_is_run_and_skipped_once_by_whoever_saw_its_date,
    a_plan_is_paused_resumed_and_cancelled,
    auto_pay_is_turned_off_from_the_plan,
    the_list_is_filtered_searched_and_paged,
    what_it_billed_is_paged,
    plans_are_linked_from_where_they_are_named,
    another_businesss_customer_cant_be_chosen,
);

fn id_of(page: &Page) -> PlanId {
    page.header("location").split(['/', '?']).find(|part| part.starts_with("pln_")).expect("a plan").parse().unwrap()
}

async fn stored(t: &TestApp, plan: &PlanId) -> Plan {
    let mut tx = t.app().db.read().await.unwrap();
    store::plan::get(&mut tx, &t.shop.business.id, plan).await.unwrap().unwrap()
}

fn form<'a>(customer: &'a str, first: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("customer", customer),
        ("title", "Monthly lawn care"),
        ("frequency", "monthly"),
        ("rule", ""),
        ("starts_on", first),
        ("lead", "7"),
        ("cap", "1,000"),
        ("line-1-kind", "item"),
        ("line-1-description", "Lawn care visit"),
        ("line-1-quantity", "4"),
        ("line-1-price", "62.50"),
        ("line-1-tax", "default"),
        ("line-2-kind", "discount"),
        ("line-2-description", "Loyalty"),
        ("line-2-price", "10"),
        ("line-2-tax", "none"),
        ("default_tax", ""),
    ]
}

fn with<'a>(mut fields: Vec<(&'a str, &'a str)>, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    for (name, value) in changes {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields
}

async fn a_plan_is_started_and_changed(t: &TestApp) {
    let mut luis = t.office().await;
    let customer = t.shop.customer.id.to_string();
    luis.get("/office/plans/new").await.is(200).says(&["New plan", "For whom?", "Dana Whitfield"]);
    luis.get(&format!("/office/plans/new?customer={customer}")).await.is(200).says(&["Dana Whitfield", "Start plan"]);
    let first = t.today().plus_days(20);
    let iso = first.iso();
    let saved = luis.send("/office/plans/new", &form(&customer, &iso)).await;
    let plan = id_of(saved.is(303));
    let page = luis.follow(saved).await;
    page.is(200).says(&[
        "The plan has started.",
        "Monthly lawn care",
        "Active",
        "$240.00",
        "7 days ahead",
        "Luis Ortega started",
    ]);
    page.says(&[&first.to_string(), "Record Dana’s consent", "$1,000.00 a payment"]);
    assert_eq!(page.html.matches("class=\"cal\"").count(), 5);
    let made = stored(t, &plan).await;
    assert_eq!((made.next_cycle_on, made.cap.map(|cap| cap.minor())), (Some(first), Some(100_000)));
    let edit = format!("/office/plans/{plan}/edit");
    let editor = luis.get(&edit).await;
    editor.is(200).says(&["Edit plan"]);
    for kept in ["value=\"Monthly lawn care\"", "value=\"62.50\"", "value=\"Loyalty\"", "name=\"revision\" value=\"1\""]
    {
        assert!(editor.html.contains(kept), "{kept}");
    }
    let changes = [("title", "Garden"), ("lead", "0"), ("cap", ""), ("line-2-price", "20"), ("revision", "1")];
    luis.send_and_follow(&edit, &with(form(&customer, &iso), &changes))
        .await
        .is(200)
        .says(&["The plan is saved.", "$230.00"]);
    let changed = stored(t, &plan).await;
    assert_eq!((changed.title.as_str(), changed.cap, changed.next_cycle_on), ("Garden", None, Some(first)));
    let trail = t.audit(plan.as_str()).await;
    assert!(
        ["plan.created", "plan.edited"].iter().all(|action| trail.iter().any(|event| event == action)),
        "{trail:?}"
    );
}

async fn what_cant_be_used_is_said_beside_its_field_and_nothing_is_lost(t: &TestApp) {
    let mut luis = t.office().await;
    let (customer, first) = (t.shop.customer.id.to_string(), t.today().plus_days(20).iso());
    let long = "x".repeat(201);
    let cases: [&[(&str, &str)]; 14] = [
        &[("title", "")],
        &[("title", &long)],
        &[("frequency", "daily")],
        &[("frequency", "rrule")],
        &[("frequency", "rrule"), ("rule", "FREQ=SOMETIMES")],
        &[("frequency", "rrule"), ("rule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")],
        &[("frequency", "rrule"), ("rule", "FREQ=DAILY;UNTIL=20200101"), ("starts_on", "2019-01-01")],
        &[("starts_on", "soon")],
        &[("starts_on", "2999-01-01")],
        &[("lead", "61")],
        &[("lead", "-1")],
        &[("cap", "much")],
        &[("cap", "239.99")],
        &[("line-1-price", "x")],
    ];
    for changes in cases {
        let refused = luis.send("/office/plans/new", &with(form(&customer, &first), changes)).await;
        refused.is(422).says(&["The plan isn’t saved yet."]);
        assert!(refused.html.contains("aria-invalid"), "{changes:?}");
        assert!(refused.html.contains("Lawn care visit"), "{changes:?}");
    }
    luis.get("/office/plans").await.says(&["No plans yet."]);
}

async fn the_next_five_dates_are_shown_before_anything_is_saved(t: &TestApp) {
    let mut luis = t.office().await;
    let (customer, first) = (t.shop.customer.id.to_string(), t.today().plus_days(1));
    let iso = first.iso();
    let asked = with(form(&customer, &iso), &[("frequency", "every_two_weeks"), ("add", "nothing")]);
    let page = luis.send("/office/plans/new", &asked).await;
    page.is(200);
    for cycle in 0..5 {
        page.says(&[&first.plus_days(cycle * 14).to_string()]);
    }
    let asked = with(form(&customer, &iso), &[("frequency", "rrule"), ("rule", "FREQ=OFTEN"), ("add", "item")]);
    let page = luis.send("/office/plans/new", &asked).await;
    page.is(200).says(&["They are told once the schedule can be read."]);
    assert!(page.html.contains("name=\"line-3-description\"") && page.html.contains("value=\"FREQ=OFTEN\""));
    luis.get("/office/plans").await.says(&["No plans yet."]);
}

async fn a_stale_edit_shows_the_newer_version(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let (mut nora, mut luis) = (t.owner().await, t.office().await);
    let edit = format!("/office/plans/{plan}/edit");
    let first = t.today().plus_months(1).iso();
    let titled = |title: &'static str| with(form("", &first), &[("title", title), ("revision", "1")]);
    nora.get(&edit).await.is(200);
    luis.send(&edit, &titled("West lawn")).await.is(303);
    let stale = nora.send(&edit, &titled("North lawn")).await;
    stale.is(409).says(&["Somebody else changed this plan", "North lawn"]);
    assert!(stale.html.contains("value=\"West lawn\"") && stale.html.contains("name=\"revision\" value=\"2\""));
    assert_eq!(stored(t, &plan).await.title, "West lawn");
    luis.send(&format!("/office/plans/{plan}/cancel"), &[]).await.is(303);
    nora.send_and_follow(&edit, &titled("North lawn")).await.is(200).says(&["Not saved: the plan is cancelled"]);
    nora.get(&edit).await.is(303);
}

async fn a_cycle_that_was_billed_is_not_billed_again_by_a_new_schedule(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let mut luis = t.office().await;
    let (first, edit) = (t.today().plus_months(1), format!("/office/plans/{plan}/edit"));
    let seen = first.iso();
    luis.send(&format!("/office/plans/{plan}/run"), &[("seen", &seen)]).await.is(303);
    let today = t.today().iso();
    let daily = [("frequency", "rrule"), ("rule", "FREQ=DAILY"), ("starts_on", today.as_str()), ("revision", "1")];
    luis.send(&edit, &with(form("", &seen), &daily)).await.is(303);
    assert_eq!(stored(t, &plan).await.next_cycle_on, Some(first.plus_days(1)));
    // The same schedule again leaves the next cycle alone, skipped ones and all.
    luis.send(&format!("/office/plans/{plan}/skip"), &[("seen", &first.plus_days(1).iso())]).await.is(303);
    let again = [("frequency", "rrule"), ("rule", "FREQ=DAILY"), ("starts_on", today.as_str()), ("revision", "2")];
    luis.send(&edit, &with(form("", &seen), &again)).await.is(303);
    assert_eq!(stored(t, &plan).await.next_cycle_on, Some(first.plus_days(2)));
    let until = format!("FREQ=DAILY;UNTIL={}", seen.replace('-', ""));
    let over = [("frequency", "rrule"), ("rule", until.as_str()), ("starts_on", today.as_str()), ("revision", "3")];
    luis.send(&edit, &with(form("", &seen), &over)).await.is(422).says(&["This has no date left to bill on."]);
}

async fn how_often_it_bills_is_what_auto_pay_agreed_to(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let card = t.card_on_file(VISA).await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let mut luis = t.office().await;
    let (first, edit) = (t.today().plus_months(1).iso(), format!("/office/plans/{plan}/edit"));
    let weekly = [("frequency", "weekly"), ("revision", "1")];
    let refused = luis.send(&edit, &with(form("", &first), &weekly)).await;
    refused.is(422).says(&["Auto-pay is on, and agreed to every month."]);
    luis.send(&format!("/office/plans/{plan}/turn-off"), &[("consent", consent.as_str())]).await.is(303);
    luis.send(&edit, &with(form("", &first), &weekly)).await.is(303);
    assert_eq!(*stored(t, &plan).await.schedule.frequency(), Frequency::Weekly);
}

async fn a_plan_is_run_and_skipped_once_by_whoever_saw_its_date(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let (mut nora, mut luis) = (t.owner().await, t.office().await);
    let here = format!("/office/plans/{plan}");
    let dates: Vec<Date> = (1..4).map(|month| t.today().plus_months(month)).collect();
    let seen = dates[0].iso();
    luis.get(&format!("{here}?run")).await.is(200).says(&[&format!("Bill {} now?", dates[0]), "Make and send $64.95"]);
    nora.get(&format!("{here}?skip")).await.is(200).says(&[&format!("Skip {}?", dates[0])]);
    let ran = luis.send_and_follow(&format!("{here}/run"), &[("seen", &seen)]).await;
    ran.is(200).says(&["is on its way to Dana Whitfield.", "1 invoice, $0.00 received", "ahead of its time"]);
    for again in ["run", "skip"] {
        let late = nora.send(&format!("{here}/{again}"), &[("seen", &seen)]).await;
        late.is(409).says(&["The plan has moved on to another cycle meanwhile.", "Nothing was done."]);
    }
    let skipped = nora.send_and_follow(&format!("{here}/skip"), &[("seen", &dates[1].iso())]).await;
    skipped.is(200).says(&[&format!("{} is skipped. The next date is {}.", dates[1], dates[2])]);
    assert_eq!(stored(t, &plan).await.next_cycle_on, Some(dates[2]));
    luis.send(&format!("{here}/run"), &[]).await.is(409);
}

async fn a_plan_is_paused_resumed_and_cancelled(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let card = t.card_on_file(VISA).await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let mut luis = t.office().await;
    let here = format!("/office/plans/{plan}");
    luis.get(&here).await.is(200).says(&["Next five dates", "Charged to Visa •••• 4242."]);
    luis.get(&format!("{here}?pause")).await.says(&["Pause Lawn care?"]);
    let paused = luis.send_and_follow(&format!("{here}/pause"), &[]).await;
    paused.is(200).says(&["The plan is paused.", "Paused: nothing is billed."]).never_says(&["Run now"]);
    luis.send(&format!("{here}/pause"), &[]).await.is(409).says(&["The plan is paused already."]);
    luis.send(&format!("{here}/run"), &[("seen", &t.today().plus_months(1).iso())]).await.is(409);
    luis.get(&format!("{here}?resume")).await.says(&["Resume Lawn care?", "The next invoice is for"]);
    luis.send_and_follow(&format!("{here}/resume"), &[]).await.is(200).says(&["The plan runs again."]);
    luis.send(&format!("{here}/resume"), &[]).await.is(409);
    luis.get(&format!("{here}?cancel")).await.says(&["Cancel Lawn care for good?", "Auto-pay ends with it."]);
    let over = luis.send_and_follow(&format!("{here}/cancel"), &[]).await;
    over.is(200).says(&["Lawn care is cancelled. Auto-pay is off.", "Cancelled", "the plan was cancelled"]);
    assert_eq!(stored(t, &plan).await.state, PlanState::Cancelled);
    assert_eq!(t.consent(&consent).await.ended.map(|ended| ended.how), Some(EndedHow::PlanCancelled));
    for act in ["pause", "resume", "cancel", "turn-off"] {
        luis.send(&format!("{here}/{act}"), &[]).await.is(409);
    }
}

async fn auto_pay_is_turned_off_from_the_plan(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let card = t.card_on_file(VISA).await;
    let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let mut luis = t.office().await;
    let here = format!("/office/plans/{plan}");
    luis.get(&format!("{here}?turn-off")).await.is(200).says(&["Turn off Dana’s auto-pay for Lawn care?"]);
    luis.send(&format!("{here}/turn-off"), &[("consent", "cns_00000000000000000000000000")]).await.is(409);
    let off = luis.send_and_follow(&format!("{here}/turn-off"), &[("consent", consent.as_str())]).await;
    off.is(200).says(&["Auto-pay for Lawn care is off.", "turned off by the business"]);
    assert_eq!(t.consent(&consent).await.ended.map(|ended| ended.how), Some(EndedHow::Owner));
    luis.send(&format!("{here}/turn-off"), &[("consent", consent.as_str())]).await.is(409);
}

fn rows(page: &Page) -> usize {
    page.html.matches("class=\"row\"").count()
}

/// Where the link with this relation leads.
fn link(page: &Page, rel: &str) -> String {
    let before = page.html.split(&format!("rel=\"{rel}\"")).next().unwrap();
    let path = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&#38;", "&");
    path.split('#').next().unwrap().to_owned()
}

async fn the_list_is_filtered_searched_and_paged(t: &TestApp) {
    let mut luis = t.office().await;
    for number in 0..27 {
        t.add_plan(&t.shop, &format!("Plan number {number}")).await;
        t.clock.pass(1);
    }
    let paused = t.add_plan(&t.shop, "Élan").await;
    luis.send(&format!("/office/plans/{paused}/pause"), &[]).await.is(303);
    let first = luis.get("/office/plans").await;
    assert_eq!(rows(first.is(200)), 25);
    let second = luis.get(&link(&first, "next")).await;
    assert_eq!(rows(second.is(200)), 3);
    assert_eq!(rows(&luis.get(&link(&second, "prev")).await), 25);
    let tab = luis.get("/office/plans?tab=paused").await;
    assert!(rows(&tab) == 1 && tab.html.contains(paused.as_str()));
    assert_eq!(rows(&luis.get("/office/plans?q=%C3%A9lan").await), 1);
    assert_eq!(rows(&luis.get("/office/plans?tab=active&q=dana").await), 25);
    luis.get("/office/plans?q=%25").await.is(200).says(&["Nothing found for “%”"]);
    luis.get("/office/plans?tab=cancelled").await.is(200).says(&["No plan was cancelled."]);
}

async fn what_it_billed_is_paged(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let mut luis = t.office().await;
    let here = format!("/office/plans/{plan}");
    for month in 1..=14 {
        let seen = stored(t, &plan).await.next_cycle_on.unwrap().iso();
        luis.send(&format!("{here}/run"), &[("seen", &seen)]).await.is(303);
        t.clock.pass(month);
    }
    let first = luis.get(&here).await;
    assert_eq!(rows(first.is(200)), 12);
    first.says(&["14 invoices, $0.00 received"]);
    let second = luis.get(&link(&first, "next")).await;
    assert_eq!(rows(second.is(200)), 2);
    assert_eq!(rows(&luis.get(&link(&second, "prev")).await), 12);
    assert_eq!(rows(&luis.get(&format!("{here}?before=x")).await), 12);
}

async fn plans_are_linked_from_where_they_are_named(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Lawn care").await;
    let mut luis = t.office().await;
    let (here, customer) = (format!("/office/plans/{plan}"), t.shop.customer.id.to_string());
    luis.send(&format!("{here}/run"), &[("seen", &t.today().plus_months(1).iso())]).await.is(303);
    let page = luis.get(&here).await;
    let invoice = page.html.split("/office/invoices/").nth(1).expect("its invoice").split('"').next().unwrap();
    for other in [format!("/office/customers/{customer}"), format!("/office/invoices/{invoice}")] {
        let page = luis.get(&other).await;
        assert!(page.is(200).html.contains(&format!("href=\"{here}\"")), "{other}");
    }
    let customer = luis.get(&format!("/office/customers/{customer}")).await;
    assert!(customer.html.contains("New plan"));
}

async fn another_businesss_customer_cant_be_chosen(t: &TestApp) {
    let other = t.open_shop(ShopSpec::default()).await;
    let theirs = t.add_plan(&other, "Theirs").await;
    let mut luis = t.office().await;
    let (foreign, first) = (other.customer.id.to_string(), t.today().plus_days(20).iso());
    luis.get(&format!("/office/plans/new?customer={foreign}")).await.is(200).says(&["For whom?"]);
    luis.send("/office/plans/new", &form(&foreign, &first)).await.is(303);
    luis.get("/office/plans").await.says(&["No plans yet."]);
    luis.send(&format!("/office/plans/{theirs}/edit"), &form("", &first)).await.is(404);
    for act in ["run", "skip", "pause", "resume", "cancel", "turn-off", "attest"] {
        luis.send(&format!("/office/plans/{theirs}/{act}"), &[]).await.is(404);
    }
}
