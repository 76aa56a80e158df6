//! Signed-in browsers: found by the hash of their token, while they and their person's membership last.

use zoop_domain::business::Business;
use zoop_domain::secret::{HashedToken, PlainToken};
use zoop_domain::user::{Role, User};
use zoop_store::session::{self, NewSession};
use zoop_store::{membership, user};

use crate::fixture::{self, at, home, token};
use crate::harness::Store;

cases!(
    a_session_opens_until_it_ends_or_lies_idle,
    a_session_moves_between_the_persons_businesses,
    a_session_is_opened_by_its_new_token_alone,
    sessions_end_one_by_one_and_all_at_once,
    what_opens_nothing_is_deleted,
);

async fn member(store: &Store, business: &Business, email: &str) -> User {
    let person = fixture::user(email);
    assert!(commit!(store, |tx| user::insert(tx, &person, "", at(0))));
    assert!(commit!(store, |tx| membership::insert(tx, &business.id, person.id, Role::Office, at(0))));
    person
}

async fn begin(store: &Store, person: &User, business: &Business) -> (NewSession, PlainToken) {
    let (session, secret) = (fixture::session(person.id, &business.id), token());
    commit!(store, |tx| session::insert(tx, &session, secret.hash()));
    (session, secret)
}

async fn a_session_opens_until_it_ends_or_lies_idle(store: &Store) {
    let home = home(store).await;
    let nora = member(store, &home.business, "nora@prairie.example").await;
    let (session, secret) = begin(store, &nora, &home.business).await;
    let find = async |now, idle| read!(store, |tx| session::find_open(tx, secret.hash(), at(now), at(idle)));
    let open = find(50, -1).await.expect("it opens");
    assert_eq!((open.id, open.user, open.role), (session.id.clone(), nora.clone(), Role::Office));
    assert_eq!((open.business, open.last_seen_at), (home.business.clone(), at(0)));
    assert!(find(100, -1).await.is_none(), "it has ended");
    assert!(find(50, 0).await.is_none(), "it lay idle");
    commit!(store, |tx| session::update_last_seen(tx, &session.id, at(40)));
    commit!(store, |tx| session::update_last_seen(tx, &session.id, at(20)));
    assert_eq!(find(50, 39).await.expect("it was used").last_seen_at, at(40), "time goes on only");
    for unknown in [HashedToken::nothing(), token().hash()] {
        assert!(read!(store, |tx| session::find_open(tx, unknown, at(1), at(-1))).is_none());
    }
    let stored = store.texts("SELECT token_hash FROM sessions").await;
    assert_eq!(stored, [secret.hash().to_hex()], "only the hash is stored");
    store.raw("DELETE FROM memberships").await;
    assert!(find(50, -1).await.is_none(), "he doesn't belong there any more");
}

async fn a_session_moves_between_the_persons_businesses(store: &Store) {
    let (here, there, foreign) = (home(store).await, home(store).await, home(store).await);
    let nora = member(store, &here.business, "nora@prairie.example").await;
    let (session, secret) = begin(store, &nora, &here.business).await;
    assert!(commit!(store, |tx| membership::insert(tx, &there.business.id, nora.id, Role::Owner, at(0))));
    let find = async || read!(store, |tx| session::find_open(tx, secret.hash(), at(1), at(-1))).expect("it opens");
    assert!(!commit!(store, |tx| session::update_business(tx, &session.id, &foreign.business.id)), "not his");
    assert_eq!(find().await.business.id, here.business.id);
    assert!(commit!(store, |tx| session::update_business(tx, &session.id, &there.business.id)));
    let moved = find().await;
    assert_eq!((moved.business.id, moved.role), (there.business.id, Role::Owner));
}

async fn a_session_is_opened_by_its_new_token_alone(store: &Store) {
    let home = home(store).await;
    let nora = member(store, &home.business, "nora@prairie.example").await;
    let (session, old) = begin(store, &nora, &home.business).await;
    let (other, others) = begin(store, &nora, &home.business).await;
    let new = token();
    assert!(commit!(store, |tx| session::update_token(tx, &session.id, new.hash())));
    let find = async |secret: &PlainToken| {
        read!(store, |tx| session::find_open(tx, secret.hash(), at(1), at(-1))).map(|open| open.id)
    };
    assert_eq!((find(&old).await, find(&new).await), (None, Some(session.id.clone())));
    assert_eq!(find(&others).await, Some(other.id));
    commit!(store, |tx| session::delete(tx, &session.id));
    assert!(!commit!(store, |tx| session::update_token(tx, &session.id, old.hash())), "it has ended");
}

async fn sessions_end_one_by_one_and_all_at_once(store: &Store) {
    let (here, there) = (home(store).await, home(store).await);
    let nora = member(store, &here.business, "nora@prairie.example").await;
    assert!(commit!(store, |tx| membership::insert(tx, &there.business.id, nora.id, Role::Owner, at(0))));
    let luis = member(store, &here.business, "luis@prairie.example").await;
    let (phone, _) = begin(store, &nora, &here.business).await;
    let (desk, _) = begin(store, &nora, &here.business).await;
    let (elsewhere, _) = begin(store, &nora, &there.business).await;
    let (his, _) = begin(store, &luis, &here.business).await;
    commit!(store, |tx| session::update_last_seen(tx, &desk.id, at(9)));
    let list = async |person: &User| {
        let browsers = read!(store, |tx| session::list_by_user(tx, person.id, at(10), at(-1)));
        browsers.into_iter().map(|browser| browser.id).collect::<Vec<_>>()
    };
    commit!(store, |tx| session::update_last_seen(tx, &elsewhere.id, at(5)));
    assert_eq!(list(&nora).await, [desk.id.clone(), elsewhere.id.clone(), phone.id.clone()], "the last used first");
    let browsers = read!(store, |tx| session::list_by_user(tx, nora.id, at(10), at(-1)));
    assert_eq!((&browsers[0].user_agent, browsers[0].last_seen_at), (&desk.user_agent, at(9)));
    assert!(read!(store, |tx| session::list_by_user(tx, nora.id, at(100), at(-1))).is_empty(), "all have ended");
    commit!(store, |tx| session::delete(tx, &phone.id));
    assert_eq!(list(&nora).await, [desk.id.clone(), elsewhere.id.clone()]);
    assert_eq!(commit!(store, |tx| session::delete_by_member(tx, &here.business.id, nora.id)), 1);
    assert_eq!(list(&nora).await, std::slice::from_ref(&elsewhere.id));
    let (new, _) = begin(store, &nora, &here.business).await;
    assert_eq!(commit!(store, |tx| session::delete_by_user(tx, nora.id, Some(&new.id))), 1);
    assert_eq!(list(&nora).await, [new.id]);
    assert_eq!(commit!(store, |tx| session::delete_by_user(tx, nora.id, None)), 1);
    assert_eq!((list(&nora).await, list(&luis).await), (vec![], vec![his.id]));
}

async fn what_opens_nothing_is_deleted(store: &Store) {
    let home = home(store).await;
    let nora = member(store, &home.business, "nora@prairie.example").await;
    let (used, _) = begin(store, &nora, &home.business).await;
    begin(store, &nora, &home.business).await;
    commit!(store, |tx| session::update_last_seen(tx, &used.id, at(50)));
    assert_eq!(commit!(store, |tx| session::delete_expired(tx, at(60), at(-1))), 0);
    assert_eq!(commit!(store, |tx| session::delete_expired(tx, at(60), at(0))), 1, "one lay idle");
    assert_eq!(commit!(store, |tx| session::delete_expired(tx, at(100), at(0))), 1, "one has ended");
    assert!(store.texts("SELECT id FROM sessions").await.is_empty());
}
