//! Every kind of mail as a customer gets it, through a real SMTP server: in whose name, with which links,
//! what of it is kept, and what happens when the server refuses, is slow to come back, or is down for a day.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;
use zoop_app::mail::{Mailer, Smtp};
use zoop_app::{Actor, payment_method};
use zoop_domain::consent::ConsentSource;

use crate::harness::bill::{Bill, line};
use crate::harness::browser::{MASTERCARD, VISA};
use crate::harness::smtp::{Answer, Delivery, SmtpServer, Stage};
use crate::harness::{Setup, TestApp, cases};

cases!(
    every_kind_arrives_in_the_businesss_name,
    a_refused_mail_stands_on_the_timeline,
    a_mail_that_is_sent_twice_is_recognised,
    a_day_without_a_mail_server_loses_nothing,
    what_the_owner_adds_is_sent_and_kept_without_secrets,
    a_card_that_expires_is_told_once,
);

const SENDER: &str = "mail@zoop.example";

/// The program sends through `server` from now on.
async fn through(t: &TestApp, server: &SmtpServer) {
    let smtp = Smtp::new(&SecretString::from(server.url()), SENDER).unwrap();
    t.restart_as(&Setup { mailer: Some(Arc::new(smtp) as Arc<dyn Mailer>), ..Setup::default() }).await;
}

async fn due(t: &TestApp, cents: i64, due_in: i32) -> Bill {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let lines = vec![line("Mowing and edging", cents, t.shop.business.currency)];
    let bill = t.send(&t.shop, due_in, lines, Vec::new(), Some(plan)).await;
    t.settled().await;
    bill
}

fn check(t: &TestApp, mail: &Delivery) {
    let parsed = mail.parsed();
    let from = parsed.from().and_then(|from| from.first()).unwrap();
    assert_eq!((from.name(), from.address()), (Some("Greenline Lawn & Garden"), Some(SENDER)));
    let reply_to = parsed.reply_to().and_then(|to| to.first()).unwrap();
    assert_eq!(reply_to.address(), Some("billing@greenline.example"));
    assert_eq!(mail.to, "dana@whitfield.example");
    assert!(mail.message_id().starts_with("mal_"), "{}", mail.message_id());
    assert!(mail.html().contains("lang=\"en-US\"") && !mail.html().contains("<script"), "{}", mail.subject());
    for link in mail.links() {
        assert!(link.starts_with(t.base.as_str()), "a strange link in {}: {link}", mail.subject());
        assert!(mail.html().contains(&link.replace('&', "&amp;")) || mail.html().contains(&link), "{link}");
    }
    let unsubscribe = parsed.header("List-Unsubscribe").is_some();
    let about_auto_pay = mail.text().contains("?turn-off=") || mail.text().contains("?change-card=");
    assert_eq!(unsubscribe, about_auto_pay, "{}", mail.subject());
}

async fn every_kind_arrives_in_the_businesss_name(t: &TestApp) {
    let server = SmtpServer::start().await;
    through(t, &server).await;
    // On, an invoice that is announced, failed, tried again, paid; then refunded, and turned off.
    let plan = t.add_plan(&t.shop, "Hedge trimming").await;
    let first = super::super::auto_pay::plan_bill(t, &plan).await;
    t.browser().pays_with(&first.path, VISA, &[("auto_pay", "yes")]).await.says(&["Paid on"]);
    t.settled().await;
    let lines = vec![line("Hedge trimming and hauling", 9_900, t.shop.business.currency)];
    let bill = t.send(&t.shop, 1, lines, Vec::new(), Some(plan)).await;
    t.settled().await;
    let card = t.methods().await.remove(0);
    let path = format!("payment_methods/{}/outcome", card.stripe_payment_method);
    t.at("2026-09-22", 6).await;
    t.stripe.control(&path, json!({ "decline_code": "insufficient_funds", "count": 1 })).await;
    t.at("2026-09-25", 6).await;
    t.stripe.control(&path, json!({ "decline_code": "authentication_required", "count": 1 })).await;
    t.at("2026-09-26", 6).await;
    zoop_app::dunning::retry::retry(&t.app(), Actor::Operator, &bill.business, &bill.id).await.unwrap();
    t.settled().await;
    t.get(&bill.path).await.says(&["Paid on Sep 26, 2026"]);
    let charge = t.stripe.ledger().await.pop().unwrap();
    t.stripe
        .api(&bill.account, "POST", "/v1/refunds", &[("payment_intent", &charge.payment_intent), ("amount", "900")])
        .await;
    t.settled().await;
    let portal = t.portal_link(&t.shop).await;
    let token = portal.trim_start_matches("/p/");
    payment_method::remove::remove(&t.app(), token, card.id.as_str()).await.unwrap();
    t.settled().await;
    let mails = server.deliveries();
    mails.iter().for_each(|mail| check(t, mail));
    let kinds = "SELECT DISTINCT kind FROM mails WHERE state = 'sent' ORDER BY kind";
    let kinds: Vec<String> = t.database.rows::<(String,)>(kinds).await.into_iter().map(|(kind,)| kind).collect();
    let wanted = [
        "action_needed",
        "auto_pay.off",
        "auto_pay.on",
        "invoice",
        "payment.failed",
        "receipt",
        "refund",
        "upcoming_charge",
    ];
    assert_eq!(kinds, wanted, "{:?}", mails.iter().map(Delivery::subject).collect::<Vec<_>>());
}

async fn a_refused_mail_stands_on_the_timeline(t: &TestApp) {
    let server = SmtpServer::start().await;
    through(t, &server).await;
    server.answer(Stage::Recipient, Answer::Reply("550 5.1.1 No such user"));
    t.bill(5_000).await;
    t.settled().await;
    assert!(server.deliveries().is_empty());
    let sql = "SELECT state, error FROM mails";
    let [(state, error)] = t.database.rows::<(String, String)>(sql).await.try_into().expect("one mail");
    assert!(state == "failed" && error.contains("No such user"), "{state} {error}");
    assert!(t.alert_kinds().await.contains(&"mail.failed".to_owned()));
}

async fn a_mail_that_is_sent_twice_is_recognised(t: &TestApp) {
    let server = SmtpServer::start().await;
    through(t, &server).await;
    // It took the mail, and hung up before it said so.
    server.answer(Stage::Data, Answer::Reply("451 4.3.0 Try again later"));
    t.bill(5_000).await;
    t.settled().await;
    assert!(server.deliveries().is_empty());
    t.pass(60).await;
    let [mail] = server.deliveries().try_into().expect("one mail");
    let (id,) = t.database.rows::<(String,)>("SELECT id FROM mails").await.remove(0);
    assert!(mail.message_id().starts_with(&id));
}

async fn a_day_without_a_mail_server_loses_nothing(t: &TestApp) {
    let server = SmtpServer::start().await;
    through(t, &server).await;
    server.go_down();
    let bill = due(t, 6_495, 14).await;
    for _ in 0..24 {
        t.pass(3_600).await;
    }
    assert!(server.deliveries().is_empty());
    assert_eq!(t.jobs().await.1, 0, "nothing is given up in a day");
    server.come_back().await;
    for _ in 0..2 {
        t.pass(3_600).await;
    }
    let subjects: Vec<_> = server.deliveries().iter().map(Delivery::subject).collect();
    assert_eq!(subjects.iter().filter(|subject| subject.starts_with("Invoice INV-1052")).count(), 1, "{subjects:?}");
    t.at("2026-10-05", 6).await;
    t.get(&bill.path).await.says(&["Paid on Oct 5, 2026"]);
}

async fn what_the_owner_adds_is_sent_and_kept_without_secrets(t: &TestApp) {
    use zoop_app::invoice::draft::{self, NewInvoice};
    use zoop_app::invoice::send::{self, Delivery as How};
    let portal = t.base.join(&t.portal_link(&t.shop).await).unwrap();
    let lines = vec![line("Mowing and edging", 5_000, t.shop.business.currency)];
    let customer = t.shop.customer.id.clone();
    let new = NewInvoice { customer, plan: None, due_on: t.today().plus_days(7), lines, rates: Vec::new() };
    let id = draft::draft(&t.app(), &t.shop.business.id, new).await.unwrap();
    let message = format!("Thank you! All your invoices: {portal}");
    let how = How::Mail { message: Some(message.clone()) };
    send::send(&t.app(), Actor::Operator, &t.shop.business.id, &id, &how).await.unwrap();
    t.settled().await;
    assert!(t.mail("Invoice").text.contains(portal.as_str()));
    let (kept,) = t.database.rows::<(String,)>("SELECT message FROM mails").await.remove(0);
    assert_eq!(kept, format!("Thank you! All your invoices: {}p/…", t.base));
}

async fn a_card_that_expires_is_told_once(t: &TestApp) {
    // While it is live, the mail's link opens the whole portal.
    t.portal_link(&t.shop).await;
    let bill = due(t, 6_495, 60).await;
    let card = t.methods().await.remove(0);
    let path = format!("payment_methods/{}", card.stripe_payment_method);
    t.stripe.control(&path, json!({ "exp_month": 10, "exp_year": 2026 })).await;
    t.settled().await;
    t.at("2026-09-30", 6).await;
    assert!(!t.subjects().iter().any(|subject| subject.contains("expires")), "{:?}", t.subjects());
    t.at("2026-10-02", 6).await;
    t.at("2026-10-20", 6).await;
    let told: Vec<_> = t.subjects().into_iter().filter(|subject| subject.contains("expires")).collect();
    assert_eq!(told.len(), 1, "{:?}", t.subjects());
    let link = t.link_in(&t.mail("expires"), "change-card");
    t.get(&link).await.says(&["Change the card for", "Monthly lawn care"]);
    // Another card takes its place while its plan goes on.
    t.card_on_file(MASTERCARD).await;
    assert!(t.attempts(&bill).await.is_empty());
}
