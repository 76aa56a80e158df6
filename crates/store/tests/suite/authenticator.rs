//! Authenticators and the codes that stand in for them, and who waits for one.

use zoop_domain::secret::HashedToken;
use zoop_domain::user::User;
use zoop_store::authenticator::Authenticator;
use zoop_store::{authenticator, sign_in, user};

use crate::fixture::{self, at, home, token};
use crate::harness::Store;

cases!(
    an_authenticator_is_asked_for_once_it_is_confirmed,
    each_step_and_each_code_is_good_once,
    who_is_half_in_is_known_for_a_while,
);

async fn person(store: &Store, email: &str) -> User {
    let person = fixture::user(email);
    assert!(commit!(store, |tx| user::insert(tx, &person, "", at(0))));
    person
}

async fn an_authenticator_is_asked_for_once_it_is_confirmed(store: &Store) {
    let (nora, luis) = (person(store, "nora@prairie.example").await, person(store, "luis@prairie.example").await);
    let find = async |user: &User| read!(store, |tx| authenticator::find(tx, user.id));
    assert!(find(&nora).await.is_none());
    assert!(!commit!(store, |tx| authenticator::update_confirmed(tx, nora.id, "FIRST", at(1))), "there is no key");
    for secret in ["FIRST", "SECOND"] {
        assert!(commit!(store, |tx| authenticator::insert(tx, nora.id, secret)));
        let begun = Authenticator { secret: secret.into(), is_confirmed: false };
        assert!(find(&nora).await == Some(begun));
    }
    assert!(!read!(store, |tx| user::get(tx, nora.id)).expect("she is there").has_totp);
    let confirm = async |secret| commit!(store, |tx| authenticator::update_confirmed(tx, nora.id, secret, at(1)));
    assert!(!confirm("FIRST").await, "another key has taken its place");
    assert!(confirm("SECOND").await);
    assert!(!confirm("SECOND").await, "once");
    assert!(!commit!(store, |tx| authenticator::insert(tx, nora.id, "THIRD")), "it is on");
    assert!(read!(store, |tx| user::get(tx, nora.id)).expect("she is there").has_totp);
    commit!(store, |tx| authenticator::insert_recovery_code(tx, nora.id, "a"));
    commit!(store, |tx| authenticator::insert_recovery_code(tx, luis.id, "b"));
    commit!(store, |tx| authenticator::delete(tx, nora.id));
    assert!(find(&nora).await.is_none() && find(&luis).await.is_none());
    let left = async |user: &User| read!(store, |tx| authenticator::count_recovery_codes(tx, user.id));
    assert_eq!((left(&nora).await, left(&luis).await), (0, 1));
}

async fn each_step_and_each_code_is_good_once(store: &Store) {
    let (nora, luis) = (person(store, "nora@prairie.example").await, person(store, "luis@prairie.example").await);
    for (step, taken) in [(7, true), (7, false), (6, false), (8, true)] {
        assert_eq!(commit!(store, |tx| authenticator::update_step(tx, nora.id, step)), taken, "{step}");
    }
    assert!(commit!(store, |tx| authenticator::update_step(tx, luis.id, 7)), "another's");
    for code in ["a", "b"] {
        commit!(store, |tx| authenticator::insert_recovery_code(tx, nora.id, code));
    }
    for (user, code, taken) in [(&luis, "a", false), (&nora, "a", true), (&nora, "a", false), (&nora, "c", false)] {
        assert_eq!(commit!(store, |tx| authenticator::update_recovery_code_used(tx, user.id, code, at(1))), taken);
    }
    assert_eq!(read!(store, |tx| authenticator::count_recovery_codes(tx, nora.id)), 1);
}

async fn who_is_half_in_is_known_for_a_while(store: &Store) {
    let home = home(store).await;
    let (nora, luis) = (person(store, "nora@prairie.example").await, person(store, "luis@prairie.example").await);
    let (hers, his) = (token().hash(), token().hash());
    commit!(store, |tx| sign_in::insert(tx, hers, nora.id, None, at(10)));
    commit!(store, |tx| sign_in::insert(tx, his, luis.id, Some(&home.business.id), at(20)));
    let find = async |hash, now| read!(store, |tx| sign_in::find(tx, hash, at(now)));
    assert_eq!((find(hers, 9).await, find(hers, 10).await), (Some((nora.id, None)), None));
    assert_eq!(find(his, 19).await, Some((luis.id, Some(home.business.id.clone()))));
    assert_eq!(find(HashedToken::nothing(), 1).await, None);
    assert_eq!(commit!(store, |tx| sign_in::delete_expired(tx, at(10))), 1);
    assert!(commit!(store, |tx| sign_in::delete(tx, his)));
    assert!(!commit!(store, |tx| sign_in::delete(tx, his)), "once");
    commit!(store, |tx| sign_in::insert(tx, hers, nora.id, None, at(10)));
    commit!(store, |tx| sign_in::delete_by_user(tx, luis.id));
    assert_eq!(find(hers, 1).await, Some((nora.id, None)));
    commit!(store, |tx| sign_in::delete_by_user(tx, nora.id));
    assert_eq!(find(hers, 1).await, None);
}
