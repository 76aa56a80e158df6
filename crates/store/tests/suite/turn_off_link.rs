//! Turn-off links: each opens one consent, and the portal for as long as its own link lives.

use zoop_domain::consent::{Consent, Ended, EndedHow};
use zoop_domain::id::PortalLinkId;
use zoop_domain::portal_link::{LinkEnd, PortalLink};
use zoop_domain::secret::PlainToken;
use zoop_store::turn_off_link::TurnOff;
use zoop_store::{consent, portal_link, turn_off_link};

use crate::fixture::{self, Home, at, home, link, token};
use crate::harness::Store;

cases!(
    a_link_opens_its_consent_and_the_portal_that_was_live,
    a_link_opens_no_portal_that_was_rotated_or_revoked,
    a_link_outlives_its_consent_for_a_while,
);

async fn insert(store: &Store, consent: &Consent, portal: Option<&PortalLinkId>) -> PlainToken {
    let (id, secret) = (fixture::id!(TurnOffLinkId), token());
    let business = &consent.business;
    commit!(store, |tx| turn_off_link::insert(tx, business, &id, &consent.id, portal, secret.hash(), at(0)));
    secret
}

async fn find(store: &Store, secret: &PlainToken) -> Option<TurnOff> {
    read!(store, |tx| turn_off_link::find(tx, secret.hash()))
}

async fn granted(store: &Store, home: &Home, title: &str) -> Consent {
    let consent = fixture::consent(&home.plan(store, title).await);
    assert!(commit!(store, |tx| consent::insert(tx, &consent)));
    consent
}

async fn let_in(store: &Store, home: &Home) -> PortalLink {
    let link = link(&home.customer);
    assert!(commit!(store, |tx| portal_link::insert(tx, &link, token().hash())));
    link
}

async fn a_link_opens_its_consent_and_the_portal_that_was_live(store: &Store) {
    let home = home(store).await;
    let (mowing, snow) = (granted(store, &home, "Mowing").await, granted(store, &home, "Snow").await);
    let portal = let_in(store, &home).await;
    let cases = [(&mowing, Some(&portal.id)), (&snow, Some(&portal.id)), (&mowing, None)];
    for (consent, portal) in cases {
        let secret = insert(store, consent, portal).await;
        let opened = find(store, &secret).await.expect("it opens");
        assert_eq!((opened.business, opened.customer), (home.business.clone(), home.customer.id.clone()));
        assert_eq!((&opened.consent, opened.portal.as_ref()), (&consent.id, portal));
        let stored = store.texts("SELECT token_hash FROM turn_off_links").await;
        assert!(stored.contains(&secret.hash().to_hex()), "only the hash is stored");
    }
    assert!(find(store, &token()).await.is_none(), "an unknown token");
    let nothing = zoop_domain::secret::HashedToken::nothing();
    assert!(read!(store, |tx| turn_off_link::find(tx, nothing)).is_none());
}

async fn a_link_opens_no_portal_that_was_rotated_or_revoked(store: &Store) {
    let home = home(store).await;
    let (business, customer) = (&home.business.id, &home.customer.id);
    let consent = granted(store, &home, "Mowing").await;
    for how in [LinkEnd::Rotated, LinkEnd::Revoked] {
        let portal = let_in(store, &home).await;
        let secret = insert(store, &consent, Some(&portal.id)).await;
        commit!(store, |tx| portal_link::update_ended(tx, business, customer, how, at(1)));
        for next in [false, true] {
            if next {
                let_in(store, &home).await;
            }
            let opened = find(store, &secret).await.expect("the consent can still be turned off");
            assert_eq!((opened.consent, opened.portal), (consent.id.clone(), None), "{how}, a new link: {next}");
        }
        commit!(store, |tx| portal_link::update_ended(tx, business, customer, LinkEnd::Rotated, at(2)));
    }
    // Another customer's link, whoever wrote it there, opens nothing of his.
    let neighbour = fixture::customer(business);
    commit!(store, |tx| zoop_store::customer::insert(tx, &neighbour, at(0)));
    let his = link(&neighbour);
    assert!(commit!(store, |tx| portal_link::insert(tx, &his, token().hash())));
    let secret = insert(store, &consent, Some(&his.id)).await;
    assert_eq!(find(store, &secret).await.expect("it opens").portal, None);
}

async fn a_link_outlives_its_consent_for_a_while(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let (over, live) = (granted(store, &home, "Mowing").await, granted(store, &home, "Snow").await);
    let elsewhere = granted(store, &other, "Mowing").await;
    let mut secrets = Vec::new();
    for consent in [&over, &over, &live, &elsewhere] {
        secrets.push(insert(store, consent, None).await);
    }
    let ended = Ended { at: at(10), by: "customer".into(), how: EndedHow::EmailLink, on_its_way: None };
    assert!(commit!(store, |tx| consent::update_ended(tx, &over.business, &over.id, &ended)));
    let forget = async |seconds| commit!(store, |tx| turn_off_link::delete_ended(tx, at(seconds)));
    assert_eq!(forget(10).await, 0, "it ended no earlier");
    assert_eq!(find(store, &secrets[0]).await.expect("it still opens").consent, over.id);
    assert_eq!(forget(11).await, 2);
    assert_eq!(forget(11).await, 0);
    let mut opens = Vec::new();
    for secret in &secrets {
        opens.push(find(store, secret).await.is_some());
    }
    assert_eq!(opens, [false, false, true, true]);
}
