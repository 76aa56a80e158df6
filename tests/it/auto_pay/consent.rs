//! Agreeing to auto-pay: while paying, in the portal by changing the card, or attested by the business;
//! and what is kept of it as evidence.

use zoop_app::consent::attest::{Attestation, attest};
use zoop_app::consent::change_card::{CardChanged, NewCard, change};
use zoop_app::consent::export;
use zoop_app::consent::offer::Evident;
use zoop_app::invoice::pay::{PayOutcome, PayRequest, pay};
use zoop_app::invoice::show::InvoiceKey;
use zoop_app::payment_method::remove::remove;
use zoop_app::{Actor, Error};
use zoop_domain::consent::{ConsentSource, ConsentState, EndedHow};
use zoop_domain::id::{ConsentId, PlanId};

use crate::harness::bill::{Bill, line};
use crate::harness::browser::{DECLINED, MASTERCARD, SAFARI, VISA};
use crate::harness::{TestApp, cases};

cases!(
    s26_s27_agreed_while_paying_is_live_once_it_is_paid,
    words_that_no_longer_fit_the_plan_grant_nothing,
    a_card_that_is_removed_meanwhile_has_no_live_consent,
    a_declined_payment_grants_nothing,
    one_plan_has_one_live_consent,
    a_saved_card_pays_in_one_tap_and_is_agreed_to,
    changing_the_card_ends_one_consent_and_begins_another,
    changing_to_a_card_that_is_typed_now,
    s44_the_business_attests_with_a_copy_to_the_customer,
    bad_attestations_are_refused,
    the_evidence_is_whole,
    an_address_is_asked_for_when_none_is_on_file,
);

const TICKED: &[(&str, &str)] = &[("auto_pay", "yes")];

pub(crate) async fn plan_bill(t: &TestApp, plan: &PlanId) -> Bill {
    let lines = vec![line("Mowing and edging", 6_495, t.shop.business.currency)];
    t.send(&t.shop.clone(), 14, lines, Vec::new(), Some(plan.clone())).await
}

async fn live(t: &TestApp) -> Vec<ConsentId> {
    let sql = "SELECT id FROM consents WHERE state = 'live' ORDER BY granted_at, id";
    t.database.rows::<(String,)>(sql).await.into_iter().map(|(id,)| id.parse().unwrap()).collect()
}

async fn s26_s27_agreed_while_paying_is_live_once_it_is_paid(t: &TestApp) {
    let plan = t.add_plan_with(&t.shop, "Monthly lawn care", Some(25_000)).await;
    let bill = plan_bill(t, &plan).await;
    let mut dana = t.browser();
    // Save card isn't ticked: auto-pay includes it.
    let pressed = dana.press_pay_with(&bill.path, TICKED).await;
    assert!(live(t).await.is_empty(), "nothing is live before it is paid");
    let page = dana.open_checkout(&pressed).await;
    let checkout = dana.get(page.as_str()).await;
    checkout.says(&["I authorize Greenline Lawn & Garden", "every month", "never more than $250.00"]);
    let typed = dana.type_card(&page, VISA).await;
    dana.follow(typed).await.says(&["Paid on"]);
    t.settled().await;
    let [consent] = live(t).await.try_into().expect("one consent");
    let consent = t.consent(&consent).await;
    assert_eq!(consent.evidence.source, ConsentSource::Inline);
    assert_eq!(consent.evidence.ip.as_deref(), Some("203.0.113.24"));
    assert_eq!(consent.evidence.user_agent.as_deref(), Some(SAFARI));
    assert_eq!(consent.evidence.cap.map(|cap| cap.minor()), Some(25_000));
    assert_eq!((&*consent.evidence.method_brand, &*consent.evidence.method_last4), ("Visa", "4242"));
    assert_eq!(t.methods().await.len(), 1, "s37: the card is on file");
    let mail = t.mail("Auto-pay is on for Monthly lawn care");
    for part in ["Visa •••• 4242", "$250.00", "I authorize", "?turn-off=cns_"] {
        assert!(mail.text.contains(part), "{part}:\n{}", mail.text);
    }
    // The next invoice no longer offers it.
    t.get(&plan_bill(t, &plan).await.path).await.never_says(&["Auto-pay future invoices"]);
}

async fn words_that_no_longer_fit_the_plan_grant_nothing(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let bill = plan_bill(t, &plan).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay_with(&bill.path, TICKED).await;
    let page = dana.open_checkout(&pressed).await;
    // He agreed to "every month"; while he types, the plan becomes another.
    t.database.execute("UPDATE plans SET frequency = 'weekly'").await;
    dana.type_card(&page, VISA).await;
    t.settled().await;
    t.get(&bill.path).await.says(&["Paid on"]);
    assert!(live(t).await.is_empty());
    assert_eq!(t.methods().await.len(), 1);
}

async fn a_card_that_is_removed_meanwhile_has_no_live_consent(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let token = portal.trim_start_matches("/p/");
    for round in 0..6 {
        let card = t.card_on_file(if round % 2 == 0 { VISA } else { MASTERCARD }).await;
        let plan = t.add_plan(&t.shop, "Hedge trimming").await;
        let (app, business) = (t.app(), &t.shop.business.id);
        let (by, how) = ("Nora Keane".into(), "on the phone".into());
        let attestation = Attestation { plan, method: card.id.clone(), by, how };
        let (_, removed) =
            tokio::join!(attest(&app, Actor::Operator, business, &attestation), remove(&app, token, card.id.as_str()),);
        removed.unwrap();
        assert!(live(t).await.is_empty(), "round {round}");
    }
}

async fn a_declined_payment_grants_nothing(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let bill = plan_bill(t, &plan).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay_with(&bill.path, TICKED).await;
    let page = dana.open_checkout(&pressed).await;
    dana.type_card(&page, DECLINED).await;
    t.settled().await;
    assert!(live(t).await.is_empty());
    t.get(&bill.path).await.says(&["Auto-pay future invoices for Monthly lawn care"]);
}

async fn one_plan_has_one_live_consent(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let (one, two) = (plan_bill(t, &plan).await, plan_bill(t, &plan).await);
    let (mut dana, mut again) = (t.browser(), t.browser());
    let first = dana.press_pay_with(&one.path, TICKED).await;
    let second = again.press_pay_with(&two.path, TICKED).await;
    let (first, second) = (dana.open_checkout(&first).await, again.open_checkout(&second).await);
    dana.type_card(&first, VISA).await;
    again.type_card(&second, MASTERCARD).await;
    t.settled().await;
    assert_eq!(live(t).await.len(), 1, "the first one stays");
    assert_eq!(t.methods().await.len(), 2);
    assert_eq!(t.subjects().iter().filter(|subject| subject.contains("Auto-pay is on")).count(), 1);
}

async fn a_saved_card_pays_in_one_tap_and_is_agreed_to(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let bill = plan_bill(t, &plan).await;
    let portal = t.portal_link(&t.shop).await;
    let key = InvoiceKey::Portal { token: portal.trim_start_matches("/p/"), invoice: bill.id.as_str() };
    let request =
        PayRequest { amount_minor: 6_495, auto_pay: true, saved: Some(card.id.to_string()), ..PayRequest::default() };
    let outcome = pay(&t.app(), key, request.clone()).await.unwrap();
    assert!(matches!(outcome, PayOutcome::Taken), "{outcome:?}");
    t.get(&bill.path).await.says(&["Paid on"]);
    assert_eq!(live(t).await.len(), 1);
    let again = pay(&t.app(), key, request).await.unwrap();
    assert!(matches!(again, PayOutcome::NothingToPay), "{again:?}");
    // From the invoice's own link a card on file is never charged.
    let other = plan_bill(t, &plan).await;
    let public = InvoiceKey::Public { token: other.path.trim_start_matches("/i/") };
    let request = PayRequest { amount_minor: 6_495, saved: Some(card.id.to_string()), ..PayRequest::default() };
    let refused = pay(&t.app(), public, request).await.unwrap();
    assert!(matches!(refused, PayOutcome::MethodGone(_)), "{refused:?}");
    assert!(t.attempts(&other).await.is_empty());
}

async fn changing_the_card_ends_one_consent_and_begins_another(t: &TestApp) {
    let visa = t.card_on_file(VISA).await;
    t.clock.pass(60);
    let master = t.card_on_file(MASTERCARD).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let old = t.add_consent(&plan, &visa, ConsentSource::Attested, None).await;
    let portal = t.portal_link(&t.shop).await;
    let token = portal.trim_start_matches("/p/");
    let evident = Evident { ip: Some("203.0.113.24".into()), user_agent: None };
    for _ in 0..2 {
        let card = NewCard::Saved(master.id.as_str());
        let consent = live(t).await.remove(0);
        let changed = change(&t.app(), token, consent.as_str(), card, &evident).await.unwrap();
        assert!(matches!(changed, CardChanged::Done { .. }), "{changed:?}");
    }
    let ended = t.consent(&old).await;
    assert_eq!(ended.ended.unwrap().how, EndedHow::Replaced);
    assert_eq!(ended.evidence.method_last4, visa.last4, "evidence doesn't change");
    let [new] = live(t).await.try_into().expect("one live consent");
    let new = t.consent(&new).await;
    assert_eq!(new.method.as_ref(), Some(&master.id));
    assert!(new.evidence.disclosure_text.contains("I authorize"));
    t.settled().await;
    assert!(t.mail_words("Auto-pay is on").contains("Mastercard"));
    assert!(!t.subjects().iter().any(|subject| subject.contains("Auto-pay is off")), "{:?}", t.subjects());
    let gone = change(&t.app(), token, old.as_str(), NewCard::Another, &evident).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
}

async fn changing_to_a_card_that_is_typed_now(t: &TestApp) {
    let visa = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let old = t.add_consent(&plan, &visa, ConsentSource::Inline, None).await;
    let portal = t.portal_link(&t.shop).await;
    let mut dana = t.browser();
    let sent = dana.post(&format!("{portal}/consents/{old}/change-card"), &[("with", "other")]).await;
    let page = dana.open_checkout(&sent).await;
    dana.get(page.as_str()).await.says(&["I authorize Greenline"]);
    let typed = dana.type_card(&page, MASTERCARD).await;
    let home = dana.follow(typed).await;
    home.says(&["Auto-pay", "Mastercard"]);
    assert_eq!(t.consent(&old).await.ended.unwrap().how, EndedHow::Replaced);
    let [new] = live(t).await.try_into().expect("one live consent");
    assert_eq!(t.consent(&new).await.evidence.method_brand, "Mastercard");
    t.settled().await;
}

async fn s44_the_business_attests_with_a_copy_to_the_customer(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan_with(&t.shop, "Monthly lawn care", Some(10_000)).await;
    let attestation =
        Attestation { plan, method: card.id.clone(), by: "Riley".into(), how: "by phone, on Sep 21".into() };
    let business = t.shop.business.id.clone();
    let consent = attest(&t.app(), Actor::Operator, &business, &attestation).await.unwrap();
    t.settled().await;
    let mail = t.mail("Auto-pay is on");
    assert!(mail.text.contains("by phone, on Sep 21"), "{}", mail.text);
    t.get(&t.portal_link(&t.shop).await).await.says(&["Monthly lawn care", "$100.00", "Zooper attested"]);
    let attested = t.consent(&consent).await.evidence.attested.unwrap();
    assert_eq!((&*attested.by, &*attested.how), ("Riley", "by phone, on Sep 21"));
    let twice = attest(&t.app(), Actor::Operator, &business, &attestation).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
}

async fn bad_attestations_are_refused(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan_with(&t.shop, "Monthly lawn care", Some(5_000)).await;
    let business = t.shop.business.id.clone();
    let good = Attestation { plan, method: card.id.clone(), by: "Riley".into(), how: "by phone".into() };
    let below = attest(&t.app(), Actor::Operator, &business, &good).await;
    assert!(matches!(&below, Err(Error::Invalid(why)) if why.contains("below its price")), "{below:?}");
    for (by, how) in [("", "by phone"), ("Riley", " "), ("Riley", "a\0b")] {
        let bad = Attestation { by: by.into(), how: how.into(), ..good.clone() };
        let refused = attest(&t.app(), Actor::Operator, &business, &bad).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    let elsewhere = t.open_shop(crate::harness::bill::ShopSpec::default()).await;
    let foreign = attest(&t.app(), Actor::Operator, &elsewhere.business.id, &good).await;
    assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
}

async fn the_evidence_is_whole(t: &TestApp) {
    let plan = t.add_plan_with(&t.shop, "Monthly lawn care", Some(25_000)).await;
    let bill = plan_bill(t, &plan).await;
    t.browser().pays_with(&bill.path, VISA, TICKED).await.says(&["Paid on"]);
    t.settled().await;
    let consent = live(t).await.remove(0);
    let evidence = export::export(&t.app(), &t.shop.business.id, &consent).await.unwrap();
    let json = serde_json::to_value(evidence).unwrap();
    assert_eq!(json["source"], "inline");
    assert_eq!(json["cap"]["minor"], 25_000);
    assert_eq!(json["method"]["last4"], "4242");
    assert_eq!(json["history"][0]["kind"], "granted");
    assert_eq!(json["mails"][0]["state"], "sent");
    assert!(json["disclosure"]["text"].as_str().unwrap().starts_with("I authorize"));
    assert!(!json.to_string().contains("/p/"), "no secret is in it");
}

async fn an_address_is_asked_for_when_none_is_on_file(t: &TestApp) {
    let mut tx = t.app().db.begin().await.unwrap();
    let mut nobody = t.shop.customer.clone();
    nobody.id = zoop_domain::id::CustomerId::generate(t.app().now(), t.app().random.as_ref());
    nobody.email = None;
    zoop_store::customer::insert(&mut tx, &nobody, t.app().now()).await.unwrap();
    tx.commit().await.unwrap();
    let shop = crate::harness::bill::Shop { customer: nobody.clone(), business: t.shop.business.clone() };
    let plan = t.add_plan(&shop, "Monthly lawn care").await;
    let lines = vec![line("Mowing and edging", 6_495, shop.business.currency)];
    let bill = t.send(&shop, 14, lines, Vec::new(), Some(plan)).await;
    let mut tom = t.browser();
    for bad in ["", "nobody", "tom@example", "a b@example.com"] {
        let page = tom.press_pay_with(&bill.path, &[("auto_pay", "yes"), ("email", bad)]).await;
        page.is(422).says(&["Auto-pay future invoices"]);
    }
    assert!(t.attempts(&bill).await.is_empty());
    tom.pays_with(&bill.path, VISA, &[("auto_pay", "yes"), ("email", "tom@example.com")]).await.says(&["Paid on"]);
    t.settled().await;
    assert_eq!(t.mail("Auto-pay is on").to.address, "tom@example.com");
    let consent = live(t).await.remove(0);
    assert_eq!(t.consent(&consent).await.state, ConsentState::Live);
}
