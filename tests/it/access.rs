//! Every route and every actor: who gets in, and that those who don't can't tell why. A route
//! that isn't listed here fails.

use std::collections::BTreeMap;

use http::HeaderMap;
use zoop_app::{Actor, portal_link};
use zoop_domain::consent::ConsentSource;
use zoop_domain::quote::QuoteState;
use zoop_web::routes;

use crate::harness::bill::{Bill, Shop, ShopSpec};
use crate::harness::browser::{Page, VISA};
use crate::harness::{TestApp, cases};

cases!(
    every_route_lets_in_whom_it_should,
    s34_unknown_rotated_and_revoked_are_the_same_to_the_byte,
    every_answer_carries_the_careful_headers,
    no_route_answers_another_method,
    a_head_is_a_get_without_a_body,
);

/// The links there are, live and dead, and whose they are.
struct Links {
    /// Dana's, live.
    live: String,
    rotated: String,
    revoked: String,
    /// Another customer's of the same business.
    neighbour: String,
    /// A customer's of another business.
    stranger: String,
    bill: Bill,
    paid: Bill,
    others: Bill,
    /// Dana's card, which pays a plan of hers.
    card: String,
    consent: String,
    /// The way back of a payment that was begun.
    back: String,
    /// A quote's, one that was taken back, and an invoice of another kind.
    quote: String,
    withdrawn: String,
}

impl Links {
    async fn make(t: &TestApp) -> Self {
        let bill = t.bill(5_000).await;
        let paid = t.bill(6_000).await;
        t.check_arrives(&paid, 6_000).await.unwrap();
        let rotated = token(&t.portal_link(&t.shop).await);
        let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
        let new = portal_link::rotate::rotate(&t.app(), Actor::Operator, business, customer).await.unwrap();
        let tom = Shop { customer: t.add_customer(&t.shop.business, "Tom Becker").await, ..t.shop.clone() };
        let priya = Shop { customer: t.add_customer(&t.shop.business, "Priya Raman").await, ..t.shop.clone() };
        let revoked = token(&t.portal_link(&priya).await);
        portal_link::revoke::revoke(&t.app(), Actor::Operator, business, &priya.customer.id).await.unwrap();
        let other = t.open_shop(ShopSpec::default()).await;
        let card = t.card_on_file(VISA).await;
        let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
        let consent = t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
        let mut dana = t.browser();
        let checkout = dana.press_pay(&bill.path).await.location();
        let back = token(dana.way_back(&checkout).await.path());
        let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
        let gone = t.add_quote(&t.shop, QuoteState::Sent).await;
        let withdrawn = token(&t.quote_link(&t.shop, &gone).await);
        zoop_app::quote::withdraw::withdraw(&t.app(), Actor::Operator, business, &gone).await.unwrap();
        Self {
            live: token(new.url.path()),
            rotated,
            revoked,
            neighbour: token(&t.portal_link(&tom).await),
            stranger: token(&t.portal_link(&other).await),
            others: t.bill_of(&other, 7_000).await,
            bill,
            paid,
            card: card.id.to_string(),
            consent: consent.to_string(),
            back,
            quote: token(&t.quote_link(&t.shop, &quote).await),
            withdrawn,
        }
    }

    /// Tokens that must not open Dana's portal, by who brings them.
    fn dead(&self) -> Vec<(&'static str, String)> {
        vec![
            ("nobody", "A".repeat(43)),
            ("nobody, malformed", "not-a-token".into()),
            ("nobody, not canonical", format!("{}B", "A".repeat(42))),
            ("nobody, not ASCII", "%F0%9F%94%91".into()),
            ("nobody, not UTF-8", "%ff%fe".into()),
            ("nobody, a zero byte", format!("{}%00", self.live)),
            ("Dana, truncated", self.live[..42].to_owned()),
            ("Dana, one letter more", format!("{}A", self.live)),
            ("Dana, in capitals", self.live.to_uppercase()),
            ("over-long", "A".repeat(10_000)),
            ("rotated", self.rotated.clone()),
            ("revoked", self.revoked.clone()),
            ("a public invoice's", token(&self.bill.path)),
            ("a way back's", self.back.clone()),
        ]
    }

    /// The same for her invoice's public page.
    fn dead_public(&self) -> Vec<(&'static str, String)> {
        let own = token(&self.bill.path);
        vec![
            ("nobody", "A".repeat(22)),
            ("nobody, malformed", "not-a-token".into()),
            ("truncated", own[..21].to_owned()),
            ("over-long", "A".repeat(10_000)),
            ("not UTF-8", "%ff".into()),
            ("the portal's", self.live.clone()),
            ("the invoice's id", self.bill.id.to_string()),
            ("a way back's", self.back.clone()),
        ]
    }
}

fn token(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// Who asks for what, and the status he is to get.
type Case = (String, String, u16);

/// A route's cases. Every route of the program must be here.
fn cases_of(t: &TestApp, links: &Links, method: &str, pattern: &str) -> Vec<Case> {
    let fill = |token: &str, invoice: &Bill| {
        let path = pattern.replace("{token}", token).replace("{invoice}", invoice.id.as_str());
        path.replace("{method}", &links.card).replace("{consent}", &links.consent)
    };
    let portal = |bill: &Bill, welcome: u16| {
        let mut cases = vec![("Dana".to_owned(), fill(&links.live, bill), welcome)];
        cases.extend(links.dead().iter().map(|(who, token)| ((*who).to_owned(), fill(token, bill), 404)));
        if pattern.contains("{invoice}") {
            for (who, token) in [("another customer", &links.neighbour), ("another business's", &links.stranger)] {
                cases.push((who.to_owned(), fill(token, bill), 404));
            }
            cases.push(("Dana, another's invoice".into(), fill(&links.live, &links.others), 404));
            cases.push((
                "Dana, no invoice".into(),
                pattern.replace("{token}", &links.live).replace("{invoice}", "x"),
                404,
            ));
        }
        cases
    };
    let public = |bill: &Bill, welcome: u16| {
        let mut cases = vec![("whoever has it".to_owned(), fill(&token(&bill.path), bill), welcome)];
        cases.extend(links.dead_public().iter().map(|(who, token)| ((*who).to_owned(), fill(token, bill), 404)));
        cases
    };
    let quote = |welcome: u16| {
        let path = |token: &str| pattern.replace("{token}", token);
        let mut cases = vec![("whoever has it".to_owned(), path(&links.quote), welcome)];
        cases.push(("whoever has one that was taken back".to_owned(), path(&links.withdrawn), 404));
        cases.push(("Dana, her portal's".to_owned(), path(&links.live), 404));
        cases.extend(links.dead().iter().map(|(who, token)| ((*who).to_owned(), path(token), 404)));
        cases
    };
    let open = |path: &str, status: u16| vec![("everybody".to_owned(), path.to_owned(), status)];
    let business = t.shop.business.id.as_str();
    match (method, pattern) {
        ("GET", routes::PORTAL) => portal(&links.bill, 200),
        ("GET", routes::PORTAL_INVOICE | routes::PORTAL_INVOICE_PDF) => portal(&links.bill, 200),
        ("GET" | "POST", routes::PORTAL_INVOICE_PAY) => portal(&links.bill, 303),
        ("GET", routes::PORTAL_INVOICE_RECEIPT | routes::PORTAL_RECEIPT_PDF) => portal(&links.paid, 200),
        // What isn't hers is gone, to another customer too: his link is good, and he is told that and no more.
        (
            "GET" | "POST",
            routes::PAYMENT_METHODS
            | routes::DEFAULT_METHOD
            | routes::REMOVE_METHOD
            | routes::TURN_OFF
            | routes::CHANGE_CARD,
        ) => portal(&links.bill, 303),
        ("GET", routes::INVOICE | routes::INVOICE_PDF) => public(&links.bill, 200),
        ("GET" | "POST", routes::INVOICE_PAY) => public(&links.bill, 303),
        ("GET", routes::INVOICE_RECEIPT | routes::RECEIPT_PDF) => public(&links.paid, 200),
        ("GET", routes::QUOTE) => quote(200),
        // A form without an answer is none.
        ("POST", routes::QUOTE) => quote(422),
        ("GET", routes::WAY_BACK) => {
            let mut cases = vec![("Dana".to_owned(), format!("/r/{}", links.back), 200)];
            for (who, code) in links.dead() {
                let code = if who == "a way back's" { links.live.clone() } else { code };
                cases.push((who.to_owned(), format!("/r/{code}"), 404));
            }
            cases
        }
        ("GET", routes::BRAND_CSS) => [
            open(&format!("/brand/{business}/00.css"), 404),
            open(&format!("/brand/biz_{}/00.css", "0".repeat(26)), 404),
            open("/brand/x/y", 404),
        ]
        .concat(),
        ("GET", routes::BRAND_LOGO) => {
            [open(&format!("/brand/{business}/logo/00"), 404), open("/brand/x/logo/y", 404)].concat()
        }
        ("GET", routes::ASSET) => {
            [open("/assets/none.00.css", 404), open("/assets/..%2f..%2fetc%2fpasswd", 404)].concat()
        }
        ("GET", routes::FAVICON) => open("/favicon.ico", 308),
        ("GET", routes::ROBOTS) => open("/robots.txt", 200),
        ("GET", routes::HEALTHZ) => open("/healthz", 200),
        ("GET", routes::READYZ) => open("/readyz", 200),
        ("POST", routes::STRIPE_WEBHOOK) => open("/stripe/webhook", 400),
        _ => panic!("{method} {pattern} has no case: say here who may"),
    }
}

async fn ask(t: &TestApp, method: &str, path: &str) -> Page {
    let form = (method == "POST").then(|| "amount=5000".to_owned());
    t.browser().go(method, path, form).await
}

async fn every_route_lets_in_whom_it_should(t: &TestApp) {
    let links = Links::make(t).await;
    for (method, pattern) in routes::ALL {
        for (who, path, status) in cases_of(t, &links, method, pattern) {
            let page = ask(t, method, &path).await;
            assert_eq!(page.status.as_u16(), status, "{who}: {method} {path}\n{}", page.words());
            if status == 404 {
                assert!(!page.html.contains("Greenline") && !page.html.contains("Dana"), "{who}: {method} {path}");
            }
        }
    }
    // What a page names as its style, logo and script is there.
    let page = t.get(&format!("/p/{}", links.live)).await;
    let named: Vec<_> = page
        .html
        .split(['"', '\''])
        .filter(|part| part.starts_with("/assets/") || part.starts_with("/brand/"))
        .collect();
    assert!(named.len() >= 2, "{named:?}");
    for path in named {
        let found = t.get(path).await;
        found.is(200);
        assert!(found.header("cache-control").contains("immutable"), "{path}");
    }
}

fn comparable(page: &Page) -> (u16, BTreeMap<String, String>, String) {
    let headers = |headers: &HeaderMap| {
        let pairs = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        pairs.filter(|(name, _)| name != "date").collect()
    };
    (page.status.as_u16(), headers(&page.headers), page.html.clone())
}

async fn s34_unknown_rotated_and_revoked_are_the_same_to_the_byte(t: &TestApp) {
    let links = Links::make(t).await;
    let nowhere = comparable(&t.get("/nowhere").await);
    assert_eq!(nowhere.0, 404);
    for (method, pattern) in routes::ALL {
        for (who, path, status) in cases_of(t, &links, method, pattern) {
            if status == 404 {
                let page = comparable(&ask(t, method, &path).await);
                assert_eq!(page, nowhere, "{who}: {method} {path}");
            }
        }
    }
}

async fn every_answer_carries_the_careful_headers(t: &TestApp) {
    let links = Links::make(t).await;
    let stripe = t.stripe.base.origin().ascii_serialization();
    for (method, pattern) in routes::ALL {
        for (who, path, _) in cases_of(t, &links, method, pattern) {
            let page = ask(t, method, &path).await;
            let what = format!("{who}: {method} {path}");
            assert_eq!(page.header("referrer-policy"), "no-referrer", "{what}");
            assert_eq!(page.header("x-content-type-options"), "nosniff", "{what}");
            assert!(page.header("x-robots-tag").contains("noindex"), "{what}");
            let policy = page.header("content-security-policy");
            assert!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                "{what}: {policy}"
            );
            assert!(!policy.contains("unsafe-eval") && !policy.contains('*'), "{what}: {policy}");
            let capability = ["/p/", "/i/", "/q/", "/r/"].iter().any(|start| pattern.starts_with(start));
            if capability {
                assert_eq!(page.header("cache-control"), "no-store", "{what}");
                assert!(policy.contains(&format!("form-action 'self' {stripe}")), "{what}: {policy}");
                assert!(!policy.contains("unsafe-inline"), "{what}: {policy}");
            }
        }
    }
}

async fn no_route_answers_another_method(t: &TestApp) {
    let links = Links::make(t).await;
    for pattern in routes::ALL.iter().map(|(_, pattern)| pattern) {
        let allowed: Vec<_> =
            routes::ALL.iter().filter(|(_, other)| other == pattern).map(|(method, _)| *method).collect();
        let (_, live, _) = cases_of(t, &links, allowed[0], pattern).swap_remove(0);
        let dead = cases_of(t, &links, allowed[0], pattern).pop().unwrap().1;
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            if allowed.contains(&method) {
                continue;
            }
            let (live, dead) = (ask(t, method, &live).await, ask(t, method, &dead).await);
            live.is(405);
            assert_eq!(comparable(&live), comparable(&dead), "{method} {pattern}: it tells whether the link lives");
        }
    }
}

async fn a_head_is_a_get_without_a_body(t: &TestApp) {
    let links = Links::make(t).await;
    for (method, pattern) in routes::ALL.iter().filter(|(method, _)| *method == "GET") {
        for (who, path, status) in cases_of(t, &links, method, pattern) {
            let head = ask(t, "HEAD", &path).await;
            assert_eq!((head.status.as_u16(), head.html.as_str()), (status, ""), "{who}: {path}");
        }
    }
    t.browser().pays(&links.bill.path, VISA).await.says(&["Paid on"]);
}
