//! The portal home: who, how much, quotes, invoices, contact.

use zoop_app::Actor;
use zoop_app::invoice::{draft, void, write_off};
use zoop_domain::quote::{Answer, AnsweredBy, Quote};
use zoop_store as store;

use crate::harness::bill::{Bill, Shop, ShopSpec, line};
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    s01_the_link_is_all_it_takes,
    s02_the_header_shows_name_and_logo,
    s03_four_sections_in_this_order_even_when_empty,
    s04_only_quotes_that_wait_and_no_link_to_accept,
    s04_a_quote_expires_at_the_end_of_its_day,
    s05_the_fifty_newest_and_older_ones_that_are_unpaid,
    s06_each_row_opens_its_invoice,
    s13_phone_and_email_at_the_bottom,
    what_is_owed_in_all_stands_above,
    drafts_are_never_shown_and_ended_ones_are,
    nobody_sees_what_another_customer_has,
);

async fn s01_the_link_is_all_it_takes(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let mut nobody = t.browser();
    nobody.headers.clear();
    let page = nobody.get(&portal).await;
    page.is(200).says(&["Dana Whitfield, you owe"]);
    assert!(page.headers.get("set-cookie").is_none(), "no cookie, no account");
    assert!(!page.html.contains("type=\"password\"") && !page.html.contains("<script>"));
}

async fn s02_the_header_shows_name_and_logo(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    t.get(&portal).await.says(&["Greenline Lawn & Garden"]);
    let app = t.app();
    let mut tx = app.db.begin().await.unwrap();
    let svg = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";
    store::business::insert_logo(&mut tx, &t.shop.business.id, "00112233", "image/svg+xml", svg).await.unwrap();
    tx.commit().await.unwrap();
    let page = t.get(&portal).await;
    let src = format!("/brand/{}/logo/00112233", t.shop.business.id);
    assert!(page.html.contains(&src), "{}", page.html);
    let logo = t.get(&src).await;
    assert_eq!((logo.status.as_u16(), logo.header("content-type")), (200, "image/svg+xml"));
    assert!(logo.header("content-security-policy").contains("default-src 'none'"));
}

async fn s03_four_sections_in_this_order_even_when_empty(t: &TestApp) {
    let page = t.get(&t.portal_link(&t.shop).await).await;
    page.says(&[
        "Outstanding quotes",
        "No quotes are waiting",
        "Past invoices",
        "No invoices yet",
        "Saved payment methods",
        "No card saved",
        "Auto-pay",
        "Auto-pay is off",
    ]);
    page.says(&["$0.00", "Nothing to pay"]);
}

async fn quote(t: &TestApp, shop: &Shop, number: &str, days_ago: i32, lasts: Option<i32>) -> Quote {
    let app = t.app();
    let sent_on = t.today().plus_days(-days_ago);
    let quote = Quote {
        number: Some(number.into()),
        title: format!("Work of {number}"),
        sent_on: Some(sent_on),
        expires_on: lasts.map(|days| sent_on.plus_days(days)),
        ..t.quote_of(shop, 42_000)
    };
    let mut tx = app.db.begin().await.unwrap();
    store::quote::insert(&mut tx, &quote).await.unwrap();
    tx.commit().await.unwrap();
    quote
}

async fn s04_only_quotes_that_wait_and_no_link_to_accept(t: &TestApp) {
    quote(t, &t.shop, "Q-0217", 4, Some(30)).await;
    quote(t, &t.shop, "Q-0214", 9, None).await;
    quote(t, &t.shop, "Q-0205", 60, Some(30)).await;
    let answered = quote(t, &t.shop, "Q-0198", 20, Some(30)).await;
    let app = t.app();
    let mut tx = app.db.begin().await.unwrap();
    let by = AnsweredBy::Customer { ip: None, user_agent: None };
    let answer = Answer { accepted: true, at: app.now(), name: None, comment: String::new(), by };
    store::quote::update_answered(&mut tx, &t.shop.business.id, &answered.id, &answer).await.unwrap();
    tx.commit().await.unwrap();
    let page = t.get(&t.portal_link(&t.shop).await).await;
    page.says(&[
        "Outstanding quotes",
        "check your original email",
        "Work of Q-0217",
        "$420.00",
        "Sep 17, 2026",
        "Q-0214",
    ]);
    page.never_says(&["Q-0205", "Q-0198"]);
    let section = page.html.split("id=\"quotes\"").nth(1).unwrap().split("id=\"past\"").next().unwrap();
    assert!(!section.contains("href=\"/"), "{section}");
}

async fn s04_a_quote_expires_at_the_end_of_its_day(t: &TestApp) {
    quote(t, &t.shop, "Q-0300", 0, Some(0)).await;
    let portal = t.portal_link(&t.shop).await;
    // It is nine in the morning there: fifteen hours are left.
    t.clock.pass(15 * 3_600 - 1);
    t.get(&portal).await.says(&["Q-0300"]);
    t.clock.pass(1);
    t.get(&portal).await.never_says(&["Q-0300"]);
}

async fn s05_the_fifty_newest_and_older_ones_that_are_unpaid(t: &TestApp) {
    let mut bills = Vec::new();
    for number in 0..55 {
        bills.push(t.bill(1_000 + number).await);
        t.clock.pass(86_400);
    }
    // All but the second and the fourth of the oldest are paid.
    for bill in bills.iter().enumerate().filter(|(number, _)| ![1, 3].contains(number)).map(|(_, bill)| bill) {
        let owed = t.owed(bill).await;
        t.check_arrives(bill, owed).await.unwrap();
    }
    let page = t.get(&t.portal_link(&t.shop).await).await;
    let numbers: Vec<String> = (1_051..1_106).rev().map(|number| format!("INV-{number}")).collect();
    let (newest, older) = page.html.split_once("Older unpaid invoices").expect("the sub-heading");
    let newest = &newest[newest.find("id=\"past\"").unwrap()..];
    let found: Vec<_> = newest.split("row-name\">").skip(1).map(|row| &row[..8]).collect();
    assert_eq!(found, numbers[..50].iter().map(String::as_str).collect::<Vec<_>>());
    let older = older.split("</section>").next().unwrap();
    let found: Vec<_> = older.split("row-name\">").skip(1).map(|row| &row[..8]).collect();
    assert_eq!(found, ["INV-1054", "INV-1052"]);
    page.says(&["you owe", "$20.04", "2 unpaid invoices"]);
}

async fn s06_each_row_opens_its_invoice(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let portal = t.portal_link(&t.shop).await;
    let page = t.get(&portal).await;
    page.says(&["Past invoices", "INV-1051", "Sep 21, 2026", "$163.05", "Due Oct 5, 2026"]);
    let href = format!("{portal}/invoices/{}", bill.id);
    assert!(page.html.contains(&format!("class=\"row\" href=\"{href}\"")));
    let invoice = t.get(&href).await;
    invoice.is(200).says(&["INV-1051", "$163.05", "Pay now"]);
    assert!(invoice.html.contains(&format!("action=\"{href}/pay\"")), "what follows stays in the portal");
    t.browser().pays(&href, VISA).await.says(&["Paid on"]);
    t.get(&portal).await.says(&["INV-1051", "Paid"]);
}

async fn s13_phone_and_email_at_the_bottom(t: &TestApp) {
    let page = t.get(&t.portal_link(&t.shop).await).await;
    let footer = page.html.split("Auto-pay is off").nth(1).unwrap();
    assert!(footer.contains("href=\"tel:+15125550148\"") || footer.contains("href=\"tel:5125550148\""), "{footer}");
    assert!(footer.contains("href=\"mailto:billing@greenline.example"), "{footer}");
    assert!(footer.contains("(512) 555-0148"));
}

async fn what_is_owed_in_all_stands_above(t: &TestApp) {
    let (one, _) = (t.bill(10_000).await, t.bill(5_000).await);
    t.check_arrives(&one, 2_500).await.unwrap();
    let portal = t.portal_link(&t.shop).await;
    t.get(&portal).await.says(&[
        "Dana Whitfield, you owe",
        "$125.00",
        "2 unpaid invoices, none of them late",
        "$75.00 still owed",
    ]);
    t.clock.pass(15 * 86_400);
    t.get(&portal).await.says(&["2 unpaid invoices, all of them late"]);
}

async fn drafts_are_never_shown_and_ended_ones_are(t: &TestApp) {
    let new = draft::NewInvoice {
        customer: t.shop.customer.id.clone(),
        plan: None,
        due_on: t.today(),
        lines: vec![line("Never sent", 77_700, t.shop.business.currency)],
        rates: Vec::new(),
    };
    let unsent = draft::draft(&t.app(), &t.shop.business.id, new).await.unwrap();
    let canceled = t.bill(1_100).await;
    t.clock.pass(60);
    let closed = t.bill(2_200).await;
    void::void(&t.app(), Actor::Operator, &canceled.business, &canceled.id, None).await.unwrap();
    write_off::write_off(&t.app(), Actor::Operator, &closed.business, &closed.id).await.unwrap();
    let portal = t.portal_link(&t.shop).await;
    let page = t.get(&portal).await;
    page.says(&["INV-1052", "Closed", "INV-1051", "Canceled"]).never_says(&["$777.00"]);
    t.get(&format!("{portal}/invoices/{unsent}")).await.is(404);
    let token: String =
        t.database.rows::<(String,)>("SELECT token FROM invoices WHERE number IS NULL").await.remove(0).0;
    t.get(&format!("/i/{token}")).await.is(404);
}

async fn nobody_sees_what_another_customer_has(t: &TestApp) {
    let other = t.open_shop(ShopSpec::default()).await;
    let neighbour = Shop { customer: t.add_customer(&t.shop.business, "Tom Becker").await, ..t.shop.clone() };
    let mine = t.bill(1_111).await;
    let bills: [Bill; 2] = [t.bill_of(&neighbour, 2_222).await, t.bill_of(&other, 3_333).await];
    let portal = t.portal_link(&t.shop).await;
    t.get(&portal).await.says(&["$11.11"]).never_says(&["$22.22", "$33.33"]);
    let missing = t.get(&format!("{portal}/invoices/inv_{}", "0".repeat(26))).await;
    for bill in bills {
        let page = t.get(&format!("{portal}/invoices/{}", bill.id)).await;
        page.is(404);
        assert_eq!(page.html, missing.html);
        let pay = t.browser().post(&format!("{portal}/invoices/{}/pay", bill.id), &[("amount", "2222")]).await;
        assert_eq!((pay.status, &pay.html), (missing.status, &missing.html));
    }
    t.get(&format!("{portal}/invoices/{}", mine.id)).await.is(200);
    // The shop's other customer has a link of his own.
    let theirs = t.portal_link(&neighbour).await;
    t.get(&theirs).await.says(&["Tom Becker", "$22.22"]).never_says(&["$11.11"]);
}
