//! Number, dates, lines, taxes and sums, as they were when the invoice was sent.

use zoop_domain::invoice::LineDraft;
use zoop_domain::money::{Currency, Quantity, UnitPrice};
use zoop_domain::tax::TaxRate;

use crate::harness::bill::line;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    s14_s15_each_invoice_has_a_page_with_number_and_dates,
    s16_lines_with_quantity_unit_price_and_total,
    s17_taxes_by_name_and_percentage,
    s19_s20_the_receipt_has_lines_taxes_method_date_and_charge,
    what_was_sent_never_changes,
    numbers_have_no_gaps,
    an_invoice_of_nothing_is_paid_at_once,
    a_receipt_before_the_payment_leads_to_the_invoice,
    what_a_customer_typed_is_text,
);

fn drafted(description: &str, quantity_e4: i64, minor: i64, tax: Option<usize>) -> LineDraft {
    LineDraft {
        description: description.into(),
        quantity: Quantity::from_e4(quantity_e4),
        unit_price: UnitPrice::from_minor_e4(minor * 10_000, Currency::Usd),
        tax,
    }
}

fn rate(name: &str, percent: &str) -> TaxRate {
    TaxRate { name: name.into(), percent: percent.parse().unwrap() }
}

async fn s14_s15_each_invoice_has_a_page_with_number_and_dates(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let page = t.get(&bill.path).await;
    page.is(200).says(&["Invoice INV-1051", "Billed to", "Dana Whitfield", "Issued Sep 21, 2026", "Due Oct 5, 2026"]);
    assert_eq!(bill.path.rsplit('/').next().unwrap().len(), 22, "128 random bits");
    assert!(!page.html.contains("\"/p/"), "it never leads into the portal");
}

async fn s16_lines_with_quantity_unit_price_and_total(t: &TestApp) {
    let lines = vec![
        drafted("Mulch, hardwood, per cubic yard", 62_500, 5_800, None),
        drafted("Returning customer discount", 10_000, -1_000, None),
    ];
    let bill = t.send(&t.shop, 14, lines, Vec::new(), None).await;
    t.get(&bill.path).await.says(&[
        "Description",
        "Quantity",
        "Unit price",
        "Total",
        "Mulch, hardwood, per cubic yard",
        "6.25",
        "$58.00",
        "$362.50",
        "Returning customer discount",
        "1",
        "−$10.00",
        "−$10.00",
        "Subtotal $352.50",
        "Total $352.50",
    ]);
}

async fn s17_taxes_by_name_and_percentage(t: &TestApp) {
    let lines = vec![
        drafted("Mowing", 40_000, 3_800, Some(0)),
        drafted("Salt", 10_000, 1_010, Some(1)),
        drafted("Advice", 10_000, 5_000, None),
    ];
    let rates = vec![rate("Texas sales tax", "8.25"), rate("City", "1.5")];
    let bill = t.send(&t.shop, 14, lines, rates, None).await;
    let sums = ["Subtotal $212.10", "Texas sales tax (8.25%) $12.54", "City (1.5%) $0.15", "Total $224.79"];
    t.get(&bill.path).await.says(&sums);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    assert_eq!(t.stripe.ledger().await[0].amount, 22_479);
}

async fn s19_s20_the_receipt_has_lines_taxes_method_date_and_charge(t: &TestApp) {
    let lines = vec![drafted("Mowing and edging", 40_000, 3_800, Some(0))];
    let bill = t.send(&t.shop, 14, lines, vec![rate("Texas sales tax", "8.25")], None).await;
    t.clock.pass(2 * 86_400);
    let paid = t.browser().pays(&bill.path, VISA).await;
    paid.says(&["Paid on Sep 23, 2026", "View receipt"]);
    assert!(paid.html.contains(&format!("href=\"{}/receipt\"", bill.path)));
    let charge = t.stripe.ledger().await.remove(0).charge;
    t.get(&format!("{}/receipt", bill.path)).await.says(&[
        "Receipt for invoice INV-1051",
        "Paid on Sep 23, 2026",
        "Received from Dana Whitfield",
        "Paid to Greenline Lawn & Garden",
        "Invoice issued Sep 21, 2026",
        "Mowing and edging",
        "Subtotal $152.00",
        "Texas sales tax (8.25%) $12.54",
        "Total $164.54",
        "Balance due $0.00",
        "Visa",
        "4242",
        "$164.54",
        "Sep 23, 2026",
        &charge,
    ]);
}

async fn what_was_sent_never_changes(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let before = t.get(&bill.path).await.html;
    t.database.execute("UPDATE customers SET name = 'Dana Married', address = 'Elsewhere'").await;
    t.database.execute("UPDATE businesses SET address = 'Moved'").await;
    assert_eq!(t.get(&bill.path).await.html, before);
}

async fn numbers_have_no_gaps(t: &TestApp) {
    let ten = futures_util::future::join_all((0..10).map(|_| t.bill(1_000))).await;
    let mut numbers = Vec::new();
    for bill in &ten {
        numbers.push(t.invoice(bill).await.number);
    }
    numbers.sort();
    assert_eq!(numbers, (1_051..1_061).map(|number| format!("INV-{number}")).collect::<Vec<_>>());
}

async fn an_invoice_of_nothing_is_paid_at_once(t: &TestApp) {
    let lines = vec![line("Warranty visit", 0, Currency::Usd)];
    let bill = t.send(&t.shop, 14, lines, Vec::new(), None).await;
    let page = t.get(&bill.path).await;
    page.says(&["Paid on Sep 21, 2026"]);
    assert!(!page.can_be_paid());
    t.get(&format!("{}/receipt", bill.path)).await.is(200).says(&["there was nothing to pay"]);
}

async fn a_receipt_before_the_payment_leads_to_the_invoice(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let answer = t.get(&format!("{}/receipt", bill.path)).await;
    assert_eq!(answer.location().path(), bill.path);
}

async fn what_a_customer_typed_is_text(t: &TestApp) {
    let evil = "<script>alert(1)</script>\"'&<img src=x>";
    let bill = t.send(&t.shop, 14, vec![line(evil, 1_000, Currency::Usd)], Vec::new(), None).await;
    let page = t.get(&bill.path).await;
    assert!(!page.html.contains("<script>") && !page.html.contains("<img src=x>"), "{}", page.html);
    assert!(page.html.contains("&lt;script&gt;") || page.html.contains("&#60;script&#62;"), "{}", page.html);
}
