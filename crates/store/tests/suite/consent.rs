//! Consents: one live one a plan, which only moves on; what was agreed to never changes.

use std::time::Duration;

use zoop_domain::consent::{
    Attested, Consent, ConsentEvent, ConsentEventKind, ConsentSource, ConsentState, Ended, EndedHow, Evidence,
    SuspendedWhy,
};
use zoop_domain::id::ConsentId;
use zoop_domain::money::{Currency, Money};
use zoop_store::{Db, Error, Options, consent, payment_method};

use crate::fixture::{self, Home, at, home, usd};
use crate::harness::{Store, options};

cases!(
    a_consent_reads_back_with_all_that_was_agreed_to,
    one_live_consent_a_plan_among_eight_at_once,
    a_consent_is_suspended_and_resumed_and_ends_but_never_comes_back,
    only_one_of_two_suspended_ones_is_resumed,
    two_that_are_resumed_at_once_are_never_both_live,
    what_was_agreed_to_never_changes,
    a_lock_waits_for_the_transaction_before,
    what_is_not_over_is_found_by_its_plan_and_its_card,
    what_ended_last_is_found_by_its_plan,
    what_ended_with_its_card_is_found_by_it,
    the_portal_lists_what_is_not_over_newest_first,
    the_portal_names_the_card_as_it_is_now,
    a_history_is_read_in_order,
);

async fn insert(store: &Store, consent: &Consent) -> bool {
    commit!(store, |tx| consent::insert(tx, consent))
}

async fn get(store: &Store, consent: &Consent) -> Consent {
    read!(store, |tx| consent::get(tx, &consent.business, &consent.id)).expect("the consent")
}

async fn suspend(store: &Store, consent: &Consent, why: SuspendedWhy, seconds: i64) -> bool {
    commit!(store, |tx| consent::update_suspended(tx, &consent.business, &consent.id, why, at(seconds)))
}

async fn resume(store: &Store, consent: &Consent) -> bool {
    commit!(store, |tx| consent::update_resumed(tx, &consent.business, &consent.id))
}

async fn end(store: &Store, consent: &Consent, how: EndedHow, seconds: i64) -> bool {
    let ended = Ended { at: at(seconds), by: format!("customer {seconds}"), how, on_its_way: None };
    commit!(store, |tx| consent::update_ended(tx, &consent.business, &consent.id, &ended))
}

async fn what_ended_last_is_found_by_its_plan(store: &Store) {
    let home = home(store).await;
    let first = fixture::consent(&home.plan(store, "Mowing").await);
    let last = async || read!(store, |tx| consent::find_last_ended(tx, &first.business, &first.plan));
    assert!(insert(store, &first).await);
    assert_eq!(last().await, None, "it is live");
    assert!(end(store, &first, EndedHow::Portal, 1).await);
    assert_eq!(last().await.map(|found| found.id), Some(first.id.clone()));
    let mut second = Consent { id: fixture::id!(ConsentId), ..first.clone() };
    second.evidence.granted_at = at(1);
    assert!(insert(store, &second).await && end(store, &second, EndedHow::Owner, 2).await);
    assert_eq!(last().await.map(|found| found.id), Some(second.id.clone()));
    let listed = async |limit| {
        let listed = read!(store, |tx| consent::list_ended(tx, &first.business, &home.customer.id, limit));
        listed.into_iter().map(|ended| (ended.id, ended.ended_at)).collect::<Vec<_>>()
    };
    assert_eq!(listed(9).await, [(second.id.clone(), Some(at(2))), (first.id.clone(), Some(at(1)))]);
    assert_eq!(listed(1).await, [(second.id, Some(at(2)))]);
}

async fn suspended(store: &Store, home: &Home, title: &str) -> Consent {
    let consent = fixture::consent(&home.plan(store, title).await);
    assert!(insert(store, &consent).await);
    assert!(suspend(store, &consent, SuspendedWhy::CardExpired, 1).await);
    consent
}

/// A second consent of the plan, suspended like the first.
async fn another(store: &Store, first: &Consent) -> Consent {
    let mut second = Consent { id: fixture::id!(ConsentId), ..first.clone() };
    second.evidence.granted_at = at(1);
    assert!(insert(store, &second).await, "the first one isn't live");
    assert!(suspend(store, &second, SuspendedWhy::Disconnected, 2).await);
    second
}

async fn a_consent_reads_back_with_all_that_was_agreed_to(store: &Store) {
    let home = home(store).await;
    let method = fixture::method(&home.customer, &home.account);
    commit!(store, |tx| payment_method::insert(tx, &method));
    let euro = |minor| Money::new(minor, Currency::Eur);
    let attested = Evidence {
        source: ConsentSource::Attested,
        disclosure_version: 7,
        cap: None,
        agreed: euro(1),
        granted_at: at(9),
        ip: None,
        user_agent: None,
        attested: Some(Attested { by: "Grace".into(), how: "by phone, on Nov 2".into() }),
        attempt: Some(fixture::id!(AttemptId)),
        ..fixture::evidence()
    };
    let capped = Evidence { cap: Some(euro(25_000)), agreed: euro(i64::MAX), ..fixture::evidence() };
    for (evidence, method) in [(attested, Some(method.id)), (capped, None)] {
        let plan = home.plan(store, "Mowing").await;
        let consent = Consent { evidence, method, ..fixture::consent(&plan) };
        assert!(insert(store, &consent).await);
        assert_eq!(get(store, &consent).await, consent);
        assert_eq!(read!(store, |tx| consent::find_live(tx, &home.business.id, &plan.id)), Some(consent));
    }
    assert_eq!(read!(store, |tx| consent::get(tx, &home.business.id, &fixture::id!(ConsentId))), None);
    assert_eq!(read!(store, |tx| consent::find_live(tx, &home.business.id, &fixture::id!(PlanId))), None);
}

async fn one_live_consent_a_plan_among_eight_at_once(store: &Store) {
    let home = home(store).await;
    let plan = home.plan(store, "Mowing").await;
    for state in ConsentState::ALL.iter().copied().filter(|state| *state != ConsentState::Live) {
        assert!(insert(store, &Consent { state, ..fixture::consent(&plan) }).await, "{state} ones don't count");
    }
    let tries = (0..8).map(|_| {
        let (db, consent) = (store.db.clone(), fixture::consent(&plan));
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let stored = consent::insert(&mut tx, &consent).await.expect("no error");
            tx.commit().await.expect("a commit");
            stored
        })
    });
    let mut stored = 0;
    for attempt in tries.collect::<Vec<_>>() {
        stored += u32::from(attempt.await.expect("no panic"));
    }
    assert_eq!(stored, 1);
    let other = home.plan(store, "Snow").await;
    assert!(insert(store, &fixture::consent(&other)).await);
}

async fn a_consent_is_suspended_and_resumed_and_ends_but_never_comes_back(store: &Store) {
    let home = home(store).await;
    let granted = fixture::consent(&home.plan(store, "Mowing").await);
    assert!(!suspend(store, &granted, SuspendedWhy::Declined, 0).await, "there is no such consent");
    assert!(insert(store, &granted).await);
    assert!(!resume(store, &granted).await, "a live one is live");

    assert!(suspend(store, &granted, SuspendedWhy::Dispute, 1).await);
    assert!(!suspend(store, &granted, SuspendedWhy::Declined, 2).await, "the first reason stays");
    let suspended = Some((at(1), SuspendedWhy::Dispute));
    let expected = Consent { state: ConsentState::Suspended, suspended, ..granted.clone() };
    assert_eq!(get(store, &granted).await, expected);
    assert_eq!(read!(store, |tx| consent::find_live(tx, &granted.business, &granted.plan)), None);

    assert!(resume(store, &granted).await);
    assert!(!resume(store, &granted).await);
    assert_eq!(get(store, &granted).await, granted, "nothing of the suspension is left");

    for from_suspended in [false, true] {
        let granted = fixture::consent(&home.plan(store, "Snow").await);
        assert!(insert(store, &granted).await);
        assert!(!from_suspended || suspend(store, &granted, SuspendedWhy::CardGone, 3).await);
        let way = Some(fixture::id!(AttemptId));
        let ended = Ended { at: at(4), by: "customer".into(), how: EndedHow::Portal, on_its_way: way };
        assert!(commit!(store, |tx| consent::update_ended(tx, &granted.business, &granted.id, &ended)));
        let over = get(store, &granted).await;
        assert_eq!((over.state, over.ended.as_ref()), (ConsentState::Ended, Some(&ended)));
        assert_eq!(over.suspended.is_some(), from_suspended, "why it had not been charged is still known");
        assert!(!end(store, &granted, EndedHow::Owner, 5).await, "it ends once");
        assert!(!suspend(store, &granted, SuspendedWhy::Declined, 6).await);
        assert!(!resume(store, &granted).await);
        commit!(store, |tx| consent::update_method(tx, &granted.business, &granted.id, &fixture::id!(PaymentMethodId)));
        assert_eq!(get(store, &granted).await, over, "what is over stays as it was");
    }
}

async fn only_one_of_two_suspended_ones_is_resumed(store: &Store) {
    let home = home(store).await;
    let first = suspended(store, &home, "Mowing").await;
    let second = another(store, &first).await;
    let elsewhere = suspended(store, &home, "Snow").await;
    assert!(resume(store, &second).await);
    assert!(!resume(store, &first).await, "another one is live");
    assert_eq!(get(store, &first).await.suspended, Some((at(1), SuspendedWhy::CardExpired)));
    assert!(resume(store, &elsewhere).await, "another plan has its own");
    assert!(end(store, &second, EndedHow::Portal, 3).await);
    assert!(resume(store, &first).await, "none is live any more");
}

async fn two_that_are_resumed_at_once_are_never_both_live(store: &Store) {
    let home = home(store).await;
    let first = suspended(store, &home, "Mowing").await;
    let second = another(store, &first).await;
    let mut tx = store.db.begin().await.expect("a transaction");
    assert!(consent::update_resumed(&mut tx, &first.business, &first.id).await.expect("an update"));
    let other = tokio::spawn({
        let (db, second) = (store.db.clone(), second.clone());
        async move {
            let mut tx = db.begin().await.expect("a transaction");
            consent::update_resumed(&mut tx, &second.business, &second.id).await
        }
    });
    store.until_one_waits().await;
    tx.commit().await.expect("a commit");
    let outcome = other.await.expect("no panic");
    assert!(matches!(outcome, Ok(false) | Err(Error::Busy(_))), "to be tried again at most: {outcome:?}");
    assert!(!resume(store, &second).await, "a second try finds the live one");
}

/// Each way a consent can be moved on, one after the other.
async fn what_was_agreed_to_never_changes(store: &Store) {
    let home = home(store).await;
    let (card, other) =
        (fixture::method(&home.customer, &home.account), fixture::method(&home.customer, &home.account));
    commit!(store, |tx| async {
        payment_method::insert(tx, &card).await?;
        payment_method::insert(tx, &other).await
    });
    let attested = Some(Attested { by: "Grace".into(), how: "by phone".into() });
    let evidence = Evidence { attested, attempt: Some(fixture::id!(AttemptId)), ..fixture::evidence() };
    let plan = home.plan(store, "Mowing").await;
    let consent = Consent { evidence, method: Some(card.id.clone()), ..fixture::consent(&plan) };
    assert!(insert(store, &consent).await);
    let columns = "SELECT CONCAT_WS('|', id, business_id, customer_id, plan_id, cap_minor, agreed_minor, currency, source, \
                   disclosure_text, disclosure_version, granted_at, ip, user_agent, attested_by, attested_how, \
                   attempt_id, method_brand, method_last4) FROM consents";
    let before = store.texts(columns).await;
    let (business, id) = (&consent.business, &consent.id);
    commit!(store, |tx| consent::update_method(tx, business, id, &other.id));
    assert_eq!(get(store, &consent).await.method, Some(other.id.clone()));
    assert!(suspend(store, &consent, SuspendedWhy::Declined, 1).await);
    assert!(resume(store, &consent).await);
    assert!(suspend(store, &consent, SuspendedWhy::Declined, 1).await);
    commit!(store, |tx| consent::update_method(tx, business, id, &card.id));
    assert_eq!(get(store, &consent).await.method, Some(card.id.clone()), "a suspended one follows its card too");
    commit!(store, |tx| payment_method::update_details(tx, business, &card.id, "Mastercard", "4444", None));
    assert!(end(store, &consent, EndedHow::CardRemoved, 2).await);
    assert_eq!(get(store, &consent).await.evidence, consent.evidence);
    assert_eq!(store.texts(columns).await, before);
}

async fn a_lock_waits_for_the_transaction_before(store: &Store) {
    let home = home(store).await;
    let consent = fixture::consent(&home.plan(store, "Mowing").await);
    assert!(insert(store, &consent).await);
    let brief = Options { lock_wait: Duration::from_millis(300), ..options() };
    let brief = Db::open_with(&store.address, brief).await.expect("it opens");
    let (business, id) = (&consent.business, &consent.id);

    let mut ender = store.db.begin().await.expect("a transaction");
    let locked = consent::lock(&mut ender, business, id).await.expect("a lock");
    assert_eq!(locked.as_ref(), Some(&consent));
    let charging = async {
        let mut tx = brief.begin().await?;
        consent::lock(&mut tx, business, id).await
    };
    let refused = charging.await.expect_err("somebody else decides");
    assert!(matches!(refused, Error::Busy(_)), "{refused:?}");

    let charger = tokio::spawn({
        let (db, business, id) = (store.db.clone(), business.clone(), id.clone());
        async move {
            let mut tx = db.begin().await.expect("a transaction");
            consent::lock(&mut tx, &business, &id).await.expect("a lock").expect("the consent").state
        }
    });
    let ended = Ended { at: at(1), by: "customer".into(), how: EndedHow::Portal, on_its_way: None };
    assert!(consent::update_ended(&mut ender, business, id, &ended).await.expect("an update"));
    ender.commit().await.expect("a commit");
    assert_eq!(charger.await.expect("no panic"), ConsentState::Ended, "whoever waited sees how it went");
    assert_eq!(commit!(store, |tx| consent::lock(tx, business, &fixture::id!(ConsentId))), None);
}

async fn what_is_not_over_is_found_by_its_plan_and_its_card(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let (card, other) =
        (fixture::method(&home.customer, &home.account), fixture::method(&home.customer, &home.account));
    commit!(store, |tx| async {
        payment_method::insert(tx, &card).await?;
        payment_method::insert(tx, &other).await
    });
    let (mowing, snow) = (home.plan(store, "Mowing").await, home.plan(store, "Snow").await);
    let given = |plan, method: &zoop_domain::id::PaymentMethodId, seconds| Consent {
        method: Some(method.clone()),
        evidence: Evidence { granted_at: at(seconds), ..fixture::evidence() },
        ..fixture::consent(plan)
    };
    let over = given(&mowing, &card.id, 1);
    let late = given(&mowing, &card.id, 9);
    let early = given(&mowing, &other.id, 5);
    let elsewhere = given(&snow, &card.id, 3);
    for consent in [&over, &late, &elsewhere] {
        assert!(insert(store, consent).await);
        if consent.id == over.id {
            assert!(end(store, consent, EndedHow::Replaced, 10).await);
        } else {
            assert!(suspend(store, consent, SuspendedWhy::Disconnected, 10).await);
        }
    }
    assert!(insert(store, &early).await);
    let ids = |consents: Vec<Consent>| consents.into_iter().map(|consent| consent.id).collect::<Vec<_>>();
    let by_plan = async |plan| ids(read!(store, |tx| consent::list_by_plan(tx, business, plan)));
    assert_eq!(by_plan(&mowing.id).await, [early.id.clone(), late.id.clone()], "oldest first");
    assert_eq!(by_plan(&fixture::id!(PlanId)).await, []);
    let by_card = async |method| ids(read!(store, |tx| consent::list_by_method(tx, business, method)));
    assert_eq!(by_card(&card.id).await, [elsewhere.id.clone(), late.id.clone()]);
    assert_eq!(by_card(&other.id).await, std::slice::from_ref(&early.id));
    assert_eq!(by_card(&fixture::id!(PaymentMethodId)).await, []);
    let list = async |state| ids(read!(store, |tx| consent::list(tx, business, state)));
    assert_eq!(list(ConsentState::Live).await, [early.id]);
    assert_eq!(list(ConsentState::Suspended).await, [elsewhere.id, late.id]);
    assert_eq!(list(ConsentState::Ended).await, [over.id]);
}

async fn what_ended_with_its_card_is_found_by_it(store: &Store) {
    let home = home(store).await;
    let (card, other) =
        (fixture::method(&home.customer, &home.account), fixture::method(&home.customer, &home.account));
    commit!(store, |tx| async {
        payment_method::insert(tx, &card).await?;
        payment_method::insert(tx, &other).await
    });
    let mut ended = Vec::new();
    for (method, how, seconds) in [
        (&card, Some(EndedHow::CardRemoved), 2),
        (&card, Some(EndedHow::CardRemoved), 1),
        (&card, Some(EndedHow::Portal), 3),
        (&card, None, 4),
        (&other, Some(EndedHow::CardRemoved), 5),
    ] {
        let evidence = Evidence { granted_at: at(seconds), ..fixture::evidence() };
        let plan = home.plan(store, "Mowing").await;
        let consent = Consent { evidence, method: Some(method.id.clone()), ..fixture::consent(&plan) };
        assert!(insert(store, &consent).await);
        if let Some(how) = how {
            assert!(end(store, &consent, how, 9).await);
        }
        ended.push(consent.id);
    }
    let found = read!(store, |tx| consent::list_ended_with_method(tx, &home.business.id, &card.id));
    let ids: Vec<_> = found.iter().map(|consent| &consent.id).collect();
    assert_eq!(ids, [&ended[1], &ended[0]], "oldest first");
    let unknown = fixture::id!(PaymentMethodId);
    assert_eq!(read!(store, |tx| consent::list_ended_with_method(tx, &home.business.id, &unknown)), []);
}

async fn the_portal_lists_what_is_not_over_newest_first(store: &Store) {
    let home = home(store).await;
    let list = async || read!(store, |tx| consent::list_for_portal(tx, &home.business.id, &home.customer.id));
    assert!(list().await.is_empty());
    let (mowing, snow) = (home.plan(store, "Mowing").await, home.plan(store, "Snow").await);
    let inline = fixture::consent(&mowing);
    let attested = Consent {
        evidence: Evidence { source: ConsentSource::Attested, cap: None, granted_at: at(9), ..fixture::evidence() },
        ..fixture::consent(&snow)
    };
    let over = Consent { state: ConsentState::Ended, ..fixture::consent(&mowing) };
    for consent in [&inline, &attested, &over] {
        assert!(insert(store, consent).await);
    }
    assert!(suspend(store, &inline, SuspendedWhy::CardExpired, 10).await);
    let listed = list().await;
    let ids: Vec<_> = listed.iter().map(|consent| &consent.id).collect();
    assert_eq!(ids, [&attested.id, &inline.id]);
    let (first, second) = (&listed[0], &listed[1]);
    assert_eq!((&first.plan, first.plan_title.as_str(), first.cap), (&snow.id, "Snow", None));
    assert_eq!((first.source, first.state, first.suspended_why), (ConsentSource::Attested, ConsentState::Live, None));
    assert_eq!((first.granted_at, second.cap, second.method.as_ref()), (at(9), Some(usd(25_000)), None));
    assert_eq!((second.state, second.suspended_why), (ConsentState::Suspended, Some(SuspendedWhy::CardExpired)));
}

async fn the_portal_names_the_card_as_it_is_now(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let card = fixture::method(&home.customer, &home.account);
    commit!(store, |tx| payment_method::insert(tx, &card));
    let evidence = Evidence { method_brand: "Amex".into(), method_last4: "0005".into(), ..fixture::evidence() };
    for (title, method) in [("Mowing", None), ("Snow", Some(card.id.clone()))] {
        let plan = home.plan(store, title).await;
        assert!(insert(store, &Consent { evidence: evidence.clone(), method, ..fixture::consent(&plan) }).await);
    }
    commit!(store, |tx| payment_method::update_details(tx, business, &card.id, "Mastercard", "4444", None));
    let listed = read!(store, |tx| consent::list_for_portal(tx, business, &home.customer.id));
    for consent in listed {
        let named = (consent.method_brand.as_str(), consent.method_last4.as_str());
        assert_eq!(named, if consent.plan_title == "Snow" { ("Mastercard", "4444") } else { ("Amex", "0005") });
    }
}

async fn a_history_is_read_in_order(store: &Store) {
    let home = home(store).await;
    let (mowing, snow) =
        (fixture::consent(&home.plan(store, "Mowing").await), fixture::consent(&home.plan(store, "Snow").await));
    let event = |consent: &ConsentId, kind, seconds| ConsentEvent {
        id: fixture::id!(ConsentEventId),
        consent: consent.clone(),
        kind,
        actor: "customer".into(),
        detail: format!("at {seconds}"),
        happened_at: at(seconds),
    };
    assert!(insert(store, &mowing).await && insert(store, &snow).await);
    let mut events = Vec::new();
    for (n, kind) in ConsentEventKind::ALL.iter().copied().enumerate() {
        events.push(event(&mowing.id, kind, 10 - n as i64));
    }
    events.push(event(&snow.id, ConsentEventKind::Granted, 0));
    for event in &events {
        commit!(store, |tx| consent::insert_event(tx, &home.business.id, event));
    }
    let last = events.pop().expect("an event");
    events.reverse();
    let history = async |consent| read!(store, |tx| consent::list_events(tx, &home.business.id, consent));
    assert_eq!(history(&mowing.id).await, events, "oldest first, and every kind comes back");
    assert_eq!(history(&snow.id).await, [last]);
    assert_eq!(history(&fixture::id!(ConsentId)).await, []);
}
