//! Connect's onboarding: an account is made, its owner fills in the page, Stripe looks at it and goes on.
//! Until then it can't charge; and later Stripe may want more.

use serde_json::{Value, json};

use crate::bench::{Bench, Page, Receiver, text};

const RETURN: &str = "https://app.example/return";
const REFRESH: &str = "https://app.example/refresh";
const DETAILS: [(&str, &str); 7] = [
    ("name", "Greenline"),
    ("product", "Mowing"),
    ("phone", "(512) 555-0148"),
    ("first_name", "Maya"),
    ("last_name", "Reyes"),
    ("routing", "110000000"),
    ("number", "000123456789"),
];
const INTENT: [(&str, &str); 2] = [("amount", "500"), ("currency", "usd")];

async fn make(bench: &Bench) -> String {
    let form = [
        ("controller[fees][payer]", "account"),
        ("controller[losses][payments]", "stripe"),
        ("controller[requirement_collection]", "stripe"),
        ("controller[stripe_dashboard][type]", "full"),
        ("country", "US"),
        ("email", "maya@greenline.example"),
        ("business_profile[name]", "Greenline & Co"),
        ("metadata[business_id]", "biz_1"),
    ];
    text(&bench.post("/v1/accounts", &form).await.ok(), "id")
}

async fn link(bench: &Bench, account: &str) -> String {
    let form = [("account", account), ("type", "account_onboarding"), ("refresh_url", REFRESH), ("return_url", RETURN)];
    let link = bench.post("/v1/account_links", &form).await.ok();
    assert_eq!(link["object"], "account_link");
    assert_eq!(link["expires_at"].as_i64(), Some(bench.now() + 300));
    text(&link, "url")
}

async fn press(bench: &Bench, address: &str, action: &'static str) -> Page {
    let mut form = DETAILS.to_vec();
    form.push(("action", action));
    bench.submit(address, &form).await
}

async fn read(bench: &Bench, account: &str) -> Value {
    bench.get(&format!("/v1/accounts/{account}")).await.ok()
}

/// Whether the account may charge, and whether Stripe refuses when it may not.
async fn charges(bench: &Bench, account: &str) -> bool {
    let answer = bench.post_as(account, "/v1/payment_intents", &INTENT).await;
    let enabled = read(bench, account).await["charges_enabled"] == true;
    assert_eq!(answer.status == 200, enabled, "{}", answer.body);
    enabled
}

#[tokio::test]
async fn an_account_is_made_filled_in_looked_at_and_active() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(&bench, true).await;
    let account = make(&bench).await;
    let made = read(&bench, &account).await;
    assert_eq!(made["controller"]["stripe_dashboard"]["type"], "full");
    assert_eq!((&made["details_submitted"], &made["metadata"]["business_id"]), (&json!(false), &json!("biz_1")));
    assert_eq!(made["requirements"]["disabled_reason"], "requirements.past_due");
    assert!(!charges(&bench, &account).await);

    let address = link(&bench, &account).await;
    let page = bench.open(&address).await;
    assert_eq!(page.status, 200);
    for words in ["Greenline &#38; Co", "Bank account", "Save and come back later"] {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(page.headers["content-security-policy"].to_str().unwrap().ends_with("https://app.example"));
    let wrong = bench.submit(&address, &[("name", "Greenline"), ("action", "submit")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("Please say what the business sells."));
    let done = press(&bench, &address, "submit").await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some(RETURN)));
    assert_eq!(press(&bench, &address, "submit").await.location.as_deref(), Some(RETURN), "twice is once");

    let reviewed = read(&bench, &account).await;
    assert_eq!(reviewed["details_submitted"], true);
    assert_eq!(reviewed["requirements"]["disabled_reason"], "requirements.pending_verification");
    assert_eq!(reviewed["external_accounts"]["data"][0]["last4"], "6789");
    assert!(!reviewed.to_string().contains("000123456789"));
    assert!(!charges(&bench, &account).await);
    bench.pass(20);
    assert!(charges(&bench, &account).await);
    let active = read(&bench, &account).await;
    assert_eq!(active["requirements"]["disabled_reason"], json!(null));
    assert_eq!(active["payouts_enabled"], true);
    bench.sandbox.deliver_pending().await;
    let told = receiver.types();
    assert_eq!(told.iter().filter(|kind| *kind == "account.updated").count(), 2, "{told:?}");
}

#[tokio::test]
async fn a_link_is_for_one_visit_and_not_for_long() {
    let bench = Bench::start().await;
    let account = make(&bench).await;
    let used = link(&bench, &account).await;
    bench.open(&used).await;
    let again = bench.open(&used).await;
    assert_eq!((again.status, again.location.as_deref()), (303, Some(REFRESH)));
    let late = link(&bench, &account).await;
    bench.pass(300);
    assert_eq!(bench.open(&late).await.location.as_deref(), Some(REFRESH));
    assert_eq!(press(&bench, &late, "submit").await.location.as_deref(), Some(REFRESH), "never opened");
    assert_eq!(bench.open(&bench.url("/c/onboarding/acctlink_none")).await.status, 404);
}

#[tokio::test]
async fn what_was_said_is_kept_for_another_time() {
    let bench = Bench::start().await;
    let account = make(&bench).await;
    let address = link(&bench, &account).await;
    bench.open(&address).await;
    let left = bench.submit(&address, &[("product", "Mowing"), ("first_name", "Maya"), ("action", "later")]).await;
    assert_eq!(left.location.as_deref(), Some(RETURN));
    let saved = read(&bench, &account).await;
    assert_eq!(saved["details_submitted"], false);
    let due = saved["requirements"]["currently_due"].as_array().unwrap();
    assert!(due.contains(&json!("external_account")) && !due.contains(&json!("representative.first_name")));
    let page = bench.open(&link(&bench, &account).await).await;
    assert!(page.text.contains("value=\"Mowing\"") && page.text.contains("value=\"Maya\""));
}

#[tokio::test]
async fn stripe_wants_more_and_gets_it() {
    let bench = Bench::start().await;
    bench.sandbox.put_account("acct_one", true, "One").await.unwrap();
    let wanted = bench.control("accounts/acct_one/require", json!({})).await.ok();
    assert_eq!(wanted["requirements"]["past_due"], json!(["individual.verification.document"]));
    assert!(!charges(&bench, "acct_one").await);
    let address = link(&bench, "acct_one").await;
    let page = bench.open(&address).await;
    assert!(page.text.contains("A photo of an identity document"), "{}", page.text);
    bench.submit(&address, &[("action", "submit")]).await;
    assert_eq!(
        read(&bench, "acct_one").await["requirements"]["pending_verification"],
        json!(["individual.verification.document"])
    );
    bench.pass(20);
    assert!(charges(&bench, "acct_one").await);

    let soon = json!({ "currently_due": ["company.tax_id"], "disabled_reason": null });
    let soon = bench.control("accounts/acct_one/require", soon).await.ok();
    assert_eq!(soon["requirements"]["current_deadline"].as_i64(), Some(bench.now() + 14 * 86_400));
    assert!(charges(&bench, "acct_one").await, "it may wait");
    bench.control("accounts/acct_one/approve", json!({})).await.ok();
    assert_eq!(read(&bench, "acct_one").await["requirements"]["currently_due"], json!([]));
    bench.control("accounts/acct_none/approve", json!({})).await.error(404, "resource_missing");
}

#[tokio::test]
async fn a_person_plays_stripe_on_the_front_page() {
    let bench = Bench::start().await;
    let account = make(&bench).await;
    let page = bench.open(&bench.url("/")).await;
    assert!(page.text.contains("not set up yet") && !page.text.contains(zoop_stripe_sandbox::PLATFORM_ACCOUNT));
    for (verb, standing) in [
        ("approve", "active"),
        ("require", "action needed, charges are off"),
        ("approve", "active"),
        ("deauthorize", "disconnected"),
    ] {
        let pressed = bench.submit(&bench.url(&format!("/_sandbox/accounts/{account}/{verb}")), &[]).await;
        assert_eq!((pressed.status, pressed.location.as_deref()), (303, Some("/#accounts")), "{verb}");
        let page = bench.open(&bench.url("/")).await;
        assert!(page.text.contains(&format!("</b>: {standing}")), "{verb}: {}", page.text);
    }
}

#[tokio::test]
async fn what_stripe_would_not_make_is_refused() {
    let bench = Bench::start().await;
    let account = make(&bench).await;
    for (form, code) in [
        (vec![("country", "USA")], "country_unsupported"),
        (vec![("email", "maya")], "email_invalid"),
        (vec![("type", "express")], ""),
        (vec![("controller[losses][payments]", "application")], ""),
        (vec![("controller[mood]", "good")], "parameter_unknown"),
        (vec![("colour", "green")], "parameter_unknown"),
    ] {
        bench.post("/v1/accounts", &form).await.error(400, code);
    }
    bench.post_as(&account, "/v1/accounts", &[]).await.error(400, "");
    let whole = [
        ("account", account.as_str()),
        ("type", "account_onboarding"),
        ("refresh_url", REFRESH),
        ("return_url", RETURN),
    ];
    for index in 0..whole.len() {
        let mut form = whole.to_vec();
        form.remove(index);
        bench.post("/v1/account_links", &form).await.error(400, "parameter_missing");
    }
    for (name, value, code) in [
        ("account", "acct_none", "resource_missing"),
        ("account", zoop_stripe_sandbox::PLATFORM_ACCOUNT, ""),
        ("type", "account_update", ""),
        ("return_url", "nowhere", "url_invalid"),
    ] {
        let form = whole.map(|(key, old)| (key, if key == name { value } else { old }));
        bench.post("/v1/account_links", &form).await.error(400, code);
    }
}

#[tokio::test]
async fn one_key_makes_one_account() {
    let bench = Bench::start().await;
    let first = bench.post_keyed("k", "/v1/accounts", &[("country", "CA")]).await.ok();
    assert_eq!(first["default_currency"], "cad");
    let again = bench.post_keyed("k", "/v1/accounts", &[("country", "CA")]).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.ok()["id"], first["id"]);
}
