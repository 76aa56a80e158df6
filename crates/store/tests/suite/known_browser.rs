//! Browsers that are known: as whose, and how long.

use zoop_domain::secret::HashedToken;
use zoop_store::{known_browser, user};

use crate::fixture::{self, at, token};
use crate::harness::Store;

cases!(a_browser_is_known_as_its_persons_for_a_while);

async fn a_browser_is_known_as_its_persons_for_a_while(store: &Store) {
    let (nora, luis) = (fixture::user("nora@prairie.example"), fixture::user("luis@prairie.example"));
    for person in [&nora, &luis] {
        assert!(commit!(store, |tx| user::insert(tx, person, "", at(0))));
    }
    let (hers, his) = (token().hash(), token().hash());
    commit!(store, |tx| known_browser::insert(tx, hers, nora.id, at(10)));
    commit!(store, |tx| known_browser::insert(tx, his, luis.id, at(20)));
    let find = async |hash, email: &str, now| read!(store, |tx| known_browser::find(tx, hash, email, at(now)));
    assert!(find(hers, " NORA@prairie.example", 9).await);
    assert!(!find(hers, &luis.email, 9).await, "she is somebody else");
    assert!(!find(hers, &nora.email, 10).await, "it is over");
    assert!(!find(HashedToken::nothing(), &nora.email, 1).await);
    assert_eq!(commit!(store, |tx| known_browser::delete_expired(tx, at(10))), 1);
    assert!(!find(hers, &nora.email, 1).await && find(his, &luis.email, 1).await);
    commit!(store, |tx| known_browser::insert(tx, hers, nora.id, at(10)));
    commit!(store, |tx| known_browser::delete_by_user(tx, luis.id));
    assert!(find(hers, &nora.email, 1).await && !find(his, &luis.email, 1).await);
    commit!(store, |tx| known_browser::delete(tx, hers));
    assert!(!find(hers, &nora.email, 1).await);
}
