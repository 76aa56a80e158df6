//! The invoice and its receipt as PDF: by both ways in, with the page's own figures and words.

use zoop_app::invoice::document::{Document, DocumentKind, document, document_of};
use zoop_app::invoice::show::InvoiceKey;
use zoop_app::invoice::void;
use zoop_app::{Actor, Error};

use crate::harness::bill::{Bill, ShopSpec, line};
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    both_ways_lead_to_the_invoice_and_its_receipt,
    it_says_what_the_page_says,
    a_canceled_invoice_says_so,
    a_receipt_before_the_payment_leads_to_the_invoice,
    the_business_prints_its_own_and_nobody_elses,
    the_mails_lead_to_it,
    a_broken_logo_keeps_nobody_from_his_invoice,
);

fn token(bill: &Bill) -> &str {
    bill.path.rsplit('/').next().unwrap()
}

async fn print(t: &TestApp, bill: &Bill, kind: DocumentKind) -> Document {
    document(&t.app(), InvoiceKey::Public { token: token(bill) }, kind).await.unwrap().unwrap()
}

/// What it says, without spaces: where lines break is the document's matter.
fn words(document: &Document) -> String {
    let pdf = lopdf::Document::load_mem(&document.bytes).unwrap();
    let pages: Vec<_> = pdf.get_pages().into_keys().collect();
    pdf.extract_text(&pages).unwrap().split_whitespace().collect()
}

#[track_caller]
fn says(document: &Document, parts: &[&str]) {
    let words = words(document);
    for part in parts {
        let part: String = part.split_whitespace().collect();
        assert!(words.contains(&part), "{part} is not in {words}");
    }
}

async fn both_ways_lead_to_the_invoice_and_its_receipt(t: &TestApp) {
    let bill = t.bill(16_305).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    let inside = format!("{}/invoices/{}", t.portal_link(&t.shop).await, bill.id);
    for page in [&inside, &bill.path] {
        for (at, below, name) in
            [("", "/invoice.pdf", "INV-1051.pdf"), ("/receipt", "/receipt.pdf", "INV-1051-receipt.pdf")]
        {
            let (shown, path) = (t.get(&format!("{page}{at}")).await, format!("{page}{below}"));
            assert!(shown.html.contains(&format!("href=\"{path}\"")), "{page}{at} doesn't lead to {path}");
            let pdf = t.get(&path).await;
            pdf.is(200);
            assert!(pdf.html.starts_with("%PDF-"), "{path}");
            assert_eq!(pdf.header("content-type"), "application/pdf");
            assert_eq!(pdf.header("content-disposition"), format!("inline; filename=\"{name}\""));
            assert_eq!(pdf.header("cache-control"), "no-store");
            assert_eq!(pdf.header("referrer-policy"), "no-referrer");
            assert!(!pdf.html.contains(token(&bill)), "paper is handed on, a secret link is not");
        }
    }
}

async fn it_says_what_the_page_says(t: &TestApp) {
    let lines = vec![line("*Mowing* #and <edging>", 16_305, t.shop.business.currency)];
    let bill = t.send(&t.shop, 14, lines, Vec::new(), None).await;
    t.check_arrives(&bill, 10_000).await.unwrap();
    let both = ["Balance due $63.05", "Billed to Dana Whitfield", "Issued Sep 21, 2026", "Due Oct 5, 2026"];
    t.get(&bill.path).await.says(&both).says(&["Total $163.05", "−$100.00"]);
    let printed = print(t, &bill, DocumentKind::Invoice).await;
    says(&printed, &both);
    says(&printed, &["*Mowing* #and <edging>", "Total $163.05", "−$100.00", "Due on Oct 5, 2026", "Page 1 of 1"]);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    let charge = t.stripe.ledger().await.remove(0).charge;
    let receipt = print(t, &bill, DocumentKind::Receipt).await;
    says(&receipt, &["Paid on Sep 21, 2026", "Check #1042", "$100.00", "4242", "$63.05", &format!("Charge {charge}")]);
    says(&print(t, &bill, DocumentKind::Invoice).await, &["Paid on Sep 21, 2026", "Balance due $0.00"]);
}

async fn a_canceled_invoice_says_so(t: &TestApp) {
    let (bill, again) = (t.bill(5_000).await, t.bill(5_000).await);
    void::void(&t.app(), Actor::Operator, &bill.business, &bill.id, Some(&again.id)).await.unwrap();
    let printed = print(t, &bill, DocumentKind::Invoice).await;
    says(&printed, &["Canceled on Sep 21, 2026", "Please don’t pay it. INV-1052 takes its place."]);
    assert!(!words(&printed).contains("Howtopay"));
}

async fn a_receipt_before_the_payment_leads_to_the_invoice(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let answer = t.get(&format!("{}/receipt.pdf", bill.path)).await;
    assert_eq!(answer.location().path(), bill.path);
}

async fn the_business_prints_its_own_and_nobody_elses(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let other = t.open_shop(ShopSpec::default()).await;
    let of = async |business, kind| document_of(&t.app(), business, &bill.id, kind).await;
    let printed = of(&bill.business, DocumentKind::Invoice).await.unwrap().unwrap();
    assert_eq!(printed.bytes, print(t, &bill, DocumentKind::Invoice).await.bytes, "the same data, the same bytes");
    assert!(of(&bill.business, DocumentKind::Receipt).await.unwrap().is_none());
    assert!(matches!(of(&other.business.id, DocumentKind::Invoice).await, Err(Error::NotFound)));
}

async fn the_mails_lead_to_it(t: &TestApp) {
    let bill = t.bill(16_305).await;
    t.settled().await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    t.settled().await;
    for (subject, below) in [("Invoice INV-1051", "invoice.pdf"), ("Receipt from", "receipt.pdf")] {
        let link = t.link_in(&t.mail(subject), below);
        assert_eq!(link, format!("{}/{below}", bill.path));
        t.get(&link).await.is(200);
    }
}

async fn a_broken_logo_keeps_nobody_from_his_invoice(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let plain = print(t, &bill, DocumentKind::Invoice).await;
    t.database.execute("UPDATE businesses SET logo_hash = 'gone'").await;
    assert_eq!(print(t, &bill, DocumentKind::Invoice).await.bytes, plain.bytes);
}
