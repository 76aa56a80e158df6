//! Customers, and who they are at Stripe.

use zoop_domain::customer::{Customer, CustomerKind};
use zoop_store::{customer, setting, stripe_customer, used_nonce};

use crate::fixture::{self, at, home};
use crate::harness::Store;

cases!(
    a_customer_reads_back,
    an_address_is_filled_in_once,
    the_first_stripe_customer_stays,
    a_setting_takes_the_place_of_the_one_before,
    an_edit_moves_the_revision_and_what_is_found,
    a_forms_number_is_used_once,
);

async fn a_customer_reads_back(store: &Store) {
    let home = home(store).await;
    let bare = Customer {
        name: String::new(),
        email: None,
        phone: Some("0".into()),
        address: "1 Loop Rd\nAustin".into(),
        contact: Some("Jo".into()),
        kind: CustomerKind::Company,
        ..fixture::customer(&home.business.id)
    };
    commit!(store, |tx| customer::insert(tx, &bare, at(0)));
    assert_eq!(read!(store, |tx| customer::get(tx, &home.business.id, &bare.id)), Some(bare));
    assert_eq!(read!(store, |tx| customer::get(tx, &home.business.id, &fixture::id!(CustomerId))), None);
}

async fn an_address_is_filled_in_once(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let bare = Customer { email: None, ..fixture::customer(business) };
    let other = Customer { email: None, ..fixture::customer(business) };
    commit!(store, |tx| async {
        customer::insert(tx, &bare, at(0)).await?;
        customer::insert(tx, &other, at(0)).await
    });
    let filled = Customer { email: Some("first@example.org".into()), revision: 2, ..bare.clone() };
    for email in ["first@example.org", "second@example.org"] {
        commit!(store, |tx| customer::update_email(tx, business, &bare.id, email));
        commit!(store, |tx| customer::update_email(tx, business, &home.customer.id, email));
        assert_eq!(read!(store, |tx| customer::get(tx, business, &bare.id)), Some(filled.clone()));
    }
    assert_eq!(read!(store, |tx| customer::get(tx, business, &home.customer.id)), Some(home.customer));
    assert_eq!(read!(store, |tx| customer::get(tx, business, &other.id)), Some(other));
}

async fn the_first_stripe_customer_stays(store: &Store) {
    let home = home(store).await;
    let (business, customer) = (&home.business.id, &home.customer.id);
    let find = async |account: &str| read!(store, |tx| stripe_customer::find(tx, business, customer, account));
    assert_eq!(find("acct_1").await, None);
    for name in ["cus_first", "cus_second"] {
        commit!(store, |tx| stripe_customer::insert(tx, business, customer, "acct_1", name));
    }
    commit!(store, |tx| stripe_customer::insert(tx, business, customer, "acct_2", "cus_elsewhere"));
    assert_eq!(find("acct_1").await.as_deref(), Some("cus_first"));
    assert_eq!(find("acct_2").await.as_deref(), Some("cus_elsewhere"));
    let all = read!(store, |tx| stripe_customer::list(tx, business, customer));
    let named = |account: &str, name: &str| (account.to_owned(), name.to_owned());
    assert_eq!(all, [named("acct_1", "cus_first"), named("acct_2", "cus_elsewhere")]);
}

async fn a_setting_takes_the_place_of_the_one_before(store: &Store) {
    assert_eq!(read!(store, |tx| setting::find(tx, "key")), None);
    for value in ["first", "", "last ✓"] {
        commit!(store, |tx| setting::insert(tx, "key", value));
        assert_eq!(read!(store, |tx| setting::find(tx, "key")).as_deref(), Some(value));
    }
    assert!(!commit!(store, |tx| setting::delete(tx, "key", "first")), "it is another by now");
    assert!(commit!(store, |tx| setting::delete(tx, "key", "last ✓")));
    assert!(!commit!(store, |tx| setting::delete(tx, "key", "last ✓")), "once");
    assert_eq!(read!(store, |tx| setting::find(tx, "key")), None);
}

async fn an_edit_moves_the_revision_and_what_is_found(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let edited = Customer {
        name: "Grace Hopper".into(),
        archived_at: Some(at(5)),
        address: "2 Loop Rd".into(),
        ..home.customer.clone()
    };
    commit!(store, |tx| async {
        assert_eq!(customer::lock(tx, business, &edited.id).await?, Some(home.customer.clone()));
        customer::update_details(tx, &edited).await
    });
    let stored = read!(store, |tx| customer::get(tx, business, &edited.id));
    assert_eq!(stored, Some(Customer { revision: 2, ..edited.clone() }));
    assert_eq!(read!(store, |tx| customer::find_since(tx, business, &edited.id)), Some(at(0)));
    let twins = read!(store, |tx| customer::list_by_email(tx, business, "ADA@example.org", 9));
    assert_eq!(twins.len(), 1);
    assert!(read!(store, |tx| customer::list_by_email(tx, business, "grace@example.org", 9)).is_empty());
}

async fn a_forms_number_is_used_once(store: &Store) {
    let (one, other) = (fixture::token().hash(), fixture::token().hash());
    assert!(commit!(store, |tx| used_nonce::insert(tx, one, at(0))));
    assert!(!commit!(store, |tx| used_nonce::insert(tx, one, at(9))));
    assert!(commit!(store, |tx| used_nonce::insert(tx, other, at(9))));
    assert_eq!(commit!(store, |tx| used_nonce::delete_old(tx, at(9))), 1);
    assert!(commit!(store, |tx| used_nonce::insert(tx, one, at(9))));
}
