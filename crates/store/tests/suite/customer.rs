//! Customers, and who they are at Stripe.

use zoop_domain::customer::Customer;
use zoop_store::{customer, setting, stripe_customer};

use crate::fixture::{self, at, home};
use crate::harness::Store;

cases!(
    a_customer_reads_back,
    an_address_is_filled_in_once,
    the_first_stripe_customer_stays,
    a_setting_takes_the_place_of_the_one_before,
);

async fn a_customer_reads_back(store: &Store) {
    let home = home(store).await;
    let bare = Customer {
        name: String::new(),
        email: None,
        phone: Some("0".into()),
        address: "1 Loop Rd\nAustin".into(),
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
    let filled = Customer { email: Some("first@example.org".into()), ..bare.clone() };
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
