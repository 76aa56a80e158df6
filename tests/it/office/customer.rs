//! Customers: entered, found, edited by two at once, archived, and shown with all that hangs on them.

use zoop_app::mail::MailError;
use zoop_domain::consent::ConsentSource;
use zoop_domain::quote::QuoteState;
use zoop_domain::user::Role;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::{Browser, Page, VISA};
use crate::harness::{TestApp, cases};

cases!(
    s48_a_customer_is_added_found_and_shown,
    bad_input_keeps_what_was_typed_and_names_each_field,
    the_second_of_two_edits_is_refused_with_the_newer_version,
    who_is_archived_is_billed_no_more_and_comes_back,
    a_plan_that_runs_keeps_its_customer,
    the_list_has_pages_and_tabs,
    a_customers_page_shows_all_that_hangs_on_him,
    mails_are_told_with_their_fate,
    auto_pay_is_turned_off_when_the_customer_asks,
    the_owner_erases_what_is_personal_on_request,
    another_business_sees_nothing_of_it,
    what_is_typed_into_the_address_bar_breaks_nothing,
);

async fn add(browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> Page {
    browser.send_and_follow("/office/customers/new", fields).await
}

fn card(t: &TestApp) -> String {
    format!("/office/customers/{}", t.shop.customer.id)
}

/// The revision that an edit form has.
fn revision(page: &Page) -> String {
    let (_, rest) = page.html.split_once("name=\"revision\" value=\"").expect("a form that edits");
    rest.split('"').next().unwrap().to_owned()
}

async fn s48_a_customer_is_added_found_and_shown(t: &TestApp) {
    let mut office = t.office().await;
    office.get("/office/customers/new").await.is(200).says(&["New customer", "A person", "A company"]);
    let page = add(
        &mut office,
        &[
            ("kind", "company"),
            ("name", " Okafor Dental "),
            ("contact", "Ada Okafor"),
            ("email", "ada@okafor.example"),
            ("phone", "(512) 555-0119 ext. 4"),
            ("address", "2210 S Lamar Blvd\r\nAustin, TX 78704"),
        ],
    )
    .await;
    page.is(200).says(&["Okafor Dental is a customer now.", "Okafor Dental", "Portal access", "No link"]);
    page.says(&["Contact", "Ada Okafor", "(512) 555-0119 ext. 4", "ada@okafor.example", "2210 S Lamar Blvd"]);
    assert!(page.html.contains("tel:+15125550119,4"), "it dials");
    for query in ["okafor", "ADA", "ada@okafor", "555-0119", "lamar+austin"] {
        office.get(&format!("/office/customers?q={query}")).await.is(200).says(&["1 customer found", "Okafor Dental"]);
    }
    office.get("/office/customers?q=nobody%26co").await.says(&["Nothing found for “nobody&co”", "Clear search"]);
    let bill = t.bill(5_000).await;
    let number = t.invoice(&bill).await.number;
    for query in [number.as_str(), number.trim_start_matches("INV-")] {
        office.get(&format!("/office/customers?q={query}")).await.says(&["Dana Whitfield"]);
    }
    // A family shares an address; it is said, and allowed.
    let twin = add(&mut office, &[("name", "Ben Okafor"), ("email", "ADA@okafor.example")]).await;
    twin.is(200).says(&["Okafor Dental has the same email address."]);
}

async fn bad_input_keeps_what_was_typed_and_names_each_field(t: &TestApp) {
    let mut office = t.office().await;
    let long = "x".repeat(201);
    let fields = [
        ("kind", "company"),
        ("name", ""),
        ("contact", long.as_str()),
        ("email", "ada@"),
        ("phone", "ask for Jo"),
        ("address", "1\n2\n3\n4\n5\n6\n7\n8\n9"),
    ];
    let page = office.send("/office/customers/new", &fields).await;
    page.is(422).says(&["Nothing was saved.", "Enter a name.", "Enter an email address", "Enter a phone number"]);
    assert!(page.html.contains("<title>Error: New customer"));
    for kept in ["value=\"ada@\"", "value=\"ask for Jo\"", "value=\"company\" checked", "aria-invalid=\"true\""] {
        assert!(page.html.contains(kept), "{kept}");
    }
    let path = format!("{}/edit", card(t));
    let edit = office.get(&path).await;
    let sent = [("revision", revision(&edit)), ("name", "<b>".repeat(80)), ("email", "<script>".into())];
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = office.send(&path, &sent).await;
    page.is(422);
    assert!(!page.html.contains("<script>") && !page.html.contains("<b><b>"));
    office.get(&card(t)).await.says(&["Dana Whitfield"]);
}

async fn the_second_of_two_edits_is_refused_with_the_newer_version(t: &TestApp) {
    let (mut nora, mut luis) = (t.owner().await, t.office().await);
    let path = format!("{}/edit", card(t));
    let (hers, his) = (revision(&nora.get(&path).await), revision(&luis.get(&path).await));
    let fields = |revision: &str, phone: &str| {
        [("revision", revision), ("name", "Dana Whitfield"), ("phone", phone), ("email", "dana@whitfield.example")]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let send = async |browser: &mut Browser<'_>, revision: &str, phone: &str| {
        let fields = fields(revision, phone);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.send(&path, &fields).await
    };
    send(&mut nora, &hers, "(512) 555-0101").await.is(303);
    let late = send(&mut luis, &his, "(512) 555-0202").await;
    late.is(409).says(&["Somebody else has changed this customer meanwhile.", "Phone", "(512) 555-0101"]);
    assert!(late.html.contains("value=\"(512) 555-0202\""), "what he typed is kept");
    luis.get(&card(t)).await.says(&["(512) 555-0101"]);
    send(&mut luis, &revision(&late), "(512) 555-0202").await.is(303);
    luis.get(&card(t)).await.says(&["(512) 555-0202"]).says(&["Contact details changed by Nora Keane"]);
    // What was sent keeps its words; what hasn't changed makes no line.
    let unchanged = revision(&luis.get(&path).await);
    send(&mut luis, &unchanged, "(512) 555-0202").await.is(303);
    let lines = luis.get(&card(t)).await.words().matches("Contact details changed").count();
    assert_eq!(lines, 2);
}

async fn who_is_archived_is_billed_no_more_and_comes_back(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut office = t.office().await;
    let page = office.send_and_follow(&format!("{}/archive", card(t)), &[]).await;
    page.says(&["is archived and can’t be billed. What is owed stays owed.", "Archived", "$50.00 owed", "Bring back"]);
    page.never_says(&["New invoice"]);
    office.get("/office/customers").await.never_says(&["Dana Whitfield"]);
    office.get("/office/customers?tab=archived").await.says(&["Dana Whitfield", "$50.00"]);
    assert_eq!(t.owed(&bill).await, 5_000);
    t.get(&bill.path).await.is(200).says(&["Amount due", "$50.00"]);
    let lines = vec![crate::harness::bill::line("Mowing", 100, t.shop.business.currency)];
    let new = zoop_app::invoice::draft::NewInvoice {
        customer: t.shop.customer.id.clone(),
        plan: None,
        due_on: t.today(),
        lines,
        rates: Vec::new(),
    };
    let refused = zoop_app::invoice::draft::draft(&t.app(), &t.shop.business.id, new).await;
    assert!(matches!(refused, Err(zoop_app::Error::Conflict(_))), "{refused:?}");
    office.send_and_follow(&format!("{}/bring-back", card(t)), &[]).await.says(&["is back among your customers."]);
    t.bill(100).await;
}

async fn a_plan_that_runs_keeps_its_customer(t: &TestApp) {
    t.add_plan(&t.shop, "Monthly lawn care").await;
    let mut office = t.office().await;
    let page = office.send(&format!("{}/archive", card(t)), &[]).await;
    page.is(409).says(&["That wasn’t done.", "Monthly lawn care would go on billing Dana Whitfield."]);
    office.get("/office/customers").await.says(&["Dana Whitfield"]);
}

async fn the_list_has_pages_and_tabs(t: &TestApp) {
    for number in 0..30 {
        t.add_customer(&t.shop.business, &format!("Customer {number:02}")).await;
    }
    let bill = t.bill(5_000).await;
    let mut office = t.office().await;
    let first = office.get("/office/customers").await;
    first.says(&["All 31", "Owing 1", "Overdue 0", "Auto-pay 0", "No portal link 31", "Archived 0"]);
    first.says(&["31 customers, by name", "Customer 00", "Customer 24", "Customer 00 to Customer 24"]);
    first.never_says(&["Customer 25"]);
    let next = |page: &Page, rel: &str| {
        let end = page.html.find(&format!("rel=\"{rel}\"")).unwrap_or_else(|| panic!("no {rel}"));
        let start = page.html[..end].rfind("href=\"").unwrap() + 6;
        page.html[start..].split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&")
    };
    let second = office.get(&next(&first, "next")).await;
    second.says(&["Customer 25", "Dana Whitfield"]).never_says(&["Customer 24"]);
    assert!(!second.html.contains("rel=\"next\""), "the end is drawn, not linked");
    let back = office.get(&next(&second, "prev")).await;
    back.says(&["Customer 00", "Customer 24"]);
    assert!(!back.html.contains("rel=\"prev\""));
    t.clock.pass(20 * 86_400);
    office = t.office().await;
    office.get("/office/customers?tab=overdue").await.says(&["Dana Whitfield", "$50.00", "6 days late"]);
    office.get("/office/customers?tab=overdue&q=customer").await.says(&["Nothing found for “customer”"]);
    t.check_arrives(&bill, 5_000).await.unwrap();
    office.get("/office/customers?tab=owing").await.says(&["Nobody owes you anything"]);
}

async fn a_customers_page_shows_all_that_hangs_on_him(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let card_on_file = t.card_on_file(VISA).await;
    let consent = t.add_consent(&plan, &card_on_file, ConsentSource::Inline, Some(40_000)).await;
    let bill = t.bill(5_000).await;
    t.check_arrives(&bill, 2_000).await.unwrap();
    let mut office = t.office().await;
    let page = office.get(&card(t)).await;
    page.says(&["Dana Whitfield", "$30.00 owed", "nothing overdue", "Paid in the last twelve months: $30.00"]);
    page.says(&["Invoices 2", "INV-1052", "Sent", "$50.00", "$30.00 owed", "INV-1051", "Paid", "$10.00"]);
    page.says(&["Plans 1", "Monthly lawn care", "Every month", "Active", "$64.95"]);
    page.says(&["Timeline", "$20.00 by Check #1042 for INV-1052", "INV-1052 sent", "Visa •••• 4242 saved"]);
    page.says(&["Payment methods 1", "Visa •••• 4242", "Default", "Pays Monthly lawn care."]);
    page.says(&[
        "Auto-pay consents 1",
        "Monthly lawn care",
        "Inline",
        "up to $400.00 a payment",
        "Granted",
        "Evidence",
    ]);
    let evidence = office.get(&format!("{}?evidence={consent}", card(t))).await;
    evidence.says(&["Evidence of auto-pay for Monthly lawn care", "I authorize …", "Download as JSON"]);
    let json = office.get(&format!("{}/consents/{consent}/evidence.json", card(t))).await;
    json.is(200);
    assert_eq!(json.header("content-type"), "application/json");
    assert!(json.html.contains("\"I authorize …\"") && json.header("content-disposition").starts_with("attachment"));
    let new = t.add_customer(&t.shop.business, "Nobody Yet").await;
    office.get(&format!("/office/customers/{}", new.id)).await.is(200).says(&[
        "Nothing owed.",
        "No invoices yet.",
        "No quotes yet.",
        "No plans.",
        "Nothing has happened yet.",
        "No card on file.",
        "Auto-pay is off.",
    ]);
}

async fn mails_are_told_with_their_fate(t: &TestApp) {
    t.outbox.refuse_next(MailError::Permanent { code: Some(550), text: "550 5.1.1 no such user".into() });
    t.bill(5_000).await;
    let mut office = t.office().await;
    office.get(&card(t)).await.says(&["Timeline", "Invoice INV-1051 waits to be emailed to dana@whitfield.example"]);
    t.run_jobs().await;
    office.get(&card(t)).await.says(&["could not be emailed to dana@whitfield.example", "550 5.1.1 no such user"]);
    t.bill(6_000).await;
    t.run_jobs().await;
    office.get(&card(t)).await.says(&["Timeline", "Invoice INV-1052 emailed to dana@whitfield.example"]);
}

async fn auto_pay_is_turned_off_when_the_customer_asks(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let card_on_file = t.card_on_file(VISA).await;
    let consent = t.add_consent(&plan, &card_on_file, ConsentSource::Inline, None).await;
    let mut office = t.office().await;
    let asked = office.get(&format!("{}?turn-off={consent}", card(t))).await;
    asked.says(&["Turn off Dana’s auto-pay for Monthly lawn care?", "Keep it"]);
    let page = office.send_and_follow(&format!("{}/consents/{consent}/turn-off", card(t)), &[]).await;
    page.says(&["Auto-pay for Monthly lawn care is off.", "Auto-pay turned off for Monthly lawn care by Luis Ortega"]);
    page.says(&["Auto-pay is off."]);
    assert!(t.consent(&consent).await.ended.is_some());
}

async fn another_business_sees_nothing_of_it(t: &TestApp) {
    let elsewhere = t.open_shop(ShopSpec::default()).await;
    let mut stranger = t.member(&elsewhere.business.id, Role::Owner).await;
    let theirs = card(t);
    for path in [theirs.clone(), format!("{theirs}/edit"), "/office/customers/cus_x".into()] {
        stranger.get(&path).await.is(404);
    }
    let list = stranger.get(&format!("/office/customers?after={}", t.shop.customer.id)).await;
    assert!(list.is(200).html.contains(elsewhere.customer.id.as_str()) && !list.html.contains(&theirs));
    stranger.send(&format!("{theirs}/edit"), &[("name", "Mallory"), ("revision", "1")]).await.is(404);
    t.owner().await.get(&theirs).await.says(&["Dana Whitfield"]);
}

async fn what_is_typed_into_the_address_bar_breaks_nothing(t: &TestApp) {
    let mut office = t.office().await;
    for query in ["q=%25", "q=_%5C", "q=%F0%9F%A6%80", "tab=nonsense", "after=cus_1&before=x", "q=a&q=b", "%FF=%FF"] {
        office.get(&format!("/office/customers?{query}")).await.is(200);
    }
    office.get(&format!("/office/customers?q={}", "x".repeat(4_000))).await.is(200);
    for query in ["evidence=cns_1", "turn-off=x", "rotate&revoke", "events=-1", "events=99999999999999999999"] {
        office.get(&format!("{}?{query}", card(t))).await.is(200);
    }
}

async fn the_owner_erases_what_is_personal_on_request(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let card_on_file = t.card_on_file(VISA).await;
    let consent = t.add_consent(&plan, &card_on_file, ConsentSource::Inline, None).await;
    let bill = t.bill(5_000).await;
    let portal = t.portal_link(&t.shop).await;
    let (mut owner, mut office) = (t.owner().await, t.office().await);
    let path = format!("{}/erase", card(t));
    office.get(&card(t)).await.never_says(&["Erase personal data"]);
    office.send(&path, &[]).await.is(403);
    owner.get(&format!("{}?erase", card(t))).await.says(&["Not now.", "Monthly lawn care would go on billing"]);
    owner.send(&path, &[]).await.is(409).says(&["Monthly lawn care would go on billing Dana Whitfield."]);
    let nora = zoop_app::Actor::Operator;
    zoop_app::plan::cancel::cancel(&t.app(), nora, &t.shop.business.id, &plan).await.unwrap();
    let mut dana = t.browser();
    let pressed = dana.press_pay(&bill.path).await;
    let checkout = dana.open_checkout(&pressed).await;
    owner.send(&path, &[]).await.is(409).says(&["on its way at the moment"]);
    dana.type_card(&checkout, VISA).await;
    t.settled().await;
    t.reconcile().await;
    let unpaid = t.bill(700).await;
    let mut quotes = Vec::new();
    for _ in 0..2 {
        let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
        quotes.push(t.quote_link(&t.shop, &quote).await);
    }
    t.browser().post(&quotes[1], &[("answer", "accept"), ("name", "Dana Q. Whitfield")]).await.is(303);
    let asked = owner.get(&format!("{}?erase", card(t))).await;
    asked.says(&["Erase Dana’s personal data?", "Goes:", "1 saved payment method", "Stays:", "issued invoices"]);
    let page = owner.send_and_follow(&path, &[]).await;
    page.says(&["The personal data is erased.", "Erased customer", "$7.00 owed"]).never_says(&["New invoice", "Edit"]);
    t.settled().await;
    t.get(&portal).await.is(404);
    for quote in &quotes {
        t.get(quote).await.is(404);
    }
    let at_stripe = t.stripe.api(&bill.account, "GET", "/v1/customers", &[]).await;
    assert!(!at_stripe.to_string().contains("dana") && !at_stripe.to_string().contains("Whitfield"), "{at_stripe}");
    // What was issued and agreed to keeps its name and address.
    t.get(&bill.path).await.is(200).says(&["Dana Whitfield", "118 Alder Court"]);
    let evidence = owner.get(&format!("{}/consents/{consent}/evidence.json", card(t))).await;
    assert!(evidence.html.contains("Dana Whitfield") && evidence.html.contains("118 Alder Court"));
    let dump = t.database.dump().await;
    assert!(!dump.contains("dana@whitfield.example") && !dump.contains("Dana Q. Whitfield"));
    for query in ["dana", "alder", "whitfield"] {
        owner.get(&format!("/office/customers?tab=archived&q={query}")).await.says(&["Nothing found"]);
    }
    // He may still pay, but nothing of his card is kept again.
    let pressed = t.browser().press_pay_with(&unpaid.path, &[("save_card", "yes")]).await;
    let page = dana.open_checkout(&pressed).await;
    dana.type_card(&page, VISA).await;
    t.settled().await;
    t.get(&unpaid.path).await.says(&["Paid on"]);
    assert!(t.methods().await.is_empty());
    owner.send(&path, &[]).await.is(303);
    owner.get(&format!("{}/edit", card(t))).await.is(409);
    owner.send(&format!("{}/bring-back", card(t)), &[]).await.is(409);
}
