//! People who sign in, and to which businesses they belong.

use zoop_domain::business::Business;
use zoop_domain::user::{Role, User};
use zoop_store::{business, membership, user};

use crate::fixture::{self, at, home};
use crate::harness::Store;

cases!(
    a_person_reads_back_by_id_and_address,
    an_address_is_one_persons,
    whether_anybody_is_there_is_counted,
    name_and_password_are_replaced,
    who_changes_a_person_waits_for_others,
    a_person_belongs_to_several_businesses,
);

async fn a_person_reads_back_by_id_and_address(store: &Store) {
    let nora = fixture::user("Nora@Prairie.example");
    assert!(commit!(store, |tx| user::insert(tx, &nora, "$argon2id$1", at(0))));
    assert_eq!(read!(store, |tx| user::get(tx, nora.id)), Some(nora.clone()));
    assert_eq!(read!(store, |tx| user::get(tx, fixture::id!(UserId))), None);
    for typed in ["Nora@Prairie.example", "nora@prairie.example", " NORA@PRAIRIE.EXAMPLE "] {
        let found = read!(store, |tx| user::find_by_email(tx, typed));
        assert_eq!(found, Some((nora.clone(), "$argon2id$1".to_owned())), "{typed}");
    }
    assert_eq!(read!(store, |tx| user::find_by_email(tx, "nobody@prairie.example")), None);
    let luis = fixture::user("luis@prairie.example");
    assert!(commit!(store, |tx| user::insert(tx, &luis, "", at(0))));
    assert_eq!(read!(store, |tx| user::list(tx)), [luis, nora]);
}

async fn an_address_is_one_persons(store: &Store) {
    let (first, second) = (fixture::user("nora@prairie.example"), fixture::user("NORA@prairie.example"));
    assert!(commit!(store, |tx| user::insert(tx, &first, "1", at(0))));
    assert!(!commit!(store, |tx| user::insert(tx, &second, "2", at(0))));
    assert_eq!(read!(store, |tx| user::find_by_email(tx, &second.email)).map(|(user, _)| user), Some(first));
}

async fn whether_anybody_is_there_is_counted(store: &Store) {
    assert_eq!(read!(store, |tx| user::count(tx)), 0);
    for email in ["a@prairie.example", "b@prairie.example"] {
        assert!(commit!(store, |tx| user::insert(tx, &fixture::user(email), "", at(0))));
        assert_eq!(read!(store, |tx| user::count(tx)), 1);
    }
}

async fn name_and_password_are_replaced(store: &Store) {
    let (nora, luis) = (fixture::user("nora@prairie.example"), fixture::user("luis@prairie.example"));
    for person in [&nora, &luis] {
        assert!(commit!(store, |tx| user::insert(tx, person, "old", at(0))));
    }
    commit!(store, |tx| user::update_name(tx, nora.id, "Nora K."));
    commit!(store, |tx| user::update_password_hash(tx, nora.id, "new"));
    let renamed = User { name: "Nora K.".into(), ..nora.clone() };
    assert_eq!(read!(store, |tx| user::get(tx, nora.id)), Some(renamed));
    assert_eq!(read!(store, |tx| user::find_password_hash(tx, nora.id)).as_deref(), Some("new"));
    assert_eq!(read!(store, |tx| user::get(tx, luis.id)), Some(luis.clone()));
    assert_eq!(read!(store, |tx| user::find_password_hash(tx, luis.id)).as_deref(), Some("old"));
    assert_eq!(read!(store, |tx| user::find_password_hash(tx, fixture::id!(UserId))), None);
}

async fn who_changes_a_person_waits_for_others(store: &Store) {
    let nora = fixture::user("nora@prairie.example");
    assert!(commit!(store, |tx| user::insert(tx, &nora, "old", at(0))));
    assert_eq!(commit!(store, |tx| user::lock(tx, fixture::id!(UserId))), None);
    let mut first = store.db.begin().await.expect("a transaction");
    assert_eq!(user::lock(&mut first, nora.id).await.expect("a lock"), Some((nora.clone(), "old".to_owned())));
    let second = tokio::spawn({
        let (db, nora) = (store.db.clone(), nora.id);
        async move {
            let mut tx = db.begin().await.expect("a transaction");
            user::lock(&mut tx, nora).await.expect("a lock")
        }
    });
    tokio::task::yield_now().await;
    user::update_password_hash(&mut first, nora.id, "new").await.expect("an update");
    first.commit().await.expect("a commit");
    assert_eq!(second.await.expect("no panic"), Some((nora, "new".to_owned())), "it sees what the first one did");
}

async fn a_person_belongs_to_several_businesses(store: &Store) {
    let home = home(store).await;
    let other = Business { name: "Ash Plumbing".into(), ..fixture::business() };
    commit!(store, |tx| business::insert(tx, &other, 1, at(0)));
    let (here, there) = (&home.business.id, &other.id);
    let (nora, luis) = (fixture::user("nora@prairie.example"), fixture::user("luis@prairie.example"));
    for person in [&nora, &luis] {
        assert!(commit!(store, |tx| user::insert(tx, person, "", at(0))));
    }
    assert!(commit!(store, |tx| membership::insert(tx, here, luis.id, Role::Office, at(0))));
    assert!(commit!(store, |tx| membership::insert(tx, here, nora.id, Role::Owner, at(0))));
    assert!(commit!(store, |tx| membership::insert(tx, there, nora.id, Role::Office, at(0))));
    assert!(!commit!(store, |tx| membership::insert(tx, here, nora.id, Role::Office, at(1))), "he is one");
    let find = async |business, person| read!(store, |tx| membership::find(tx, business, person));
    assert_eq!(find(here, nora.id).await, Some(Role::Owner));
    assert_eq!(find(there, nora.id).await, Some(Role::Office));
    assert_eq!(find(there, luis.id).await, None);
    let team = read!(store, |tx| membership::list(tx, here));
    assert_eq!(team, [(nora.clone(), Role::Owner), (luis, Role::Office)], "owners first");
    let theirs = read!(store, |tx| membership::list_by_user(tx, nora.id));
    let wanted = [(there.clone(), other.name.clone(), Role::Office), (here.clone(), home.business.name, Role::Owner)];
    assert_eq!(theirs, wanted, "by name");
}
