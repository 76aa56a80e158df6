//! An install without a mail server: nothing says that it is on its way, links are handed over, and the owner is told
//! what to do about it.

use zoop_app::invoice::draft::{self, NewInvoice};
use zoop_domain::mail::MailState;
use zoop_domain::quote::QuoteState;
use zoop_domain::user::Role;
use zoop_store as store;

use crate::harness::bill::line;
use crate::harness::{Setup, TestApp, cases};

cases!(
    the_owner_is_told_what_to_do,
    an_invoice_is_handed_over_by_its_link,
    a_quote_is_handed_over_by_its_link,
    nobody_is_invited,
    a_plan_that_is_run_says_who_has_its_invoice,
);

const NO_SERVER: &str = "no mail server is set up";

async fn without_mailer(t: &TestApp) {
    t.restart_as(&Setup { without_mailer: true, ..Setup::default() }).await;
}

async fn the_owner_is_told_what_to_do(t: &TestApp) {
    let pages = ["/office", "/office/settings/business", "/office/settings/notifications"];
    let mut owner = t.owner().await;
    for page in pages {
        owner.get(page).await.is(200).never_says(&["Nothing goes out by email"]);
    }
    without_mailer(t).await;
    for page in pages {
        owner.get(page).await.is(200).says(&["Nothing goes out by email", "ZOOP_SMTP_URL", "ZOOP_MAIL_FROM"]);
    }
    owner.get("/office/invoices").await.is(200).never_says(&["Nothing goes out by email"]);
    t.office().await.get("/office").await.is(200).never_says(&["Nothing goes out by email"]);
}

async fn an_invoice_is_handed_over_by_its_link(t: &TestApp) {
    without_mailer(t).await;
    let app = t.app();
    let lines = vec![line("Mowing and edging", 16_238, t.shop.business.currency)];
    let due_on = t.today().plus_days(14);
    let new = NewInvoice { customer: t.shop.customer.id.clone(), plan: None, due_on, lines, rates: Vec::new() };
    let id = draft::draft(&app, &t.shop.business.id, new).await.unwrap();
    let mut luis = t.office().await;
    let here = format!("/office/invoices/{id}");
    let review = luis.get(&format!("{here}?send")).await;
    review.is(200).says(&[NO_SERVER, "Copy the link and mark as sent"]).never_says(&["Send invoice"]);
    let by_mail = luis.send(&format!("{here}/send"), &[("by", "mail"), ("revision", "1")]).await;
    by_mail.is(409).says(&["Draft", "That wasn’t done.", "No mail server"]).never_says(&["on its way"]);
    let by_hand = luis.send_and_follow(&format!("{here}/send"), &[("by", "hand"), ("revision", "1")]).await;
    by_hand.is(200).says(&["INV-1051 is marked as sent.", "Link to INV-1051"]);
    luis.get(&here).await.is(200).says(&["Copy link"]).never_says(&["Send again"]);
    luis.get(&format!("{here}?resend")).await.is(200).says(&[NO_SERVER]).never_says(&["in a new email"]);
    luis.send(&format!("{here}/resend"), &[]).await.is(409).says(&["No mail server"]);
    let mut tx = app.db.read().await.unwrap();
    assert_eq!(store::mail::list_by_invoice(&mut tx, &t.shop.business.id, &id).await.unwrap(), []);
}

async fn a_quote_is_handed_over_by_its_link(t: &TestApp) {
    without_mailer(t).await;
    let draft = t.add_quote(&t.shop, QuoteState::Draft).await;
    let mut luis = t.office().await;
    let here = format!("/office/quotes/{draft}");
    let review = luis.get(&format!("{here}?send")).await;
    review.is(200).says(&[NO_SERVER, "Copy a link and mark as sent"]).never_says(&["It goes to"]);
    luis.send(&format!("{here}/send"), &[]).await.is(409).says(&["Draft", "No mail server"]);
    let sent = format!("/office/quotes/{}", t.add_quote(&t.shop, QuoteState::Sent).await);
    luis.get(&sent).await.is(200).says(&["Copy a link"]).never_says(&["Send again"]);
    luis.get(&format!("{sent}?send")).await.is(200).never_says(&["It goes to"]);
    luis.send(&format!("{sent}/send"), &[]).await.is(409).says(&["No mail server"]).never_says(&["on its way"]);
}

async fn nobody_is_invited(t: &TestApp) {
    const TEAM: &str = "/office/settings/team";
    let mut owner = t.owner().await;
    let form = [("email", "priya@greenline.example"), ("role", Role::Office.as_str())];
    owner.send(TEAM, &form).await.is(303);
    without_mailer(t).await;
    let page = owner.get(TEAM).await;
    page.is(200).says(&["Withdraw", "Invitations go out by email", NO_SERVER, "ZOOP_SMTP_URL"]);
    page.never_says(&["Send invitation", "Send again"]);
    let before: Vec<(String,)> = t.database.rows("SELECT id FROM invitations WHERE closed_at IS NULL").await;
    let refused = owner.send(TEAM, &[("email", "tom@greenline.example"), ("role", "office")]).await;
    refused.is(409).says(&["Nothing was changed.", "No mail server"]).never_says(&["tom@greenline.example"]);
    let again = format!("{TEAM}/invitations/{}/send", before[0].0);
    owner.send(&again, &[]).await.is(409).says(&["No mail server"]);
    let after: Vec<(String,)> = t.database.rows("SELECT id FROM invitations WHERE closed_at IS NULL").await;
    assert_eq!(before, after, "the old link still works");
}

async fn a_plan_that_is_run_says_who_has_its_invoice(t: &TestApp) {
    without_mailer(t).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let mut luis = t.office().await;
    let seen = t.today().plus_months(1).iso();
    let page = luis.send_and_follow(&format!("/office/plans/{plan}/run"), &[("seen", &seen)]).await;
    page.is(200).says(&["INV-1051 is made. Hand its link over yourself."]).never_says(&["on its way"]);
    assert!(t.outbox.sent().is_empty());
    let kept: Vec<(String,)> = t.database.rows("SELECT state FROM mails").await;
    assert_eq!(kept, [(MailState::Failed.to_string(),)]);
}
