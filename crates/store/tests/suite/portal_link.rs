//! Portal links: one live link a customer, found by its hash while it lives, and only then.

use zoop_domain::id::BusinessId;
use zoop_domain::portal_link::{LinkEnd, PortalLink};
use zoop_store::portal_link;

use crate::fixture::{self, Home, at, home, link, token};
use crate::harness::Store;

cases!(
    a_live_link_lets_its_customer_in,
    one_live_link_a_customer_among_eight_at_once,
    an_ended_link_lets_nobody_in,
    a_live_link_is_the_newest_even_if_the_clock_stood_still,
    last_seen_never_goes_back,
);

async fn insert(store: &Store, link: &PortalLink) -> bool {
    commit!(store, |tx| portal_link::insert(tx, link, token().hash()))
}

async fn newest(store: &Store, home: &Home) -> Option<PortalLink> {
    read!(store, |tx| portal_link::find_newest(tx, &home.business.id, &home.customer.id))
}

async fn end(store: &Store, home: &Home, how: LinkEnd, seconds: i64) -> Option<zoop_domain::id::PortalLinkId> {
    commit!(store, |tx| portal_link::update_ended(tx, &home.business.id, &home.customer.id, how, at(seconds)))
}

async fn a_live_link_lets_its_customer_in(store: &Store) {
    let home = home(store).await;
    assert_eq!(newest(store, &home).await, None);
    let (link, secret) = (link(&home.customer), token());
    assert!(commit!(store, |tx| portal_link::insert(tx, &link, secret.hash())));
    let visitor = read!(store, |tx| portal_link::find_visitor(tx, secret.hash())).expect("a visitor");
    assert_eq!(
        (visitor.link, visitor.business, visitor.customer),
        (link.id.clone(), home.business.clone(), home.customer.clone())
    );
    assert_eq!(newest(store, &home).await, Some(link));
    assert!(read!(store, |tx| portal_link::find_visitor(tx, token().hash())).is_none(), "an unknown token");
    let nothing = zoop_domain::secret::HashedToken::nothing();
    assert!(read!(store, |tx| portal_link::find_visitor(tx, nothing)).is_none());
    let stored = store.texts("SELECT token_hash FROM portal_links").await;
    assert_eq!(stored, [secret.hash().to_hex()], "only the hash is stored");
}

async fn one_live_link_a_customer_among_eight_at_once(store: &Store) {
    let home = home(store).await;
    let tries = (0..8).map(|_| {
        let (db, link) = (store.db.clone(), link(&home.customer));
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let stored = portal_link::insert(&mut tx, &link, token().hash()).await.expect("no error");
            tx.commit().await.expect("a commit");
            stored
        })
    });
    let mut stored = 0;
    for attempt in tries.collect::<Vec<_>>() {
        stored += u32::from(attempt.await.expect("no panic"));
    }
    assert_eq!(stored, 1);
    let neighbour = fixture::customer(&home.business.id);
    commit!(store, |tx| zoop_store::customer::insert(tx, &neighbour, at(0)));
    assert!(insert(store, &link(&neighbour)).await, "another customer has his own");
}

async fn an_ended_link_lets_nobody_in(store: &Store) {
    let home = home(store).await;
    let (first, secret) = (link(&home.customer), token());
    assert_eq!(end(store, &home, LinkEnd::Revoked, 1).await, None, "there is none to end");
    assert!(commit!(store, |tx| portal_link::insert(tx, &first, secret.hash())));
    assert!(!insert(store, &link(&home.customer)).await, "one is live");
    assert_eq!(end(store, &home, LinkEnd::Rotated, 10).await, Some(first.id.clone()));
    assert!(read!(store, |tx| portal_link::find_visitor(tx, secret.hash())).is_none());
    assert_eq!(newest(store, &home).await.expect("a link").ended, Some((at(10), LinkEnd::Rotated)));
    assert_eq!(end(store, &home, LinkEnd::Revoked, 20).await, None, "it has ended already");

    let second = PortalLink { created_at: at(10), ..link(&home.customer) };
    assert!(insert(store, &second).await);
    assert_eq!(newest(store, &home).await, Some(second.clone()));
    assert_eq!(end(store, &home, LinkEnd::Revoked, 30).await, Some(second.id.clone()));
    let last = newest(store, &home).await.expect("a link");
    assert_eq!((last.id, last.ended), (second.id, Some((at(30), LinkEnd::Revoked))));
}

async fn a_live_link_is_the_newest_even_if_the_clock_stood_still(store: &Store) {
    for clock in [0, -5] {
        let home = home(store).await;
        for _ in 0..6 {
            end(store, &home, LinkEnd::Rotated, clock).await;
            let next = PortalLink { created_at: at(clock), ..link(&home.customer) };
            assert!(insert(store, &next).await);
            assert_eq!(newest(store, &home).await, Some(next));
        }
    }
}

async fn last_seen_never_goes_back(store: &Store) {
    let home = home(store).await;
    let link = link(&home.customer);
    insert(store, &link).await;
    let see = async |business: &BusinessId, seconds| {
        commit!(store, |tx| portal_link::update_last_seen(tx, business, &link.id, at(seconds)));
        newest(store, &home).await.expect("a link").last_seen_at
    };
    assert_eq!(see(&home.business.id, 100).await, Some(at(100)));
    assert_eq!(see(&home.business.id, 50).await, Some(at(100)));
    assert_eq!(see(&home.business.id, 101).await, Some(at(101)));
    assert_eq!(see(&fixture::id!(BusinessId), 500).await, Some(at(101)));
}
