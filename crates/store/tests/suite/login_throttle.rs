//! Failures are counted by what is guessed at, and forgotten after a while.

use zoop_domain::throttle::ThrottleKey;
use zoop_store::login_throttle;

use crate::fixture::at;
use crate::harness::Store;

cases!(failures_are_counted_forgiven_and_forgotten, sixteen_at_once_are_sixteen);

async fn count(store: &Store, key: &ThrottleKey) -> i64 {
    commit!(store, |tx| login_throttle::lock(tx, key, at(0))).0
}

async fn failures_are_counted_forgiven_and_forgotten(store: &Store) {
    let (nora, luis) =
        (ThrottleKey::of_address("nora@prairie.example"), ThrottleKey::of_address("luis@prairie.example"));
    for (seconds, failures) in [(1, 1), (2, 2), (3, 3)] {
        commit!(store, |tx| async {
            login_throttle::lock(tx, &nora, at(seconds)).await?;
            login_throttle::update_failed(tx, &nora, at(seconds), at(0)).await
        });
        assert_eq!(commit!(store, |tx| login_throttle::lock(tx, &nora, at(9))), (failures, at(seconds)));
    }
    commit!(store, |tx| login_throttle::update_forgiven(tx, &nora));
    assert_eq!((count(store, &nora).await, count(store, &luis).await), (2, 0));
    commit!(store, |tx| login_throttle::update_forgiven(tx, &luis));
    assert_eq!(count(store, &luis).await, 0, "never less than none");
    commit!(store, |tx| login_throttle::update_failed(tx, &nora, at(9), at(4)));
    assert_eq!(count(store, &nora).await, 1, "those before are forgotten");
    commit!(store, |tx| login_throttle::delete(tx, &nora));
    assert_eq!(count(store, &nora).await, 0);
    commit!(store, |tx| login_throttle::update_failed(tx, &nora, at(20), at(0)));
    assert_eq!(commit!(store, |tx| login_throttle::delete_old(tx, at(10))), 1, "the other's");
    assert_eq!(count(store, &nora).await, 1);
    assert_eq!(read!(store, |tx| login_throttle::find(tx, &nora)), Some((1, at(20))));
    assert_eq!(read!(store, |tx| login_throttle::find(tx, &ThrottleKey::of_reset("x@y.example"))), None);
    let stored = store.texts("SELECT key_hash FROM login_throttles").await.concat();
    assert!(!stored.contains("nora"), "only a hash is stored");
}

async fn sixteen_at_once_are_sixteen(store: &Store) {
    let key = ThrottleKey::of_address("nora@prairie.example");
    let tries = (0..16).map(|_| {
        let (db, key) = (store.db.clone(), key.clone());
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let (before, _) = login_throttle::lock(&mut tx, &key, at(1)).await.expect("a lock");
            tokio::task::yield_now().await;
            login_throttle::update_failed(&mut tx, &key, at(1), at(0)).await.expect("an update");
            tx.commit().await.expect("a commit");
            before
        })
    });
    let mut seen = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        seen.push(attempt.await.expect("no panic"));
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..16).collect::<Vec<_>>(), "each sees those before it");
}
