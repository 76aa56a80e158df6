//! Every route of the owner's application and every actor: nobody, a customer, office staff, the owner, the owner
//! of another business. A pattern with a part that isn't filled in here fails.

use zoop_app::Actor;
use zoop_app::import::check::{self as import, Checked};
use zoop_app::invitation::invite::invite;
use zoop_domain::consent::ConsentSource;
use zoop_domain::import::ImportKind;
use zoop_domain::user::Role;
use zoop_web::routes::office::{Who, all};

use crate::harness::bill::ShopSpec;
use crate::harness::browser::{Browser, VISA};
use crate::harness::{TestApp, cases};

cases!(
    every_office_route_lets_in_whom_it_should,
    no_form_is_taken_without_its_token_or_from_elsewhere,
    every_office_answer_carries_the_careful_headers,
);

/// What the shop has, by the name of the part of a path that names it.
struct Things(Vec<(&'static str, String)>);

impl Things {
    async fn make(t: &TestApp) -> Self {
        let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
        let card = t.card_on_file(VISA).await;
        let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
        let bill = t.bill(5_000).await;
        let payment = t.check_arrives(&bill, 1_000).await.unwrap();
        let business = &t.shop.business.id;
        let owner = t.add_member(business, Role::Owner).await;
        let guest = format!("guest-of-{owner}@greenline.example");
        let invited = invite(&t.app(), Actor::Owner(owner), business, &guest, Role::Office).await.unwrap();
        let (app, content) = (t.app(), Some(&b"Name\nRosa"[..]));
        let file = import::check(&app, Actor::Owner(owner), business, ImportKind::Customers, "c.csv", content).await;
        let Ok(Checked::Ready(file)) = file else { panic!("a good file") };
        let quote = t.add_quote(&t.shop, zoop_domain::quote::QuoteState::Sent).await;
        Self(vec![
            ("{plan}", plan.to_string()),
            ("{quote}", quote.to_string()),
            ("{user}", t.add_member(business, Role::Office).await.to_string()),
            ("{invitation}", invited.id.to_string()),
            ("{token}", "A".repeat(43)),
            ("{invoice}", bill.id.to_string()),
            ("{customer}", t.shop.customer.id.to_string()),
            ("{alert}", t.add_alert().await.to_string()),
            ("{consent}", consent.to_string()),
            ("{rate}", t.add_tax_rate().await.to_string()),
            ("{payment}", payment.to_string()),
            ("{import}", file.to_string()),
        ])
    }

    fn fill(&self, pattern: &str) -> String {
        let path = self.0.iter().fold(pattern.to_owned(), |path, (part, id)| path.replace(part, id));
        assert!(!path.contains('{'), "{pattern}: say here what fills it");
        path
    }
}

async fn ask(browser: &mut Browser<'_>, method: &str, path: &str) -> u16 {
    match method {
        "POST" => browser.send(path, &[]).await.status.as_u16(),
        _ => browser.go(method, path, None).await.status.as_u16(),
    }
}

async fn every_office_route_lets_in_whom_it_should(t: &TestApp) {
    let things = Things::make(t).await;
    let portal = t.portal_link(&t.shop).await;
    let elsewhere = t.open_shop(ShopSpec::default()).await;
    let mut stranger = t.member(&elsewhere.business.id, Role::Owner).await;
    let (mut owner, mut office) = (t.owner().await, t.office().await);
    for (method, pattern, who) in all().filter(|(_, _, who)| *who != Who::Everybody) {
        let path = things.fill(pattern);
        let mut customer = t.browser();
        customer.plant_cookie("/", "zoop_session", portal.rsplit('/').next().unwrap());
        for (name, mut outsider) in [("nobody", t.browser()), ("a customer", customer)] {
            let page = outsider.go(method, &path, (method == "POST").then(String::new)).await;
            assert_eq!(page.status.as_u16(), 303, "{name}: {method} {path}");
            assert!(page.header("location").starts_with("/sign-in?next="), "{name}: {method} {path}");
        }
        if pattern.contains('{') {
            assert_eq!(ask(&mut stranger, method, &path).await, 404, "another's owner: {method} {path}");
        }
        let refused = ask(&mut office, method, &path).await == 403;
        assert_eq!(refused, who == Who::Owner, "office: {method} {path}");
        // Signing out would leave nobody to go on.
        if pattern.contains("/sign-out") {
            office = t.office().await;
            continue;
        }
        let status = ask(&mut owner, method, &path).await;
        assert!(matches!(status, 200 | 303 | 409 | 422), "owner: {method} {path}: {status}");
    }
}

async fn no_form_is_taken_without_its_token_or_from_elsewhere(t: &TestApp) {
    let things = Things::make(t).await;
    for (method, pattern, who) in all() {
        if method != "POST" || who == Who::Everybody {
            continue;
        }
        let path = things.fill(pattern);
        let mut owner = t.owner().await;
        let token = owner.form_token().await;
        for body in ["", "form_token=", "form_token=AAAA"] {
            assert_eq!(owner.go("POST", &path, Some(body.into())).await.status.as_u16(), 403, "{path} {body:?}");
        }
        owner.headers.push(("sec-fetch-site", "cross-site".into()));
        let forged = owner.go("POST", &path, Some(format!("form_token={token}"))).await;
        assert_eq!(forged.status.as_u16(), 403, "{path}: from another site");
    }
}

async fn every_office_answer_carries_the_careful_headers(t: &TestApp) {
    let things = Things::make(t).await;
    let mut owner = t.owner().await;
    for (method, pattern, _) in all().filter(|(method, _, _)| *method == "GET") {
        let path = things.fill(pattern);
        let page = owner.go(method, &path, None).await;
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert!(matches!(page.header("referrer-policy"), "same-origin" | "no-referrer"), "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}: {policy}");
    }
}
