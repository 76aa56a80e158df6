//! `/r/{code}`: the way back from Stripe, paid or not, with and without its cookie.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use url::Url;

use crate::harness::browser::{Browser, VISA};
use crate::harness::{TestApp, cases};

cases!(
    after_cancel_the_invoice_is_payable_as_before,
    the_cookie_is_careful,
    without_the_cookie_there_is_no_link,
    a_forged_cookie_leads_nowhere_else,
    another_session_in_the_url_opens_nothing,
    an_unknown_or_broken_code_opens_nothing,
    a_code_works_for_a_day,
    coming_back_twice_is_coming_back_once,
    reloading_the_payment_page_after_paying_charges_nothing,
);

/// Presses "Pay now": the payment page, and `/r/{code}`.
async fn pressed(dana: &mut Browser<'_>, path: &str) -> (Url, Url) {
    let pressed = dana.press_pay(path).await;
    let checkout = dana.open_checkout(&pressed).await;
    let back = dana.way_back(&checkout).await;
    (checkout, back)
}

async fn after_cancel_the_invoice_is_payable_as_before(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let (checkout, back) = pressed(&mut dana, &bill.path).await;
    let page = dana.get(back.as_str()).await;
    let page = dana.follow(page).await;
    assert_eq!(page.url.path(), bill.path);
    page.is(200).says(&["Nothing was charged", "Due on"]);
    assert!(page.can_be_paid());
    assert_eq!(dana.press_pay(&bill.path).await.location(), checkout, "the same page is handed out again");
    let typed = dana.type_card(&checkout, VISA).await;
    let end = dana.follow(typed).await;
    end.says(&["Paid on"]);
    dana.get(&format!("{}?notice=not-charged", bill.path)).await.never_says(&["Nothing was charged"]);
}

async fn the_cookie_is_careful(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay(&bill.path).await;
    let cookies: Vec<_> = pressed.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
    let [cookie] = cookies[..] else { panic!("one cookie: {cookies:?}") };
    let back = dana.way_back(&pressed.location()).await;
    for part in [format!("Path={}", back.path()), "HttpOnly".into(), "SameSite=Lax".into(), "Max-Age=3600".into()] {
        assert!(cookie.split("; ").any(|found| found == part), "{part}: {cookie}");
    }
    assert!(dana.get(&bill.path).await.headers.get(SET_COOKIE).is_none());
    assert!(dana.get(back.as_str()).await.headers.get(SET_COOKIE).is_none());
}

async fn without_the_cookie_there_is_no_link(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let (checkout, back) = pressed(&mut dana, &bill.path).await;
    let not_yet = t.get(back.as_str()).await;
    not_yet.is(200).says(&["Invoice INV-1051", "$50.00", "Nothing was charged", "Greenline Lawn & Garden"]);
    let success = dana.type_card(&checkout, VISA).await.location();
    let paid = t.get(success.as_str()).await;
    paid.is(200).says(&["Invoice INV-1051", "$50.00", "Paid", "Greenline Lawn & Garden has your payment"]);
    for page in [not_yet, paid] {
        assert!(!page.html.contains("<a ") && !page.html.contains(&bill.path), "{}", page.html);
    }
}

async fn a_forged_cookie_leads_nowhere_else(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let (_, back) = pressed(&mut t.browser(), &bill.path).await;
    let forged = ["https://evil.example/", "//evil.example", "/\\evil.example", "/office", "/p/x/invoices/y", ""];
    let encoded = forged.map(|path| URL_SAFE_NO_PAD.encode(path));
    let plain = ["https://evil.example".to_owned(), bill.path.clone(), "%0d%0aLocation:x".into()];
    for value in encoded.into_iter().chain(plain) {
        let mut mallory = t.browser();
        mallory.plant_cookie("/r/", "zoop_back", &value);
        let page = mallory.get(back.as_str()).await;
        page.is(200).says(&["Nothing was charged"]);
        assert!(page.headers.get("location").is_none());
    }
    // One that leads to an invoice page is followed, and that page decides by its own secret.
    let mut mallory = t.browser();
    mallory.plant_cookie("/r/", "zoop_back", &URL_SAFE_NO_PAD.encode("/i/AAAAAAAAAAAAAAAAAAAAAA"));
    let page = mallory.get(back.as_str()).await;
    mallory.follow(page).await.is(404);
}

async fn another_session_in_the_url_opens_nothing(t: &TestApp) {
    let (bill, other) = (t.bill(5_000).await, t.bill(6_000).await);
    let mut dana = t.browser();
    let (checkout, back) = pressed(&mut dana, &bill.path).await;
    let (other_checkout, _) = pressed(&mut t.browser(), &other.path).await;
    dana.type_card(&checkout, VISA).await.is(303);
    let other_session = other_checkout.path_segments().unwrap().next_back().unwrap().to_owned();
    for session in ["cs_test_unknown", &other_session, "", "%00", &"x".repeat(5_000)] {
        dana.get(&format!("{back}?session={session}")).await.is(404).says(&["Page not found"]);
    }
    assert_eq!(t.payments(&bill).await, [], "a way back that isn't believed settles nothing");
    t.settled().await;
    assert_eq!(t.payments(&bill).await.len(), 1);
}

async fn an_unknown_or_broken_code_opens_nothing(t: &TestApp) {
    let unknown = t.get("/nowhere").await;
    for code in ["x", &"A".repeat(43), &"A".repeat(10_000), "%ff", "a%2fb"] {
        let page = t.get(&format!("/r/{code}")).await;
        page.is(404);
        assert_eq!(page.html, unknown.html);
    }
}

async fn a_code_works_for_a_day(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let (checkout, back) = pressed(&mut dana, &bill.path).await;
    dana.type_card(&checkout, VISA).await.is(303);
    t.clock.pass(24 * 3_600 - 1);
    t.get(back.as_str()).await.is(200).says(&["Paid"]);
    t.clock.pass(1);
    t.get(back.as_str()).await.is(404);
}

async fn coming_back_twice_is_coming_back_once(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let (checkout, _) = pressed(&mut dana, &bill.path).await;
    let success = dana.type_card(&checkout, VISA).await.location();
    let (mut one, mut two) = (dana.clone(), dana.clone());
    let (one, two) = tokio::join!(one.get(success.as_str()), two.get(success.as_str()));
    assert_eq!((one.location().path(), two.location().path()), (&bill.path[..], &bill.path[..]));
    dana.get(success.as_str()).await.is(303);
    assert_eq!(t.payments(&bill).await.len(), 1);
}

async fn reloading_the_payment_page_after_paying_charges_nothing(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    let (checkout, _) = pressed(&mut dana, &bill.path).await;
    let first = dana.type_card(&checkout, VISA).await.location();
    assert_eq!(dana.type_card(&checkout, VISA).await.location(), first);
    dana.get(first.as_str()).await.is(303);
    assert_eq!(t.stripe.ledger().await.len(), 1);
}
