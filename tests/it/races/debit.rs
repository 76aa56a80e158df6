//! A bank debit that takes days: "payment processing", no other attempt, and then one of two ends.

use serde_json::json;
use zoop_app::attempt::{self, settle};
use zoop_app::invoice::void;
use zoop_app::{Actor, Error};
use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState, AttemptTerms};
use zoop_domain::id::AttemptId;
use zoop_domain::invoice::Status;
use zoop_domain::money::Money;
use zoop_store as store;

use crate::harness::bill::Bill;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    while_the_bank_works_there_is_no_other_way_to_pay,
    a_debit_that_arrives_pays,
    a_debit_that_fails_can_be_paid_again,
    a_debit_that_ends_without_a_word_is_asked_about,
);

/// Starts a debit the way a saved bank account will: its payment intent.
async fn debit(t: &TestApp, bill: &Bill) -> String {
    let app = t.app();
    let amount = Money::new(t.owed(bill).await, t.shop.business.currency);
    let attempt = Attempt {
        id: AttemptId::generate(app.now(), app.random.as_ref()),
        business: bill.business.clone(),
        invoice: bill.id.clone(),
        customer: bill.customer.clone(),
        kind: AttemptKind::Checkout,
        state: AttemptState::Processing,
        amount,
        account: bill.account.clone(),
        terms: AttemptTerms::default(),
        consent: None,
        job: None,
        method: None,
        method_label: None,
        session: None,
        payment_intent: None,
        created_at: app.now(),
        expires_at: None,
        checks: 0,
    };
    let amount = amount.minor().to_string();
    let customer = t.stripe.api(&bill.account, "POST", "/v1/customers", &[("email", "dana@example.com")]).await;
    let metadata = attempt::metadata(&attempt);
    let names: Vec<(String, &str)> =
        metadata.iter().map(|(name, value)| (format!("metadata[{name}]"), value.as_str())).collect();
    let mut form = vec![
        ("amount", amount.as_str()),
        ("currency", "usd"),
        ("customer", customer["id"].as_str().unwrap()),
        ("payment_method", "pm_usBankAccount"),
        ("allowed_payment_method_types[0]", "us_bank_account"),
        ("confirm", "true"),
        ("off_session", "true"),
    ];
    form.extend(names.iter().map(|(name, value)| (name.as_str(), *value)));
    let intent = t.stripe.api(&bill.account, "POST", "/v1/payment_intents", &form).await;
    let intent = intent["id"].as_str().unwrap().to_owned();
    let attempt = Attempt { payment_intent: Some(intent.clone()), ..attempt };
    let mut tx = app.db.begin().await.unwrap();
    store::attempt::insert(&mut tx, &attempt, None, Some(app.now().plus_seconds(3_600))).await.unwrap();
    tx.commit().await.unwrap();
    settle::settle(&app, &attempt).await.unwrap();
    intent
}

async fn finish(t: &TestApp, intent: &str, outcome: &str) {
    t.stripe.control(&format!("payment_intents/{intent}/finish"), json!({ "outcome": outcome })).await;
}

async fn while_the_bank_works_there_is_no_other_way_to_pay(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let intent = debit(t, &bill).await;
    let page = t.get(&bill.path).await;
    page.says(&["Payment processing", "$163.05", "was sent on Sep 21, 2026"]);
    assert!(!page.can_be_paid());
    let answer = t.browser().post(&format!("{}/pay", bill.path), &[("amount", "16305")]).await;
    assert_eq!(answer.location().path(), bill.path);
    assert_eq!(t.attempts(&bill).await, ["processing"]);
    let canceled = void::void(&t.app(), Actor::Operator, &bill.business, &bill.id, None).await;
    assert!(matches!(&canceled, Err(Error::Conflict(why)) if why.contains("under way")), "{canceled:?}");
    assert!(matches!(t.check_arrives(&bill, 16_305).await, Err(Error::Conflict(_))));
    t.settled().await;
    t.pass(86_400).await;
    assert_eq!(t.status(&bill).await, Status::Processing);
    finish(t, &intent, "succeed").await;
}

async fn a_debit_that_arrives_pays(t: &TestApp) {
    let bill = t.bill(16_305).await;
    let intent = debit(t, &bill).await;
    t.clock.pass(4 * 86_400);
    finish(t, &intent, "succeed").await;
    t.settled().await;
    t.get(&bill.path).await.says(&["Paid on Sep"]);
    t.get(&format!("{}/receipt", bill.path)).await.says(&["6789", "$163.05"]);
}

async fn a_debit_that_fails_can_be_paid_again(t: &TestApp) {
    let mut owner = t.owner().await;
    let bill = t.bill(16_305).await;
    let intent = debit(t, &bill).await;
    finish(t, &intent, "fail").await;
    t.settled().await;
    assert_eq!(t.attempts(&bill).await, ["failed"]);
    // The customer has long gone: whoever waits for the money is told, once.
    assert_eq!(t.alert_kinds().await, ["payment.failed"]);
    assert_eq!(t.alerts().await[0].subject, bill.id.as_str());
    let failed = t.audit(bill.id.as_str()).await.into_iter().filter(|action| action == "payment.failed");
    assert_eq!(failed.count(), 1);
    owner.get(&format!("/office/invoices/{}", bill.id)).await.says(&["Payment failed after all: $163.05 by"]);
    owner.get("/office/settings/audit").await.says(&["The bank refused after all a payment", "6789"]);
    let customer = format!("/office/customers/{}", bill.customer);
    owner.get(&customer).await.says(&["The payment for", "failed after all"]);
    let told = t.outbox.sent().into_iter().filter(|mail| mail.subject.starts_with("A payment of $163.05 from"));
    assert_eq!(told.count(), 1, "to the one owner");
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
}

async fn a_debit_that_ends_without_a_word_is_asked_about(t: &TestApp) {
    t.stripe.lose_webhooks();
    let bill = t.bill(16_305).await;
    let intent = debit(t, &bill).await;
    finish(t, &intent, "succeed").await;
    t.pass(3_600).await;
    assert_eq!(t.status(&bill).await, Status::Paid);
}
