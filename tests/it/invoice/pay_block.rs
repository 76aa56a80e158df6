//! The four rows of the pay block, exactly.

use crate::harness::bill::ShopSpec;
use crate::harness::{TestApp, cases};

cases!(s21_s22_s23_s24_the_four_rows, s26_auto_pay_is_not_offered_where_it_does_not_work_yet);

const INSTRUCTIONS: &str = "Send a check payable to Greenline";

async fn s21_s22_s23_s24_the_four_rows(t: &TestApp) {
    for (connected, instructions) in
        [(true, None), (true, Some(INSTRUCTIONS)), (false, Some(INSTRUCTIONS)), (false, None)]
    {
        let shop = t.open_shop(ShopSpec { connected, instructions, ..ShopSpec::default() }).await;
        let bill = t.bill_of(&shop, 5_000).await;
        let page = t.get(&bill.path).await;
        assert_eq!(page.can_be_paid(), connected);
        assert_eq!(page.words().contains("Or pay offline"), connected && instructions.is_some());
        assert_eq!(page.html.contains("<details class=\"disclosure\">"), connected && instructions.is_some());
        assert_eq!(page.words().contains(INSTRUCTIONS), instructions.is_some());
        let contact = "Please contact Greenline Lawn & Garden to arrange payment";
        assert_eq!(page.words().contains(contact), !connected && instructions.is_none());
        assert_eq!(page.words().contains("Save card for future invoices"), connected);
    }
}

async fn s26_auto_pay_is_not_offered_where_it_does_not_work_yet(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.get(&bill.path).await.says(&["Save card for future invoices"]).never_says(&["Auto-pay future invoices"]);
}
