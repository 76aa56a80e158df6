//! The Portal access card: who may do what, the link shown once, what rotating and revoking come to.

use zoop_app::{Actor, portal, portal_link};

use crate::harness::browser::{Browser, Page};
use crate::harness::{TestApp, cases};

cases!(
    s28_the_owner_generates_the_link_from_the_customers_page,
    s29_office_staff_see_whether_a_link_is_active_and_can_do_nothing_about_it,
    s30_s36_the_card_says_whether_there_is_a_link_and_when_it_was_used,
    s31_s32_a_dialog_shows_the_full_url_once,
    s32_loading_the_answer_again_acts_once,
    s33_rotating_kills_the_old_link_at_once,
    s34_a_revoked_link_is_page_not_found_byte_for_byte,
    s35_last_seen_moves_when_the_customer_opens_the_portal,
    s35_view_as_customer_shows_the_portal_and_moves_nothing,
    a_form_that_others_overtook_says_so,
);

fn card(t: &TestApp) -> String {
    format!("/office/customers/{}", t.shop.customer.id)
}

/// The number in the page's form.
fn nonce(page: &Page) -> String {
    let (_, rest) = page.html.split_once("name=\"nonce\" value=\"").expect("a form with a number");
    rest.split('"').next().unwrap().to_owned()
}

/// The link in the dialog, as a path.
fn link(page: &Page) -> String {
    let (_, rest) = page.html.split_once("readonly>").expect("a link");
    let url = rest.split('<').next().unwrap();
    url::Url::parse(url).unwrap().path().to_owned()
}

async fn generate(t: &TestApp, owner: &mut Browser<'_>) -> (Page, String) {
    let number = nonce(&owner.get(&card(t)).await);
    let page = owner.send(&format!("{}/portal-link/generate", card(t)), &[("nonce", &number)]).await;
    (page, number)
}

async fn rotate(t: &TestApp, owner: &mut Browser<'_>) -> (Page, String) {
    let number = nonce(&owner.get(&format!("{}?rotate", card(t))).await);
    let page = owner.send(&format!("{}/portal-link/rotate", card(t)), &[("nonce", &number)]).await;
    (page, number)
}

async fn s28_the_owner_generates_the_link_from_the_customers_page(t: &TestApp) {
    let mut owner = t.owner().await;
    let list = owner.get("/office/customers").await;
    assert!(list.html.contains(&card(t)), "the list leads to the customer");
    owner.get(&card(t)).await.says(&["Portal access", "No link", "Generate portal link"]);
    let (page, _) = generate(t, &mut owner).await;
    page.is(200).says(&["Active", "portal link is ready", "the only time you’ll see it"]);
    page.never_says(&["the old link is dead"]);
    t.get(&link(&page)).await.is(200).says(&["Dana Whitfield, you owe"]);
}

async fn s29_office_staff_see_whether_a_link_is_active_and_can_do_nothing_about_it(t: &TestApp) {
    let (mut owner, mut office) = (t.owner().await, t.office().await);
    let page = office.get(&card(t)).await;
    page.says(&["No link", "Only the owner can generate, rotate or revoke a portal link.", "ask Nora Keane"]);
    generate(t, &mut owner).await.0.is(200);
    let page = office.get(&card(t)).await;
    page.says(&["Portal access", "Active", "Created", "by Nora Keane", "Last seen", "Not yet", "Only the owner"]);
    page.never_says(&["Rotate portal link", "Revoke", "Generate portal link"]);
    let before = t.database.dump().await;
    for verb in ["generate", "rotate", "revoke"] {
        let number = "A".repeat(43);
        office.send(&format!("{}/portal-link/{verb}", card(t)), &[("nonce", &number)]).await.is(403);
    }
    let kept = |dump: String| dump.lines().filter(|line| line.contains("plk_")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(kept(t.database.dump().await), kept(before));
    for query in ["?rotate", "?revoke"] {
        let page = office.get(&format!("{}{query}", card(t))).await;
        assert!(!page.html.contains("<dialog"), "{query}");
    }
    // Nor by the verbs themselves.
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    let luis = Actor::Office(t.add_member(business, zoop_domain::user::Role::Office).await);
    let refused = portal_link::rotate::rotate(&t.app(), luis, business, customer).await;
    assert!(matches!(refused, Err(zoop_app::Error::Forbidden)));
    let refused = portal_link::revoke::revoke(&t.app(), luis, business, customer).await;
    assert!(matches!(refused, Err(zoop_app::Error::Forbidden)));
}

async fn s30_s36_the_card_says_whether_there_is_a_link_and_when_it_was_used(t: &TestApp) {
    let mut owner = t.owner().await;
    owner.get(&card(t)).await.says(&["No link", "Generate portal link"]).never_says(&["Rotate", "Revoke"]);
    let (page, _) = generate(t, &mut owner).await;
    let live = owner.get(&card(t)).await;
    live.says(&["Active", "Created", "by Nora Keane", "Last seen", "Not yet", "Rotate portal link", "Revoke"]);
    live.never_says(&["Generate portal link"]);
    t.get(&link(&page)).await.is(200);
    portal::flush_seen(&t.app(), false).await.unwrap();
    t.clock.pass(86_400);
    owner.get(&card(t)).await.says(&["Last seen", "yesterday", "Rotate portal link", "Revoke"]);
    owner.send_and_follow(&format!("{}/portal-link/revoke", card(t)), &[]).await.is(200).says(&[
        "portal link is revoked",
        "Revoked",
        "by Nora Keane",
        "Last seen",
        "yesterday",
        "Generate portal link",
    ]);
}

async fn s31_s32_a_dialog_shows_the_full_url_once(t: &TestApp) {
    let mut owner = t.owner().await;
    let (page, _) = generate(t, &mut owner).await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.html.contains("<dialog class=\"dialog\" open") && page.html.contains("\" inert>"));
    assert!(page.html.contains("data-copy=\"link\""), "it can be copied");
    let path = link(&page);
    assert!(page.html.contains(&format!("{}{}", t.base.as_str().trim_end_matches('/'), path)), "the full URL");
    let token = path.rsplit('/').next().unwrap().to_owned();
    let again = owner.get(&card(t)).await;
    assert!(!again.html.contains(&token), "the page never has it again");
    assert!(!t.database.dump().await.contains(&token), "only its hash is stored");
}

async fn s32_loading_the_answer_again_acts_once(t: &TestApp) {
    let mut owner = t.owner().await;
    let (first, number) = generate(t, &mut owner).await;
    let path = format!("{}/portal-link/generate", card(t));
    let again = owner.send(&path, &[("nonce", &number)]).await;
    assert_eq!((again.status.as_u16(), again.header("location")), (303, card(t).as_str()));
    t.get(&link(&first)).await.is(200);
    let (second, number) = rotate(t, &mut owner).await;
    let path = format!("{}/portal-link/rotate", card(t));
    for _ in 0..2 {
        let again = owner.send(&path, &[("nonce", &number)]).await;
        assert_eq!((again.status.as_u16(), again.header("location")), (303, card(t).as_str()));
    }
    t.get(&link(&second)).await.is(200);
    // Without its number a form does nothing, and an address that is only posted to leads back.
    assert_eq!(owner.send(&path, &[]).await.status.as_u16(), 303);
    assert_eq!(owner.get(&path).await.header("location"), card(t));
    t.get(&link(&second)).await.is(200);
}

async fn s33_rotating_kills_the_old_link_at_once(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let card_on_file = t.card_on_file(crate::harness::browser::VISA).await;
    t.add_consent(&plan, &card_on_file, zoop_domain::consent::ConsentSource::Inline, None).await;
    let mut owner = t.owner().await;
    let (first, _) = generate(t, &mut owner).await;
    let old = link(&first);
    t.get(&old).await.is(200);
    let asked = owner.get(&format!("{}?rotate", card(t))).await;
    asked.says(&["Rotate Dana’s portal link?", "stops working right away", "Keep the old link"]);
    let (page, _) = rotate(t, &mut owner).await;
    page.says(&["It works at once; the old link is dead."]);
    let unknown = t.get(&format!("/p/{}", "A".repeat(43))).await;
    for dead in [old.clone(), format!("{old}/invoices/{}", bill.id)] {
        let dead = t.get(&dead).await;
        assert_eq!((dead.status, &dead.html), (unknown.status, &unknown.html));
    }
    t.get(&link(&page)).await.is(200).says(&["Visa", "4242", "Monthly lawn care"]);
    owner.get(&card(t)).await.says(&["Timeline", "Portal link rotated by Nora Keane", "Portal link generated by Nora"]);
}

async fn s34_a_revoked_link_is_page_not_found_byte_for_byte(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let card_on_file = t.card_on_file(crate::harness::browser::VISA).await;
    t.add_consent(&plan, &card_on_file, zoop_domain::consent::ConsentSource::Inline, None).await;
    let mut owner = t.owner().await;
    let (page, _) = generate(t, &mut owner).await;
    let old = link(&page);
    let asked = owner.get(&format!("{}?revoke", card(t))).await;
    asked.says(&[
        "Revoke Dana’s portal link?",
        "“Page not found”",
        "Auto-pay for Monthly lawn care goes on",
        "Keep it",
    ]);
    owner.send(&format!("{}/portal-link/revoke", card(t)), &[]).await.is(303);
    let (dead, unknown) = (t.get(&old).await, t.get(&format!("/p/{}", "B".repeat(43))).await);
    dead.is(404).says(&["Page not found"]);
    assert_eq!(dead.html, unknown.html);
    let (fresh, _) = generate(t, &mut owner).await;
    t.get(&link(&fresh)).await.is(200);
    t.get(&old).await.is(404);
}

async fn s35_last_seen_moves_when_the_customer_opens_the_portal(t: &TestApp) {
    let mut owner = t.owner().await;
    let (page, _) = generate(t, &mut owner).await;
    owner.get(&card(t)).await.says(&["Last seen", "Not yet"]);
    t.get(&link(&page)).await.is(200);
    portal::flush_seen(&t.app(), false).await.unwrap();
    let seen = owner.get(&card(t)).await;
    seen.says(&["Last seen", "today"]).says(&["Timeline", "Dana opened the portal", "Today"]);
    owner.get("/office/customers").await.says(&["Dana Whitfield", "Active", "Today"]);
}

async fn a_form_that_others_overtook_says_so(t: &TestApp) {
    let (mut nora, mut other) = (t.owner().await, t.owner().await);
    let number = nonce(&nora.get(&card(t)).await);
    generate(t, &mut other).await.0.is(200);
    let late = nora.send(&format!("{}/portal-link/generate", card(t)), &[("nonce", &number)]).await;
    late.is(409).says(&["That wasn’t done.", "has a portal link already", "Active"]);
    let (mut rotating, number) = (t.owner().await, nonce(&nora.get(&format!("{}?rotate", card(t))).await));
    other.send(&format!("{}/portal-link/revoke", card(t)), &[]).await.is(303);
    let late = rotating.send(&format!("{}/portal-link/rotate", card(t)), &[("nonce", &number)]).await;
    late.is(409).says(&["no live portal link", "Revoked"]);
    other.send(&format!("{}/portal-link/revoke", card(t)), &[]).await.is(409);
}

async fn s35_view_as_customer_shows_the_portal_and_moves_nothing(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let card_on_file = t.card_on_file(crate::harness::browser::VISA).await;
    t.add_consent(&plan, &card_on_file, zoop_domain::consent::ConsentSource::Inline, None).await;
    let bill = t.bill_on(&plan, 5_000).await;
    t.portal_link(&t.shop).await;
    let mut office = t.office().await;
    assert!(office.get(&card(t)).await.html.contains(&format!("{}/view\"", card(t))));
    let view = office.get(&format!("{}/view", card(t))).await;
    view.is(200).says(&[
        "You see what Dana sees. Nothing here can be paid or changed.",
        "Dana Whitfield, you owe",
        "$50.00",
    ]);
    view.says(&[
        "Outstanding quotes",
        "Past invoices",
        "Saved payment methods",
        "Visa",
        "4242",
        "Auto-pay",
        "Turn off",
    ]);
    let invoice = format!("{}/view/invoices/{}", card(t), bill.id);
    assert!(view.html.contains(&invoice), "its invoices open likewise");
    let invoice = office.get(&invoice).await;
    invoice.is(200).says(&["You see what Dana Whitfield sees.", "$50.00"]);
    for page in [&view, &invoice] {
        assert!(!page.html.contains("<form") && !page.html.contains("/p/"), "{}", page.url);
        assert!(page.html.contains(&format!("href=\"{}\"", card(t))), "a way back");
    }
    portal::flush_seen(&t.app(), true).await.unwrap();
    office.get(&card(t)).await.says(&["Last seen", "Not yet"]);
    for posted in ["payment-methods", "payment-methods/default"] {
        assert_eq!(office.send(&format!("{}/view/{posted}", card(t)), &[]).await.status.as_u16(), 404);
    }
    let elsewhere = t.open_shop(crate::harness::bill::ShopSpec::default()).await;
    let theirs = format!("/office/customers/{}/view/invoices/{}", elsewhere.customer.id, bill.id);
    office.get(&theirs).await.is(404);
}
