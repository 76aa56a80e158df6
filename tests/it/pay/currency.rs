//! The currencies Zoop takes: what is asked for, charged and shown is the invoice's own.

use crate::harness::bill::ShopSpec;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};
use zoop_domain::money::Currency;

cases!(every_currency_is_charged_as_itself, a_pound_invoice_has_its_own_minimum);

async fn every_currency_is_charged_as_itself(t: &TestApp) {
    let shown = [
        (Currency::Usd, "$99.99"),
        (Currency::Cad, "CA$99.99"),
        (Currency::Eur, "€99.99"),
        (Currency::Gbp, "£99.99"),
        (Currency::Aud, "A$99.99"),
        (Currency::Nzd, "NZ$99.99"),
    ];
    for (currency, amount) in shown {
        let shop = t.open_shop(ShopSpec { currency, ..ShopSpec::default() }).await;
        let bill = t.bill_of(&shop, 9_999).await;
        t.get(&bill.path).await.says(&[amount]);
        t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
        t.get(&format!("{}/receipt", bill.path)).await.says(&[amount, "Visa", amount]);
        let ledger = t.stripe.ledger().await;
        let charge = ledger.last().unwrap();
        assert_eq!((charge.currency.as_str(), charge.amount), (currency.as_str(), 9_999));
        assert_eq!(charge.account, shop.account());
    }
}

async fn a_pound_invoice_has_its_own_minimum(t: &TestApp) {
    let shop = t.open_shop(ShopSpec { currency: Currency::Gbp, ..ShopSpec::default() }).await;
    let (enough, too_little) = (t.bill_of(&shop, 30).await, t.bill_of(&shop, 29).await);
    assert!(!t.get(&too_little.path).await.can_be_paid());
    t.browser().pays(&enough.path, VISA).await.says(&["Paid on"]);
}
