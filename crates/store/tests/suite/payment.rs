//! Payments and refunds: what Stripe tells twice is written down once.

use zoop_domain::payment::{DisputeState, Payment, PaymentKind, PaymentState};
use zoop_domain::refund::{Refund, RefundReason, RefundState};
use zoop_store::{payment, refund};

use crate::fixture::{self, at, day, home, usd};
use crate::harness::Store;

cases!(
    a_payment_reads_back,
    settling_twice_is_settling_once_among_eight_at_once,
    payments_by_hand_have_no_intent_and_never_clash,
    a_payment_is_given_back_returned_and_disputed,
    an_older_answer_of_stripe_is_known_as_one,
    a_refund_reads_back_and_moves_on,
    a_refund_is_stored_once_a_key_and_once_a_stripe_id,
);

async fn insert(store: &Store, payment: &Payment) -> bool {
    commit!(store, |tx| payment::insert(tx, payment))
}

async fn a_payment_reads_back(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let attempt = fixture::attempt(&sent, &home.account);
    commit!(store, |tx| zoop_store::attempt::insert(tx, &attempt, None, None));
    let full = Payment {
        attempt: Some(attempt.id),
        state: PaymentState::Returned,
        refunded: usd(1),
        dispute: Some(DisputeState::Lost),
        disputed_on: Some(day("2026-09-29")),
        returned_on: Some(day("2026-09-30")),
        ..fixture::payment(&sent, &home.account)
    };
    let later = Payment { received_at: at(1), ..fixture::payment(&sent, &home.account) };
    assert!(insert(store, &later).await && insert(store, &full).await);
    let business = &home.business.id;
    assert_eq!(read!(store, |tx| payment::get(tx, business, &full.id)), Some(full.clone()));
    assert_eq!(read!(store, |tx| payment::get(tx, business, &fixture::id!(PaymentId))), None);
    let intent = full.payment_intent.as_deref().expect("an intent");
    let found = read!(store, |tx| payment::find_by_intent(tx, business, &home.account, intent));
    assert_eq!(found, Some(full.clone()));
    assert_eq!(read!(store, |tx| payment::find_by_intent(tx, business, "acct_other", intent)), None);
    assert_eq!(read!(store, |tx| payment::list(tx, business, &sent.id)), [full, later], "oldest first");
}

async fn settling_twice_is_settling_once_among_eight_at_once(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let payment = fixture::payment(&sent, &home.account);
    let tries = (0..8).map(|_| {
        let (db, payment) = (store.db.clone(), Payment { id: fixture::id!(PaymentId), ..payment.clone() });
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let stored = payment::insert(&mut tx, &payment).await.expect("no error");
            // The transaction goes on: a clash must not have broken it.
            let all = payment::list(&mut tx, &payment.business, &payment.invoice).await.expect("no error");
            tx.commit().await.expect("a commit");
            assert_eq!(all.len(), 1);
            stored
        })
    });
    let mut stored = 0;
    for attempt in tries.collect::<Vec<_>>() {
        stored += u32::from(attempt.await.expect("no panic"));
    }
    assert_eq!(stored, 1);
    let elsewhere = Payment { id: fixture::id!(PaymentId), account: Some("acct_other".into()), ..payment };
    assert!(insert(store, &elsewhere).await, "another account's intent is another");
}

async fn payments_by_hand_have_no_intent_and_never_clash(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    for kind in [PaymentKind::Cash, PaymentKind::Cash, PaymentKind::Check, PaymentKind::Other] {
        let by_hand =
            Payment { kind, account: None, payment_intent: None, charge: None, ..fixture::payment(&sent, "") };
        assert!(insert(store, &by_hand).await);
        assert_eq!(read!(store, |tx| payment::get(tx, &sent.business, &by_hand.id)), Some(by_hand));
    }
}

async fn a_payment_is_given_back_returned_and_disputed(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let (payment, business) = (fixture::payment(&sent, &home.account), &home.business.id);
    insert(store, &payment).await;
    commit!(store, |tx| payment::update_refunded(tx, business, &payment.id, usd(77)));
    let (state, dispute, on) = (PaymentState::Returned, Some(DisputeState::Open), Some(day("2026-10-01")));
    commit!(store, |tx| payment::update_state(tx, business, &payment.id, state, dispute, on, on));
    let changed = Payment { state, dispute, disputed_on: on, returned_on: on, refunded: usd(77), ..payment.clone() };
    assert_eq!(read!(store, |tx| payment::get(tx, business, &payment.id)), Some(changed));
    commit!(store, |tx| payment::update_state(tx, business, &payment.id, payment.state, None, None, None));
    let back = Payment { refunded: usd(77), ..payment.clone() };
    assert_eq!(read!(store, |tx| payment::get(tx, business, &payment.id)), Some(back));
}

async fn an_older_answer_of_stripe_is_known_as_one(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let (payment, business) = (fixture::payment(&sent, &home.account), &home.business.id);
    insert(store, &payment).await;
    for (asked_at, is_news) in [(5, true), (5, true), (4, false), (6, true), (5, false)] {
        assert_eq!(commit!(store, |tx| payment::update_synced(tx, business, &payment.id, at(asked_at))), is_news);
    }
}

async fn a_refund_reads_back_and_moves_on(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let (payment, business) = (fixture::payment(&sent, &home.account), &home.business.id);
    insert(store, &payment).await;
    let ours = fixture::refund(&payment);
    let theirs = Refund {
        reason: RefundReason::External,
        note: String::new(),
        state: RefundState::Failed,
        stripe_refund: Some("re_1".into()),
        created_at: at(-1),
        ..fixture::refund(&payment)
    };
    for refund in [&ours, &theirs] {
        assert!(commit!(store, |tx| refund::insert(tx, refund, &sent.id, Some(&home.account), refund.id.as_str())));
    }
    assert_eq!(read!(store, |tx| refund::get(tx, business, &ours.id)), Some(ours.clone()));
    assert_eq!(read!(store, |tx| refund::get(tx, business, &fixture::id!(RefundId))), None);
    assert_eq!(read!(store, |tx| refund::list(tx, business, &sent.id)), [theirs, ours.clone()], "oldest first");
    let (id, done) = (&ours.id, RefundState::Succeeded);
    commit!(store, |tx| refund::update_state(tx, business, id, done, Some("re_2")));
    commit!(store, |tx| refund::update_state(tx, business, id, done, None));
    let moved = Refund { state: done, stripe_refund: Some("re_2".into()), ..ours.clone() };
    assert_eq!(read!(store, |tx| refund::get(tx, business, id)), Some(moved), "Stripe's id is not forgotten");
}

async fn a_refund_is_stored_once_a_key_and_once_a_stripe_id(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let (sent, others) = (home.sent(store, "1", "2026-09-21").await, other.sent(store, "1", "2026-09-21").await);
    let (payment, theirs) = (fixture::payment(&sent, &home.account), fixture::payment(&others, &other.account));
    assert!(insert(store, &payment).await && insert(store, &theirs).await);
    let insert = async |refund: Refund, invoice, account: &str, key: &str| {
        commit!(store, |tx| refund::insert(tx, &refund, invoice, Some(account), key))
    };
    let named = |payment, name: &str| Refund { stripe_refund: Some(name.into()), ..fixture::refund(payment) };
    assert!(insert(named(&payment, "re_1"), &sent.id, &home.account, "key-1").await);
    assert!(!insert(named(&payment, "re_2"), &sent.id, &home.account, "key-1").await, "the key is known");
    assert!(!insert(named(&payment, "re_1"), &sent.id, &home.account, "key-2").await, "Stripe's id is known");
    assert!(insert(fixture::refund(&payment), &sent.id, &home.account, "key-3").await);
    assert!(insert(fixture::refund(&payment), &sent.id, &home.account, "key-4").await, "two that Stripe does not know");
    assert!(insert(named(&theirs, "re_1"), &others.id, &other.account, "key-1").await, "another business's key");
}
