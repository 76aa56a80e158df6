//! One invoice in the office: written, reviewed, sent, paid by hand, moved, voided, written off.

use zoop_app::invoice::edit;
use zoop_app::{Actor, Error};
use zoop_domain::id::InvoiceId;
use zoop_domain::invoice::Status;
use zoop_domain::time::Clock as _;
use zoop_store as store;

use crate::harness::bill::Bill;
use crate::harness::browser::{Browser, Page, VISA};
use crate::harness::{TestApp, cases};

cases!(
    an_invoice_is_written_reviewed_and_sent,
    what_is_wrong_is_said_and_nothing_is_lost,
    lines_come_and_go_without_script,
    a_stale_edit_is_refused_with_the_newer_version,
    a_draft_that_changed_is_not_sent_as_it_was_reviewed,
    internal_notes_reach_no_customer,
    without_an_address_the_link_is_handed_over,
    it_is_sent_again_as_a_mail_of_its_own,
    a_payment_by_hand_is_recorded_in_part_and_in_whole,
    a_payment_that_has_just_arrived_is_told,
    notes_are_written_on_after_it_was_sent,
    a_double_click_records_one_payment,
    the_due_date_moves_only_later_and_auto_pay_with_it,
    a_void_invoice_points_to_what_takes_its_place,
    a_draft_is_deleted_and_a_sent_invoice_is_not,
    it_is_written_off_and_recovered,
    a_failed_charge_is_tried_again,
    another_businesses_customer_is_none,
);

fn form<'a>(t: &'a TestApp, customer: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let (today, due) = (t.today().iso(), t.today().plus_days(30).iso());
    let mut fields: Vec<(&str, String)> = vec![
        ("customer", customer.to_owned()),
        ("issued", today),
        ("due", due),
        ("line-1-kind", "item".into()),
        ("line-1-description", "Lawn care visit".into()),
        ("line-1-quantity", "4".into()),
        ("line-1-price", "62.50".into()),
        ("line-1-tax", "default".into()),
        ("default_tax", String::new()),
    ];
    for (name, value) in more {
        fields.retain(|(other, _)| other != name);
        fields.push((name, (*value).to_owned()));
    }
    fields
}

async fn send(browser: &mut Browser<'_>, path: &str, fields: &[(&str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.send(path, &fields).await
}

/// The draft that somebody of the office writes: its path.
async fn draft(t: &TestApp, browser: &mut Browser<'_>, more: &[(&str, &str)]) -> String {
    let customer = t.shop.customer.id.to_string();
    let saved = send(browser, "/office/invoices", &form(t, &customer, more)).await;
    saved.location().path().to_owned()
}

fn field(page: &Page, name: &str) -> String {
    let (_, rest) = page.html.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    rest.split('"').next().unwrap().to_owned()
}

fn path(bill: &Bill) -> String {
    format!("/office/invoices/{}", bill.id)
}

/// The invoice as its page names it.
async fn bill_at(t: &TestApp, path: &str) -> Bill {
    let id: InvoiceId = path.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = t.app().db.read().await.unwrap();
    let invoice = store::invoice::get(&mut tx, &t.shop.business.id, &id).await.unwrap().unwrap();
    Bill {
        business: t.shop.business.id.clone(),
        customer: t.shop.customer.id.clone(),
        id,
        path: format!("/i/{}", invoice.token.expose()),
        account: t.shop.account(),
    }
}

async fn an_invoice_is_written_reviewed_and_sent(t: &TestApp) {
    let mut office = t.office().await;
    let customer = t.shop.customer.id.to_string();
    let new = office.get(&format!("/office/invoices/new?customer={customer}")).await;
    new.is(200).says(&["New invoice", "Dana Whitfield", "Lines", "Message to the customer", "Internal notes"]);
    assert!(new.html.contains(&format!("value=\"{customer}\" selected")));
    let more = [
        ("memo", "We’ll be back on Dec 7."),
        ("line-2-kind", "discount"),
        ("line-2-description", "Loyalty discount"),
        ("line-2-price", "25.00"),
        ("line-2-tax", "none"),
        ("do", "send"),
    ];
    let saved = send(&mut office, "/office/invoices", &form(t, &customer, &more)).await;
    let review = office.get(saved.location().as_str()).await;
    review.is(200).says(&["Draft", "$225.00", "Send $225.00 to Dana Whitfield?", "dana@whitfield.example"]);
    let path = saved.location().path().to_owned();
    let sending =
        |words: &str| [("revision", field(&review, "revision")), ("by", "mail".into()), ("message", words.to_owned())];
    assert!(review.html.contains("maxlength=\"2000\""));
    let long = "x".repeat(2_001);
    let refused = send(&mut office, &format!("{path}/send"), &sending(&long)).await;
    refused.is(422).says(&["Send $225.00 to Dana", &long, "Enter a message of at most 2000 characters."]);
    let sent = sending("The gate was locked.");
    let sent = send(&mut office, &format!("{path}/send"), &sent).await;
    let page = office.follow(sent).await;
    page.says(&[
        "INV-1051 is on its way.",
        "INV-1051",
        "Sent",
        "$225.00",
        "owed of $225.00",
        "Luis Ortega sent it as INV-1051",
    ]);
    t.run_jobs().await;
    let bill = bill_at(t, &path).await;
    let customers = t.get(&bill.path).await;
    customers.says(&["Lawn care visit", "Loyalty discount", "$225.00", "We’ll be back on Dec 7."]);
    office.get(&path).await.says(&["Invoice emailed to dana@whitfield.example"]);
    // Nobody sends it twice.
    send(&mut office, &format!("{path}/send"), &[("revision", "2".into())]).await.is(409).says(&["sent already"]);
}

async fn what_is_wrong_is_said_and_nothing_is_lost(t: &TestApp) {
    let mut office = t.office().await;
    let tomorrow = t.today().plus_days(1).iso();
    let more = [
        ("issued", tomorrow.as_str()),
        ("due", "never"),
        ("memo", "Thank you <b>so</b> much"),
        ("line-1-price", "a lot"),
    ];
    let page = send(&mut office, "/office/invoices", &form(t, "", &more)).await;
    page.is(422).says(&[
        "The draft wasn’t saved.",
        "Choose a customer.",
        "or a day before it",
        "Enter the day it is due.",
    ]);
    page.says(&["Enter a price such as 62.50."]);
    assert!(page.html.contains("value=\"a lot\"") && page.html.contains("Thank you &#60;b&#62;so"));
    assert!(page.html.contains("<title>Error: New invoice"));
    let nothing = t.database.rows::<(i64,)>("SELECT COUNT(*) FROM invoices").await;
    assert_eq!(nothing, [(0,)]);
}

async fn lines_come_and_go_without_script(t: &TestApp) {
    let mut office = t.office().await;
    let customer = t.shop.customer.id.to_string();
    let page = send(&mut office, "/office/invoices", &form(t, &customer, &[("add", "discount")])).await;
    page.is(200).says(&["$250.00", "Discount"]);
    assert!(page.html.contains("name=\"line-2-kind\" value=\"discount\""));
    let page = send(&mut office, "/office/invoices", &form(t, &customer, &[("remove", "1")])).await;
    assert!(page.is(200).html.contains("name=\"line-1-description\" value=\"\""));
    assert!(!page.html.contains("line-2-description"));
}

async fn a_stale_edit_is_refused_with_the_newer_version(t: &TestApp) {
    let (mut luis, mut nora) = (t.office().await, t.owner().await);
    let path = draft(t, &mut luis, &[]).await;
    let edit = format!("{path}/edit");
    let (seen, customer) = (field(&nora.get(&edit).await, "revision"), t.shop.customer.id.to_string());
    let theirs = form(t, &customer, &[("revision", &seen), ("line-1-description", "Leaf removal")]);
    send(&mut luis, &edit, &theirs).await.is(303);
    let mine = form(t, &customer, &[("revision", &seen), ("line-1-price", "70")]);
    let page = send(&mut nora, &edit, &mine).await;
    page.is(409).says(&["Somebody saved this draft while you were writing.", "Leaf removal, $250.00"]);
    assert!(page.html.contains("value=\"70\""), "what was typed is there");
    nora.get(&path).await.says(&["Leaf removal"]);
    // Knowingly, it is saved over theirs.
    let newest = field(&page, "revision");
    let again = form(t, &customer, &[("revision", &newest), ("line-1-price", "70")]);
    send(&mut nora, &edit, &again).await.is(303);
    nora.get(&path).await.says(&["Lawn care visit", "$280.00"]);
}

async fn a_draft_that_changed_is_not_sent_as_it_was_reviewed(t: &TestApp) {
    let (mut luis, mut nora) = (t.office().await, t.owner().await);
    let path = draft(t, &mut luis, &[]).await;
    let (edit, customer) = (format!("{path}/edit"), t.shop.customer.id.to_string());
    let seen = field(&nora.get(&format!("{path}?send")).await, "revision");
    let theirs = form(t, &customer, &[("revision", &seen), ("line-1-price", "1")]);
    send(&mut luis, &edit, &theirs).await.is(303);
    let refused = send(&mut nora, &format!("{path}/send"), &[("revision", seen), ("by", "hand".into())]).await;
    refused.is(409).says(&["This draft was changed while you were looking at it.", "$4.00", "not sent yet"]);
}

async fn internal_notes_reach_no_customer(t: &TestApp) {
    const NOTE: &str = "hydrangeas until March";
    let mut office = t.office().await;
    let path = draft(t, &mut office, &[("notes", NOTE)]).await;
    let review = office.get(&format!("{path}?send")).await;
    review.says(&["Internal notes", "Never shown to the customer", NOTE]);
    send(&mut office, &format!("{path}/send"), &[("revision", field(&review, "revision"))]).await.is(303);
    t.run_jobs().await;
    let bill = bill_at(t, &path).await;
    let portal = t.portal_link(&t.shop).await;
    for page in [bill.path.clone(), portal.clone(), format!("{portal}/invoices/{}", bill.id)] {
        let page = t.get(&page).await;
        assert!(!page.is(200).html.contains("hydrangeas"), "{}", page.url);
    }
    t.check_arrives(&bill, 25_000).await.unwrap();
    t.run_jobs().await;
    assert!(!t.get(&format!("{}/receipt", bill.path)).await.is(200).html.contains("hydrangeas"));
    assert!(!format!("{:?}", t.invoice(&bill).await).contains("hydrangeas"), "whoever draws it has no notes");
    let mails = t.outbox.sent();
    assert_eq!(mails.len(), 2, "the invoice and its receipt");
    assert!(mails.iter().all(|mail| !mail.html.contains("hydrangeas") && !mail.text.contains("hydrangeas")));
}

async fn without_an_address_the_link_is_handed_over(t: &TestApp) {
    t.database.execute("UPDATE customers SET email = NULL").await;
    let mut office = t.office().await;
    let path = draft(t, &mut office, &[]).await;
    let review = office.get(&format!("{path}?send")).await;
    review.says(&["has no email address", "Copy the link and mark as sent"]);
    let sent = [("revision", field(&review, "revision")), ("by", "hand".into())];
    let sent = send(&mut office, &format!("{path}/send"), &sent).await;
    let page = office.follow(sent).await;
    page.says(&["Link to INV-1051", "/i/"]);
    office.get("/office/invoices").await.says(&["INV-1051", "no email"]);
    t.run_jobs().await;
    assert!(t.outbox.sent().is_empty());
    t.get(&bill_at(t, &path).await.path).await.is(200).says(&["INV-1051"]);
    send(&mut office, &format!("{path}/resend"), &[]).await.is(409).says(&["no email address"]);
}

async fn it_is_sent_again_as_a_mail_of_its_own(t: &TestApp) {
    let bill = t.bill(5_000).await;
    t.run_jobs().await;
    let mut office = t.office().await;
    for message in ["Again, as you asked.", "And once more."] {
        send(&mut office, &format!("{}/resend", path(&bill)), &[("message", message.into())]).await.is(303);
        t.run_jobs().await;
    }
    let mails = t.outbox.sent();
    assert_eq!(mails.len(), 3);
    assert!(mails[1].text.contains("Again, as you asked.") && mails[2].text.contains("And once more."));
    let long = "x".repeat(2_001);
    let refused = send(&mut office, &format!("{}/resend", path(&bill)), &[("message", long.clone())]).await;
    refused.is(422).says(&["Send INV-1051 again?", &long, "Enter a message of at most 2000 characters."]);
    send(&mut office, &format!("{}/void", path(&bill)), &[]).await.is(303);
    send(&mut office, &format!("{}/resend", path(&bill)), &[]).await.is(409);
}

fn check<'a>(t: &TestApp, amount: &'a str) -> Vec<(&'a str, String)> {
    vec![
        ("amount", amount.to_owned()),
        ("received", t.today().iso()),
        ("method", "check".into()),
        ("reference", "1042".into()),
    ]
}

async fn a_payment_by_hand_is_recorded_in_part_and_in_whole(t: &TestApp) {
    let bill = t.bill(39_896).await;
    t.run_jobs().await;
    let (mut office, act) = (t.office().await, format!("{}/payments", path(&bill)));
    office.get(&format!("{}?record", path(&bill))).await.says(&["Record a payment on INV-1051", "owes $398.96"]);
    let wrong = send(&mut office, &act, &check(t, "498.96")).await;
    wrong.is(422).says(&["The payment wasn’t recorded.", "That is $100.00 more than is owed. Enter $398.96 or less."]);
    let mut tomorrow = check(t, "100.00");
    tomorrow[1].1 = t.today().plus_days(1).iso();
    send(&mut office, &act, &tomorrow).await.is(422);
    let part = send(&mut office, &act, &check(t, "100.00")).await;
    office.follow(part).await.says(&["$100.00 by Check #1042 is recorded.", "$298.96", "Check #1042", "Received"]);
    t.run_jobs().await;
    assert_eq!(t.outbox.sent().len(), 1, "no receipt was asked for");
    let mut rest = check(t, "$298.96");
    rest[2].1 = "zelle".into();
    rest.push(("receipt", "on".into()));
    let rest = send(&mut office, &act, &rest).await;
    office.follow(rest).await.says(&["Paid", "$0.00", "Zelle 1042", "Luis Ortega recorded $298.96 by Zelle 1042"]);
    t.run_jobs().await;
    assert_eq!((t.status(&bill).await, t.outbox.sent().len()), (Status::Paid, 2));
    t.get(&format!("{}/receipt", bill.path)).await.says(&["Check #1042", "Zelle 1042"]);
    send(&mut office, &act, &check(t, "1.00")).await.is(409).says(&["This invoice takes no payment."]);
}

async fn a_payment_that_has_just_arrived_is_told(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut office = t.office().await;
    office.get(&format!("{}?record", path(&bill))).await.is(200);
    let mut dana = t.browser();
    let checkout = dana.press_pay(&bill.path).await.location();
    dana.type_card(&checkout, VISA).await;
    let refused = send(&mut office, &format!("{}/payments", path(&bill)), &check(t, "50.00")).await;
    refused.is(409).says(&["Paid", "That wasn’t done. A payment has just arrived for this invoice.", "$0.00"]);
    let refused = send(&mut office, &format!("{}/void", path(&bill)), &[]).await;
    refused.is(409).says(&["refund it first"]);
    assert_eq!(t.payments(&bill).await.len(), 1);
    // Two people record one check: the second one saw another balance.
    let bill = t.bill(5_000).await;
    let mut seen = check(t, "20.00");
    seen.push(("seen", "5000".into()));
    send(&mut office, &format!("{}/payments", path(&bill)), &seen).await.is(303);
    let twice = send(&mut office, &format!("{}/payments", path(&bill)), &seen).await;
    twice.is(409).says(&["$30.00 are owed now"]);
    assert_eq!(t.owed(&bill).await, 3_000);
}

async fn notes_are_written_on_after_it_was_sent(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let (mut luis, mut nora) = (t.office().await, t.owner().await);
    luis.get(&path(&bill)).await.says(&["Internal notes", "Write a note"]);
    let act = format!("{}/notes", path(&bill));
    let page = luis.send_and_follow(&act, &[("seen", ""), ("notes", "Promised to pay\r\non Friday")]).await;
    page.says(&["The notes are saved.", "Promised to pay", "on Friday", "Edit notes"]);
    let late = nora.send(&act, &[("seen", ""), ("notes", "Call him")]).await;
    late.is(422).says(&["Call him", "Somebody else has changed these notes meanwhile"]);
    let seen = field(&late, "seen");
    nora.send(&act, &[("seen", &seen.replace('\n', "\r\n")), ("notes", "Call him")]).await.is(303);
    nora.send(&act, &[("seen", "Call him"), ("notes", &"x".repeat(5_001))]).await.is(422);
    t.get(&bill.path).await.never_says(&["Call him"]);
    nora.get(&path(&bill)).await.says(&["Call him"]);
    // The customer's timeline says that there are some, and not what they say.
    let page = nora.get(&format!("/office/customers/{}", bill.customer)).await;
    page.says(&["Internal notes written on", "INV-1051"]).never_says(&["Call him"]);
}

async fn a_double_click_records_one_payment(t: &TestApp) {
    let (one, other) = (t.office().await, t.office().await);
    for _ in 0..6 {
        let bill = t.bill(5_000).await;
        let act = format!("{}/payments", path(&bill));
        let mut seen = check(t, "20.00");
        seen.push(("seen", "5000".into()));
        let (mut one, mut other) = (one.clone(), other.clone());
        let (one, other) = tokio::join!(send(&mut one, &act, &seen), send(&mut other, &act, &seen));
        let mut answers = [one.status.as_u16(), other.status.as_u16()];
        answers.sort_unstable();
        assert_eq!((answers, t.owed(&bill).await), ([303, 409], 3_000));
    }
}

async fn the_due_date_moves_only_later_and_auto_pay_with_it(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let bill = t.bill_on(&plan, 6_495).await;
    let mut office = t.office().await;
    let due = t.invoice(&bill).await.facts.due_on;
    let charge_at = async || {
        let mut tx = t.app().db.read().await.unwrap();
        store::invoice::find_charge_at(&mut tx, &bill.business, &bill.id).await.unwrap()
    };
    let before = charge_at().await.unwrap();
    let act = format!("{}/due", path(&bill));
    send(&mut office, &act, &[("due", due.iso())]).await.is(422).says(&["only moves later"]);
    send(&mut office, &act, &[("due", String::new())]).await.is(422);
    let moved = send(&mut office, &act, &[("due", due.plus_days(10).iso())]).await;
    office.follow(moved).await.says(&["It is due on", "Luis Ortega moved the due date from"]);
    assert_eq!(t.invoice(&bill).await.facts.due_on, due.plus_days(10));
    assert!(charge_at().await.unwrap() >= before.plus_seconds(9 * 86_400));
    t.check_arrives(&bill, 6_495).await.unwrap();
    send(&mut office, &act, &[("due", due.plus_days(20).iso())]).await.is(409);
}

async fn a_void_invoice_points_to_what_takes_its_place(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut office = t.office().await;
    office.get(&format!("{}?void", path(&bill))).await.says(&["Void INV-1051?", "Void and reissue", "Keep it"]);
    let voided = send(&mut office, &format!("{}/void", path(&bill)), &[("then", "reissue".into())]).await;
    let edit = voided.location().path().to_owned();
    office.follow(voided).await.says(&["The invoice is void.", "Edit draft"]);
    assert_eq!(t.status(&bill).await, Status::Canceled);
    assert!(t.invoice(&bill).await.replaced_by.is_none(), "not before it is sent");
    let draft = edit.trim_end_matches("/edit").to_owned();
    let review = office.get(&format!("{draft}?send")).await;
    review.says(&["This draft takes the place of INV-1051", "$50.00"]);
    send(&mut office, &format!("{draft}/send"), &[("revision", field(&review, "revision"))]).await.is(303);
    assert_eq!(t.invoice(&bill).await.replaced_by.unwrap().1, "INV-1052");
    office.get(&path(&bill)).await.says(&["Void", "INV-1052 takes its place."]);
    // A plain copy takes no place.
    let copied = send(&mut office, &format!("{}/duplicate", path(&bill)), &[]).await;
    office.follow(copied).await.says(&["This is a copy."]);
}

async fn a_draft_is_deleted_and_a_sent_invoice_is_not(t: &TestApp) {
    let mut office = t.office().await;
    let path = draft(t, &mut office, &[]).await;
    office.get(&format!("{path}?delete")).await.says(&["Delete this draft?", "Keep it"]);
    let deleted = send(&mut office, &format!("{path}/delete"), &[]).await;
    office.follow(deleted).await.says(&["The draft is deleted.", "No invoices yet"]);
    office.get(&path).await.is(404);
    let bill = t.bill(5_000).await;
    send(&mut office, &format!("{}/delete", self::path(&bill)), &[]).await.is(409).says(&["it can be voided"]);
    let edit = office.get(&format!("{}/edit", self::path(&bill))).await;
    assert_eq!(edit.location().path(), self::path(&bill));
}

async fn it_is_written_off_and_recovered(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut office = t.office().await;
    let off = send(&mut office, &format!("{}/write-off", path(&bill)), &[]).await;
    office.follow(off).await.says(&["The invoice is written off.", "Uncollectible"]);
    send(&mut office, &format!("{}/payments", path(&bill)), &check(t, "50.00")).await.is(303);
    assert_eq!(t.status(&bill).await, Status::Paid);
}

async fn a_failed_charge_is_tried_again(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut office = t.office().await;
    let refused = send(&mut office, &format!("{}/retry", path(&bill)), &[]).await;
    refused.is(409).says(&["No automatic charge of this invoice has failed."]);
}

async fn another_businesses_customer_is_none(t: &TestApp) {
    let elsewhere = t.open_shop(crate::harness::bill::ShopSpec::default()).await;
    let mut office = t.office().await;
    let theirs = elsewhere.customer.id.to_string();
    send(&mut office, "/office/invoices", &form(t, &theirs, &[])).await.is(422).says(&["Choose a customer."]);
    let page = office.get(&format!("/office/invoices/new?customer={theirs}")).await;
    assert!(!page.is(200).html.contains(&theirs));
    let rate = format!("txr_{:026}", 7);
    let page =
        send(&mut office, "/office/invoices", &form(t, &t.shop.customer.id.to_string(), &[("default_tax", &rate)]))
            .await;
    page.is(422);
    // Nor does a verb let a stranger in, whoever asks.
    let rates = edit::rates(&t.app(), &t.shop.business.id, &[]).await.unwrap();
    assert!(rates.is_empty());
    let customers = edit::customers(&t.app(), Actor::Customer, &t.shop.business.id, "", "", 10).await;
    assert!(matches!(customers, Err(Error::Forbidden)));
    assert!(t.clock.now() <= t.app().now());
}
