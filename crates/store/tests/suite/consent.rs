//! Consents: one live one a plan; suspended ones are kept, but no longer live.

use zoop_domain::consent::{Consent, ConsentSource, ConsentState};
use zoop_domain::money::Currency;
use zoop_domain::plan::Plan;
use zoop_store::{consent, payment_method, plan};

use crate::fixture::{self, Home, at, home, usd};
use crate::harness::Store;

cases!(
    a_plan_reads_back,
    one_live_consent_a_plan_among_eight_at_once,
    live_consents_are_listed_newest_first,
    a_method_that_goes_suspends_what_it_pays,
);

async fn stored_plan(store: &Store, home: &Home, title: &str) -> Plan {
    let plan = Plan { title: title.into(), ..fixture::plan(&home.customer) };
    commit!(store, |tx| plan::insert(tx, &plan, Currency::Usd, at(0)));
    plan
}

async fn insert(store: &Store, consent: &Consent) -> bool {
    commit!(store, |tx| consent::insert(tx, consent, Currency::Usd))
}

async fn a_plan_reads_back(store: &Store) {
    let home = home(store).await;
    for (state, cap) in zoop_domain::plan::PlanState::ALL.iter().zip([Some(usd(1)), None, Some(usd(0))]) {
        let plan = Plan { state: *state, cap, ..fixture::plan(&home.customer) };
        commit!(store, |tx| plan::insert(tx, &plan, Currency::Usd, at(0)));
        assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &plan.id)), Some(plan));
    }
    assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &fixture::id!(PlanId))), None);
}

async fn one_live_consent_a_plan_among_eight_at_once(store: &Store) {
    let home = home(store).await;
    let plan = stored_plan(store, &home, "Mowing").await;
    for state in ConsentState::ALL.iter().copied().filter(|state| *state != ConsentState::Live) {
        assert!(insert(store, &Consent { state, ..fixture::consent(&plan) }).await, "{state} ones don't count");
    }
    let tries = (0..8).map(|_| {
        let (db, consent) = (store.db.clone(), fixture::consent(&plan));
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let stored = consent::insert(&mut tx, &consent, Currency::Usd).await.expect("no error");
            tx.commit().await.expect("a commit");
            stored
        })
    });
    let mut stored = 0;
    for attempt in tries.collect::<Vec<_>>() {
        stored += u32::from(attempt.await.expect("no panic"));
    }
    assert_eq!(stored, 1);
    let other = stored_plan(store, &home, "Snow").await;
    assert!(insert(store, &fixture::consent(&other)).await);
}

async fn live_consents_are_listed_newest_first(store: &Store) {
    let home = home(store).await;
    let list = async || read!(store, |tx| consent::list_live(tx, &home.business.id, &home.customer.id));
    assert!(list().await.is_empty());
    let (mowing, snow) = (stored_plan(store, &home, "Mowing").await, stored_plan(store, &home, "Snow").await);
    let inline = fixture::consent(&mowing);
    let attested = Consent {
        source: ConsentSource::Attested,
        cap: None,
        ip: None,
        user_agent: None,
        granted_at: at(9),
        ..fixture::consent(&snow)
    };
    let ended = Consent { state: ConsentState::Ended, ..fixture::consent(&mowing) };
    for consent in [&inline, &attested, &ended] {
        assert!(insert(store, consent).await);
    }
    let listed = list().await;
    let ids: Vec<_> = listed.iter().map(|consent| &consent.id).collect();
    assert_eq!(ids, [&attested.id, &inline.id]);
    let (first, second) = (&listed[0], &listed[1]);
    assert_eq!((first.plan_title.as_str(), first.source, first.cap), ("Snow", ConsentSource::Attested, None));
    assert_eq!((first.granted_at, second.cap, second.method.as_ref()), (at(9), Some(usd(25_000)), None));
    assert_eq!((second.method_brand.as_str(), second.method_last4.as_str()), ("Visa", "4242"));
}

async fn a_method_that_goes_suspends_what_it_pays(store: &Store) {
    let home = home(store).await;
    let (card, other) =
        (fixture::method(&home.customer, &home.account), fixture::method(&home.customer, &home.account));
    commit!(store, |tx| async {
        payment_method::insert(tx, &card).await?;
        payment_method::insert(tx, &other).await
    });
    let mut paid_by_other = None;
    for (title, method) in [("Mowing", &card), ("Snow", &card), ("Pool", &other)] {
        let plan = stored_plan(store, &home, title).await;
        let consent = Consent { method: Some(method.id.clone()), ..fixture::consent(&plan) };
        assert!(insert(store, &consent).await);
        paid_by_other = Some(consent.id);
    }
    let business = &home.business.id;
    assert_eq!(commit!(store, |tx| consent::update_suspended(tx, business, &card.id)), 2);
    assert_eq!(commit!(store, |tx| consent::update_suspended(tx, business, &card.id)), 0);
    let live = read!(store, |tx| consent::list_live(tx, business, &home.customer.id));
    assert_eq!(live.iter().map(|consent| Some(consent.id.clone())).collect::<Vec<_>>(), [paid_by_other]);
    let states = store.texts("SELECT state FROM consents ORDER BY state").await;
    assert_eq!(states, ["live", "suspended", "suspended"], "evidence is kept");
}
