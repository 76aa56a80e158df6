//! Saved methods and auto-pay, as the portal shows them.

use zoop_domain::consent::ConsentSource;
use zoop_domain::id::{ConsentId, PaymentMethodId};
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod};
use zoop_store as store;

use crate::harness::{TestApp, cases};

cases!(
    s07_s39_cards_and_bank_accounts,
    s11_a_card_shows_the_plans_it_pays,
    s40_a_card_that_expires_within_thirty_days_is_flagged,
    s41_s44_each_live_consent_with_plan_card_day_cap_and_badge,
    s41_a_consent_that_ended_is_not_shown,
);

async fn save(t: &TestApp, last4: &str, kind: MethodType, expiry: Option<CardExpiry>, default: bool) -> PaymentMethod {
    let app = t.app();
    let method = PaymentMethod {
        id: PaymentMethodId::generate(app.now(), app.random.as_ref()),
        business: t.shop.business.id.clone(),
        customer: t.shop.customer.id.clone(),
        account: t.shop.account(),
        stripe_payment_method: format!("pm_{last4}"),
        kind,
        brand: if kind == MethodType::Card { "Visa".into() } else { "First Prairie Bank".into() },
        last4: last4.into(),
        expiry,
        fingerprint: None,
        is_default: default,
        state: MethodState::Active,
        added_at: app.now(),
    };
    let mut tx = app.db.begin().await.unwrap();
    assert!(store::payment_method::insert(&mut tx, &method).await.unwrap());
    tx.commit().await.unwrap();
    method
}

async fn consent(t: &TestApp, title: &str, card: &PaymentMethod, source: ConsentSource, cap: Option<i64>) -> ConsentId {
    let plan = t.add_plan(&t.shop, title).await;
    t.add_consent(&plan, card, source, cap).await
}

async fn s07_s39_cards_and_bank_accounts(t: &TestApp) {
    save(t, "4242", MethodType::Card, CardExpiry::new(4, 2028), true).await;
    t.clock.pass(86_400);
    save(t, "6789", MethodType::UsBankAccount, None, false).await;
    let page = t.get(&t.portal_link(&t.shop).await).await;
    page.says(&[
        "Saved payment methods",
        "Visa",
        "4242",
        "Default",
        "Expires 04/2028",
        "Added Sep 21, 2026",
        "First Prairie Bank",
        "6789",
        "Bank account",
        "Added Sep 22, 2026",
        "Auto-pay",
    ]);
}

async fn s11_a_card_shows_the_plans_it_pays(t: &TestApp) {
    let visa = save(t, "4242", MethodType::Card, CardExpiry::new(4, 2028), true).await;
    save(t, "4444", MethodType::Card, CardExpiry::new(4, 2028), false).await;
    consent(t, "Monthly lawn care", &visa, ConsentSource::Inline, None).await;
    consent(t, "Hedge trimming", &visa, ConsentSource::Inline, None).await;
    let page = t.get(&t.portal_link(&t.shop).await).await;
    let words = page.words();
    let card = words.split("4444").next().unwrap();
    assert!(card.contains("Monthly lawn care") && card.contains("Hedge trimming"), "{words}");
    assert_eq!(words.matches("Pays ").count(), 1, "the other card pays nothing");
}

async fn s40_a_card_that_expires_within_thirty_days_is_flagged(t: &TestApp) {
    // Today is 21 Sep 2026 in Chicago.
    save(t, "0001", MethodType::Card, CardExpiry::new(9, 2026), true).await;
    let portal = t.portal_link(&t.shop).await;
    t.get(&portal).await.says(&["0001", "Expiring soon", "Expires 09/2026"]);
    // The last day counts, until midnight there.
    t.clock.pass((9 * 24 + 15) * 3_600 - 1);
    t.get(&portal).await.says(&["Expiring soon"]).never_says(&["Expired"]);
    t.clock.pass(1);
    t.get(&portal).await.says(&["Expired 09/2026"]).never_says(&["Expiring soon"]);
    save(t, "0002", MethodType::Card, CardExpiry::new(10, 2026), false).await;
    save(t, "0003", MethodType::Card, CardExpiry::new(11, 2026), false).await;
    let words = t.get(&portal).await.words();
    // 1 Oct: the end of October is thirty days away, the end of November is not.
    assert_eq!(words.matches("Expiring soon").count(), 1, "{words}");
    assert!(words.find("0002").unwrap() < words.find("Expiring soon").unwrap());
}

async fn s41_s44_each_live_consent_with_plan_card_day_cap_and_badge(t: &TestApp) {
    let visa = save(t, "4242", MethodType::Card, CardExpiry::new(4, 2028), true).await;
    consent(t, "Monthly lawn care", &visa, ConsentSource::Inline, None).await;
    t.clock.pass(86_400);
    consent(t, "Spring cleanup", &visa, ConsentSource::Attested, Some(30_000)).await;
    let page = t.get(&t.portal_link(&t.shop).await).await;
    let words = page.words();
    let auto = words.split("Auto-pay").last().unwrap();
    for row in [
        ["Monthly lawn care", "Visa", "4242", "Sep 21, 2026", "No cap", "Inline"],
        ["Spring cleanup", "Visa", "4242", "Sep 22, 2026", "$300.00", "Zooper attested"],
    ] {
        let mut rest = &auto[auto.find(row[0]).expect(row[0])..];
        for part in row {
            rest = &rest[rest.find(part).unwrap_or_else(|| panic!("{part}: {auto}"))..];
        }
    }
}

async fn s41_a_consent_that_ended_is_not_shown(t: &TestApp) {
    let visa = save(t, "4242", MethodType::Card, CardExpiry::new(4, 2028), true).await;
    let id = consent(t, "Monthly lawn care", &visa, ConsentSource::Inline, None).await;
    t.database.execute(&format!("UPDATE consents SET state = 'ended', ended_at = 1 WHERE id = '{id}'")).await;
    t.get(&t.portal_link(&t.shop).await).await.says(&["Auto-pay is off"]).never_says(&["Monthly lawn care"]);
}
