//! The audit trail as the owner reads it.

use zoop_app::invoice::{discard, duplicate, void};
use zoop_app::quote::withdraw;
use zoop_app::{Actor, portal_link};
use zoop_domain::quote::QuoteState;
use zoop_domain::user::Role;

use crate::harness::bill::ShopSpec;
use crate::harness::office::PASSWORD;
use crate::harness::{TestApp, cases};

cases!(
    who_did_what_is_told_in_plain_words,
    it_is_read_page_by_page,
    nothing_in_it_is_a_secret,
    each_line_names_what_it_is_about
);

const AUDIT: &str = "/office/settings/audit";

async fn who_did_what_is_told_in_plain_words(t: &TestApp) {
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    let nora = t.add_person(business, Role::Owner).await;
    let luis = t.add_person(business, Role::Office).await;
    portal_link::generate::generate(&t.app(), Actor::Owner(nora.id), business, customer).await.unwrap();
    t.clock.pass(60);
    portal_link::revoke::revoke(&t.app(), Actor::Operator, business, customer).await.unwrap();
    t.clock.pass(60);
    let mut owner = t.signed_in(nora.id, business).await;
    owner.send(&format!("/office/settings/team/{}/role", luis.id), &[("role", "owner")]).await.is(303);
    for _ in 0..5 {
        t.browser().post("/sign-in", &[("email", &*luis.email), ("password", "a guess at it")]).await.is(422);
    }
    t.run_jobs().await;
    let page = owner.get(AUDIT).await;
    page.is(200).says(&[
        "Zoop slowed down guesses at a password: Luis Ortega",
        "Nora Keane changed a role: Luis Ortega is owner, was office",
        "Today, 9:02 AM",
        "Nora Keane signed in",
        "Operator revoked the portal link of Dana",
        "Nora Keane generated a portal link for Dana",
        "Today, 9:00 AM",
    ]);
    let elsewhere = t.open_shop(ShopSpec::default()).await;
    let mut stranger = t.member(&elsewhere.business.id, Role::Owner).await;
    stranger.get(AUDIT).await.is(200).never_says(&["Luis Ortega", "portal link"]);
    t.office().await.get(AUDIT).await.is(403);
}

async fn it_is_read_page_by_page(t: &TestApp) {
    let mut owner = t.owner().await;
    for number in 0..70 {
        t.clock.pass(1);
        owner.send("/office/account/name", &[("name", &format!("Name {number:02}"))]).await.is(303);
    }
    let first = owner.get(AUDIT).await;
    first.is(200).says(&["Name 69", "Name 20, was"]).never_says(&["Name 19, was"]);
    let link = |html: &str, rel: &str| {
        let (before, _) = html.split_once(&format!("rel=\"{rel}\"")).unwrap_or_else(|| panic!("no {rel}"));
        before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&#38;", "&")
    };
    assert!(!first.html.contains("rel=\"prev\""));
    let second = owner.get(&link(&first.html, "next")).await;
    second.is(200).says(&["Name 19, was", "Name 00, was", "signed in"]).never_says(&["Name 20, was"]);
    assert!(!second.html.contains("rel=\"next\""));
    let back = owner.get(&link(&second.html, "prev")).await;
    back.is(200).says(&["Name 69", "Name 20, was"]).never_says(&["Name 19, was"]);
    for query in ["?before=x", "?before=5-x", "?after=", "?before=99999999999999999999-aud_1"] {
        owner.get(&format!("{AUDIT}{query}")).await.is(200).says(&["Name 69"]);
    }
}

async fn nothing_in_it_is_a_secret(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut owner = t.signed_in(nora.id, &t.shop.business.id).await;
    let new = "five other good words";
    owner.send("/office/settings/team", &[("email", "priya@greenline.example"), ("role", "office")]).await.is(303);
    t.run_jobs().await;
    let link = t.link_in(&t.mail("invites you"), "/invitations/");
    t.browser().post(&link, &[("name", "Priya Shah"), ("password", PASSWORD)]).await.is(303);
    t.browser().post("/forgot-password", &[("email", &nora.email)]).await.is(200);
    t.run_jobs().await;
    let reset = t.link_in(&t.mail("Choose a new password"), "/reset-password/");
    t.browser().post(&reset, &[("password", new)]).await.is(303);
    let told: Vec<(String, String, String)> = t.database.rows("SELECT action, subject, detail FROM audit_events").await;
    assert!(told.iter().any(|(action, ..)| action == "password.changed"));
    assert!(told.iter().any(|(action, ..)| action == "member.joined"));
    let text = format!("{told:?}");
    for secret in [PASSWORD, new, link.rsplit('/').next().unwrap(), reset.rsplit('/').next().unwrap(), "$argon2"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

async fn each_line_names_what_it_is_about(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut owner = t.signed_in(nora.id, &t.shop.business.id).await;
    let actor = Actor::Owner(nora.id);
    let (business, customer) = (t.shop.business.id.clone(), t.shop.customer.id.clone());
    let bill = t.bill(5_000).await;
    let number = t.invoice(&bill).await.number;
    let copy = duplicate::duplicate(&t.app(), actor, &business, &bill.id).await.unwrap();
    void::void(&t.app(), actor, &business, &bill.id, None).await.unwrap();
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let quote_number = t.quote(&quote).await.number.unwrap();
    withdraw::withdraw(&t.app(), actor, &business, &quote).await.unwrap();
    portal_link::generate::generate(&t.app(), actor, &business, &customer).await.unwrap();
    portal_link::rotate::rotate(&t.app(), actor, &business, &customer).await.unwrap();
    let page = owner.get(AUDIT).await;
    let name = &t.shop.customer.name;
    page.is(200).says(&[
        &format!("Nora Keane rotated the portal link of {name}"),
        &format!("Nora Keane withdrew quote {quote_number} ( {name} )"),
        &format!("Nora Keane voided invoice {number} ( {name} )"),
        &format!("Nora Keane began a draft invoice ( {name} ) as a copy of {number}"),
    ]);
    for path in [format!("invoices/{}", bill.id), format!("quotes/{quote}"), format!("customers/{customer}")] {
        assert!(page.html.contains(&format!("href=\"/office/{path}\"")), "{path}");
    }
    discard::discard(&t.app(), actor, &business, &copy).await.unwrap();
    let page = owner.get(AUDIT).await;
    page.says(&["Nora Keane deleted a draft invoice: $50.00", "Nora Keane began a draft invoice as a copy of"]);
    page.never_says(&["plk_", "inv_", "quo_", "cus_"]);
}
