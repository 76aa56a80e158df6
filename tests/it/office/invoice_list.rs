//! The office's list of invoices: its tabs, what stands under them, search, page by page.

use crate::harness::bill::{Shop, line};
use crate::harness::{TestApp, cases};

cases!(
    each_invoice_stands_under_one_tab,
    pages_follow_each_other,
    one_customers_are_shown_alone,
    a_search_finds_and_says_when_it_does_not
);

async fn each_invoice_stands_under_one_tab(t: &TestApp) {
    let (sent, paid, void, off) = (t.bill(1_000).await, t.bill(2_000).await, t.bill(3_000).await, t.bill(4_000).await);
    t.check_arrives(&paid, 2_000).await.unwrap();
    let mut office = t.office().await;
    office.send(&format!("/office/invoices/{}/void", void.id), &[]).await.is(303);
    office.send(&format!("/office/invoices/{}/write-off", off.id), &[]).await.is(303);
    let page = office.get("/office/invoices").await;
    page.is(200).says(&[
        "All 4",
        "Draft 0",
        "Sent 1",
        "In dunning 0",
        "Overdue 0",
        "Paid 1",
        "Uncollectible 1",
        "Void 1",
    ]);
    page.says(&["$10.00", "owed on 1 invoice"]).says(&["INV-1054", "INV-1053", "INV-1052", "INV-1051"]);
    office.get("/office/invoices?tab=paid").await.says(&["$20.00", "INV-1052"]).never_says(&["INV-1051"]);
    office.get("/office/invoices?tab=in-dunning").await.says(&["No charge is being retried"]);
    t.clock.pass(17 * 86_400);
    let mut office = t.office().await;
    let late = office.get("/office/invoices?tab=overdue").await;
    late.says(&["INV-1051", "Overdue", "3 days late"]).never_says(&["INV-1052"]);
    office.get("/office/invoices?tab=sent").await.says(&["Nothing is waiting"]);
    office.get("/office/invoices?tab=no-such").await.is(200).says(&["INV-1051"]);
    assert_eq!(t.owed(&sent).await, 1_000);
}

async fn pages_follow_each_other(t: &TestApp) {
    for _ in 0..52 {
        t.bill(100).await;
    }
    let mut office = t.office().await;
    let first = office.get("/office/invoices").await;
    first.says(&["INV-1102", "INV-1053"]).never_says(&["INV-1052"]);
    let (_, rest) = first.html.rsplit_once("href=\"/office/invoices?after=").expect("a way on");
    let after = rest.split('"').next().unwrap();
    let second = office.get(&format!("/office/invoices?after={after}")).await;
    second.says(&["INV-1052", "INV-1051"]).never_says(&["INV-1053"]);
    let (_, rest) = second.html.split_once("href=\"/office/invoices?before=").expect("a way back");
    let before = rest.split('"').next().unwrap();
    office.get(&format!("/office/invoices?before={before}")).await.says(&["INV-1102", "INV-1053"]);
}

async fn one_customers_are_shown_alone(t: &TestApp) {
    let hers = t.bill(1_000).await;
    let theo = t.add_customer(&t.shop.business, "Theo Lindqvist").await;
    let other = Shop { customer: theo, ..t.shop.clone() };
    t.check_arrives(&hers, 1_000).await.unwrap();
    t.send(&other, 14, vec![line("Mowing", 2_000, t.shop.business.currency)], Vec::new(), None).await;
    let mut office = t.office().await;
    let list = format!("/office/invoices?customer={}", t.shop.customer.id);
    let page = office.get(&list).await;
    page.is(200).says(&["Of Dana Whitfield alone.", "INV-1051"]).never_says(&["Theo Lindqvist", "owed on"]);
    assert!(page.html.contains(&format!("?tab=paid&#38;customer={}", t.shop.customer.id)), "{}", page.html);
    office.get(&format!("{list}&tab=paid")).await.says(&["INV-1051"]);
    office.get(&format!("{list}&tab=sent")).await.never_says(&["INV-1051", "INV-1052"]);
    office.get("/office/invoices?customer=cus_00000000000000000000000000").await.is(404);
    office.get("/office/invoices?customer=x").await.is(404);
}

async fn a_search_finds_and_says_when_it_does_not(t: &TestApp) {
    t.bill(1_000).await;
    let mut office = t.office().await;
    for words in ["1051", "inv-1051", "whitfield", "DANA"] {
        office.get(&format!("/office/invoices?q={words}")).await.says(&["INV-1051"]);
    }
    let nothing = office.get("/office/invoices?q=%25%3Cb%3E").await;
    nothing.says(&["Nothing found for", "Clear search"]);
    assert!(!nothing.html.contains("<b>\""));
    let elsewhere = t.open_shop(crate::harness::bill::ShopSpec::default()).await;
    let mut stranger = t.member(&elsewhere.business.id, zoop_domain::user::Role::Owner).await;
    stranger.get("/office/invoices?q=1051").await.says(&["Nothing found"]);
}
