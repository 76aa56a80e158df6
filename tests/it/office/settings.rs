//! What an owner says of his business, and where his customers see it.

use zoop_domain::money::Currency;
use zoop_store as store;

use crate::harness::browser::Page;
use crate::harness::{TestApp, cases};

cases!(
    what_the_owner_says_shows_on_the_portal,
    a_logo_is_drawn_anew_and_can_be_removed,
    a_file_that_is_no_picture_is_refused_and_the_rest_is_kept,
    a_change_from_an_old_page_is_refused_with_the_newer_values,
    a_color_is_looked_at_before_it_is_saved,
    the_currency_is_fixed_once_there_are_documents,
    payment_instructions_say_which_row_holds,
    an_upload_without_its_token_first_is_refused,
);

const BUSINESS: &str = "/office/settings/business";
const INSTRUCTIONS: &str = "/office/settings/payment-instructions";

fn form(revision: &str) -> Vec<(&str, &str)> {
    vec![
        ("revision", revision),
        ("name", "Greenline & Daughters"),
        ("phone", "(512) 555-0199"),
        ("email", "hello@greenline.example"),
        ("address", "1 Elm Street\r\nAustin, TX 78702"),
        ("time_zone", "America/Denver"),
        ("has_color", "yes"),
        ("brand_color", "#0057b8"),
        ("invoice_prefix", "GL-"),
        ("due_days", "14"),
        ("notice_days", ""),
    ]
}

fn with<'a>(mut form: Vec<(&'a str, &'a str)>, name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    form.retain(|(other, _)| *other != name);
    form.push((name, value));
    form
}

fn revision(page: &Page) -> String {
    let (_, rest) = page.html.split_once("name=\"revision\" value=\"").expect("a revision");
    rest.split('"').next().unwrap().to_owned()
}

/// The smallest picture there is: one pixel.
fn pixel() -> Vec<u8> {
    use base64::Engine as _;
    let base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    base64::engine::general_purpose::STANDARD.decode(base64).unwrap()
}

async fn business(t: &TestApp) -> zoop_domain::business::Business {
    let mut tx = t.app().db.read().await.unwrap();
    store::business::get(&mut tx, &t.shop.business.id).await.unwrap().unwrap()
}

async fn what_the_owner_says_shows_on_the_portal(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let mut owner = t.owner().await;
    let page = owner.get("/office/settings").await;
    assert_eq!(page.location().path(), BUSINESS);
    let page = owner.get(BUSINESS).await;
    owner.send_and_follow(BUSINESS, &form(&revision(&page))).await.is(200).says(&["Saved."]);
    t.get(&portal).await.is(200).says(&["Greenline & Daughters", "(512) 555-0199", "hello@greenline.example"]);
    let now = business(t).await;
    assert_eq!((now.invoice_prefix.as_str(), now.due_days, now.time_zone.name()), ("GL-", 14, "America/Denver"));
    let trail = "SELECT detail FROM audit_events WHERE action = 'business.update'";
    let told: Vec<(String,)> = t.database.rows(trail).await;
    assert_eq!(told[0].0, "name, phone, email, address, time zone, color, invoice prefix, terms");
}

async fn a_logo_is_drawn_anew_and_can_be_removed(t: &TestApp) {
    let mut owner = t.owner().await;
    let at = revision(&owner.get(BUSINESS).await);
    owner.upload(BUSINESS, &form(&at), ("../../van.PNG", "image/png", &pixel())).await.is(303);
    let hash = business(t).await.logo.unwrap();
    let logo = t.get(&format!("/brand/{}/logo/{hash}", t.shop.business.id)).await;
    assert_eq!(logo.is(200).header("content-type"), "image/png");
    // No file chosen: it stays.
    let at = revision(&owner.get(BUSINESS).await);
    owner.upload(BUSINESS, &form(&at), ("", "application/octet-stream", b"")).await.is(303);
    assert_eq!(business(t).await.logo, Some(hash));
    let at = revision(&owner.get(BUSINESS).await);
    owner.send(BUSINESS, &with(form(&at), "remove_logo", "yes")).await.is(303);
    assert_eq!(business(t).await.logo, None);
}

async fn a_file_that_is_no_picture_is_refused_and_the_rest_is_kept(t: &TestApp) {
    let mut owner = t.owner().await;
    let at = revision(&owner.get(BUSINESS).await);
    // It says that it is 60,000 pixels wide and high.
    let mut bomb = pixel();
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let large = vec![0; 1024 * 1024 + 1];
    for (file, why) in [
        (&b"<svg onload=\"alert(1)\"/>"[..], "isn’t a PNG, JPEG or WebP"),
        (b"GIF89a\x01\0\x01\0", "isn’t a PNG, JPEG or WebP"),
        (&bomb, "picture"),
        (&large, "larger than 1 MB"),
    ] {
        let page = owner.upload(BUSINESS, &form(&at), ("logo.png", "image/png", file)).await;
        page.is(422).says(&["Nothing was saved", why]);
        assert!(page.html.contains("Greenline &#38; Daughters") || page.html.contains("Greenline &amp; Daughters"));
        let both = with(form(&at), "due_days", "soon");
        let page = owner.upload(BUSINESS, &both, ("logo.png", "image/png", file)).await;
        page.is(422).says(&[why, "from 0 to 365"]);
    }
    let huge = vec![0; 13 * 1024 * 1024];
    owner.upload(BUSINESS, &form(&at), ("logo.png", "image/png", &huge)).await.is(413);
    assert_eq!(business(t).await, t.shop.business);
}

async fn a_change_from_an_old_page_is_refused_with_the_newer_values(t: &TestApp) {
    let mut owner = t.owner().await;
    let old = revision(&owner.get(BUSINESS).await);
    owner.send(BUSINESS, &form(&old)).await.is(303);
    let page = owner.send(BUSINESS, &with(form(&old), "name", "Mine")).await;
    page.is(409).says(&["Nothing was saved", "changed since you opened this page"]);
    // What was typed stays beside what is stored, and is saved knowingly the next time.
    page.says(&["Stored now: Name Greenline & Daughters Your own entries are below."]);
    assert!(page.html.contains("value=\"Mine\""), "{}", page.html);
    owner.send(BUSINESS, &with(form(&revision(&page)), "name", "Mine")).await.is(303);
    let page = owner.send(INSTRUCTIONS, &[("revision", &old), ("instructions", "Cash")]).await;
    page.is(409).says(&["Stored now:"]);
    assert!(page.html.contains(">Cash</textarea>"), "{}", page.html);
    // An invoice that takes its number is no change of the settings.
    let now = revision(&owner.get(BUSINESS).await);
    t.bill(5_000).await;
    owner.send(BUSINESS, &form(&now)).await.is(303);
}

async fn a_color_is_looked_at_before_it_is_saved(t: &TestApp) {
    let mut owner = t.owner().await;
    let at = revision(&owner.get(BUSINESS).await);
    let page = owner.send(BUSINESS, &with(form(&at), "preview", "yes")).await;
    page.is(200).says(&["#0057b8", "Nothing is saved yet"]);
    assert!(page.html.contains("fill=\"#0057b8\"") && page.html.contains("value=\"(512) 555-0199\""));
    assert_eq!(business(t).await, t.shop.business);
}

async fn the_currency_is_fixed_once_there_are_documents(t: &TestApp) {
    let mut owner = t.owner().await;
    let page = owner.get(BUSINESS).await;
    page.says(&["Canadian dollar"]);
    let at = revision(&page);
    owner.send(BUSINESS, &with(form(&at), "currency", "CAD")).await.is(303);
    assert_eq!(business(t).await.currency, Currency::Cad);
    let at = revision(&owner.get(BUSINESS).await);
    owner.send(BUSINESS, &with(form(&at), "currency", "USD")).await.is(303);
    t.bill(5_000).await;
    let page = owner.get(BUSINESS).await;
    page.says(&["US dollar (USD)", "Fixed since"]).never_says(&["Canadian dollar"]);
    let at = revision(&page);
    owner.send(BUSINESS, &with(form(&at), "currency", "CAD")).await.is(422).says(&["can’t change any more"]);
}

async fn payment_instructions_say_which_row_holds(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut owner = t.owner().await;
    let page = owner.get(INSTRUCTIONS).await;
    page.says(&["an open invoice has Pay now only"]);
    let at = revision(&page);
    let text = "Send a check to\r\n1 Elm Street";
    let looked = owner.send(INSTRUCTIONS, &[("instructions", text), ("preview", "yes")]).await;
    looked.is(200).says(&["Or pay offline", "Send a check to 1 Elm Street"]);
    t.get(&bill.path).await.never_says(&["Or pay offline"]);
    owner.send_and_follow(INSTRUCTIONS, &[("revision", &at), ("instructions", text)]).await.says(&["Saved."]);
    t.get(&bill.path).await.says(&["Pay now", "Or pay offline", "Send a check to", "1 Elm Street"]);
    owner.send("/office/settings/card-payments/disconnect", &[]).await.is(303);
    owner.get(INSTRUCTIONS).await.says(&["Card payments are off", "and no Pay now"]);
    let at = revision(&owner.get(INSTRUCTIONS).await);
    let long = "x".repeat(2_001);
    owner.send(INSTRUCTIONS, &[("revision", &at), ("instructions", &long)]).await.is(422);
    owner.send(INSTRUCTIONS, &[("revision", &at), ("instructions", " ")]).await.is(303);
    owner.get(INSTRUCTIONS).await.says(&["asks the customer to contact you"]);
    assert_eq!(business(t).await.payment_instructions, None);
}

async fn an_upload_without_its_token_first_is_refused(t: &TestApp) {
    let mut owner = t.owner().await;
    let token = owner.form_token().await;
    let part = |name: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let kind = "multipart/form-data; boundary=edge";
    for body in [
        String::new(),
        part("name", "Evil"),
        part("form_token", "AAAA"),
        format!("{}{}", part("name", "Evil"), part("form_token", &token)),
    ] {
        let body = format!("{body}--edge--\r\n");
        owner.post_as(kind, BUSINESS, body.into_bytes()).await.is(403);
    }
    owner.headers.push(("sec-fetch-site", "cross-site".into()));
    let body = format!("{}--edge--\r\n", part("form_token", &token));
    owner.post_as(kind, BUSINESS, body.into_bytes()).await.is(403);
}
