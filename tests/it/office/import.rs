//! Files of customers and of open invoices: looked at, shown, taken over, whole or not at all.

use zoop_app::import::check::{Checked, check};
use zoop_app::import::{run, start};
use zoop_app::{Actor, Error};
use zoop_domain::id::ImportId;
use zoop_domain::import::ImportKind;

use crate::harness::browser::{Browser, Page};
use crate::harness::{TestApp, cases};

cases!(
    customers_are_shown_first_and_come_in_together,
    one_wrong_row_keeps_all_out_and_says_where,
    a_file_is_read_whatever_wrote_it,
    a_file_that_lies_or_is_too_large_is_told_so,
    two_clicks_and_two_tabs_import_once,
    nobody_comes_in_twice,
    a_crash_in_the_middle_leaves_nothing_half_done,
    what_changed_since_it_was_checked_is_told_and_nothing_comes_in,
    a_file_is_kept_for_a_day,
    formulas_stay_texts_in_and_out,
    open_invoices_come_in_and_nobody_is_mailed,
    an_invoice_comes_in_once,
    another_businesss_import_is_none,
);

const CUSTOMERS: &str = "/office/import/customers";
const INVOICES: &str = "/office/import/invoices";

async fn upload(browser: &mut Browser<'_>, path: &str, text: impl AsRef<[u8]>) -> Page {
    browser.upload_as("file", path, &[], ("list.csv", "text/csv", text.as_ref())).await
}

/// Uploads, says yes, and lets the work be done: the page that whoever waits ends on.
async fn import(t: &TestApp, browser: &mut Browser<'_>, path: &str, text: &str) -> Page {
    let checked = upload(browser, path, text).await;
    checked.is(303);
    let waiting = browser.send(checked.location().path(), &[]).await;
    t.run_jobs().await;
    let page = browser.follow(waiting).await;
    page.is(200);
    page
}

async fn names(t: &TestApp) -> Vec<String> {
    let rows: Vec<(String,)> = t.database.rows("SELECT name FROM customers ORDER BY sort_key, id").await;
    let was_here = &t.shop.customer.name;
    rows.into_iter().map(|(name,)| name).filter(|name| name != was_here).collect()
}

async fn count(t: &TestApp, what: &str) -> i64 {
    let rows: Vec<(i64,)> = t.database.rows(&format!("SELECT COUNT(*) FROM {what}")).await;
    rows[0].0
}

async fn customers_are_shown_first_and_come_in_together(t: &TestApp) {
    let mut office = t.office().await;
    office.get("/office/customers").await.says(&["Import"]);
    office.get(CUSTOMERS).await.is(200).says(&["at most 5 MB and 20,000 rows", "Check file"]);
    let text = "Full Name;E-mail;Telephone;Street;City;ZIP;Shoe size\n\
        Sam Lee;sam@lee.example;(512) 555-0100;\"2 Elm St\";Austin;78702;44\n\
        Zoë Müller;;;;;;\n";
    let checked = upload(&mut office, CUSTOMERS, text).await;
    let path = checked.is(303).location().path().to_owned();
    assert!(names(t).await.is_empty(), "nothing is saved by looking");
    let page = office.get(&path).await;
    page.is(200).says(&["2 customers can come in", "list.csv", "Shoe size", "Sam Lee", "2 Elm St, Austin, 78702"]);
    let waiting = office.send(&path, &[]).await;
    let running = office.get(waiting.is(303).location().as_str()).await;
    running.is(200).says(&["Importing customers", "You can leave this page"]);
    assert!(running.html.contains("http-equiv=\"refresh\"") && running.html.contains("<progress"));
    t.run_jobs().await;
    let done = office.follow(waiting).await;
    done.is(200).says(&["2 customers were imported from list.csv.", "Sam Lee", "Zoë Müller"]);
    office.get(&path).await.is(200).says(&["Imported customers", "2 customers were imported"]);
    assert_eq!(names(t).await, ["Sam Lee", "Zoë Müller"]);
    let (id,): (String,) = t.database.rows("SELECT id FROM customers WHERE name = 'Sam Lee'").await.remove(0);
    office.get(&format!("/office/customers/{id}")).await.says(&["Customer imported", "Luis Ortega"]);
    t.owner().await.get("/office/settings/audit").await.says(&["imported: 2 customers from list.csv"]);
}

async fn one_wrong_row_keeps_all_out_and_says_where(t: &TestApp) {
    let mut owner = t.owner().await;
    let text = "Name,Email,Phone,Address\nSam,sam@lee.example,,\nKim,kim at lee,,\"1 Elm St\nAustin\"\n,,,1 Elm St\nAda,,call me,\n";
    let page = upload(&mut owner, CUSTOMERS, text).await;
    page.is(422).says(&["Nothing was imported.", "3 rows must be put right first", "1 customer in list.csv could"]);
    page.says(&["Line 3", "“kim at lee” is no email address", "Line 5", "Enter a name.", "Line 6", "phone number"]);
    let many: String = (0..60).map(|n| format!("Sam {n},wrong\n")).collect();
    let page = upload(&mut owner, CUSTOMERS, format!("Name,Email\n{many}")).await;
    page.is(422).says(&["60 rows must be put right first", "Line 51", "And 10 more."]).never_says(&["Line 52"]);
    for (text, why) in [
        ("Email,Phone\na@b.example,1", "There is no column “Name”"),
        ("Name,Full name\nSam,Lee", "both hold the name"),
        ("Name,Email\n", "nothing below the first row"),
        ("Name,Email\nLee, Sam,sam@lee.example", "This row has 3 columns"),
    ] {
        upload(&mut owner, CUSTOMERS, text).await.is(422).says(&["Nothing was imported.", why]);
    }
    owner.send(CUSTOMERS, &[]).await.is(422).says(&["Choose a file first."]);
    assert_eq!((count(t, "imports").await, names(t).await.len()), (0, 0), "what can't come in isn't kept");
}

async fn a_file_is_read_whatever_wrote_it(t: &TestApp) {
    let mut owner = t.owner().await;
    let words = |mark: u16, name: &str| {
        let text = format!("Name\tEmail\r\n{name}\t\r\n");
        let bytes = |letter: u16| if mark == 0 { letter.to_be_bytes() } else { letter.to_le_bytes() };
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect::<Vec<u8>>()
    };
    let files = [
        ([b"\xef\xbb\xbf", "Name\nÅsa".as_bytes()].concat(), "UTF-8"),
        (b"Name;Email\r\nZo\xeb M\xfcller;\r\n".to_vec(), "Windows-1252"),
        (words(1, "Łukasz"), "UTF-16"),
        (words(0, "Ørsted"), "UTF-16"),
        (b"sep=,\r\nName\r\nIgnacio\r\n".to_vec(), "UTF-8"),
    ];
    for (file, encoding) in files {
        let checked = upload(&mut owner, CUSTOMERS, file).await;
        let path = checked.is(303).location().path().to_owned();
        owner.get(&path).await.says(&[&format!("Letters read as {encoding}")]);
        owner.send(&path, &[]).await.is(303);
    }
    t.run_jobs().await;
    let mut names = names(t).await;
    names.sort();
    assert_eq!(names, ["Ignacio", "Zoë Müller", "Åsa", "Ørsted", "Łukasz"]);
}

async fn a_file_that_lies_or_is_too_large_is_told_so(t: &TestApp) {
    let mut owner = t.owner().await;
    for (file, why) in [
        (&b"PK\x03\x04xl/workbook.xml"[..], "Excel workbook or a ZIP archive"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "This is a picture"),
        (b"\x7fELF\x02\x01\0", "isn’t a text file"),
        (b"", "This file is empty."),
    ] {
        upload(&mut owner, CUSTOMERS, file).await.is(422).says(&["Nothing was imported.", why]);
    }
    let large = vec![b'a'; 5 * 1024 * 1024 + 1];
    upload(&mut owner, CUSTOMERS, &large).await.is(422).says(&["larger than 5 MB"]);
    let rows = format!("Name\n{}", "Sam\n".repeat(20_001));
    upload(&mut owner, CUSTOMERS, rows).await.is(422).says(&["This file has 20001 rows"]);
}

async fn two_clicks_and_two_tabs_import_once(t: &TestApp) {
    let mut owner = t.owner().await;
    let path = upload(&mut owner, CUSTOMERS, "Name\nSam\nKim").await.location().path().to_owned();
    let other = upload(&mut owner, CUSTOMERS, "Name\nSam\nKim").await.location().path().to_owned();
    assert_ne!(path, other);
    for _ in 0..2 {
        owner.send(&path, &[]).await.is(303);
    }
    owner.send(&other, &[]).await.is(303);
    t.run_jobs().await;
    owner.send(&path, &[]).await.is(303);
    t.run_jobs().await;
    assert_eq!(names(t).await, ["Kim", "Sam"]);
    owner.get(&other).await.says(&["0 customers were imported", "2 rows were left out"]);
    let again = upload(&mut owner, CUSTOMERS, "Name\nSam\nKim").await;
    again.is(422).says(&["Everything in this file is here already."]);
}

async fn nobody_comes_in_twice(t: &TestApp) {
    let mut owner = t.owner().await;
    let (name, email) = (&t.shop.customer.name, t.shop.customer.email.clone().unwrap());
    let text = format!("Name,Email\n{name},{email}\nBrother,{email}\nSam,s@x.example\nSAM,S@x.example\n");
    let checked = upload(&mut owner, CUSTOMERS, &text).await;
    let page = owner.get(checked.is(303).location().path()).await;
    page.says(&["2 customers can come in", &format!("{name} is here already."), "SAM is here already."]);
    page.says(&[&format!("Brother shares {email} with another customer.")]);
    import(t, &mut owner, CUSTOMERS, &text).await.says(&["2 customers were imported", "2 rows were left out"]);
    assert_eq!(names(t).await, ["Brother", "Sam"]);
}

async fn a_crash_in_the_middle_leaves_nothing_half_done(t: &TestApp) {
    let mut owner = t.owner().await;
    let rows: String = (0..2_000).map(|n| format!("Customer {n}\n")).collect();
    let path = upload(&mut owner, CUSTOMERS, format!("Name\n{rows}")).await.location().path().to_owned();
    owner.send(&path, &[]).await.is(303);
    let id: ImportId = path.rsplit('/').next().unwrap().parse().unwrap();
    let app = t.app();
    // The work is dropped wherever it is, as when the machine loses power.
    for polls in [3, 9, 20] {
        let mut work = Box::pin(run::run(&app, &t.shop.business.id, &id));
        for _ in 0..polls {
            let turn = std::future::poll_fn(|context| std::task::Poll::Ready(work.as_mut().poll(context).is_ready()));
            if turn.await {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(work);
        let here = names(t).await.len();
        assert!(here == 0 || here == 2_000, "{here} of 2,000 are here");
    }
    t.run_jobs().await;
    assert_eq!(names(t).await.len(), 2_000);
    owner.get(&path).await.says(&["2,000 customers were imported"]);
    run::run(&app, &t.shop.business.id, &id).await.unwrap();
    assert_eq!(names(t).await.len(), 2_000, "a job that runs twice has done it once");
}

async fn what_changed_since_it_was_checked_is_told_and_nothing_comes_in(t: &TestApp) {
    let mut owner = t.owner().await;
    let customer = t.shop.customer.id.to_string();
    let text = format!("Customer,Issue date,Amount\n{customer},2026-01-05,20.00\n");
    let path = upload(&mut owner, INVOICES, &text).await.location().path().to_owned();
    owner.send(&format!("/office/customers/{customer}/archive"), &[]).await.is(303);
    let waiting = owner.send(&path, &[]).await;
    t.run_jobs().await;
    let failed = owner.follow(waiting).await;
    failed.is(200).says(&["Nothing was imported.", "Something changed since", "Line 2", "archived"]);
    assert_eq!(count(t, "invoices").await, 0);
    owner.send(&format!("/office/customers/{customer}/bring-back"), &[]).await.is(303);
    owner.get(&path).await.says(&["Try again"]);
    let waiting = owner.send(&path, &[]).await;
    t.run_jobs().await;
    owner.follow(waiting).await.is(200).says(&["1 open invoice was imported"]);
}

async fn a_file_is_kept_for_a_day(t: &TestApp) {
    let mut owner = t.owner().await;
    let path = upload(&mut owner, CUSTOMERS, "Name\nSam").await.location().path().to_owned();
    let old = "UPDATE imports SET created_at = created_at - 90000000000";
    t.database.execute(old).await;
    let gone = zoop_store::import::update_forgotten;
    let mut tx = t.app().db.begin().await.unwrap();
    let before = t.app().now().plus_seconds(-86_400);
    assert_eq!(gone(&mut tx, before).await.unwrap(), 1);
    tx.commit().await.unwrap();
    owner.get(&path).await.is(200).says(&["This file is gone"]);
    owner.send(&path, &[]).await.is(409).says(&["Nothing was imported.", "Choose it again"]);
    assert!(names(t).await.is_empty());
}

async fn formulas_stay_texts_in_and_out(t: &TestApp) {
    let mut owner = t.owner().await;
    let text = "Name,Phone,Address\n\"=HYPERLINK(\"\"http://evil.example\"\")\",'+44 20 7946 0991,@x\n'-2+3,,\n";
    import(t, &mut owner, CUSTOMERS, text).await.says(&["2 customers were imported"]);
    assert_eq!(names(t).await, ["-2+3", "=HYPERLINK(\"http://evil.example\")"]);
    let file = owner.send("/office/settings/data/export", &[("what", "customers")]).await;
    assert!(file.html.contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\""), "{}", file.html);
    assert!(file.html.contains(",'-2+3,") && file.html.contains(",'+44 20 7946 0991,'@x,"), "{}", file.html);
}

async fn open_invoices_come_in_and_nobody_is_mailed(t: &TestApp) {
    let mut office = t.office().await;
    office.get("/office/invoices").await.says(&["Import"]);
    let email = t.shop.customer.email.clone().unwrap();
    let text = format!(
        "Client,Invoice No.,Invoice date,Due date,Memo,Balance due,Sales tax\n\
         {email},1042,01/05/2026,2026-02-04,Spring cleanup,\"$1,234.56\",34.56\n\
         {},,2026-01-06,,,10,\n",
        t.shop.customer.name
    );
    let checked = upload(&mut office, INVOICES, &text).await;
    let page = office.get(checked.is(303).location().path()).await;
    page.says(&["2 open invoices can come in", "Owed in all $1,244.56", "Jan 5, 2026", "Balance brought forward"]);
    import(t, &mut office, INVOICES, &text).await.says(&["2 open invoices were imported from list.csv."]);
    let (number, id, due): (String, String, String) =
        t.database.rows("SELECT number, id, due_on FROM invoices WHERE reference = '1042'").await.remove(0);
    assert_eq!(due, "2026-02-04");
    let page = office.get(&format!("/office/invoices/{id}")).await;
    page.is(200).says(&[&number, "Spring cleanup", "$1,200.00", "Tax", "$34.56", "$1,234.56"]);
    page.says(&["Overdue", "$1,234.56 owed", "Invoice 1042 in our previous system."]);
    page.says(&["Luis Ortega imported it from list.csv"]);
    assert_eq!(count(t, "mails").await, 0);
    // The next one goes on behind them.
    let bill = t.bill(5_000).await;
    let (next,): (String,) =
        t.database.rows(&format!("SELECT number FROM invoices WHERE id = '{}'", bill.id)).await.remove(0);
    let numbers: Vec<(String,)> = t.database.rows("SELECT number FROM invoices ORDER BY number").await;
    assert_eq!((numbers.len(), numbers.last().map(|(number,)| number.as_str())), (3, Some(next.as_str())));
    // The customer sees it and can pay it.
    let portal = t.portal_link(&t.shop).await;
    t.get(&portal).await.is(200).says(&[&number, "$1,234.56"]);
}

async fn an_invoice_comes_in_once(t: &TestApp) {
    let mut owner = t.owner().await;
    let id = t.shop.customer.id.to_string();
    let row = |number: &str, amount: &str| format!("{id},{number},2026-01-05,{amount}\n");
    let head = "Customer,Number,Issued,Amount\n";
    let text = format!("{head}{}{}", row("7", "5"), row("8", "6"));
    import(t, &mut owner, INVOICES, &text).await.says(&["2 open invoices were imported"]);
    let again = upload(&mut owner, INVOICES, &text).await;
    again.is(422).says(&["2 rows must be put right first", "Invoice “7” is in this file twice, or came in before"]);
    let unnumbered = format!("{head}{}", row("", "5"));
    import(t, &mut owner, INVOICES, &unnumbered).await.says(&["1 open invoice was imported"]);
    let checked = upload(&mut owner, INVOICES, &unnumbered).await;
    owner.get(checked.is(303).location().path()).await.says(&["This same file was imported on", "by Nora Keane"]);
    for (row, why) in [
        ("nobody@x.example,9,2026-01-05,5\n".to_owned(), "No customer is “nobody@x.example”"),
        (format!("{id},9,soon,5\n"), "the day the invoice bears"),
        (format!("{id},9,2026-01-05,-5\n"), "what is still owed"),
        (format!("{id},9,2026-01-05,1.005\n"), "what is still owed"),
    ] {
        upload(&mut owner, INVOICES, format!("{head}{row}")).await.is(422).says(&["Line 2", why]);
    }
    upload(&mut owner, INVOICES, "Number\n1")
        .await
        .is(422)
        .says(&["no columns “Customer” and “Issue date” and “Amount”"]);
    assert_eq!(count(t, "invoices").await, 3);
}

async fn another_businesss_import_is_none(t: &TestApp) {
    let app = t.app();
    let here = &t.shop.business.id;
    let elsewhere = t.open_shop(crate::harness::bill::ShopSpec::default()).await;
    let file = check(&app, Actor::Operator, here, ImportKind::Customers, "list.csv", Some(b"Name\nSam")).await;
    let Ok(Checked::Ready(import)) = file else { panic!("a good file") };
    let other = &elsewhere.business.id;
    assert!(matches!(start::start(&app, Actor::Operator, other, &import).await, Err(Error::NotFound)));
    let refused = check(&app, Actor::Customer, here, ImportKind::Customers, "list.csv", Some(b"Name\nSam")).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    // A customer of another business is none either.
    let mut owner = t.owner().await;
    let text = format!("Customer,Issued,Amount\n{},2026-01-05,5\n", elsewhere.customer.id);
    upload(&mut owner, INVOICES, text).await.is(422).says(&["No customer is"]);
}
