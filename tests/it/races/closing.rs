//! The office cancels an invoice, writes it off or records a check while the customer has the
//! payment page open: the page is closed first, and if he has just paid, the office is told so.

use zoop_app::invoice::{void, write_off};
use zoop_app::{Actor, Error};
use zoop_domain::invoice::Status;

use crate::harness::bill::Bill;
use crate::harness::browser::{CHALLENGED, VISA};
use crate::harness::{TestApp, cases};

cases!(
    canceling_closes_the_page_first,
    a_check_closes_the_page_first,
    writing_off_closes_the_page_first,
    canceling_just_after_he_paid_is_refused,
    a_check_just_after_he_paid_is_refused,
    canceling_while_his_bank_asks_ends_the_challenge,
    canceling_and_paying_at_once_end_in_one_of_the_two,
    a_check_and_a_card_at_once_are_never_both_kept,
    canceling_while_stripe_is_down_changes_nothing,
    what_is_partly_paid_is_not_canceled,
    canceling_while_a_click_is_being_served,
    a_check_for_more_than_is_owed_is_refused,
);

async fn cancel(t: &TestApp, bill: &Bill) -> Result<(), Error> {
    void::void(&t.app(), Actor::Operator, &bill.business, &bill.id, None).await
}

async fn canceling_closes_the_page_first(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    cancel(t, &bill).await.unwrap();
    dana.type_card(&checkout, VISA).await.is(410);
    t.get(&bill.path).await.says(&["Canceled"]);
    assert_eq!(t.stripe.ledger().await, []);
}

async fn a_check_closes_the_page_first(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    t.check_arrives(&bill, 5_000).await.unwrap();
    dana.type_card(&checkout, VISA).await.is(410);
    t.get(&bill.path).await.says(&["Paid on"]);
    // For a part of it, too: the page would ask for too much.
    let bill = t.bill(5_000).await;
    let checkout = dana.press_pay(&bill.path).await.location();
    t.check_arrives(&bill, 1_000).await.unwrap();
    dana.type_card(&checkout, VISA).await.is(410);
    dana.pays(&bill.path, VISA).await.says(&["Paid on"]);
    assert_eq!(t.stripe.ledger().await[0].amount, 4_000);
}

async fn writing_off_closes_the_page_first(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    write_off::write_off(&t.app(), Actor::Operator, &bill.business, &bill.id).await.unwrap();
    dana.type_card(&checkout, VISA).await.is(410);
    assert_eq!(t.status(&bill).await, Status::Closed);
}

async fn canceling_just_after_he_paid_is_refused(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    let refused = cancel(t, &bill).await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("a payment has just arrived")), "{refused}");
    assert_eq!(t.status(&bill).await, Status::Paid);
    // And when it was settled before he pressed the button.
    let refused = cancel(t, &bill).await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("refund it first")), "{refused}");
}

async fn a_check_just_after_he_paid_is_refused(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await.is(303);
    let refused = t.check_arrives(&bill, 5_000).await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("a payment has just arrived")), "{refused}");
    assert!(matches!(t.check_arrives(&bill, 5_000).await, Err(Error::Conflict(_))));
    assert_eq!(t.payments(&bill).await.len(), 1);
}

async fn canceling_while_his_bank_asks_ends_the_challenge(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    let bank = dana.type_card(&checkout, CHALLENGED).await.location();
    cancel(t, &bill).await.unwrap();
    let answered = dana.post(bank.as_str(), &[("outcome", "complete")]).await;
    dana.follow(answered).await;
    t.settled().await;
    assert_eq!(t.stripe.ledger().await, []);
    assert_eq!(t.status(&bill).await, Status::Canceled);
}

async fn canceling_and_paying_at_once_end_in_one_of_the_two(t: &TestApp) {
    for _ in 0..4 {
        let bill = t.bill(5_000).await;
        let mut dana = t.browser();
        let checkout = dana.press_pay(&bill.path).await.location();
        let before = t.stripe.ledger().await.len();
        let (canceled, typed) = tokio::join!(cancel(t, &bill), dana.type_card(&checkout, VISA));
        if typed.status.is_redirection() {
            dana.follow(typed).await;
        }
        t.settled().await;
        let charged = t.stripe.ledger().await.len() - before;
        let expected = if canceled.is_ok() { (0, Status::Canceled) } else { (1, Status::Paid) };
        assert_eq!((charged, t.status(&bill).await), expected);
    }
}

async fn a_check_and_a_card_at_once_are_never_both_kept(t: &TestApp) {
    for _ in 0..4 {
        let bill = t.bill(5_000).await;
        let mut dana = t.browser();
        let checkout = dana.press_pay(&bill.path).await.location();
        let (check, typed) = tokio::join!(t.check_arrives(&bill, 5_000), dana.type_card(&checkout, VISA));
        if typed.status.is_redirection() {
            dana.follow(typed).await;
        }
        t.settled().await;
        assert_eq!(t.payments(&bill).await.len(), 1, "{check:?}");
        assert_eq!(t.status(&bill).await, Status::Paid);
    }
}

async fn canceling_while_stripe_is_down_changes_nothing(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.browser().press_pay(&bill.path).await.is(303);
    t.stripe.go_down();
    assert!(matches!(cancel(t, &bill).await, Err(Error::Upstream(_))));
    assert!(matches!(t.check_arrives(&bill, 5_000).await, Err(Error::Upstream(_))));
    assert_eq!(t.owed(&bill).await, 5_000);
    t.stripe.recover();
    cancel(t, &bill).await.unwrap();
}

async fn what_is_partly_paid_is_not_canceled(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.check_arrives(&bill, 1_000).await.unwrap();
    let refused = cancel(t, &bill).await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("refund it first")), "{refused}");
}

async fn canceling_while_a_click_is_being_served(t: &TestApp) {
    for _ in 0..4 {
        let bill = t.bill(5_000).await;
        let mut dana = t.browser();
        let pay = format!("{}/pay", bill.path);
        let form = [("amount", "5000")];
        let (canceled, pressed) = tokio::join!(cancel(t, &bill), dana.post(&pay, &form));
        assert!(canceled.is_ok() || matches!(canceled, Err(Error::Conflict(_))), "{canceled:?}");
        if canceled.is_ok() {
            assert_eq!(t.status(&bill).await, Status::Canceled);
            if pressed.status.is_redirection() && pressed.location().origin() == t.stripe.base.origin() {
                dana.type_card(&pressed.location(), VISA).await.is(410);
            }
        }
        t.settled().await;
        t.pass(3_600).await;
        assert_eq!(t.stripe.sessions(&bill.account, "open").await.len(), 0);
    }
    assert_eq!(t.stripe.ledger().await, []);
}

async fn a_check_for_more_than_is_owed_is_refused(t: &TestApp) {
    let bill = t.bill(5_000).await;
    for minor in [0, -100, 5_001] {
        assert!(matches!(t.check_arrives(&bill, minor).await, Err(Error::Invalid(_))), "{minor}");
    }
}
