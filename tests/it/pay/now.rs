//! The straight way: press, type a card, come back, read the receipt.

use crate::harness::TestApp;
use crate::harness::browser::{DECLINED, VISA};
use crate::harness::cases;

cases!(s20_a_card_pays_and_the_receipt_says_so, a_declined_card_can_be_replaced_on_the_same_page);

async fn s20_a_card_pays_and_the_receipt_says_so(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let mut dana = t.browser();
    let end = dana.pays(&bill.path, VISA).await;
    assert_eq!(end.url.path(), bill.path);
    end.is(200).says(&["Paid on Sep 21, 2026", "View receipt"]);
    assert!(!end.can_be_paid());
    let charge = &t.stripe.ledger().await[0];
    let receipt = dana.get(&format!("{}/receipt", bill.path)).await;
    receipt.is(200).says(&["Receipt for invoice INV-1051", "$163.05", "Paid on Sep 21, 2026", "Mowing and edging"]);
    receipt.says(&["Visa", "4242", "$163.05", "Sep 21, 2026", "Charge", &charge.charge]);
    t.settled().await;
    assert_eq!(t.payments(&bill).await.len(), 1);
    assert_eq!(t.attempts(&bill).await, ["succeeded"]);
}

async fn a_declined_card_can_be_replaced_on_the_same_page(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay(&bill.path).await;
    let checkout = dana.open_checkout(&pressed).await;
    dana.type_card(&checkout, DECLINED).await.is(402);
    t.settled().await;
    assert_eq!(t.attempts(&bill).await, ["open"], "a decline is not the end of the page");
    assert!(t.get(&bill.path).await.can_be_paid());
    let typed = dana.type_card(&checkout, VISA).await;
    dana.follow(typed).await.says(&["Paid on"]);
}
