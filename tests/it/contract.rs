//! What our client says and what the stand-in answers, for the check against Stripe's own types
//! (`tests/contract`). The recording is written where `ZOOP_CONTRACT_RECORDING` says.

use secrecy::ExposeSecret as _;
use serde_json::json;
use zoop_stripe::account::{self, CreateAccount};
use zoop_stripe::account_link::{self, CreateAccountLink};
use zoop_stripe::checkout_session::{self, CreateSetupSession};
use zoop_stripe::customer::{self, CustomerFields};
use zoop_stripe::payment_intent::{self, ConfirmPaymentIntent, CreatePaymentIntent};
use zoop_stripe::refund::{self, CreateRefund};
use zoop_stripe::{
    Client, Created, IdempotencyKey, Metadata, Page, Scope, charge, dispute, payment_method, setup_intent,
};

use crate::harness::browser::{CHALLENGED, DECLINED, MASTERCARD, REFUND_FAILS, VISA};
use crate::harness::database::Backend;
use crate::harness::recording::Recording;
use crate::harness::{Setup, TestApp};

/// Asks for the bank's challenge until it was set up.
const CHALLENGED_ONCE: &str = "4000002500003155";

async fn start() -> (TestApp, Recording) {
    let recording = Recording::default();
    let setup = Setup { recording: Some(recording.clone()), ..Setup::default() };
    (TestApp::start_with(Backend::Sqlite, setup).await.unwrap(), recording)
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

/// A page of ours to come back to.
fn page(customer: &str, t: &TestApp) -> CreateSetupSession {
    CreateSetupSession {
        customer: customer.into(),
        currency: "usd".into(),
        client_reference_id: Some("cus_0".into()),
        metadata: Metadata::from([("customer_id".into(), "cus_0".into())]),
        expires_at: t.clock.unix_seconds() + 2_100,
        success_url: "https://pay.example/r/x?session={CHECKOUT_SESSION_ID}".into(),
        cancel_url: "https://pay.example/r/x".into(),
        allowed_payment_method_types: vec!["card".into(), "us_bank_account".into()],
        allow_redisplay: Some(payment_method::AllowRedisplay::Always),
        submit_message: Some("I authorize Greenline to charge this card.".into()),
    }
}

fn client(t: &TestApp) -> (Client, Scope) {
    let stripe = t.app().stripe.unwrap();
    let scope = stripe.scope(&t.shop.account());
    (stripe.client, scope)
}

fn intent(customer: &str, method: &str, kind: &str) -> CreatePaymentIntent {
    CreatePaymentIntent {
        amount: 16_305,
        currency: "usd".into(),
        customer: customer.into(),
        payment_method: method.into(),
        allowed_payment_method_types: vec![kind.into()],
        description: Some("Invoice INV-1051".into()),
        metadata: Metadata::from([("invoice_id".into(), "inv_0".into())]),
    }
}

/// Pay now, in all its ways, with all the webhooks that follow.
#[tokio::test]
async fn contract_of_paying() {
    let (t, recording) = start().await;
    let mut dana = t.browser();
    let bill = t.bill(16_305).await;
    dana.pays_with(&bill.path, VISA, &[("save_card", "yes")]).await.says(&["Paid on"]);
    let declined = t.bill(5_000).await;
    let pressed = dana.press_pay(&declined.path).await.location();
    dana.type_card(&pressed, DECLINED).await.is(402);
    t.settled().await;
    let bank = dana.type_card(&pressed, CHALLENGED).await.location();
    t.settled().await;
    let answered = dana.post(bank.as_str(), &[("outcome", "complete")]).await;
    dana.follow(answered).await.says(&["Paid on"]);
    let changed = t.bill(6_000).await;
    dana.press_pay(&changed.path).await.is(303);
    dana.press_pay_with(&changed.path, &[("save_card", "yes")]).await.is(303);
    let again = t.bill(7_000).await;
    dana.pays_with(&again.path, VISA, &[("save_card", "yes")]).await.says(&["Paid on"]);
    let failing = t.bill(8_000).await;
    dana.pays(&failing.path, REFUND_FAILS).await.says(&["Paid on"]);
    t.settled().await;
    let charges = t.stripe.ledger().await;
    t.stripe.refund(&charges[0], Some(2_000)).await;
    t.stripe.refund(&charges[3], None).await;
    t.stripe.dispute(&charges[1]).await;
    t.settled().await;
    t.stripe.decide(&charges[1], "lost").await;
    t.stripe.dispute(&charges[2]).await;
    t.stripe.decide(&charges[2], "won").await;
    t.stripe.sandbox.put_account(&bill.account, false, "Greenline").await.unwrap();
    t.pass(3_600).await;
    t.stripe.sandbox.put_account(&bill.account, true, "Greenline").await.unwrap();
    t.compare().await;
    let events = [("limit", "100")];
    t.stripe.api(&bill.account, "GET", "/v1/events", &events).await;
    t.stripe.control(&format!("accounts/{}/deauthorize", bill.account), json!({})).await;
    t.settled().await;
    t.finish().await;
    assert!(recording.len() > 60, "{}", recording.len());
    recording.write("paying");
}

/// Every call that the client knows, on every kind of object.
#[tokio::test]
async fn contract_of_the_client() {
    let (t, recording) = start().await;
    let (client, scope) = client(&t);
    let (client, scope) = (&client, &scope);
    let fields = CustomerFields {
        name: Some("Dana Whitfield".into()),
        email: Some("dana@whitfield.example".into()),
        phone: Some("(512) 555-0148".into()),
        metadata: Metadata::from([("customer_id".into(), "cus_0".into())]),
    };
    let dana = customer::create(client, scope, &fields, &key("customer")).await.unwrap().id;
    customer::get(client, scope, &dana).await.unwrap();
    customer::update(client, scope, &dana, &fields, &key("update")).await.unwrap();
    account::get(client, scope).await.unwrap();
    account::get(client, &Scope::Own).await.unwrap();

    let visa = payment_method::attach(client, scope, "pm_card_visa", &dana, &key("visa")).await.unwrap().id;
    let bank = payment_method::attach(client, scope, "pm_usBankAccount", &dana, &key("bank")).await.unwrap().id;
    let bad = payment_method::attach(client, scope, "pm_card_chargeCustomerFail", &dana, &key("bad")).await.unwrap().id;
    payment_method::get(client, scope, &visa).await.unwrap();
    payment_method::list(client, scope, &dana, None, &Page::largest()).await.unwrap();

    let off_session = ConfirmPaymentIntent { return_url: None, off_session: true };
    let present = ConfirmPaymentIntent { return_url: Some("https://pay.example/r/x".into()), off_session: false };
    let mut intents = Vec::new();
    for (name, method, kind) in [("a", &visa, "card"), ("b", &bank, "us_bank_account"), ("c", &bad, "card")] {
        let made = payment_intent::create(client, scope, &intent(&dana, method, kind), &key(name)).await.unwrap();
        let confirmed = payment_intent::confirm(client, scope, &made.id, &off_session, &key(&format!("{name}2"))).await;
        assert_eq!(confirmed.is_err(), name == "c", "{confirmed:?}");
        intents.push(payment_intent::get(client, scope, &made.id).await.unwrap());
    }
    let asks =
        payment_method::attach(client, scope, "pm_card_authenticationRequired", &dana, &key("asks")).await.unwrap();
    let made = payment_intent::create(client, scope, &intent(&dana, &asks.id, "card"), &key("d")).await.unwrap();
    payment_intent::confirm(client, scope, &made.id, &off_session, &key("d2")).await.unwrap_err();
    let made = payment_intent::create(client, scope, &intent(&dana, &asks.id, "card"), &key("e")).await.unwrap();
    payment_intent::confirm(client, scope, &made.id, &present, &key("e2")).await.unwrap();
    payment_intent::cancel(client, scope, &made.id, None, &key("e3")).await.unwrap();
    payment_intent::list(client, scope, &Created::default(), Some(&dana), &Page::largest()).await.unwrap();
    charge::get(client, scope, &intents[0].charge().unwrap().id).await.unwrap();
    t.stripe.control(&format!("payment_intents/{}/finish", intents[1].id), json!({ "outcome": "fail" })).await;
    payment_intent::get(client, scope, &intents[1].id).await.unwrap();

    let params = CreateRefund {
        payment_intent: intents[0].id.clone(),
        amount: Some(1_000),
        reason: Some(refund::Reason::RequestedByCustomer),
        metadata: Metadata::from([("refund_id".into(), "rfd_0".into())]),
    };
    let given_back = refund::create(client, scope, &params, &key("refund")).await.unwrap();
    refund::get(client, scope, &given_back.id).await.unwrap();
    refund::list(client, scope, &intents[0].id, &Page::largest()).await.unwrap();
    let charge = &t.stripe.ledger().await[0];
    t.stripe.dispute(charge).await;
    let disputes = dispute::list(client, scope, Some(&intents[0].id), &Page::largest()).await.unwrap();
    dispute::get(client, scope, &disputes.data[0].id).await.unwrap();

    let setup = checkout_session::create_setup(client, scope, &page(&dana, &t), &key("setup")).await.unwrap();
    let address = setup.url.as_deref().unwrap().parse().unwrap();
    t.browser().type_card(&address, MASTERCARD).await.is(303);
    let done = checkout_session::get(client, scope, &setup.id).await.unwrap();
    setup_intent::get(client, scope, done.setup_intent.as_ref().unwrap().id()).await.unwrap();
    let stale = checkout_session::create_setup(client, scope, &page(&dana, &t), &key("stale")).await.unwrap();
    checkout_session::list(client, scope, &dana, Some(&checkout_session::Status::Open), &Page::largest())
        .await
        .unwrap();
    checkout_session::expire(client, scope, &stale.id, &key("expire")).await.unwrap();
    checkout_session::expire(client, scope, &stale.id, &key("expire-again")).await.unwrap_err();
    payment_method::detach(client, scope, &visa, &key("detach")).await.unwrap();
    payment_method::detach(client, scope, &visa, &key("detach-again")).await.unwrap_err();
    customer::get(client, scope, "cus_none").await.unwrap_err();
    while t.deliver().await > 0 {}
    recording.write("client");
}

/// Saved cards: set up with the bank's challenge, charged with nobody there, refused, renewed, removed.
#[tokio::test]
async fn contract_of_saved_cards() {
    let (t, recording) = start().await;
    let (client, scope) = client(&t);
    let (client, scope) = (&client, &scope);
    let fields = CustomerFields { name: Some("Dana Whitfield".into()), ..CustomerFields::default() };
    let dana = customer::create(client, scope, &fields, &key("customer")).await.unwrap().id;

    let setup = checkout_session::create_setup(client, scope, &page(&dana, &t), &key("setup")).await.unwrap();
    let address = setup.url.as_deref().unwrap().parse().unwrap();
    t.browser().type_card(&address, DECLINED).await.is(402);
    checkout_session::get(client, scope, &setup.id).await.unwrap();
    let bank = t.browser().type_card(&address, CHALLENGED_ONCE).await.location();
    setup_intent::get(client, scope, setup.setup_intent_id().unwrap()).await.unwrap();
    t.browser().post(bank.as_str(), &[("outcome", "complete")]).await.is(303);
    let done = checkout_session::get(client, scope, &setup.id).await.unwrap();
    let saved = setup_intent::get(client, scope, done.setup_intent_id().unwrap()).await.unwrap();
    let card = saved.payment_method_id().unwrap();

    let off_session = ConfirmPaymentIntent { return_url: None, off_session: true };
    for refusal in
        ["", "lost_card", "insufficient_funds", "expired_card", "processing_error", "authentication_required"]
    {
        let [making, confirming, canceling] = ["1", "2", "3"].map(|step| key(&format!("{refusal}{step}")));
        let made = payment_intent::create(client, scope, &intent(&dana, card, "card"), &making).await.unwrap();
        if !refusal.is_empty() {
            let outcome = json!({ "decline_code": refusal, "count": 1 });
            t.stripe.control(&format!("payment_methods/{card}/outcome"), outcome).await;
        }
        match payment_intent::confirm(client, scope, &made.id, &off_session, &confirming).await {
            Ok(_) => assert_eq!(refusal, ""),
            Err(error) => {
                assert_eq!(error.decline_code(), Some(refusal));
                let refused = error.payment_intent().unwrap();
                assert_eq!(refused.status, payment_intent::Status::RequiresPaymentMethod);
                let reason = Some(&payment_intent::CancellationReason::Abandoned);
                payment_intent::cancel(client, scope, &refused.id, reason, &canceling).await.unwrap();
            }
        }
        payment_intent::get(client, scope, &made.id).await.unwrap();
    }

    // The same card with its owner there, who is asked by the bank, answers no, and gives up.
    let made = payment_intent::create(client, scope, &intent(&dana, card, "card"), &key("here1")).await.unwrap();
    let present = ConfirmPaymentIntent { return_url: Some("https://pay.example/r/x".into()), off_session: false };
    let asked = payment_intent::confirm(client, scope, &made.id, &present, &key("here2")).await.unwrap();
    t.browser().post(asked.redirect_url().unwrap(), &[("outcome", "fail")]).await.is(303);
    payment_intent::get(client, scope, &made.id).await.unwrap();
    payment_intent::cancel(client, scope, &made.id, None, &key("here3")).await.unwrap();

    let account = t.shop.account();
    t.stripe.control(&format!("payment_methods/{card}"), json!({ "exp_year": 2041, "last4": "1881" })).await;
    t.stripe.control(&format!("payment_methods/{card}/edit"), json!({ "exp_month": 2 })).await;
    let update = payment_method::UpdatePaymentMethod {
        allow_redisplay: Some(payment_method::AllowRedisplay::Limited),
        ..payment_method::UpdatePaymentMethod::default()
    };
    payment_method::update(client, scope, card, &update, &key("update")).await.unwrap();
    payment_method::list(client, scope, &dana, Some("card"), &Page::default()).await.unwrap();
    t.stripe.control(&format!("payment_methods/{card}/detach"), json!({})).await;
    payment_method::get(client, scope, card).await.unwrap();
    t.stripe.api(&account, "GET", "/v1/events", &[("limit", "100")]).await;
    while t.deliver().await > 0 {}
    recording.write("saved_cards");
}

/// Connect: an account is made, goes through onboarding, is looked at, and has to hand in more.
#[tokio::test]
async fn contract_of_onboarding() {
    let (t, recording) = start().await;
    let (client, _) = client(&t);
    let new = CreateAccount {
        country: Some("US".into()),
        email: Some("maya@hartley.example".into()),
        name: Some("Hartley Plumbing".into()),
        metadata: Metadata::from([("business_id".into(), "biz_0".into())]),
    };
    let made = account::create(&client, &new, &key("account")).await.unwrap();
    account::create(&client, &CreateAccount::default(), &key("bare")).await.unwrap();
    let scope = Scope::Connected(made.id.clone());
    for (number, action) in ["later", "submit"].into_iter().enumerate() {
        let params = CreateAccountLink {
            account: made.id.clone(),
            refresh_url: "https://pay.example/refresh".into(),
            return_url: "https://pay.example/return".into(),
        };
        let link = account_link::create(&client, &params, &key(&format!("link{number}"))).await.unwrap();
        let address = link.url.expose_secret();
        t.browser().get(address).await.is(200);
        let form = [
            ("name", "Hartley Plumbing"),
            ("product", "Plumbing"),
            ("phone", "(512) 555-0148"),
            ("first_name", "Maya"),
            ("last_name", "Hartley"),
            ("routing", "110000000"),
            ("number", "000123456789"),
            ("action", action),
        ];
        t.browser().post(address, &form).await.is(303);
        account::get(&client, &scope).await.unwrap();
    }
    t.clock.pass(20);
    assert!(account::get(&client, &scope).await.unwrap().charges_enabled);
    let path = format!("accounts/{}/require", made.id);
    for wanted in [json!({}), json!({ "disabled_reason": null }), json!({ "disabled_reason": "rejected.fraud" })] {
        t.stripe.control(&path, wanted).await;
        account::get(&client, &scope).await.unwrap();
    }
    while t.deliver().await > 0 {}
    recording.write("onboarding");
}
