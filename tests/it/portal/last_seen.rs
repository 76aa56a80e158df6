//! "Last seen": a person who opens the portal moves it, nobody and nothing else does; at most one
//! write a minute a link, in batches.

use zoop_app::portal;
use zoop_domain::time::{Clock as _, Instant};

use crate::harness::browser::SAFARI;
use crate::harness::{TestApp, cases};

cases!(
    s35_s36_a_visit_moves_it,
    s35_what_nobody_looked_at_does_not,
    s35_at_most_one_write_a_minute,
    s35_marks_are_written_in_one_batch_and_at_the_end,
    s35_an_invoice_is_opened_from_the_portal_without_moving_it,
    opening_an_invoice_is_told_to_the_office,
    s35_a_mark_is_kept_while_the_database_is_away,
);

async fn last_seen(t: &TestApp) -> Option<Instant> {
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    let link = zoop_app::portal_link::status::status(&t.app(), business, customer).await.unwrap().unwrap();
    link.last_seen_at
}

async fn flush(t: &TestApp) -> usize {
    portal::flush_seen(&t.app(), false).await.unwrap()
}

async fn s35_s36_a_visit_moves_it(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    assert_eq!(last_seen(t).await, None);
    t.clock.pass(3_600);
    t.get(&portal).await.is(200);
    assert_eq!(flush(t).await, 1);
    assert_eq!(last_seen(t).await, Some(t.clock.now()));
    t.clock.pass(86_400);
    // An older browser does not say what it fetches for.
    let mut old = t.browser();
    old.headers = vec![("user-agent", SAFARI.into())];
    old.get(&portal).await.is(200);
    flush(t).await;
    assert_eq!(last_seen(t).await, Some(t.clock.now()));
}

async fn s35_what_nobody_looked_at_does_not(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    t.browser().go("HEAD", &portal, None).await.is(200);
    let others: &[&[(&str, &str)]] = &[
        &[("user-agent", SAFARI), ("sec-fetch-dest", "empty")],
        &[("user-agent", SAFARI), ("sec-fetch-dest", "image")],
        &[("user-agent", SAFARI), ("sec-fetch-dest", "document"), ("sec-purpose", "prefetch")],
        &[("user-agent", SAFARI), ("sec-fetch-dest", "document"), ("sec-purpose", "prefetch;prerender")],
        &[("user-agent", SAFARI), ("purpose", "preview")],
        &[("user-agent", "WhatsApp/2.23.20.0")],
        &[("user-agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")],
        &[("user-agent", "TelegramBot (like TwitterBot)")],
        &[("user-agent", "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0")],
        &[("user-agent", "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5")],
        &[("user-agent", "curl/8.5.0")],
        &[],
    ];
    for headers in others {
        let mut robot = t.browser();
        robot.headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        robot.get(&portal).await.is(200);
        assert_eq!(flush(t).await, 0, "{headers:?}");
    }
    // A link that opens nothing is nobody's visit.
    t.get(&format!("/p/{}", "A".repeat(43))).await.is(404);
    assert_eq!(flush(t).await, 0);
    assert_eq!(last_seen(t).await, None);
}

async fn s35_at_most_one_write_a_minute(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let mut writes = 0;
    for _ in 0..12 {
        t.get(&portal).await.is(200);
        writes += flush(t).await;
        t.clock.pass(10);
    }
    assert_eq!(writes, 2, "in two minutes");
}

async fn s35_marks_are_written_in_one_batch_and_at_the_end(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let other = t.open_shop(crate::harness::bill::ShopSpec::default()).await;
    let theirs = t.portal_link(&other).await;
    for _ in 0..20 {
        t.get(&portal).await.is(200);
        t.get(&theirs).await.is(200);
    }
    assert_eq!(flush(t).await, 2);
    t.clock.pass(30);
    t.get(&portal).await.is(200);
    assert_eq!(flush(t).await, 0, "not within the minute");
    assert_eq!(portal::flush_seen(&t.app(), true).await.unwrap(), 1, "but at shutdown nothing is lost");
    assert_eq!(last_seen(t).await, Some(t.clock.now()));
}

async fn s35_an_invoice_is_opened_from_the_portal_without_moving_it(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let portal = t.portal_link(&t.shop).await;
    t.get(&bill.path).await.is(200);
    flush(t).await;
    assert_eq!(last_seen(t).await, None, "the invoice's own link is not the portal's");
    t.get(&format!("{portal}/invoices/{}", bill.id)).await.is(200);
    flush(t).await;
}

async fn opening_an_invoice_is_told_to_the_office(t: &TestApp) {
    let (bill, mut owner) = (t.bill(5_000).await, t.owner().await);
    let (page, customer) = (format!("/office/invoices/{}", bill.id), format!("/office/customers/{}", bill.customer));
    // Neither a robot, nor the office itself by the same link, nor its view as customer.
    t.browser().go("HEAD", &bill.path, None).await.is(200);
    let mut robot = t.browser();
    robot.headers = vec![("user-agent", "WhatsApp/2.23.20.0".into())];
    robot.get(&bill.path).await.is(200);
    owner.get(&bill.path).await.is(200);
    owner.get(&format!("{customer}/view/invoices/{}", bill.id)).await.is(200);
    assert_eq!(flush(t).await, 0);
    owner.get(&page).await.never_says(&["First seen", "opened"]);
    t.get(&bill.path).await.is(200);
    t.get(&bill.path).await.is(200);
    assert_eq!(flush(t).await, 1);
    t.get(&bill.path).await.is(200);
    assert_eq!(flush(t).await, 0, "not within the minute");
    owner.get(&page).await.says(&["First seen", "Sep 21, 2026, 9:00 AM", "Dana opened the invoice", "Today, 9:00 AM"]);
    owner.get(&customer).await.says(&["Dana opened INV-"]).never_says(&["again"]);
    t.clock.pass(2 * 3_600);
    let portal = t.portal_link(&t.shop).await;
    t.get(&format!("{portal}/invoices/{}", bill.id)).await.is(200);
    flush(t).await;
    owner.get(&page).await.says(&["Dana opened it again", "Today, 11:00 AM"]);
    owner.get(&customer).await.says(&["again"]);
}

async fn s35_a_mark_is_kept_while_the_database_is_away(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    t.get(&portal).await.is(200);
    let app = t.app();
    app.db.close().await;
    assert!(portal::flush_seen(&app, false).await.is_err());
    assert!(portal::flush_seen(&app, true).await.is_err(), "it is still there to be written");
    t.restart().await;
}
