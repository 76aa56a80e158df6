//! Saved methods: one default a customer, Stripe's id once an account.

use zoop_domain::consent::{Consent, ConsentState};
use zoop_domain::id::PaymentMethodId;
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod};
use zoop_store::{consent, payment_method};

use crate::fixture::{self, Home, at, home};
use crate::harness::Store;

cases!(
    a_method_reads_back_by_its_id_and_by_stripes,
    stripes_id_is_stored_once_an_account,
    active_methods_are_listed_default_first_then_newest,
    a_new_default_takes_the_place_of_the_one_before,
    one_default_is_left_when_eight_arrive_at_once,
    the_index_holds_what_the_code_promises,
    a_removed_method_is_no_default,
    a_default_is_an_active_method_of_the_customer,
    one_default_is_left_when_eight_are_chosen_at_once,
    a_card_updater_changes_what_is_shown,
    cards_that_expire_and_pay_a_live_consent_are_listed_by_pages,
);

async fn insert(store: &Store, method: &PaymentMethod) -> bool {
    commit!(store, |tx| payment_method::insert(tx, method))
}

async fn active(store: &Store, home: &Home) -> Vec<PaymentMethod> {
    read!(store, |tx| payment_method::list_active(tx, &home.business.id, &home.customer.id))
}

async fn a_method_reads_back_by_its_id_and_by_stripes(store: &Store) {
    let home = home(store).await;
    let card = fixture::method(&home.customer, &home.account);
    let bank = PaymentMethod {
        kind: MethodType::UsBankAccount,
        brand: "First Prairie Bank".into(),
        expiry: None,
        fingerprint: None,
        state: MethodState::Removed,
        ..fixture::method(&home.customer, &home.account)
    };
    let business = &home.business.id;
    for method in [card, bank] {
        assert!(insert(store, &method).await);
        assert_eq!(read!(store, |tx| payment_method::get(tx, business, &method.id)), Some(method.clone()));
        let (account, name) = (&method.account, &method.stripe_payment_method);
        let found = read!(store, |tx| payment_method::find_by_stripe(tx, business, account, name));
        assert_eq!(found, Some(method.clone()));
        assert_eq!(read!(store, |tx| payment_method::find_by_stripe(tx, business, "acct_other", name)), None);
    }
    assert_eq!(read!(store, |tx| payment_method::get(tx, business, &fixture::id!(PaymentMethodId))), None);
}

async fn stripes_id_is_stored_once_an_account(store: &Store) {
    let home = home(store).await;
    let first = PaymentMethod { is_default: true, ..fixture::method(&home.customer, &home.account) };
    let again = PaymentMethod { id: fixture::id!(PaymentMethodId), ..first.clone() };
    let elsewhere = PaymentMethod { account: "acct_other".into(), is_default: false, ..again.clone() };
    assert!(insert(store, &first).await);
    assert!(!insert(store, &again).await);
    assert_eq!(active(store, &home).await, [first], "and the default stays");
    assert!(insert(store, &elsewhere).await);
}

async fn active_methods_are_listed_default_first_then_newest(store: &Store) {
    let home = home(store).await;
    assert_eq!(active(store, &home).await, []);
    let saved = |seconds, is_default, state| PaymentMethod {
        added_at: at(seconds),
        is_default,
        state,
        expiry: CardExpiry::new(12, 2030),
        ..fixture::method(&home.customer, &home.account)
    };
    let (old, default) = (saved(1, false, MethodState::Active), saved(2, true, MethodState::Active));
    let (new, going) = (saved(3, false, MethodState::Active), saved(4, false, MethodState::Removing));
    for method in [&default, &old, &new, &going] {
        assert!(insert(store, method).await);
    }
    assert_eq!(active(store, &home).await, [default, new, old]);
}

async fn a_new_default_takes_the_place_of_the_one_before(store: &Store) {
    let home = home(store).await;
    let default = |account: &str, seconds| PaymentMethod {
        is_default: true,
        added_at: at(seconds),
        ..fixture::method(&home.customer, account)
    };
    let (first, second) = (default("acct_before", 0), default(&home.account, 1));
    assert!(insert(store, &first).await);
    assert!(insert(store, &second).await, "a card that was asked to be kept is kept");
    let first = PaymentMethod { is_default: false, ..first };
    assert_eq!(active(store, &home).await, [second, first]);
}

async fn one_default_is_left_when_eight_arrive_at_once(store: &Store) {
    let home = home(store).await;
    let arrivals = (0..8).map(|_| {
        let (db, card) = (store.db.clone(), fixture::method(&home.customer, &home.account));
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let card = PaymentMethod { is_default: true, ..card };
            assert!(payment_method::insert(&mut tx, &card).await.expect("no error"));
            tokio::task::yield_now().await;
            tx.commit().await.expect("a commit");
        })
    });
    for arrival in arrivals.collect::<Vec<_>>() {
        arrival.await.expect("no panic");
    }
    let kept = active(store, &home).await;
    assert_eq!(kept.len(), 8);
    assert_eq!(kept.iter().filter(|card| card.is_default).count(), 1);
}

async fn the_index_holds_what_the_code_promises(store: &Store) {
    let home = home(store).await;
    insert(store, &PaymentMethod { is_default: true, ..fixture::method(&home.customer, &home.account) }).await;
    insert(store, &fixture::method(&home.customer, &home.account)).await;
    let refused = store.try_raw("UPDATE payment_methods SET is_default = TRUE").await.expect_err("two defaults");
    assert!(refused.as_database_error().is_some_and(|error| error.is_unique_violation()), "{refused}");
}

async fn a_removed_method_is_no_default(store: &Store) {
    let home = home(store).await;
    let (business, card) = (&home.business.id, fixture::method(&home.customer, &home.account));
    let card = PaymentMethod { is_default: true, ..card };
    insert(store, &card).await;
    for state in [MethodState::Active, MethodState::Removing, MethodState::Removed, MethodState::Active] {
        commit!(store, |tx| payment_method::update_state(tx, business, &card.id, state));
        let read = read!(store, |tx| payment_method::get(tx, business, &card.id)).expect("the method");
        assert_eq!(read.state, state);
        assert_eq!(
            commit!(store, |tx| payment_method::lock(tx, business, &card.id)).map(|card| card.state),
            Some(state)
        );
        let history = store.texts("SELECT state FROM payment_methods WHERE is_default").await;
        assert_eq!(read.is_default, !history.is_empty());
    }
    assert!(!active(store, &home).await[0].is_default, "once given up, it does not come back by itself");
}

async fn a_default_is_an_active_method_of_the_customer(store: &Store) {
    let home = home(store).await;
    let (business, customer) = (&home.business.id, &home.customer.id);
    let neighbour = fixture::customer(business);
    commit!(store, |tx| zoop_store::customer::insert(tx, &neighbour, at(0)));
    let saved =
        |state, is_default| PaymentMethod { state, is_default, ..fixture::method(&home.customer, &home.account) };
    let (first, second) = (saved(MethodState::Active, true), saved(MethodState::Active, false));
    let (going, gone) = (saved(MethodState::Removing, true), saved(MethodState::Removed, true));
    let his = PaymentMethod { is_default: true, ..fixture::method(&neighbour, &home.account) };
    for method in [&first, &second, &going, &gone, &his] {
        assert!(insert(store, method).await);
    }
    let defaults = async || store.texts("SELECT id FROM payment_methods WHERE is_default ORDER BY id").await;
    let sorted = |one: &PaymentMethod, other: &PaymentMethod| {
        let mut both = vec![one.id.to_string(), other.id.to_string()];
        both.sort();
        both
    };
    let make = async |method| commit!(store, |tx| payment_method::update_default(tx, business, customer, method));
    assert_eq!(defaults().await, sorted(&first, &his));
    let unknown = fixture::id!(PaymentMethodId);
    for refused in [&going.id, &gone.id, &his.id, &unknown] {
        assert!(!make(refused).await);
        assert_eq!(defaults().await, sorted(&first, &his), "and the one before stays");
    }
    for method in [&second, &second, &first] {
        assert!(make(&method.id).await);
        assert_eq!(defaults().await, sorted(method, &his), "another customer keeps his own");
    }
}

async fn one_default_is_left_when_eight_are_chosen_at_once(store: &Store) {
    let home = home(store).await;
    let mut cards = Vec::new();
    for _ in 0..8 {
        let card = fixture::method(&home.customer, &home.account);
        assert!(insert(store, &card).await);
        cards.push(card);
    }
    let choices = cards.into_iter().map(|card| {
        let db = store.db.clone();
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let chosen = payment_method::update_default(&mut tx, &card.business, &card.customer, &card.id).await;
            assert!(chosen.expect("no error"));
            tokio::task::yield_now().await;
            tx.commit().await.expect("a commit");
        })
    });
    for choice in choices.collect::<Vec<_>>() {
        choice.await.expect("no panic");
    }
    assert_eq!(active(store, &home).await.iter().filter(|card| card.is_default).count(), 1);
}

async fn a_card_updater_changes_what_is_shown(store: &Store) {
    let home = home(store).await;
    let (card, other) =
        (fixture::method(&home.customer, &home.account), fixture::method(&home.customer, &home.account));
    assert!(insert(store, &card).await && insert(store, &other).await);
    let business = &home.business.id;
    for (brand, last4, expiry) in [("Mastercard", "4444", CardExpiry::new(12, 2031)), ("Bank", "6789", None)] {
        commit!(store, |tx| payment_method::update_details(tx, business, &card.id, brand, last4, expiry));
        let expected = PaymentMethod { brand: brand.into(), last4: last4.into(), expiry, ..card.clone() };
        assert_eq!(read!(store, |tx| payment_method::get(tx, business, &card.id)), Some(expected));
    }
    assert_eq!(read!(store, |tx| payment_method::get(tx, business, &other.id)), Some(other));
}

async fn cards_that_expire_and_pay_a_live_consent_are_listed_by_pages(store: &Store) {
    let month = CardExpiry::new(12, 2026).expect("a month");
    let list = async |after: Option<&PaymentMethodId>, limit| {
        let cards = read!(store, |tx| payment_method::list_expiring(tx, month, after, limit));
        cards.into_iter().map(|card| card.id.to_string()).collect::<Vec<_>>()
    };
    assert!(list(None, 10).await.is_empty());
    let mut expected = Vec::new();
    let (active, live) = (MethodState::Active, Some(ConsentState::Live));
    for (expiry, state, consented, listed) in [
        (Some(month), active, live, true),
        (Some(month), active, live, true),
        (Some(month), active, live, true),
        (CardExpiry::new(11, 2026), active, live, false),
        (CardExpiry::new(12, 2027), active, live, false),
        (None, active, live, false),
        (Some(month), MethodState::Removing, live, false),
        (Some(month), active, Some(ConsentState::Suspended), false),
        (Some(month), active, Some(ConsentState::Ended), false),
        (Some(month), active, None, false),
    ] {
        // Each in a business of its own: the program looks after all.
        let home = home(store).await;
        let card = PaymentMethod { expiry, state, ..fixture::method(&home.customer, &home.account) };
        assert!(insert(store, &card).await);
        for title in ["Mowing", "Snow"] {
            if let Some(state) = consented {
                let plan = home.plan(store, title).await;
                let consent = Consent { state, method: Some(card.id.clone()), ..fixture::consent(&plan) };
                assert!(commit!(store, |tx| consent::insert(tx, &consent)));
            }
        }
        if listed {
            expected.push(card.id.clone());
        }
    }
    expected.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    let names: Vec<_> = expected.iter().map(ToString::to_string).collect();
    assert_eq!(list(None, 10).await, names, "each once, however many plans it pays");
    assert_eq!(list(None, 2).await, names[..2]);
    assert_eq!(list(Some(&expected[1]), 2).await, names[2..]);
    assert!(list(Some(&expected[2]), 2).await.is_empty());
}
