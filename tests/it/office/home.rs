//! Home: money that arrives and money that is owed is seen at once; what was seen is off the list; and nothing of
//! another business is in it.

use crate::harness::bill::ShopSpec;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    s48_money_that_arrives_is_seen_on_home,
    what_is_overdue_is_what_the_list_holds,
    what_was_seen_is_off_the_list,
    home_tells_nothing_of_another_business,
);

async fn s48_money_that_arrives_is_seen_on_home(t: &TestApp) {
    let mut owner = t.owner().await;
    owner.get("/office").await.says(&["Received in", "$0.00", "Owed to you", "$0.00", "No payment has arrived yet"]);
    let bill = t.bill(16_238).await;
    owner.get("/office").await.says(&["Owed to you", "$162.38", "1 invoice, 1 not due yet", "Nobody is late"]);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    let name = t.shop.customer.name.clone();
    let page = owner.get("/office").await;
    page.says(&["Received in", "$162.38", "Owed to you", "$0.00", "Latest payments", &name, "Visa •••• 4242"]);
}

async fn what_is_overdue_is_what_the_list_holds(t: &TestApp) {
    t.bill(16_238).await;
    t.clock.pass(20 * 24 * 3_600);
    let mut owner = t.owner().await;
    let page = owner.get("/office").await;
    page.says(&["Overdue", "$162.38", "1 invoice", "1–30 days late", "$162.38"]);
    for tab in ["overdue", "in-dunning"] {
        assert!(page.html.contains(&format!("/office/invoices?tab={tab}\"")), "{tab}");
    }
    owner.get("/office/invoices?tab=overdue").await.says(&["$162.38 owed on 1 invoice"]);
    owner.get("/office/invoices?tab=in-dunning").await.never_says(&["$162.38"]);
}

async fn what_was_seen_is_off_the_list(t: &TestApp) {
    let alert = t.add_alert().await;
    let mut office = t.office().await;
    office.get("/office").await.says(&["Needs attention", "An invoice was paid twice.", "Got it"]);
    let resolve = format!("/office/alerts/{alert}/resolve");
    let page = office.send_and_follow(&resolve, &[]).await;
    page.says(&["off your list"]).never_says(&["An invoice was paid twice."]);
    office.send(&resolve, &[]).await.is(303);
}

async fn home_tells_nothing_of_another_business(t: &TestApp) {
    let other = t.open_shop(ShopSpec::default()).await;
    let theirs = t.bill_of(&other, 77_700).await;
    t.bill_of(&other, 11_100).await;
    t.browser().pays(&theirs.path, VISA).await.says(&["Paid on"]);
    t.owner().await.get("/office").await.never_says(&["$777.00", "$111.00"]);
}
