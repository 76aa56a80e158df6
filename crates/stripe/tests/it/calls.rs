//! Each call as it goes over the wire: method, path and parameters, in Stripe's own names.

use serde_json::Value;
use zoop_stripe::account::{self, CreateAccount};
use zoop_stripe::account_link::{self, CreateAccountLink};
use zoop_stripe::checkout_session::{self, CreatePaymentSession, CreateSetupSession};
use zoop_stripe::customer::{self, CustomerFields};
use zoop_stripe::payment_intent::{self, CancellationReason, ConfirmPaymentIntent, CreatePaymentIntent};
use zoop_stripe::payment_method::{self, AllowRedisplay, UpdatePaymentMethod};
use zoop_stripe::refund::{self, CreateRefund, Reason};
use zoop_stripe::{Client, Created, Error, IdempotencyKey, Metadata, Page, Scope, charge, dispute, setup_intent};

use crate::server::{Server, reply};

const SESSION: &str = include_str!("../fixtures/checkout_session.json");
const INTENT: &str = include_str!("../fixtures/payment_intent.json");
const METHOD: &str = include_str!("../fixtures/payment_method.json");
const CUSTOMER: &str = include_str!("../fixtures/customer.json");
const REFUND: &str = include_str!("../fixtures/refund.json");

/// Makes one call against one answer, and gives back how it looked from the other end.
async fn seen<T, F>(answer: &str, call: impl FnOnce(Client) -> F) -> String
where
    F: Future<Output = Result<T, Error>>,
{
    let server = Server::start([reply(200, answer)]).await;
    if let Err(error) = call(server.client()).await {
        panic!("{error}");
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    let asked = &asked[0];
    assert_eq!(asked.method == "POST", asked.header("idempotency-key") == Some("k"));
    if asked.method == "POST" {
        assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    }
    format!("{} {}\n{}", asked.method, asked.uri.path(), asked.plain()).trim_end().to_owned()
}

fn lines(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn key() -> IdempotencyKey {
    IdempotencyKey::new("k").unwrap()
}

fn page(object: &str) -> String {
    format!(r#"{{"object":"list","data":[{object}],"has_more":true,"url":"/v1/x"}}"#)
}

fn metadata() -> Metadata {
    [("invoice_id", "inv_1"), ("attempt_id", "att_1"), ("business_id", "biz_1")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

fn payment_session() -> CreatePaymentSession {
    CreatePaymentSession {
        customer: "cus_1".to_owned(),
        client_reference_id: "inv_1".to_owned(),
        line_name: "Invoice 1042".to_owned(),
        amount: 123_456,
        currency: "USD".to_owned(),
        metadata: metadata(),
        expires_at: 1_780_002_100,
        success_url: "https://z.test/r/c?session={CHECKOUT_SESSION_ID}".to_owned(),
        cancel_url: "https://z.test/r/c".to_owned(),
        allowed_payment_method_types: vec!["card".to_owned()],
        save: false,
        submit_message: None,
    }
}

const PAYMENT_SESSION: &str = "
    POST /v1/checkout/sessions
    mode=payment
    customer=cus_1
    client_reference_id=inv_1
    line_items[0][price_data][currency]=usd
    line_items[0][price_data][unit_amount]=123456
    line_items[0][price_data][product_data][name]=Invoice 1042
    line_items[0][quantity]=1
    metadata[attempt_id]=att_1
    metadata[business_id]=biz_1
    metadata[invoice_id]=inv_1
    payment_intent_data[metadata][attempt_id]=att_1
    payment_intent_data[metadata][business_id]=biz_1
    payment_intent_data[metadata][invoice_id]=inv_1
    SAVE
    allowed_payment_method_types[0]=card
    expires_at=1780002100
    success_url=https://z.test/r/c?session={CHECKOUT_SESSION_ID}
    cancel_url=https://z.test/r/c
    MESSAGE";

#[tokio::test]
async fn a_page_to_pay() {
    let params = payment_session();
    let plain =
        seen(
            SESSION,
            |client| async move { checkout_session::create_payment(&client, &Scope::Own, &params, &key()).await },
        );
    assert_eq!(plain.await, lines(&PAYMENT_SESSION.replace("SAVE", "").replace("MESSAGE", "")));

    let params = CreatePaymentSession { save: true, submit_message: Some("I agree".to_owned()), ..payment_session() };
    let saving =
        seen(
            SESSION,
            |client| async move { checkout_session::create_payment(&client, &Scope::Own, &params, &key()).await },
        );
    let expected = PAYMENT_SESSION
        .replace(
            "SAVE",
            "payment_intent_data[setup_future_usage]=off_session\n payment_method_data[allow_redisplay]=always",
        )
        .replace("MESSAGE", "custom_text[submit][message]=I agree");
    assert_eq!(saving.await, lines(&expected));
}

#[tokio::test]
async fn a_page_to_save_a_card() {
    let params = CreateSetupSession {
        customer: "cus_1".to_owned(),
        currency: "usd".to_owned(),
        client_reference_id: None,
        metadata: [("consent_id".to_owned(), "con_1".to_owned())].into(),
        expires_at: 1_780_002_100,
        success_url: "https://z.test/ok".to_owned(),
        cancel_url: "https://z.test/back".to_owned(),
        allowed_payment_method_types: vec!["card".to_owned(), "us_bank_account".to_owned()],
        allow_redisplay: Some(AllowRedisplay::Always),
        submit_message: Some("I allow Greenline to charge this card.".to_owned()),
    };
    let asked =
        seen(
            SESSION,
            |client| async move { checkout_session::create_setup(&client, &Scope::Own, &params, &key()).await },
        );
    assert_eq!(
        asked.await,
        lines(
            "POST /v1/checkout/sessions
            mode=setup
            customer=cus_1
            currency=usd
            metadata[consent_id]=con_1
            setup_intent_data[metadata][consent_id]=con_1
            payment_method_data[allow_redisplay]=always
            allowed_payment_method_types[0]=card
            allowed_payment_method_types[1]=us_bank_account
            expires_at=1780002100
            success_url=https://z.test/ok
            cancel_url=https://z.test/back
            custom_text[submit][message]=I allow Greenline to charge this card."
        )
    );
}

macro_rules! call {
    ($answer:expr, $call:path $(, $arg:expr)* => $expected:expr) => {
        let asked = seen($answer, |client| async move { $call(&client, &Scope::Own $(, $arg)*).await }).await;
        assert_eq!(asked, lines($expected));
    };
}

#[tokio::test]
async fn sessions() {
    let expand = "expand[0]=payment_intent.latest_charge
        expand[1]=payment_intent.payment_method
        expand[2]=setup_intent.payment_method";
    call!(SESSION, checkout_session::get, "cs_1" => &format!("GET /v1/checkout/sessions/cs_1\n{expand}"));
    call!(SESSION, checkout_session::expire, "cs_1", &key() =>
        &format!("POST /v1/checkout/sessions/cs_1/expire\n{expand}"));
    call!(&page(SESSION), checkout_session::list, "cus_1", Some(&checkout_session::Status::Open), &Page::largest() =>
        "GET /v1/checkout/sessions
        customer=cus_1
        status=open
        limit=100");
}

#[tokio::test]
async fn payments() {
    let create = CreatePaymentIntent {
        amount: 500,
        currency: "usd".to_owned(),
        customer: "cus_1".to_owned(),
        payment_method: "pm_1".to_owned(),
        allowed_payment_method_types: vec!["card".to_owned()],
        description: Some("Invoice 7".to_owned()),
        metadata: [("attempt_id".to_owned(), "att_1".to_owned())].into(),
    };
    call!(INTENT, payment_intent::create, &create, &key() =>
        "POST /v1/payment_intents
        amount=500
        currency=usd
        customer=cus_1
        payment_method=pm_1
        allowed_payment_method_types[0]=card
        description=Invoice 7
        metadata[attempt_id]=att_1
        expand[0]=latest_charge
        expand[1]=payment_method");
    call!(INTENT, payment_intent::get, "pi_1" =>
        "GET /v1/payment_intents/pi_1
        expand[0]=latest_charge
        expand[1]=payment_method");
    let present = ConfirmPaymentIntent { return_url: Some("https://z.test/r/c".to_owned()), off_session: false };
    call!(INTENT, payment_intent::confirm, "pi_1", &present, &key() =>
        "POST /v1/payment_intents/pi_1/confirm
        return_url=https://z.test/r/c
        expand[0]=latest_charge
        expand[1]=payment_method");
    let absent = ConfirmPaymentIntent { return_url: None, off_session: true };
    call!(INTENT, payment_intent::confirm, "pi_1", &absent, &key() =>
        "POST /v1/payment_intents/pi_1/confirm
        off_session=true
        expand[0]=latest_charge
        expand[1]=payment_method");
    call!(INTENT, payment_intent::cancel, "pi_1", Some(&CancellationReason::Abandoned), &key() =>
        "POST /v1/payment_intents/pi_1/cancel
        cancellation_reason=abandoned
        expand[0]=latest_charge
        expand[1]=payment_method");
    let day = Created { from: Some(1_780_000_000), until: Some(1_780_086_400) };
    let rest = Page { limit: Some(100), starting_after: Some("pi_9".to_owned()) };
    call!(&page(INTENT), payment_intent::list, &day, None, &rest =>
        "GET /v1/payment_intents
        created[gte]=1780000000
        created[lt]=1780086400
        limit=100
        starting_after=pi_9");
    call!(include_str!("../fixtures/setup_intent.json"), setup_intent::get, "seti_1" =>
        "GET /v1/setup_intents/seti_1
        expand[0]=payment_method");
}

#[tokio::test]
async fn customers_and_their_methods() {
    let fields = CustomerFields {
        name: Some("Ann & Co".to_owned()),
        email: Some("ann@example.com".to_owned()),
        phone: None,
        metadata: [("customer_id".to_owned(), "cust_1".to_owned())].into(),
    };
    call!(CUSTOMER, customer::create, &fields, &key() =>
        "POST /v1/customers
        name=Ann & Co
        email=ann@example.com
        metadata[customer_id]=cust_1");
    call!(CUSTOMER, customer::get, "cus_1" => "GET /v1/customers/cus_1");
    let cleared = CustomerFields { phone: Some(String::new()), ..CustomerFields::default() };
    call!(CUSTOMER, customer::update, "cus_1", &cleared, &key() => "POST /v1/customers/cus_1\nphone=");

    call!(METHOD, payment_method::get, "pm_1" => "GET /v1/payment_methods/pm_1");
    call!(&page(METHOD), payment_method::list, "cus_1", Some("card"), &Page::default() =>
        "GET /v1/payment_methods
        customer=cus_1
        type=card");
    call!(METHOD, payment_method::attach, "pm_1", "cus_1", &key() =>
        "POST /v1/payment_methods/pm_1/attach
        customer=cus_1");
    call!(METHOD, payment_method::detach, "pm_1", &key() => "POST /v1/payment_methods/pm_1/detach");
    let update = UpdatePaymentMethod {
        allow_redisplay: Some(AllowRedisplay::Always),
        exp_month: Some(1),
        exp_year: Some(2031),
        metadata: Metadata::new(),
    };
    call!(METHOD, payment_method::update, "pm_1", &update, &key() =>
        "POST /v1/payment_methods/pm_1
        allow_redisplay=always
        card[exp_month]=1
        card[exp_year]=2031");
}

#[tokio::test]
async fn money_that_goes_back() {
    let part = CreateRefund {
        payment_intent: "pi_1".to_owned(),
        amount: Some(250),
        reason: Some(Reason::RequestedByCustomer),
        metadata: [("refund_id".to_owned(), "ref_1".to_owned())].into(),
    };
    call!(REFUND, refund::create, &part, &key() =>
        "POST /v1/refunds
        payment_intent=pi_1
        amount=250
        reason=requested_by_customer
        metadata[refund_id]=ref_1");
    call!(REFUND, refund::get, "re_1" => "GET /v1/refunds/re_1");
    call!(&page(REFUND), refund::list, "pi_1", &Page::default() => "GET /v1/refunds\npayment_intent=pi_1");
    call!(include_str!("../fixtures/charge.json"), charge::get, "ch_1" => "GET /v1/charges/ch_1");
    let dispute_json = include_str!("../fixtures/dispute.json");
    call!(dispute_json, dispute::get, "du_1" => "GET /v1/disputes/du_1");
    call!(&page(dispute_json), dispute::list, Some("pi_1"), &Page::default() =>
        "GET /v1/disputes\npayment_intent=pi_1");
}

#[tokio::test]
async fn accounts_and_the_way_to_onboarding() {
    let params = CreateAccount {
        country: Some("US".to_owned()),
        email: Some("owner@example.com".to_owned()),
        name: Some("Greenline & Co".to_owned()),
        metadata: [("business_id".to_owned(), "biz_1".to_owned())].into(),
    };
    let account = include_str!("../fixtures/account.json");
    let asked = seen(account, |client| async move { account::create(&client, &params, &key()).await }).await;
    let controller = "
        controller[fees][payer]=account
        controller[losses][payments]=stripe
        controller[requirement_collection]=stripe
        controller[stripe_dashboard][type]=full";
    let given = "
        country=US
        email=owner@example.com
        business_profile[name]=Greenline & Co
        metadata[business_id]=biz_1";
    assert_eq!(asked, lines(&format!("POST /v1/accounts{controller}{given}")));
    let nothing = CreateAccount::default();
    let asked = seen(account, |client| async move { account::create(&client, &nothing, &key()).await }).await;
    assert_eq!(asked, lines(&format!("POST /v1/accounts{controller}")));

    let params = CreateAccountLink {
        account: "acct_1".to_owned(),
        refresh_url: "https://z.test/refresh".to_owned(),
        return_url: "https://z.test/return".to_owned(),
    };
    let link = include_str!("../fixtures/account_link.json");
    let asked = seen(link, |client| async move {
        let link = account_link::create(&client, &params, &key()).await?;
        assert!(!format!("{link:?}").contains("setup"), "a link is not printed");
        Ok(link)
    });
    assert_eq!(
        asked.await,
        lines(
            "POST /v1/account_links
            account=acct_1
            refresh_url=https://z.test/refresh
            return_url=https://z.test/return
            type=account_onboarding"
        )
    );
}

#[tokio::test]
async fn a_list_is_followed_by_its_cursor() {
    let mut second: Value = serde_json::from_str(INTENT).unwrap();
    second["id"] = "pi_2".into();
    let last = page(&second.to_string()).replace(r#""has_more":true"#, r#""has_more":false"#);
    let server = Server::start([reply(200, &page(INTENT)), reply(200, &last)]).await;
    let client = server.client();
    let mut ids = Vec::new();
    let mut next = Some(Page::largest());
    while let Some(page) = next {
        let list = payment_intent::list(&client, &Scope::Own, &Created::default(), None, &page).await.unwrap();
        next = list.next(&page);
        ids.extend(list.data.into_iter().map(|intent| intent.id));
    }
    assert_eq!(ids, ["pi_1PgafyB7WZ01zgkWSjxsAJo3", "pi_2"]);
    assert!(server.asked()[1].plain().contains("starting_after=pi_1PgafyB7WZ01zgkWSjxsAJo3"));
}
