//! A business's team: roles, invitations, and the secrets in mails to it.

use zoop_domain::business::Business;
use zoop_domain::id::{InvitationId, PasswordResetId, UserId};
use zoop_domain::invitation::{Invitation, InvitationEnd};
use zoop_domain::secret::HashedToken;
use zoop_domain::user::{Role, User};
use zoop_store::membership::Member;
use zoop_store::{business, invitation, membership, password_reset, user};

use crate::fixture::{self, Home, at, home, token};
use crate::harness::Store;

cases!(
    a_role_is_changed_and_taken_away,
    an_invitation_is_open_once_an_address_and_ends_once,
    each_mail_of_an_invitation_has_a_secret_of_its_own,
    invitations_that_are_long_over_are_deleted,
    a_password_reset_is_good_once_and_for_a_while,
);

async fn person(store: &Store, email: &str) -> User {
    let person = fixture::user(email);
    assert!(commit!(store, |tx| user::insert(tx, &person, "", at(0))));
    person
}

async fn joined(store: &Store, business: &Business, email: &str, role: Role) -> User {
    let person = person(store, email).await;
    assert!(commit!(store, |tx| membership::insert(tx, &business.id, person.id, role, at(0))));
    person
}

async fn a_role_is_changed_and_taken_away(store: &Store) {
    let home = home(store).await;
    let other = fixture::business();
    commit!(store, |tx| business::insert(tx, &other, 1, at(0)));
    let (here, there) = (&home.business.id, &other.id);
    let nora = joined(store, &home.business, "nora@prairie.example", Role::Owner).await;
    let luis = joined(store, &home.business, "luis@prairie.example", Role::Office).await;
    assert!(commit!(store, |tx| membership::insert(tx, there, nora.id, Role::Owner, at(0))));
    let owners = async || read!(store, |tx| membership::count_owners(tx, here));
    assert_eq!(owners().await, 1);
    assert!(commit!(store, |tx| membership::update_role(tx, here, luis.id, Role::Owner)));
    assert_eq!(owners().await, 2);
    assert!(!commit!(store, |tx| membership::update_role(tx, there, luis.id, Role::Owner)), "not there");
    commit!(store, |tx| membership::update_signed_in(tx, here, luis.id, at(7)));
    let members = read!(store, |tx| membership::list_members(tx, here));
    let luis_now = Member { user: luis.clone(), role: Role::Owner, last_signed_in_at: Some(at(7)) };
    assert!(members.len() == 2 && members.contains(&luis_now), "{members:?}");
    assert!(commit!(store, |tx| membership::delete(tx, here, nora.id)));
    assert!(!commit!(store, |tx| membership::delete(tx, here, nora.id)));
    assert_eq!(read!(store, |tx| membership::find(tx, there, nora.id)), Some(Role::Owner));
    assert_eq!(read!(store, |tx| membership::list_members(tx, here)), [luis_now]);
}

async fn invite(store: &Store, home: &Home, by: UserId, email: &str) -> Invitation {
    let invitation = Invitation { email: email.into(), ..fixture::invitation(&home.business.id, by) };
    assert!(commit!(store, |tx| invitation::insert(tx, &invitation)));
    invitation
}

async fn an_invitation_is_open_once_an_address_and_ends_once(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let business = &home.business.id;
    let nora = joined(store, &home.business, "nora@prairie.example", Role::Owner).await;
    let first = invite(store, &home, nora.id, "Priya@prairie.example").await;
    assert_eq!(read!(store, |tx| invitation::get(tx, business, &first.id)), Some(first.clone()));
    let again = Invitation { email: "priya@PRAIRIE.example".into(), ..fixture::invitation(business, nora.id) };
    assert!(!commit!(store, |tx| invitation::insert(tx, &again)), "one is open");
    invite(store, &other, nora.id, "priya@prairie.example").await;
    let ann = invite(store, &home, nora.id, "ann@prairie.example").await;
    let list = async || read!(store, |tx| invitation::list_open(tx, business));
    assert_eq!(list().await, [ann.clone(), first.clone()], "by address");
    let replaced = InvitationEnd::Replaced;
    let email = "PRIYA@prairie.example";
    assert!(commit!(store, |tx| invitation::update_closed_by_email(tx, business, email, replaced, at(5))));
    assert!(!commit!(store, |tx| invitation::update_closed_by_email(tx, business, email, replaced, at(6))));
    assert_eq!(list().await, std::slice::from_ref(&ann));
    assert!(commit!(store, |tx| invitation::insert(tx, &again)));
    for (how, ends) in [(InvitationEnd::Accepted, true), (InvitationEnd::Withdrawn, false)] {
        assert_eq!(commit!(store, |tx| invitation::update_closed(tx, business, &ann.id, how, at(9))), ends);
    }
    let ended = Invitation { ended: Some((at(9), InvitationEnd::Accepted)), ..ann.clone() };
    assert_eq!(read!(store, |tx| invitation::get(tx, business, &ann.id)), Some(ended));
    let first = read!(store, |tx| invitation::get(tx, business, &first.id)).expect("it is kept");
    assert_eq!(first.ended, Some((at(5), InvitationEnd::Replaced)));
}

async fn each_mail_of_an_invitation_has_a_secret_of_its_own(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let nora = joined(store, &home.business, "nora@prairie.example", Role::Owner).await;
    let invited = invite(store, &home, nora.id, "priya@prairie.example").await;
    let secrets = [token(), token()];
    for secret in &secrets {
        assert!(commit!(store, |tx| invitation::insert_link(tx, business, &invited.id, secret.hash(), at(0))));
    }
    let unknown: InvitationId = fixture::id!(InvitationId);
    assert!(!commit!(store, |tx| invitation::insert_link(tx, business, &unknown, token().hash(), at(0))));
    for secret in &secrets {
        let found = read!(store, |tx| invitation::find_by_token(tx, secret.hash()));
        assert_eq!(found, Some(invited.clone()));
    }
    assert_eq!(read!(store, |tx| invitation::find_by_token(tx, HashedToken::nothing())), None);
}

async fn invitations_that_are_long_over_are_deleted(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let nora = joined(store, &home.business, "nora@prairie.example", Role::Owner).await;
    let invited = invite(store, &home, nora.id, "priya@prairie.example").await;
    let secret = token();
    assert!(commit!(store, |tx| invitation::insert_link(tx, business, &invited.id, secret.hash(), at(0))));
    assert_eq!(commit!(store, |tx| invitation::delete_old(tx, invited.expires_at)), 0);
    assert_eq!(commit!(store, |tx| invitation::delete_old(tx, invited.expires_at.plus_seconds(1))), 1);
    assert_eq!(read!(store, |tx| invitation::find_by_token(tx, secret.hash())), None);
    assert!(store.texts("SELECT token_hash FROM invitation_links").await.is_empty());
}

async fn a_password_reset_is_good_once_and_for_a_while(store: &Store) {
    let (nora, luis) = (person(store, "nora@prairie.example").await, person(store, "luis@prairie.example").await);
    let ask = async |user: UserId| {
        let (id, secret): (PasswordResetId, _) = (fixture::id!(PasswordResetId), token());
        commit!(store, |tx| async {
            password_reset::insert(tx, &id, user, at(0), at(100)).await?;
            password_reset::insert_link(tx, &id, secret.hash(), at(0)).await
        });
        (id, secret.hash())
    };
    let (used, first) = ask(nora.id).await;
    let (id, second) = ask(nora.id).await;
    let (_, his) = ask(luis.id).await;
    let find = async |hash, now| read!(store, |tx| password_reset::find_by_token(tx, hash, at(now)));
    let open = find(first, 99).await.expect("it can be used");
    assert_eq!((open.id, open.user, open.is_used), (used.clone(), nora.id, false));
    assert_eq!(find(first, 100).await, None, "too late");
    assert_eq!(find(HashedToken::nothing(), 1).await, None);
    assert!(commit!(store, |tx| password_reset::update_used(tx, &used, at(1))));
    assert!(!commit!(store, |tx| password_reset::update_used(tx, &used, at(2))), "once");
    assert_eq!(find(first, 1).await, None);
    assert!(read!(store, |tx| password_reset::get(tx, &used)).expect("it is kept").is_used);
    assert_eq!(read!(store, |tx| password_reset::get(tx, &fixture::id!(PasswordResetId))), None);
    commit!(store, |tx| password_reset::update_used_by_user(tx, nora.id, at(1)));
    assert_eq!(find(second, 1).await, None);
    assert!(read!(store, |tx| password_reset::get(tx, &id)).expect("it is kept").is_used);
    assert!(find(his, 1).await.is_some(), "another's is good");
    assert_eq!(commit!(store, |tx| password_reset::delete_old(tx, at(100))), 0);
    assert_eq!(commit!(store, |tx| password_reset::delete_old(tx, at(101))), 3);
    assert!(store.texts("SELECT token_hash FROM password_reset_links").await.is_empty());
}
