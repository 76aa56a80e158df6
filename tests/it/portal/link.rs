//! Generate, rotate, revoke: what a link opens, and from when on it doesn't.

use zoop_app::{Actor, Error, portal_link};
use zoop_domain::time::Clock as _;

use crate::harness::{TestApp, cases};

cases!(
    s32_the_link_is_shown_once_and_only_a_hash_is_kept,
    s33_a_rotated_link_is_dead_at_the_next_request,
    s34_a_revoked_link_is_page_not_found_and_a_fresh_one_can_be_made,
    s36_status_says_active_created_and_last_seen,
    one_live_link_a_customer,
    a_rotated_link_ends_what_was_reached_through_it,
);

async fn s32_the_link_is_shown_once_and_only_a_hash_is_kept(t: &TestApp) {
    let portal = t.portal_link(&t.shop).await;
    let token = portal.rsplit('/').next().unwrap();
    assert_eq!(token.len(), 43, "256 bits");
    t.get(&portal).await.is(200);
    let dump = t.database.dump().await;
    assert!(!dump.contains(token));
    let stored = t.database.rows::<(String,)>("SELECT token_hash FROM portal_links").await.remove(0).0;
    use sha2::Digest as _;
    let hash: String = sha2::Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(stored, hash);
    let link = portal_link::status::status(&t.app(), &t.shop.business.id, &t.shop.customer.id).await.unwrap();
    assert!(!format!("{link:?}").contains(token));
    // The hash is no key.
    t.get(&format!("/p/{stored}")).await.is(404);
}

async fn s33_a_rotated_link_is_dead_at_the_next_request(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let old = t.portal_link(&t.shop).await;
    t.get(&old).await.is(200);
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    let new = portal_link::rotate::rotate(&t.app(), Actor::Operator, business, customer).await.unwrap();
    let unknown = t.get(&format!("/p/{}", "A".repeat(43))).await;
    for path in [old.clone(), format!("{old}/invoices/{}", bill.id), format!("{old}/invoices/{}/receipt", bill.id)] {
        let page = t.get(&path).await;
        assert_eq!((page.status, &page.html), (unknown.status, &unknown.html), "{path}");
    }
    t.get(new.url.path()).await.is(200).says(&["Dana Whitfield"]);
    t.get(&bill.path).await.is(200);
}

async fn s34_a_revoked_link_is_page_not_found_and_a_fresh_one_can_be_made(t: &TestApp) {
    let old = t.portal_link(&t.shop).await;
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    portal_link::revoke::revoke(&t.app(), Actor::Operator, business, customer).await.unwrap();
    t.get(&old).await.is(404).says(&["Page not found"]);
    assert!(matches!(
        portal_link::revoke::revoke(&t.app(), Actor::Operator, business, customer).await,
        Err(Error::Conflict(_))
    ));
    assert!(matches!(
        portal_link::rotate::rotate(&t.app(), Actor::Operator, business, customer).await,
        Err(Error::Conflict(_))
    ));
    let fresh = t.portal_link(&t.shop).await;
    t.get(&fresh).await.is(200);
    t.get(&old).await.is(404);
}

async fn s36_status_says_active_created_and_last_seen(t: &TestApp) {
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    let status = async || portal_link::status::status(&t.app(), business, customer).await.unwrap();
    assert_eq!(status().await, None);
    let made = t.clock.now();
    let portal = t.portal_link(&t.shop).await;
    t.clock.pass(60);
    t.get(&portal).await.is(200);
    zoop_app::portal::flush_seen(&t.app(), false).await.unwrap();
    let link = status().await.unwrap();
    assert_eq!((link.ended, link.created_at, link.last_seen_at), (None, made, Some(t.clock.now())));
    portal_link::revoke::revoke(&t.app(), Actor::Operator, business, customer).await.unwrap();
    assert!(status().await.unwrap().ended.is_some());
}

async fn one_live_link_a_customer(t: &TestApp) {
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    let app = t.app();
    let (one, two) = tokio::join!(
        portal_link::generate::generate(&app, Actor::Operator, business, customer),
        portal_link::generate::generate(&app, Actor::Operator, business, customer),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let rotate = || portal_link::rotate::rotate(&app, Actor::Operator, business, customer);
    let rotated = tokio::join!(rotate(), rotate(), rotate());
    let mut open = 0;
    for rotated in [rotated.0, rotated.1, rotated.2] {
        match rotated {
            Ok(link) => open += usize::from(t.get(link.url.path()).await.status == 200),
            Err(error) => assert!(matches!(error, Error::Conflict(_)), "{error:?}"),
        }
    }
    assert_eq!(open, 1);
}

async fn a_rotated_link_ends_what_was_reached_through_it(t: &TestApp) {
    let bill = t.bill(5_000).await;
    let portal = t.portal_link(&t.shop).await;
    let path = format!("{portal}/invoices/{}", bill.id);
    let mut dana = t.browser();
    let checkout = dana.press_pay(&path).await.location();
    let (business, customer) = (&t.shop.business.id, &t.shop.customer.id);
    portal_link::rotate::rotate(&t.app(), Actor::Operator, business, customer).await.unwrap();
    // He pays all the same: the money is taken, but the way back ends at a closed door.
    let typed = dana.type_card(&checkout, crate::harness::browser::VISA).await;
    dana.follow(typed).await.is(404).says(&["Page not found"]);
    assert_eq!(t.payments(&bill).await.len(), 1);
    t.browser().post(&format!("{path}/pay"), &[("amount", "5000")]).await.is(404);
}
