//! Saved methods: one default a customer, Stripe's id once an account.

use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod};
use zoop_store::payment_method;

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
    consents_follow_a_card_that_was_saved_again,
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
        let history = store.texts("SELECT state FROM payment_methods WHERE is_default").await;
        assert_eq!(read.is_default, !history.is_empty());
    }
    assert!(!active(store, &home).await[0].is_default, "once given up, it does not come back by itself");
}

async fn consents_follow_a_card_that_was_saved_again(store: &Store) {
    let home = home(store).await;
    let (old, new) = (fixture::method(&home.customer, &home.account), fixture::method(&home.customer, &home.account));
    let plan = fixture::plan(&home.customer);
    let consent = zoop_domain::consent::Consent { method: Some(old.id.clone()), ..fixture::consent(&plan) };
    commit!(store, |tx| async {
        payment_method::insert(tx, &old).await?;
        payment_method::insert(tx, &new).await?;
        zoop_store::plan::insert(tx, &plan, home.business.currency, at(0)).await?;
        zoop_store::consent::insert(tx, &consent, home.business.currency).await
    });
    let business = &home.business.id;
    assert_eq!(commit!(store, |tx| payment_method::update_replaced(tx, business, &old.id, &new.id)), 1);
    assert_eq!(commit!(store, |tx| payment_method::update_replaced(tx, business, &old.id, &new.id)), 0);
    let live = read!(store, |tx| zoop_store::consent::list_live(tx, business, &home.customer.id));
    assert_eq!(live[0].method.as_ref(), Some(&new.id));
}
