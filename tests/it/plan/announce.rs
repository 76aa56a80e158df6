//! A charge that differs from the last one is announced before its invoice is made, if that is too
//! late; and it is then made on its day.

use zoop_domain::consent::ConsentSource;

use super::{line, new};
use crate::harness::{TestApp, cases};

cases!(
    another_amount_is_announced_three_days_before_and_charged_on_its_day,
    the_same_amount_is_charged_without_notice,
    a_business_can_announce_each_charge,
    nobody_is_told_of_what_wont_be_charged,
);

async fn notices(t: &TestApp) -> Vec<String> {
    let sql = "SELECT subject FROM mails WHERE kind = 'upcoming_charge' ORDER BY created_at, id";
    t.database.rows::<(String,)>(sql).await.into_iter().map(|(subject,)| subject).collect()
}

async fn lifecycle(t: &TestApp, plan: &zoop_domain::id::PlanId) -> String {
    t.settled().await;
    t.billed(plan).await.pop().unwrap().lifecycle
}

async fn another_amount_is_announced_three_days_before_and_charged_on_its_day(t: &TestApp) {
    let card = t.card_on_file("4242424242424242").await;
    let mut dearer = new(t, "monthly", "2026-10-15", 0);
    dearer.lines = vec![line(7_000)];
    let plan = t.plans(dearer).await;
    t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    t.clock_at("2026-10-12", 5);
    t.works().await;
    assert!(notices(t).await.is_empty());
    t.clock_at("2026-10-12", 6);
    t.works().await;
    assert_eq!(notices(t).await, [format!("{plan}/2026-10-15/7000")]);
    t.mail("$70.00");
    t.clock_at("2026-10-15", 6);
    t.works().await;
    t.works().await;
    assert_eq!(lifecycle(t, &plan).await, "paid");
    assert_eq!(notices(t).await.len(), 1);
}

async fn the_same_amount_is_charged_without_notice(t: &TestApp) {
    let card = t.card_on_file("4242424242424242").await;
    let plan = t.plans(new(t, "monthly", "2026-10-15", 0)).await;
    t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    t.clock_at("2026-10-13", 6);
    t.works().await;
    t.clock_at("2026-10-15", 6);
    t.works().await;
    t.works().await;
    assert_eq!(lifecycle(t, &plan).await, "paid");
    assert!(notices(t).await.is_empty());
}

async fn a_business_can_announce_each_charge(t: &TestApp) {
    t.database.execute("UPDATE businesses SET notice_days = 7").await;
    let card = t.card_on_file("4242424242424242").await;
    // One is announced before its invoice, the other after.
    let early = t.plans(new(t, "monthly", "2026-10-15", 3)).await;
    let late = t.plans(new(t, "monthly", "2026-10-15", 10)).await;
    for plan in [&early, &late] {
        t.add_consent(plan, &card, ConsentSource::Inline, None).await;
    }
    for day in ["2026-10-05", "2026-10-08", "2026-10-12"] {
        t.clock_at(day, 6);
        t.works().await;
        t.works().await;
        let wanted = if day == "2026-10-05" { 0 } else { 2 };
        assert_eq!(notices(t).await.len(), wanted, "{day}");
    }
    assert!(notices(t).await.iter().any(|subject| subject.starts_with(early.as_str())));
    t.clock_at("2026-10-15", 6);
    t.works().await;
    t.works().await;
    assert_eq!((lifecycle(t, &early).await.as_str(), lifecycle(t, &late).await.as_str()), ("paid", "paid"));
    assert_eq!(notices(t).await.len(), 2);
}

async fn nobody_is_told_of_what_wont_be_charged(t: &TestApp) {
    let card = t.card_on_file("4242424242424242").await;
    let mut dearer = new(t, "monthly", "2026-10-15", 0);
    dearer.lines = vec![line(7_000)];
    let capped = t.plans(dearer.clone()).await;
    t.plans(dearer).await;
    t.add_consent(&capped, &card, ConsentSource::Inline, Some(6_999)).await;
    t.clock_at("2026-10-12", 6);
    t.works().await;
    assert!(notices(t).await.is_empty());
    t.clock_at("2026-10-15", 6);
    t.works().await;
    t.works().await;
    assert_eq!(lifecycle(t, &capped).await, "open");
    assert_eq!(t.alert_kinds().await, ["charge.left"]);
    t.database.execute("UPDATE alerts SET resolved_at = 1").await;
}
