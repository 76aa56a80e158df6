//! Card setups: where one stands, and that a success counts once, whenever it comes to light.

use zoop_domain::card_setup::{CardChange, CardSetup, CardSetupState};
use zoop_store::{card_setup, consent, payment_method};

use crate::fixture::{self, Home, at, home, token};
use crate::harness::Store;

cases!(
    a_setup_reads_back_with_what_else_it_changes,
    a_setup_is_found_by_its_way_back_for_a_while,
    a_session_opens_only_what_is_being_created,
    a_setup_ends_once_but_a_success_is_never_overlooked,
    a_success_counts_once_among_eight_at_once,
    stripe_is_asked_about_what_is_due_longest_waiting_first,
);

async fn insert(store: &Store, setup: &CardSetup, next_check: i64) {
    commit!(store, |tx| card_setup::insert(tx, setup, token().hash(), at(next_check)));
}

async fn get(store: &Store, setup: &CardSetup) -> CardSetup {
    read!(store, |tx| card_setup::get(tx, &setup.business, &setup.id)).expect("the setup")
}

async fn stored(store: &Store, home: &Home, state: CardSetupState) -> CardSetup {
    let setup = CardSetup { state, ..fixture::card_setup(&home.customer, &home.account) };
    insert(store, &setup, 120).await;
    setup
}

async fn a_setup_reads_back_with_what_else_it_changes(store: &Store) {
    let home = home(store).await;
    let (plan, card) = (home.plan(store, "Mowing").await, fixture::method(&home.customer, &home.account));
    let consent = fixture::consent(&plan);
    commit!(store, |tx| async {
        payment_method::insert(tx, &card).await?;
        consent::insert(tx, &consent).await
    });
    let full = CardSetup {
        state: CardSetupState::Succeeded,
        change: Some(CardChange { consent: consent.id, draft: fixture::consent_draft(&plan) }),
        method: Some(card.id),
        session: Some("cs_1".into()),
        created_at: at(1),
        expires_at: at(2),
        checks: 3,
        ..fixture::card_setup(&home.customer, &home.account)
    };
    for setup in [full, fixture::card_setup(&home.customer, "acct_other")] {
        insert(store, &setup, 0).await;
        assert_eq!(get(store, &setup).await, setup);
    }
    assert_eq!(read!(store, |tx| card_setup::get(tx, &home.business.id, &fixture::id!(CardSetupId))), None);
}

async fn a_setup_is_found_by_its_way_back_for_a_while(store: &Store) {
    let home = home(store).await;
    let (setup, code) = (fixture::card_setup(&home.customer, &home.account), token());
    commit!(store, |tx| card_setup::insert(tx, &setup, code.hash(), at(0)));
    let find = async |code, since| read!(store, |tx| card_setup::find_by_code(tx, code, since));
    assert_eq!(find(code.hash(), at(-1)).await, Some(setup));
    assert_eq!(find(code.hash(), at(0)).await, None, "made before");
    assert_eq!(find(token().hash(), at(-1)).await, None, "another code");
    assert_eq!(store.texts("SELECT code_hash FROM card_setups").await, [code.hash().to_hex()], "only the hash");
}

async fn a_session_opens_only_what_is_being_created(store: &Store) {
    let home = home(store).await;
    for state in CardSetupState::ALL.iter().copied() {
        let setup = stored(store, &home, state).await;
        let session = format!("cs_{state}");
        let opened = commit!(store, |tx| card_setup::update_opened(tx, &setup.business, &setup.id, &session));
        assert_eq!(opened, state == CardSetupState::Creating, "{state}");
        let expected = if opened { (CardSetupState::Open, Some(session)) } else { (state, None) };
        let read = get(store, &setup).await;
        assert_eq!((read.state, read.session), expected);
    }
}

async fn a_setup_ends_once_but_a_success_is_never_overlooked(store: &Store) {
    let home = home(store).await;
    let card = fixture::method(&home.customer, &home.account);
    commit!(store, |tx| payment_method::insert(tx, &card));
    for from in CardSetupState::ALL.iter().copied() {
        for to in [CardSetupState::Succeeded, CardSetupState::Canceled] {
            let setup = stored(store, &home, from).await;
            let method = (to == CardSetupState::Succeeded).then_some(&card.id);
            let close = async || {
                let (business, id) = (&setup.business, &setup.id);
                commit!(store, |tx| card_setup::update_closed(tx, business, id, to, method, at(9)))
            };
            let brought_to_light = to == CardSetupState::Succeeded && from == CardSetupState::Canceled;
            let closed = close().await;
            assert_eq!(closed, from.is_live() || brought_to_light, "{from} → {to}");
            assert!(!close().await, "{from} → {to} once more");
            let read = get(store, &setup).await;
            let expected = if closed { (to, method.cloned()) } else { (from, None) };
            assert_eq!((read.state, read.method), expected, "{from} → {to}");
            let due = read!(store, |tx| card_setup::list_due(tx, at(120), 1_000));
            assert_eq!(due.iter().any(|due| due.id == setup.id), !closed, "asked about no more: {from} → {to}");
        }
    }
    let closed = store.texts("SELECT CAST(closed_at AS TEXT) FROM card_setups WHERE closed_at IS NOT NULL").await;
    assert_eq!(closed, vec![at(9).as_microseconds().to_string(); 5]);
}

async fn a_success_counts_once_among_eight_at_once(store: &Store) {
    let home = home(store).await;
    let setup = stored(store, &home, CardSetupState::Canceled).await;
    let card = fixture::method(&home.customer, &home.account);
    commit!(store, |tx| payment_method::insert(tx, &card));
    let tries = (0..8).map(|_| {
        let (db, setup, card) = (store.db.clone(), setup.clone(), card.id.clone());
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let (business, state) = (&setup.business, CardSetupState::Succeeded);
            let counted = card_setup::update_closed(&mut tx, business, &setup.id, state, Some(&card), at(9)).await;
            tokio::task::yield_now().await;
            tx.commit().await.expect("a commit");
            counted.expect("no error")
        })
    });
    let mut counted = 0;
    for attempt in tries.collect::<Vec<_>>() {
        counted += u32::from(attempt.await.expect("no panic"));
    }
    assert_eq!(counted, 1);
}

async fn stripe_is_asked_about_what_is_due_longest_waiting_first(store: &Store) {
    let home = home(store).await;
    let mut setups = Vec::new();
    for wait in [30, 10, 20, 40] {
        let setup = fixture::card_setup(&home.customer, &home.account);
        insert(store, &setup, wait).await;
        setups.push(setup);
    }
    let due = async |seconds, limit| {
        let due = read!(store, |tx| card_setup::list_due(tx, at(seconds), limit));
        due.into_iter().map(|due| (due.id, due.checks)).collect::<Vec<_>>()
    };
    let id = |n: usize| setups[n].id.clone();
    assert_eq!(due(9, 10).await, []);
    assert_eq!(due(30, 10).await, [(id(1), 0), (id(2), 0), (id(0), 0)]);
    assert_eq!(due(99, 2).await, [(id(1), 0), (id(2), 0)]);
    let (business, first) = (&home.business.id, id(1));
    commit!(store, |tx| card_setup::update_next_check(tx, business, &first, at(35)));
    assert_eq!(due(35, 10).await, [(id(2), 0), (id(0), 0), (id(1), 1)]);
    let canceled = CardSetupState::Canceled;
    assert!(commit!(store, |tx| card_setup::update_closed(tx, business, &first, canceled, None, at(36))));
    commit!(store, |tx| card_setup::update_next_check(tx, business, &first, at(1)));
    assert_eq!(due(99, 10).await, [(id(2), 0), (id(0), 0), (id(3), 0)], "an ended one is not asked about again");
}
