//! What can't be paid, or not like that: nothing is charged, and the page says why.

use zoop_app::Actor;
use zoop_app::invoice::{void, write_off};
use zoop_domain::invoice::Status;

use crate::harness::bill::{Bill, ShopSpec};
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    a_balance_that_changed_is_shown_before_anything_is_charged,
    what_is_paid_is_not_paid_again,
    s18_a_canceled_invoice_takes_nothing,
    a_written_off_invoice_takes_nothing,
    a_balance_below_the_minimum_charge_is_not_taken,
    s23_s24_without_stripe_nothing_is_taken,
    a_forged_amount_charges_nothing,
    other_fields_of_the_form_change_nothing,
    a_form_that_is_too_long_is_refused,
);

/// No session was made, and no attempt stored.
async fn nothing_was_begun(t: &TestApp, bill: &Bill) {
    assert_eq!(t.attempts(bill).await, [""; 0]);
    for status in ["open", "complete", "expired"] {
        assert_eq!(t.stripe.sessions(&bill.account, status).await.len(), 0, "{status}");
    }
}

async fn a_balance_that_changed_is_shown_before_anything_is_charged(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let mut dana = t.browser();
    let seen = dana.get(&bill.path).await.amount();
    t.check_arrives(&bill, 5_000).await.unwrap();
    let answer = dana.post(&format!("{}/pay", bill.path), &[("amount", &seen), ("save_card", "yes")]).await;
    answer.is(409).says(&["The balance changed to $113.05", "pay again"]);
    assert_eq!(answer.amount(), "11305");
    assert!(answer.html.contains("name=\"save_card\" value=\"yes\" checked"), "the tick is kept");
    nothing_was_begun(t, &bill).await;
    // Even if too little is left to be charged.
    let small = t.bill(16_305).await;
    t.check_arrives(&small, 16_300).await.unwrap();
    let answer = dana.post(&format!("{}/pay", small.path), &[("amount", "16305")]).await;
    answer.is(409).says(&["$0.05", "to arrange payment"]);
    // A reload there, by GET, leads to the invoice.
    let reloaded = dana.get(&format!("{}/pay", bill.path)).await;
    assert_eq!(reloaded.location().path(), bill.path);
    dana.pays(&bill.path, VISA).await.says(&["Paid on"]);
}

async fn what_is_paid_is_not_paid_again(t: &TestApp) {
    let bill = t.bill(16_305).await;
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    let mut late = t.browser();
    let answer = late.post(&format!("{}/pay", bill.path), &[("amount", "16305")]).await;
    late.follow(answer).await.is(200).says(&["Paid on"]);
    assert_eq!(t.attempts(&bill).await.len(), 1);
}

async fn s18_a_canceled_invoice_takes_nothing(t: &TestApp) {
    let bill = t.bill(16_305).await;
    void::void(&t.app(), Actor::Operator, &bill.business, &bill.id, None).await.unwrap();
    let mut dana = t.browser();
    let answer = dana.post(&format!("{}/pay", bill.path), &[("amount", "16305")]).await;
    let page = dana.follow(answer).await;
    page.is(200).says(&["Canceled", "please don’t pay it"]);
    assert!(!page.can_be_paid());
    nothing_was_begun(t, &bill).await;
}

async fn a_written_off_invoice_takes_nothing(t: &TestApp) {
    let bill = t.bill(16_305).await;
    write_off::write_off(&t.app(), Actor::Operator, &bill.business, &bill.id).await.unwrap();
    let mut dana = t.browser();
    let answer = dana.post(&format!("{}/pay", bill.path), &[("amount", "16305")]).await;
    let page = dana.follow(answer).await;
    page.is(200).says(&["Closed", "take no payment for it here"]);
    assert!(!page.can_be_paid());
    nothing_was_begun(t, &bill).await;
    // But money that comes all the same is taken: it is recovered.
    t.check_arrives(&bill, 16_305).await.unwrap();
    assert_eq!(t.status(&bill).await, Status::Paid);
}

async fn a_balance_below_the_minimum_charge_is_not_taken(t: &TestApp) {
    let bill = t.bill(49).await;
    let page = t.get(&bill.path).await;
    assert!(!page.can_be_paid());
    page.says(&["Please contact Greenline Lawn & Garden to arrange payment"]);
    let answer = t.browser().post(&format!("{}/pay", bill.path), &[("amount", "49")]).await;
    answer.is(422).says(&["can’t be paid online"]);
    nothing_was_begun(t, &bill).await;
    // So is a rest of a larger invoice.
    let larger = t.bill(10_049).await;
    t.check_arrives(&larger, 10_000).await.unwrap();
    assert!(!t.get(&larger.path).await.can_be_paid());
}

async fn s23_s24_without_stripe_nothing_is_taken(t: &TestApp) {
    for instructions in [None, Some("Send a check to 86 Foundry Lane")] {
        let shop = t.open_shop(ShopSpec { connected: false, instructions, ..ShopSpec::default() }).await;
        let bill = t.bill_of(&shop, 5_000).await;
        let page = t.get(&bill.path).await;
        assert!(!page.can_be_paid());
        page.says(&[instructions.unwrap_or("to arrange payment")]);
        let answer = t.browser().post(&format!("{}/pay", bill.path), &[("amount", "5000")]).await;
        answer.is(422);
        assert_eq!(t.attempts(&bill).await, [""; 0]);
    }
}

async fn a_forged_amount_charges_nothing(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let pay = format!("{}/pay", bill.path);
    let unreadable =
        ["-1", "-16305", "0", "", "abc", "163.05", "1e4", " 16305", "+16305", "９９", "99999999999999999999"];
    for amount in unreadable {
        let answer = t.browser().post(&pay, &[("amount", amount), ("save_card", "yes")]).await;
        answer.is(422).says(&["couldn’t read the amount"]);
        assert!(answer.html.contains(" checked"), "the tick is kept");
    }
    t.browser().post(&pay, &[]).await.is(422);
    for amount in ["1", "16304", "16306", "9223372036854775807"] {
        t.browser().post(&pay, &[("amount", amount)]).await.is(409).says(&["The balance changed to $163.05"]);
    }
    // The last of two counts, and it is no more believed than the first.
    t.browser().post(&pay, &[("amount", "16305"), ("amount", "1")]).await.is(409);
    nothing_was_begun(t, &bill).await;
}

async fn other_fields_of_the_form_change_nothing(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let form =
        [("amount", "16305"), ("currency", "jpy"), ("account", "acct_evil"), ("success_url", "https://evil.example")];
    t.browser().post(&format!("{}/pay", bill.path), &form).await.is(303);
    let session = &t.stripe.sessions(&bill.account, "open").await[0];
    assert_eq!((&session["amount_total"], &session["currency"]), (&16_305.into(), &"usd".into()));
    assert!(!session.to_string().contains("evil"));
}

async fn a_form_that_is_too_long_is_refused(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let long = "x".repeat(17 * 1024);
    let answer = t.browser().post(&format!("{}/pay", bill.path), &[("amount", "16305"), ("x", &long)]).await;
    answer.is(413).says(&["more than this form takes"]);
    nothing_was_begun(t, &bill).await;
}
