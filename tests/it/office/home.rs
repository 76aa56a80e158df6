//! Home: money that arrives and money that is owed is seen at once; what was seen is off the list; and nothing of
//! another business is in it.

use zoop_app::mail::MailError;
use zoop_domain::quote::QuoteState;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::VISA;
use crate::harness::{TestApp, cases};

cases!(
    s48_money_that_arrives_is_seen_on_home,
    what_is_overdue_is_what_the_list_holds,
    what_was_seen_is_off_the_list,
    an_invoice_that_nobody_got_is_to_be_handed_over,
    an_invoice_that_was_mailed_after_all_is_off_the_list,
    a_mail_that_was_refused_says_whose_and_what_mends_it,
    a_mail_to_the_team_that_was_refused_is_for_the_owner,
    a_refund_that_failed_says_whose_and_how_much,
    what_was_given_up_is_told_in_plain_words,
    more_than_ten_are_counted_and_can_be_seen,
    home_tells_nothing_of_another_business,
);

async fn s48_money_that_arrives_is_seen_on_home(t: &TestApp) {
    let mut owner = t.owner().await;
    owner.get("/office").await.says(&["Received in", "$0.00", "Owed to you", "$0.00", "No payment has arrived yet"]);
    let bill = t.bill(16_238).await;
    owner.get("/office").await.says(&["Owed to you", "$162.38", "1 invoice, 1 not due yet", "Nobody is late"]);
    t.browser().pays(&bill.path, VISA).await.says(&["Paid on"]);
    let name = t.shop.customer.name.clone();
    let page = owner.get("/office").await;
    page.says(&["Received in", "$162.38", "Owed to you", "$0.00", "Latest payments", &name, "Visa •••• 4242"]);
}

async fn what_is_overdue_is_what_the_list_holds(t: &TestApp) {
    t.bill(16_238).await;
    t.clock.pass(20 * 24 * 3_600);
    let mut owner = t.owner().await;
    let page = owner.get("/office").await;
    page.says(&["Overdue", "$162.38", "1 invoice", "1–30 days late", "$162.38"]);
    for tab in ["overdue", "in-dunning"] {
        assert!(page.html.contains(&format!("/office/invoices?tab={tab}\"")), "{tab}");
    }
    owner.get("/office/invoices?tab=overdue").await.says(&["$162.38 owed on 1 invoice"]);
    owner.get("/office/invoices?tab=in-dunning").await.never_says(&["$162.38"]);
}

async fn what_was_seen_is_off_the_list(t: &TestApp) {
    let alert = t.add_alert().await;
    let mut office = t.office().await;
    office.get("/office").await.says(&["Needs attention", "An invoice was paid twice.", "Got it"]);
    let resolve = format!("/office/alerts/{alert}/resolve");
    let page = office.send_and_follow(&resolve, &[]).await;
    page.says(&["off your list"]).never_says(&["An invoice was paid twice."]);
    office.send(&resolve, &[]).await.is(303);
}

/// A plan's invoice for somebody without an address, made by itself.
async fn made_for_nobody(t: &TestApp) -> String {
    t.add_plan(&t.shop, "Monthly lawn care").await;
    t.database.execute("UPDATE customers SET email = NULL").await;
    t.at(&t.today().plus_months(1).iso(), 7).await;
    let found: Vec<(String, String)> = t.database.rows("SELECT id, token FROM invoices").await;
    found.into_iter().next().map(|(id, _)| id).expect("an invoice")
}

async fn an_invoice_that_nobody_got_is_to_be_handed_over(t: &TestApp) {
    let invoice = made_for_nobody(t).await;
    let mut luis = t.office().await;
    let words = ["INV-1051 for Dana Whitfield wasn’t emailed", "Made by Monthly lawn care; there is no email address"];
    let page = luis.get("/office").await;
    page.is(200).says(&words).says(&["Copy its link", "Got it"]);
    let link = format!("/office/invoices/{invoice}?link");
    assert!(page.html.contains(&format!("href=\"{link}\"")), "{link}");
    luis.get(&link).await.is(200).says(&["Link to INV-1051", "/i/"]);
    let tokens: Vec<(String,)> = t.database.rows("SELECT token FROM invoices").await;
    t.browser().pays(&format!("/i/{}", tokens[0].0), VISA).await.says(&["Paid on"]);
    luis.get("/office").await.never_says(&["wasn’t emailed"]);
    // Who pays by card leaves an address.
    t.database.execute("UPDATE customers SET email = NULL").await;
    t.at(&t.today().plus_months(1).iso(), 7).await;
    let mut luis = t.office().await;
    luis.get("/office").await.says(&["INV-1052 for Dana Whitfield wasn’t emailed"]);
    let alerts = t.alerts().await;
    let newest = alerts.last().unwrap();
    luis.send_and_follow(&format!("/office/alerts/{}/resolve", newest.id), &[]).await.never_says(&["wasn’t emailed"]);
}

async fn an_invoice_that_was_mailed_after_all_is_off_the_list(t: &TestApp) {
    let invoice = made_for_nobody(t).await;
    let mut luis = t.office().await;
    t.database.execute("UPDATE customers SET email = 'dana@whitfield.example'").await;
    luis.get("/office").await.says(&["INV-1051 for Dana Whitfield wasn’t emailed", "Send it now"]);
    luis.send(&format!("/office/invoices/{invoice}/resend"), &[]).await.is(303);
    luis.get("/office").await.never_says(&["wasn’t emailed"]);
}

fn no_such_user() -> MailError {
    MailError::Permanent { code: Some(550), text: "550 5.1.1 no such user".into() }
}

async fn a_mail_that_was_refused_says_whose_and_what_mends_it(t: &TestApp) {
    let bill = t.bill(16_238).await;
    t.outbox.refuse_next(no_such_user());
    t.run_jobs().await;
    let mut luis = t.office().await;
    let page = luis.get("/office").await;
    page.says(&["The email to Dana Whitfield with INV-1051 didn’t arrive", "dana@whitfield.example", "no such user"]);
    page.says(&["Correct the address"]).never_says(&["mail.failed", "“invoice”"]);
    for path in [format!("/office/invoices/{}", bill.id), format!("/office/customers/{}/edit", t.shop.customer.id)] {
        assert!(page.html.contains(&format!("href=\"{path}\"")), "{path}");
    }
    let quote = t.add_quote(&t.shop, QuoteState::Draft).await;
    luis.send(&format!("/office/quotes/{quote}/send"), &[]).await.is(303);
    t.outbox.refuse_next(no_such_user());
    t.run_jobs().await;
    let page = luis.get("/office").await;
    page.says(&["The email to Dana Whitfield with quote Q-0001 didn’t arrive"]);
    assert!(page.html.contains(&format!("href=\"/office/quotes/{quote}\"")));
}

async fn a_mail_to_the_team_that_was_refused_is_for_the_owner(t: &TestApp) {
    let mut owner = t.owner().await;
    owner.send("/office/settings/team", &[("email", "priya@greenline.example"), ("role", "office")]).await.is(303);
    t.outbox.refuse_next(no_such_user());
    t.run_jobs().await;
    let words = "The email to priya@greenline.example with the invitation to your team didn’t arrive";
    owner.get("/office").await.says(&[words, "Open the team"]);
    t.office().await.get("/office").await.says(&[words]).never_says(&["Open the team"]);
}

async fn a_refund_that_failed_says_whose_and_how_much(t: &TestApp) {
    let bill = t.bill(4_000).await;
    t.browser().pays(&bill.path, "4000000000005126").await.says(&["Paid on"]);
    t.settled().await;
    t.stripe.refund(&t.stripe.ledger().await[0], None).await;
    t.settled().await;
    t.pass(3_600).await;
    let page = t.owner().await.get("/office").await;
    page.says(&["Dana Whitfield’s refund didn’t go through", "a refund of $40.00", "Open the payment"]);
    let payment = t.payments(&bill).await[0].id.clone();
    assert!(page.html.contains(&format!("href=\"/office/payments/{payment}\"")));
}

async fn what_was_given_up_is_told_in_plain_words(t: &TestApp) {
    t.bill(16_238).await;
    t.outbox.set_down(true);
    t.database.execute("UPDATE jobs SET tries = 39").await;
    t.run_jobs().await;
    let page = t.owner().await.get("/office").await;
    page.says(&["Something for Dana Whitfield was given up", "Sending an email was given up after 40 tries"]);
    page.never_says(&["mail.send", "connection refused"]);
    t.outbox.set_down(false);
    t.database.execute("UPDATE jobs SET state = 'queued', tries = 0").await;
}

async fn more_than_ten_are_counted_and_can_be_seen(t: &TestApp) {
    for _ in 0..12 {
        t.add_alert().await;
    }
    let mut owner = t.owner().await;
    let count = |html: &str| html.matches("An invoice was paid twice.").count();
    let page = owner.get("/office").await;
    page.says(&["Needs attention 12", "And 2 more to look at", "Show all"]);
    assert_eq!(count(&page.html), 10);
    let page = owner.get("/office?attention=all").await;
    page.says(&["Needs attention 12"]).never_says(&["more to look at"]);
    assert_eq!(count(&page.html), 12);
}

async fn home_tells_nothing_of_another_business(t: &TestApp) {
    let other = t.open_shop(ShopSpec::default()).await;
    let theirs = t.bill_of(&other, 77_700).await;
    t.bill_of(&other, 11_100).await;
    t.browser().pays(&theirs.path, VISA).await.says(&["Paid on"]);
    t.owner().await.get("/office").await.never_says(&["$777.00", "$111.00"]);
}
