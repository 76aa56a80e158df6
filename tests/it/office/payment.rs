//! Payments in the office: the list and its file, one payment, and giving it back.

use zoop_app::payment::refund::{self, TypedRefund};
use zoop_app::{Actor, Error};
use zoop_domain::invoice::Status;

use crate::harness::bill::Bill;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    the_list_and_its_file_show_what_was_paid,
    a_card_payment_is_given_back_through_stripe,
    a_check_is_given_back_by_hand,
    a_check_that_bounced_is_owed_again,
    a_payment_on_the_wrong_invoice_is_taken_back,
    the_owner_alone_gives_back,
    giving_back_twice_at_once_gives_back_once,
);

async fn the_list_and_its_file_show_what_was_paid(t: &TestApp) {
    let (one, other) = (t.bill(5_000).await, t.bill(2_500).await);
    t.check_arrives(&one, 5_000).await.unwrap();
    t.browser().pays(&other.path, VISA).await;
    t.database.execute("UPDATE customers SET name = '=HYPERLINK(\"x\"), Inc', search = '=hyperlink(\"x\"), inc'").await;
    let mut office = t.office().await;
    let all = office.get("/office/payments").await;
    all.is(200).says(&["$75.00", "in 2 payments", "Check #1042"]);
    office.get("/office/payments?show=hand").await.says(&["in 1 payment", "Check #1042"]).never_says(&["4242"]);
    office.get("/office/payments?show=card").await.says(&["$25.00", "4242"]).never_says(&["Check"]);
    office.get("/office/payments?q=1051").await.says(&["in 1 payment"]);
    office.get("/office/payments?q=hyperlink").await.says(&["in 2 payments"]);
    office.get("/office/payments?to=2020-01-01").await.says(&["Nothing found"]);
    office.get("/office/payments?from=nonsense&after=nonsense").await.is(200).says(&["in 2 payments"]);
    let file = office.get("/office/payments/export.csv?show=hand").await;
    file.is(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("payments.csv"));
    let rows: Vec<&str> = file.html.trim_end().split("\r\n").collect();
    assert_eq!(rows.len(), 2, "{}", file.html);
    assert!(rows[0].starts_with("\u{feff}Received on,Customer,Invoice,Method"));
    assert!(rows[1].contains("\"'=HYPERLINK(\"\"x\"\"), Inc\",INV-1051,Check #1042,check,50.00,50.00,0.00,USD"));
    let noted: Vec<(String, String)> =
        t.database.rows("SELECT detail, subject FROM audit_events WHERE action = 'data.exported'").await;
    assert_eq!(noted, [("payments".to_owned(), t.shop.business.id.to_string())]);
    let elsewhere = t.open_shop(crate::harness::bill::ShopSpec::default()).await;
    let mut stranger = t.member(&elsewhere.business.id, zoop_domain::user::Role::Owner).await;
    assert_eq!(stranger.get("/office/payments/export.csv").await.html.lines().count(), 1);
}

async fn payment_path(t: &TestApp, bill: &Bill) -> String {
    format!("/office/payments/{}", t.payments(bill).await[0].id)
}

async fn a_card_payment_is_given_back_through_stripe(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.browser().pays(&bill.path, VISA).await;
    let (mut owner, path) = (t.owner().await, payment_path(t, &bill).await);
    owner.get(&path).await.is(200).says(&["$50.00", "Received", "Refund…", "INV-1051", "ch_"]);
    owner.get(&format!("{path}?refund")).await.says(&["Refund Visa •••• 4242?", "$50.00 can go back."]);
    let act = format!("{path}/refund");
    let form = |amount| [("amount", amount), ("reason", "Cut the wrong lawn"), ("seen", "5000")];
    owner.send(&act, &form("50.01")).await.is(422).says(&["Nothing was refunded.", "Enter $50.00 or less."]);
    owner.send(&act, &[("amount", "5"), ("seen", "5000")]).await.is(422).says(&["Enter a reason."]);
    owner.send_and_follow(&act, &form("20.00")).await.says(&["$20.00 are on their way back.", "Processing"]);
    // The same form once more: what is left isn't what was seen.
    owner.send(&act, &form("20.00")).await.is(409).says(&["$30.00 are left"]);
    t.settled().await;
    assert_eq!(t.status(&bill).await, Status::PartlyRefunded);
    owner.get(&path).await.says(&["Partly refunded", "Refunded here: Cut the wrong lawn", "$20.00"]);
    let rest = [("amount", "30"), ("reason", "All of it"), ("seen", "3000")];
    owner.send(&act, &rest).await.is(303);
    t.settled().await;
    assert_eq!(t.status(&bill).await, Status::Refunded);
    owner.send(&act, &rest).await.is(409).says(&["has gone back already"]);
    owner.get(&format!("/office/invoices/{}", bill.id)).await.says(&["Refunded", "Nora Keane refunded"]);
}

async fn a_check_is_given_back_by_hand(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.check_arrives(&bill, 3_000).await.unwrap();
    let (mut owner, path) = (t.owner().await, payment_path(t, &bill).await);
    let form = [("amount", "10.00"), ("reason", "Counted twice"), ("seen", "3000")];
    owner.send_and_follow(&format!("{path}/refund"), &form).await.says(&["Partly refunded", "$10.00"]);
    // It was open: what went back is owed again.
    assert_eq!(t.owed(&bill).await, 3_000);
    owner.get("/office/payments?show=refunded").await.says(&["$10.00 went back"]);
}

async fn a_check_that_bounced_is_owed_again(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.check_arrives(&bill, 5_000).await.unwrap();
    let (mut office, path) = (t.office().await, payment_path(t, &bill).await);
    office.get(&format!("{path}?take-back")).await.says(&["Take back", "$50.00 of INV-1051 are owed again."]);
    let act = format!("{path}/take-back");
    office.send(&act, &[]).await.is(422).says(&["Nothing was changed.", "Say why it doesn’t count."]);
    office.send_and_follow(&act, &[("why", "bounced")]).await.says(&["Returned", "Its invoice is owed again."]);
    assert_eq!((t.owed(&bill).await, t.status(&bill).await), (5_000, Status::Returned));
    t.get(&bill.path).await.says(&["Payment returned by the bank", "Pay now"]);
    office.send(&act, &[("why", "bounced")]).await.is(409).says(&["taken back already"]);
    office.get(&format!("/office/invoices/{}", bill.id)).await.says(&["it bounced"]);
    // It is paid after all.
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
}

async fn a_payment_on_the_wrong_invoice_is_taken_back(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.check_arrives(&bill, 3_000).await.unwrap();
    // Somebody is about to pay the rest: his page would take too little.
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    let (mut office, path) = (t.office().await, payment_path(t, &bill).await);
    office.send(&format!("{path}/take-back"), &[("why", "mistake")]).await.is(303);
    dana.type_card(&checkout, VISA).await.is(410);
    assert!(matches!(t.status(&bill).await, Status::Due(_)), "{:?}", t.status(&bill).await);
    let page = t.get(&bill.path).await;
    page.never_says(&["returned by the bank"]);
    assert_eq!((t.owed(&bill).await, page.amount().as_str()), (5_000, "5000"));
    // What came through Stripe, or was given back, isn't taken back by hand.
    t.browser().pays(&bill.path, VISA).await;
    let card = t.payments(&bill).await.into_iter().find(|payment| payment.payment_intent.is_some()).unwrap();
    let path = format!("/office/payments/{}", card.id);
    office.get(&path).await.never_says(&["Take back…"]);
    office.send(&format!("{path}/take-back"), &[("why", "mistake")]).await.is(409).says(&["refunded, or disputed"]);
}

async fn the_owner_alone_gives_back(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.check_arrives(&bill, 5_000).await.unwrap();
    let (mut office, path) = (t.office().await, payment_path(t, &bill).await);
    office.get(&path).await.is(200).never_says(&["Refund…"]);
    office.get(&format!("{path}?refund")).await.is(200).never_says(&["can go back"]);
    let page = office.get(&format!("/office/invoices/{}", bill.id)).await;
    page.never_says(&["Refund…"]);
    let form = [("amount", "50"), ("reason", "x"), ("seen", "5000")];
    office.send(&format!("{path}/refund"), &form).await.is(403);
    let payment = t.payments(&bill).await[0].id.clone();
    let typed = TypedRefund { amount: "50", reason: "x", seen: "5000" };
    let asked = refund::refund(&t.app(), Actor::Customer, &bill.business, &payment, typed).await;
    assert!(matches!(asked, Err(Error::Forbidden)));
}

async fn giving_back_twice_at_once_gives_back_once(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.browser().pays(&bill.path, VISA).await;
    let payment = t.payments(&bill).await[0].id.clone();
    let typed = TypedRefund { amount: "50", reason: "twice", seen: "5000" };
    let (app, business) = (t.app(), &bill.business);
    let ask = || refund::refund(&app, Actor::Operator, business, &payment, typed);
    let (one, other) = tokio::join!(ask(), ask());
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    t.settled().await;
    assert_eq!(t.refunds(&bill).await.len(), 1);
    assert_eq!(t.status(&bill).await, Status::Refunded);
}
