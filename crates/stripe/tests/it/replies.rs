//! What is read: Stripe's own example objects, whole; each of them with any field gone, empty or new; and the nested
//! objects that Zoop asks for.

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use zoop_stripe::*;

/// A fixture, the fields it can't be read without, and whether a value can be read as its type.
struct Case {
    name: &'static str,
    text: &'static str,
    required: &'static [&'static str],
    reads: fn(&Value) -> Result<(), String>,
}

fn reads<T: DeserializeOwned>(value: &Value) -> Result<(), String> {
    serde_json::from_value::<T>(value.clone()).map(drop).map_err(|error| error.to_string())
}

macro_rules! cases {
    ($($name:literal as $type:ty, requires [$($field:literal),*];)+) => {
        &[$(Case {
            name: $name,
            text: include_str!(concat!("../fixtures/", $name, ".json")),
            required: &[$($field),*],
            reads: reads::<$type>,
        }),+]
    };
}

const CASES: &[Case] = cases! {
    "account" as Account, requires ["id"];
    "account_link" as AccountLink, requires ["url"];
    "charge" as Charge, requires ["id", "status", "amount", "amount_refunded", "currency"];
    "checkout_session" as Session, requires ["id", "mode", "payment_status", "livemode"];
    "customer" as Customer, requires ["id"];
    "deleted_customer" as Customer, requires ["id"];
    "dispute" as Dispute, requires ["id", "status", "amount"];
    "event" as Event, requires ["id", "type", "livemode"];
    "payment_intent" as PaymentIntent,
        requires ["id", "status", "amount", "amount_received", "currency", "livemode"];
    "payment_method" as PaymentMethod, requires ["id", "type"];
    "refund" as Refund, requires ["id", "amount", "currency"];
    "setup_intent" as SetupIntent, requires ["id", "status"];
};

/// The paths of all fields, at every depth.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    let Value::Object(object) = value else { return };
    for (key, inner) in object {
        let path = format!("{path}/{key}");
        paths(inner, &path, found);
        found.push(path);
    }
}

fn optional(case: &Case, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    paths(value, "", &mut found);
    found.retain(|path| !case.required.contains(&path.trim_start_matches('/')));
    found
}

fn remove(value: &mut Value, path: &str) {
    let (parent, key) = path.rsplit_once('/').unwrap();
    if let Some(Value::Object(object)) = value.pointer_mut(parent) {
        object.remove(key);
    }
}

fn value(case: &Case) -> Value {
    serde_json::from_str(case.text).unwrap()
}

#[test]
fn stripes_own_examples_are_read() {
    for case in CASES {
        (case.reads)(&value(case)).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    }
}

#[test]
fn any_one_optional_field_may_be_gone_or_null() {
    for case in CASES {
        let whole = value(case);
        for path in optional(case, &whole) {
            let mut without = whole.clone();
            remove(&mut without, &path);
            (case.reads)(&without).unwrap_or_else(|error| panic!("{} without {path}: {error}", case.name));
            // A flag is true or false wherever Stripe sends it.
            if whole.pointer(&path).is_some_and(|value| !value.is_boolean()) {
                let mut nulled = whole.clone();
                *nulled.pointer_mut(&path).unwrap() = Value::Null;
                (case.reads)(&nulled).unwrap_or_else(|error| panic!("{} with {path} null: {error}", case.name));
            }
        }
    }
}

#[test]
fn a_payment_is_never_guessed() {
    for case in CASES {
        let whole = value(case);
        for field in case.required {
            let mut without = whole.clone();
            remove(&mut without, &format!("/{field}"));
            assert!((case.reads)(&without).is_err(), "{} was read without {field}", case.name);
        }
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn any_set_of_optional_fields_may_be_gone(
        case in prop::sample::select((0..CASES.len()).collect::<Vec<_>>()),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let case = &CASES[case];
        let mut changed = value(case);
        for pick in picks {
            let paths = optional(case, &changed);
            if !paths.is_empty() {
                remove(&mut changed, &paths[pick.index(paths.len())]);
            }
        }
        prop_assert_eq!((case.reads)(&changed), Ok(()));
    }

    #[test]
    fn fields_may_be_added_anywhere(
        case in prop::sample::select((0..CASES.len()).collect::<Vec<_>>()),
        at in any::<prop::sample::Index>(),
        added in anything(),
    ) {
        let case = &CASES[case];
        let mut changed = value(case);
        let mut places = vec![String::new()];
        paths(&changed, "", &mut places);
        places.retain(|path| changed.pointer(path).is_some_and(Value::is_object));
        let place = places[at.index(places.len())].clone();
        changed.pointer_mut(&place).unwrap()["zoop_never_heard_of_it"] = added;
        prop_assert_eq!((case.reads)(&changed), Ok(()));
    }

    #[test]
    fn what_decorates_a_payment_may_have_any_shape(
        field in prop::sample::select(vec![
            "metadata", "customer", "payment_method", "latest_charge", "last_payment_error", "next_action",
            "cancellation_reason", "client_secret",
        ]),
        shape in anything(),
    ) {
        let mut changed: Value = serde_json::from_str(include_str!("../fixtures/payment_intent.json")).unwrap();
        changed[field] = shape;
        let intent: Result<PaymentIntent, _> = serde_json::from_value(changed);
        prop_assert_eq!(intent.map(|intent| intent.amount).map_err(|error| error.to_string()), Ok(1099));
    }
}

#[test]
fn a_session_is_read_with_all_that_was_asked_for() {
    let session: Session = serde_json::from_value(json!({
        "id": "cs_1", "mode": "payment", "status": "complete", "payment_status": "paid", "livemode": true,
        "customer": {"id": "cus_1", "object": "customer", "deleted": true},
        "amount_total": 1099, "currency": "usd",
        "payment_intent": {
            "id": "pi_1", "status": "succeeded", "amount": 1099, "amount_received": 1099, "currency": "usd",
            "livemode": true, "metadata": {"attempt_id": "att_1"},
            "payment_method": {
                "id": "pm_1", "type": "card", "allow_redisplay": "always",
                "card": {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030, "fingerprint": "f",
                         "wallet": {"type": "apple_pay", "apple_pay": {}, "dynamic_last4": null}},
            },
            "latest_charge": {
                "id": "ch_1", "status": "succeeded", "amount": 1099, "amount_refunded": 0, "currency": "usd",
                "refunded": false, "disputed": true, "payment_intent": "pi_1",
                "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
                "outcome": {"type": "authorized", "network_status": "approved_by_network"},
            },
        },
    }))
    .unwrap();
    assert_eq!(session.customer_id(), Some("cus_1"));
    assert!(session.customer.as_ref().unwrap().object().unwrap().deleted);
    let intent = session.payment_intent.as_ref().unwrap().object().unwrap();
    assert_eq!(intent.status, payment_intent::Status::Succeeded);
    assert_eq!(intent.metadata["attempt_id"], "att_1");
    let card = intent.payment_method.as_ref().unwrap().object().unwrap().card.as_ref().unwrap();
    assert_eq!((card.exp_month, card.exp_year), (Some(8), Some(2030)));
    assert_eq!(card.wallet.as_ref().unwrap().kind, "apple_pay");
    let charge = intent.charge().unwrap();
    assert!(charge.disputed && !charge.refunded);
    assert_eq!(charge.payment_intent_id(), Some("pi_1"));
    let details = charge.payment_method_details.as_ref().unwrap();
    assert_eq!(details.card.as_ref().unwrap().last4.as_deref(), Some("4242"));
}

#[test]
fn what_an_account_still_needs_is_read() {
    let account: Account = serde_json::from_value(json!({
        "id": "acct_1", "charges_enabled": false, "payouts_enabled": true, "details_submitted": true,
        "requirements": {
            "currently_due": ["external_account"], "past_due": ["person_1.verification.document"],
            "pending_verification": [], "disabled_reason": "requirements.past_due", "current_deadline": 1_780_000_000,
        },
    }))
    .unwrap();
    assert!(!account.charges_enabled && account.payouts_enabled && account.details_submitted);
    let requirements = account.requirements;
    assert_eq!(requirements.currently_due, ["external_account"]);
    assert_eq!(requirements.past_due, ["person_1.verification.document"]);
    assert_eq!(requirements.disabled_reason.as_deref(), Some("requirements.past_due"));
    assert_eq!(requirements.current_deadline, Some(1_780_000_000));

    let strange: Account = serde_json::from_value(json!({
        "id": "acct_1", "requirements": {"currently_due": "all", "past_due": null, "disabled_reason": {}},
    }))
    .unwrap();
    assert!(strange.requirements.currently_due.is_empty() && strange.requirements.disabled_reason.is_none());
}

#[test]
fn an_object_of_a_new_shape_is_read_as_its_id() {
    let mut intent: Value = serde_json::from_str(include_str!("../fixtures/payment_intent.json")).unwrap();
    intent["latest_charge"] = json!({"id": "ch_1", "amount": "a lot"});
    let intent: PaymentIntent = serde_json::from_value(intent).unwrap();
    assert_eq!(intent.latest_charge.as_ref().map(Expandable::id), Some("ch_1"));
    assert!(intent.charge().is_none());
}

#[test]
fn a_new_word_is_kept() {
    let status: payment_intent::Status = serde_json::from_str(r#""requires_patience""#).unwrap();
    assert_eq!(status, payment_intent::Status::Other("requires_patience".to_owned()));
    assert_eq!(status.to_string(), "requires_patience");
    assert_eq!(payment_intent::Status::from("succeeded".to_owned()), payment_intent::Status::Succeeded);
}

#[test]
fn an_action_and_a_decline_are_read() {
    let mut intent: Value = serde_json::from_str(include_str!("../fixtures/payment_intent.json")).unwrap();
    intent["status"] = json!("requires_action");
    intent["next_action"] = json!({"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.test/3ds"}});
    intent["last_payment_error"] = json!({
        "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
        "advice_code": "try_again_later", "message": "Your card has insufficient funds.",
        "payment_method": {"id": "pm_1", "type": "card"},
    });
    let intent: PaymentIntent = serde_json::from_value(intent).unwrap();
    assert_eq!(intent.redirect_url(), Some("https://bank.test/3ds"));
    let error = intent.last_payment_error.unwrap();
    assert_eq!(error.kind, ErrorType::CardError);
    assert_eq!(error.decline_code.as_deref(), Some("insufficient_funds"));
    assert_eq!(error.payment_method.as_ref().map(Expandable::id), Some("pm_1"));
}

#[test]
fn an_event_names_its_object_and_its_payment() {
    let event = |object: Value| {
        let body = json!({"id": "evt_1", "type": "t", "livemode": false, "account": "acct_1", "created": 5,
                          "data": {"object": object}});
        Event::parse(body.to_string().as_bytes()).unwrap()
    };
    let intent = event(json!({"id": "pi_1", "object": "payment_intent", "metadata": {"attempt_id": "att_1"}}));
    assert_eq!(intent.account.as_deref(), Some("acct_1"));
    assert_eq!(intent.object().payment_intent_id(), Some("pi_1"));
    assert_eq!(intent.object().metadata["attempt_id"], "att_1");
    let session =
        event(json!({"id": "cs_1", "object": "checkout.session", "payment_intent": "pi_2", "metadata": null}));
    assert_eq!(session.object().kind.as_deref(), Some("checkout.session"));
    assert_eq!(session.object().payment_intent_id(), Some("pi_2"));
    let dispute = event(json!({"id": "du_1", "object": "dispute", "charge": {"id": "ch_1"}, "payment_intent": null}));
    assert_eq!(dispute.object().charge.as_deref(), Some("ch_1"));
    assert_eq!(dispute.object().payment_intent_id(), None);
    for strange in [json!(null), json!([1]), json!({"id": 7, "object": [], "metadata": {"a": 1, "b": "c"}})] {
        event(strange);
    }
    for body in ["", "[]", r#"{"id":"evt_1","type":"t"}"#] {
        assert!(Event::parse(body.as_bytes()).is_err(), "{body:?}");
    }
}
