//! What else happens on the business's account: other programs' payments, our names on things
//! that aren't ours, an account that may no longer charge, one that leaves.

use serde_json::json;
use zoop_app::Actor;
use zoop_app::invoice::void;
use zoop_domain::invoice::Status;

use crate::harness::bill::{Bill, ShopSpec};
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    foreign_payments_are_left_alone,
    a_payment_that_names_an_unknown_attempt_is_told_and_not_applied,
    a_payment_that_names_another_businesss_attempt_is_told_and_not_applied,
    a_payment_that_names_another_invoice_is_told_and_not_applied,
    a_payment_in_another_currency_is_told_and_not_applied,
    account_updated_takes_pay_now_away_and_brings_it_back,
    a_business_that_disconnects_takes_no_payments,
    a_business_that_disconnects_is_not_stuck_with_an_open_page,
    a_payment_on_an_open_page_of_a_business_that_comes_back_is_found,
);

/// A payment that somebody else's program takes, with these metadata.
async fn charge(t: &TestApp, account: &str, currency: &str, metadata: &[(&str, &str)]) {
    let names: Vec<(String, &str)> =
        metadata.iter().map(|(name, value)| (format!("metadata[{name}]"), *value)).collect();
    let mut form = vec![
        ("amount", "5000"),
        ("currency", currency),
        ("payment_method", "pm_card_visa"),
        ("confirm", "true"),
        ("return_url", "https://shop.example/"),
    ];
    form.extend(names.iter().map(|(name, value)| (name.as_str(), *value)));
    t.stripe.api(account, "POST", "/v1/payment_intents", &form).await;
}

/// The metadata of the invoice's open page.
async fn named(t: &TestApp, bill: &Bill) -> [(&'static str, String); 3] {
    t.browser().press_pay(&bill.path).await.is(303);
    let sql = format!("SELECT id FROM attempts WHERE invoice_id = '{}'", bill.id);
    let attempt = t.database.rows::<(String,)>(&sql).await.remove(0).0;
    [("attempt_id", attempt), ("business_id", bill.business.to_string()), ("invoice_id", bill.id.to_string())]
}

async fn nothing_is_applied(t: &TestApp, bill: &Bill, alert: &str) {
    t.settled().await;
    t.compare().await;
    assert_eq!(t.payments(bill).await, []);
    assert_eq!(t.owed(bill).await, 5_000);
    let alerts: Vec<(String,)> = t.database.rows("SELECT kind FROM alerts").await;
    assert_eq!(alerts, [(alert.to_owned(),)], "told once");
}

async fn foreign_payments_are_left_alone(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let account = bill.account.clone();
    charge(t, &account, "usd", &[]).await;
    charge(t, &account, "usd", &[("order", "17"), ("invoice_id", bill.id.as_str())]).await;
    let form = [
        ("mode", "payment"),
        ("success_url", "https://shop.example/"),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "900"),
        ("line_items[0][price_data][product_data][name]", "Gloves"),
        ("allowed_payment_method_types[0]", "card"),
    ];
    let session = t.stripe.api(&account, "POST", "/v1/checkout/sessions", &form).await;
    let address = session["url"].as_str().unwrap().parse().unwrap();
    t.browser().type_card(&address, VISA).await.is(303);
    let charge = t.stripe.ledger().await.remove(0);
    t.stripe.refund(&charge, None).await;
    t.stripe.dispute(&t.stripe.ledger().await[1]).await;
    t.settled().await;
    assert_eq!(t.compare().await, 0);
    assert_eq!(t.payments(&bill).await, []);
    assert_eq!(t.database.rows::<(String,)>("SELECT kind FROM alerts").await, []);
}

async fn a_payment_that_names_an_unknown_attempt_is_told_and_not_applied(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let unknown = format!("att_{}", "0".repeat(26));
    let account = bill.account.clone();
    charge(t, &account, "usd", &[("attempt_id", &unknown), ("invoice_id", bill.id.as_str())]).await;
    nothing_is_applied(t, &bill, "payment.unknown").await;
    assert_eq!(t.alert_kinds().await, ["payment.unknown"]);
}

async fn a_payment_that_names_another_businesss_attempt_is_told_and_not_applied(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let metadata = named(t, &bill).await;
    let metadata: Vec<_> = metadata.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let other = t.open_shop(ShopSpec::default()).await;
    charge(t, &other.account(), "usd", &metadata).await;
    nothing_is_applied(t, &bill, "payment.unknown").await;
    assert_eq!(t.alert_kinds().await, [""; 0], "it is the other business's to look at");
}

async fn a_payment_that_names_another_invoice_is_told_and_not_applied(t: &TestApp) {
    let (bill, other) = (t.bill(5_000).await, t.bill(5_000).await);
    let [attempt, business, _] = named(t, &bill).await;
    let metadata = [(attempt.0, attempt.1.as_str()), (business.0, &business.1), ("invoice_id", other.id.as_str())];
    charge(t, &bill.account, "usd", &metadata).await;
    nothing_is_applied(t, &bill, "payment.mismatch").await;
    assert_eq!(t.payments(&other).await, []);
}

async fn a_payment_in_another_currency_is_told_and_not_applied(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let metadata = named(t, &bill).await;
    let metadata: Vec<_> = metadata.iter().map(|(name, value)| (*name, value.as_str())).collect();
    charge(t, &bill.account, "eur", &metadata).await;
    nothing_is_applied(t, &bill, "payment.mismatch").await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
}

async fn account_updated_takes_pay_now_away_and_brings_it_back(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.stripe.sandbox.put_account(&bill.account, false, "Greenline").await.unwrap();
    t.settled().await;
    let page = t.get(&bill.path).await;
    assert!(!page.can_be_paid());
    page.says(&["to arrange payment"]);
    t.browser().post(&format!("{}/pay", bill.path), &[("amount", "5000")]).await.is(422);
    t.stripe.sandbox.put_account(&bill.account, true, "Greenline").await.unwrap();
    t.settled().await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
}

async fn disconnect(t: &TestApp, account: &str) {
    t.stripe.control(&format!("accounts/{account}/deauthorize"), json!({})).await;
    t.settled().await;
}

async fn a_business_that_disconnects_takes_no_payments(t: &TestApp) {
    let bill = t.bill(5_000).await;
    disconnect(t, &bill.account).await;
    assert!(!t.get(&bill.path).await.can_be_paid());
    t.browser().post(&format!("{}/pay", bill.path), &[("amount", "5000")]).await.is(422);
    t.check_arrives(&bill, 5_000).await.unwrap();
}

async fn a_business_that_disconnects_is_not_stuck_with_an_open_page(t: &TestApp) {
    let (bill, other) = (t.bill(5_000).await, t.bill(6_000).await);
    t.browser().press_pay(&bill.path).await.is(303);
    t.browser().press_pay(&other.path).await.is(303);
    disconnect(t, &bill.account).await;
    // Stripe can't be asked any more, and the pages are over by themselves after 35 minutes.
    for _ in 0..4 {
        t.pass(3_600).await;
    }
    assert_eq!((t.attempts(&bill).await, t.live_attempts().await), (vec!["canceled".to_owned()], 0));
    assert!(t.alert_kinds().await.contains(&"attempt.out_of_reach".to_owned()));
    t.check_arrives(&bill, 5_000).await.unwrap();
    void::void(&t.app(), Actor::Operator, &other.business, &other.id, None).await.unwrap();
}

async fn a_payment_on_an_open_page_of_a_business_that_comes_back_is_found(t: &TestApp) {
    t.stripe.lose_webhooks();
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    let back = dana.type_card(&checkout, VISA).await;
    disconnect(t, &bill.account).await;
    let page = dana.follow(back).await;
    page.is(200).says(&["Payment processing"]);
    for _ in 0..4 {
        t.pass(3_600).await;
    }
    assert_eq!(t.attempts(&bill).await, ["canceled"]);
    t.stripe.sandbox.put_account(&bill.account, true, "Greenline").await.unwrap();
    zoop_app::business::connect::refresh_account(&t.app(), &bill.account).await.unwrap();
    assert_eq!(t.compare().await, 1);
    assert_eq!(t.status(&bill).await, Status::Paid);
}
