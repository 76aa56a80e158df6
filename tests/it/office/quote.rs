//! Quotes in the office: written, sent, answered by phone, turned into an invoice.

use zoop_domain::quote::{AnsweredBy, QuoteState};
use zoop_store as store;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::Page;
use crate::harness::{TestApp, cases};

cases!(
    a_quote_is_written_sent_accepted_and_billed,
    what_cant_be_used_is_said_beside_its_field_and_nothing_is_lost,
    a_stale_edit_shows_the_newer_version,
    a_link_is_shown_once,
    a_quote_is_accepted_by_phone,
    drafts_are_deleted_and_sent_ones_are_withdrawn,
    a_duplicate_is_a_draft_with_the_same_lines,
    the_list_is_filtered_searched_and_paged,
    lines_are_added_and_removed_without_script,
    another_businesss_customer_cant_be_chosen,
);

fn id_of(page: &Page) -> String {
    page.header("location").split(['/', '?']).find(|part| part.starts_with("quo_")).expect("a quote").to_owned()
}

fn form<'a>(t: &'a TestApp, customer: &'a str, last_day: &'a str) -> Vec<(&'a str, &'a str)> {
    let _ = t;
    vec![
        ("customer", customer),
        ("title", "East fence"),
        ("expires_on", last_day),
        ("line-1-kind", "item"),
        ("line-1-description", "French drain"),
        ("line-1-quantity", "2"),
        ("line-1-price", "1,000.00"),
        ("line-1-tax", "default"),
        ("line-2-kind", "discount"),
        ("line-2-description", "Neighbor discount"),
        ("line-2-price", "150"),
        ("line-2-tax", "none"),
        ("default_tax", ""),
        ("message", "Half is due up front."),
        ("notes", "Side gate code 4417"),
    ]
}

async fn a_quote_is_written_sent_accepted_and_billed(t: &TestApp) {
    let mut luis = t.office().await;
    let customer = t.shop.customer.id.to_string();
    luis.get("/office/quotes/new").await.is(200).says(&["For whom?", "Dana Whitfield"]);
    luis.get(&format!("/office/quotes/new?customer={customer}")).await.is(200).says(&["New quote", "Dana Whitfield"]);
    let last = t.today().plus_days(30).iso();
    let mut fields = form(t, &customer, &last);
    fields.push(("do", "send"));
    let saved = luis.send("/office/quotes/new", &fields).await;
    let quote = id_of(saved.is(303));
    luis.follow(saved).await.is(200).says(&["The draft is saved.", "Send this quote to Dana Whitfield?", "$1,850.00"]);
    let here = format!("/office/quotes/{quote}");
    let sent = luis.send_and_follow(&format!("{here}/send"), &[("message", "Hello")]).await;
    sent.is(200).says(&["Q-0001 is on its way to Dana Whitfield.", "Sent", "Side gate code 4417"]);
    let parsed = quote.parse().unwrap();
    let link = t.quote_link(&t.shop, &parsed).await;
    t.browser().post(&link, &[("name", "Dana W"), ("answer", "accept")]).await.is(303);
    let accepted = luis.get(&here).await;
    accepted.says(&["Accepted", "Turn into an invoice", "Accepted by Dana W", "Dana Whitfield accepted it"]);
    let made = luis.send(&format!("{here}/invoice"), &[]).await;
    let invoice = made.is(303).header("location").rsplit('/').next().unwrap().to_owned();
    assert!(invoice.starts_with("inv_"), "{invoice}");
    let mut tx = t.app().db.read().await.unwrap();
    let invoice = invoice.parse().unwrap();
    let back = store::quote::find_by_invoice(&mut tx, &t.shop.business.id, &invoice).await.unwrap();
    assert_eq!(back, Some((parsed.clone(), "Q-0001".to_owned())));
    let currency = t.shop.business.currency;
    let lines = store::invoice::list_written_lines(&mut tx, &t.shop.business.id, &invoice, currency).await.unwrap();
    assert_eq!(lines.into_iter().map(|line| line.line).collect::<Vec<_>>(), t.quote(&parsed).await.lines);
    drop(tx);
    luis.get(&format!("/office/invoices/{invoice}")).await.says(&["Quote", "Q-0001"]);
    let total = t.quote(&parsed).await.totals.total;
    assert_eq!(total.to_string(), "$1,850.00");
    luis.get(&here).await.says(&["Open the invoice", "Draft invoice"]);
    luis.send(&format!("{here}/withdraw"), &[]).await.is(409).says(&["This quote was answered already."]);
    let trail = t.audit(&quote).await;
    for action in ["quote.created", "quote.sent", "quote.accepted", "quote.invoiced"] {
        assert!(trail.iter().any(|event| event == action), "{trail:?}");
    }
}

async fn what_cant_be_used_is_said_beside_its_field_and_nothing_is_lost(t: &TestApp) {
    let mut luis = t.office().await;
    let customer = t.shop.customer.id.to_string();
    let last = t.today().plus_days(30).iso();
    let past = t.today().plus_days(-1).iso();
    let long = "x".repeat(2_001);
    let cases = [
        ("expires_on", past.as_str()),
        ("expires_on", "soon"),
        ("expires_on", "2999-01-01"),
        ("title", &long[..201]),
        ("message", long.as_str()),
        ("notes", long.as_str()),
        ("line-1-price", "x"),
        ("line-1-quantity", "0"),
        ("line-1-tax", "txr_x"),
        ("line-2-price", "9000"),
        ("default_tax", "txr_00000000000000000000000000"),
    ];
    for (field, value) in cases {
        let mut fields = form(t, &customer, &last);
        fields.iter_mut().find(|(name, _)| *name == field).expect("the field").1 = value;
        let refused = luis.send("/office/quotes/new", &fields).await;
        refused.is(422).says(&["The quote isn’t saved yet."]);
        assert!(refused.html.contains("aria-invalid") || refused.html.contains("class=\"error\""), "{field}");
        assert!(refused.html.contains("French drain"), "{field} {value:.20}");
    }
    luis.get("/office/quotes").await.says(&["No quotes yet."]);
}

async fn a_stale_edit_shows_the_newer_version(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Draft).await;
    let (mut nora, mut luis) = (t.owner().await, t.office().await);
    let edit = format!("/office/quotes/{quote}/edit");
    let customer = t.shop.customer.id.to_string();
    let last = t.today().plus_days(30).iso();
    let with = |title: &'static str| {
        let mut fields = form(t, &customer, &last);
        fields[1].1 = title;
        fields.push(("revision", "1"));
        fields
    };
    nora.get(&edit).await.is(200);
    luis.send(&edit, &with("West fence")).await.is(303);
    let stale = nora.send(&edit, &with("North fence")).await;
    stale.is(409).says(&["Somebody else changed this quote", "North fence"]);
    assert!(stale.html.contains("value=\"West fence\""), "the newer version is in the form");
    assert!(stale.html.contains("name=\"revision\" value=\"2\""));
    assert_eq!(t.quote(&quote).await.title, "West fence");
    luis.send(&format!("/office/quotes/{quote}/send"), &[]).await.is(303);
    let late = nora.send_and_follow(&edit, &with("North fence")).await;
    late.is(200).says(&["Not saved: this quote was sent already"]);
    nora.get(&edit).await.is(303);
}

async fn a_link_is_shown_once(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Draft).await;
    let mut luis = t.office().await;
    let here = format!("/office/quotes/{quote}");
    let page = luis.get(&format!("{here}?send")).await;
    let nonce = page.html.split("name=\"nonce\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let made = luis.send(&format!("{here}/link"), &[("nonce", &nonce)]).await;
    made.is(200).says(&["accept link is ready", "This is the only time you’ll see it."]);
    assert_eq!(made.header("cache-control"), "no-store");
    let path = made.html.split("readonly>").nth(1).unwrap().split('<').next().unwrap();
    let path = format!("/q/{}", path.rsplit('/').next().unwrap());
    t.get(&path).await.is(200).says(&["Q-0001"]);
    let again = luis.send(&format!("{here}/link"), &[("nonce", &nonce)]).await;
    again.is(200).says(&["That link was shown already"]);
    assert!(!again.html.contains("/q/"));
    assert!(t.outbox.sent().is_empty(), "handed over by hand");
    luis.send(&format!("{here}/link"), &[("nonce", "x")]).await.is(303);
}

async fn a_quote_is_accepted_by_phone(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let link = t.quote_link(&t.shop, &quote).await;
    let mut luis = t.office().await;
    let here = format!("/office/quotes/{quote}");
    luis.get(&format!("{here}?accept")).await.is(200).says(&["Mark Q-", "as accepted?"]);
    luis.send(&format!("{here}/accept"), &[("name", "Dana")]).await.is(422).says(&["Enter how you were told"]);
    let fields = [("name", "Dana Whitfield"), ("how", "by phone, on Nov 23")];
    luis.send_and_follow(&format!("{here}/accept"), &fields).await.is(200).says(&["marked by Luis Ortega"]);
    let answer = t.quote(&quote).await.answer.unwrap();
    assert!(matches!(answer.by, AnsweredBy::Member(_)) && answer.accepted);
    t.get(&link).await.is(200).says(&["Accepted", "by Dana Whitfield"]).never_says(&["Your answer"]);
    luis.send(&format!("{here}/accept"), &fields).await.is(409);
}

async fn drafts_are_deleted_and_sent_ones_are_withdrawn(t: &TestApp) {
    let mut luis = t.office().await;
    let draft = t.add_quote(&t.shop, QuoteState::Draft).await;
    luis.send(&format!("/office/quotes/{draft}/withdraw"), &[]).await.is(409);
    luis.get(&format!("/office/quotes/{draft}?delete")).await.is(200).says(&["Delete this draft?"]);
    luis.send_and_follow(&format!("/office/quotes/{draft}/delete"), &[]).await.is(200).says(&["The draft is deleted."]);
    luis.get(&format!("/office/quotes/{draft}")).await.is(404);
    let sent = t.add_quote(&t.shop, QuoteState::Sent).await;
    luis.send(&format!("/office/quotes/{sent}/delete"), &[]).await.is(409);
    luis.get(&format!("/office/quotes/{sent}?withdraw")).await.is(200).says(&["Withdraw Q-"]);
    luis.send_and_follow(&format!("/office/quotes/{sent}/withdraw"), &[]).await.says(&["Withdrawn"]);
    luis.send(&format!("/office/quotes/{sent}/send"), &[]).await.is(409);
}

async fn a_duplicate_is_a_draft_with_the_same_lines(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let mut luis = t.office().await;
    let copied = luis.send(&format!("/office/quotes/{quote}/duplicate"), &[]).await;
    let copy = id_of(copied.is(303)).parse().unwrap();
    let (old, new) = (t.quote(&quote).await, t.quote(&copy).await);
    assert_eq!((new.state, new.number), (QuoteState::Draft, None));
    assert_eq!((new.lines, new.title, new.message), (old.lines, old.title, old.message));
}

async fn the_list_is_filtered_searched_and_paged(t: &TestApp) {
    let mut luis = t.office().await;
    for _ in 0..27 {
        t.add_quote(&t.shop, QuoteState::Sent).await;
        t.clock.pass(1);
    }
    let draft = t.add_quote(&t.shop, QuoteState::Draft).await;
    let rows = |page: &Page| page.html.matches("class=\"row\"").count();
    let first = luis.get("/office/quotes").await;
    assert_eq!(rows(first.is(200)), 25);
    let more = first.html.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let more = more.split('"').next().unwrap().replace("&#38;", "&");
    let second = luis.get(&more).await;
    assert_eq!(rows(second.is(200)), 3);
    let back = second.html.split("rel=\"prev\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let back = back.split('"').next().unwrap().replace("&#38;", "&");
    assert_eq!(rows(&luis.get(&back).await), 25);
    let drafts = luis.get("/office/quotes?tab=draft").await;
    assert!(drafts.html.contains(draft.as_str()) && rows(&drafts) == 1);
    assert_eq!(rows(&luis.get("/office/quotes?tab=sent&q=dana").await), 25);
    luis.get("/office/quotes?q=%25").await.is(200).says(&["Nothing found for “%”"]);
    luis.get("/office/quotes?tab=accepted").await.is(200).says(&["No quote was accepted yet."]);
}

async fn lines_are_added_and_removed_without_script(t: &TestApp) {
    let mut luis = t.office().await;
    let customer = t.shop.customer.id.to_string();
    let last = t.today().plus_days(30).iso();
    let pressing = |name: &'static str, value: &'static str| {
        let mut fields = form(t, &customer, &last);
        fields.push((name, value));
        fields
    };
    let added = luis.send("/office/quotes/new", &pressing("add", "item")).await;
    assert!(added.is(200).html.contains("name=\"line-3-description\"") && added.html.contains("$1,850.00"));
    let removed = luis.send("/office/quotes/new", &pressing("remove", "2")).await;
    assert!(!removed.is(200).html.contains("name=\"line-2-description\"") && removed.html.contains("$2,000.00"));
    luis.get("/office/quotes").await.says(&["No quotes yet."]);
}

async fn another_businesss_customer_cant_be_chosen(t: &TestApp) {
    let other = t.open_shop(ShopSpec::default()).await;
    let mut luis = t.office().await;
    let (foreign, last) = (other.customer.id.to_string(), t.today().plus_days(30).iso());
    luis.get(&format!("/office/quotes/new?customer={foreign}")).await.is(200).says(&["For whom?"]);
    luis.send("/office/quotes/new", &form(t, &foreign, &last)).await.is(303);
    luis.get("/office/quotes").await.says(&["No quotes yet."]);
    let quote = t.add_quote(&t.shop, QuoteState::Draft).await;
    let mut fields = form(t, &foreign, &last);
    fields.push(("revision", "1"));
    luis.send(&format!("/office/quotes/{quote}/edit"), &fields).await.is(404);
}
