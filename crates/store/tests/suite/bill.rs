//! What else the portal and a bill are made of: quotes that wait, and tax rates.

use zoop_domain::quote::QuoteSummary;
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Date;
use zoop_store::{quote, tax_rate};

use crate::fixture::{self, Home, at, day, home, usd};
use crate::harness::Store;

cases!(quotes_wait_until_they_are_answered_or_expire, the_first_answer_stays, tax_rates_are_listed_by_name);

async fn insert(store: &Store, home: &Home, sent_on: &str, expires_on: Option<Date>) -> QuoteSummary {
    let id = fixture::id!(QuoteId);
    let quote =
        QuoteSummary { number: "Q-0217".into(), title: String::new(), sent_on: day(sent_on), total: usd(120_000), id };
    commit!(store, |tx| quote::insert(tx, &home.business.id, &home.customer.id, &quote, expires_on, at(0)));
    quote
}

async fn quotes_wait_until_they_are_answered_or_expire(store: &Store) {
    let home = home(store).await;
    let list = async |today: &str| {
        let (business, customer) = (&home.business.id, &home.customer.id);
        read!(store, |tx| quote::list_outstanding(tx, business, customer, day(today)))
    };
    assert_eq!(list("2026-09-21").await, []);
    let early = insert(store, &home, "2026-09-01", Some(day("2026-09-21"))).await;
    let late = insert(store, &home, "2026-09-02", None).await;
    assert_eq!(list("2026-09-21").await, [late.clone(), early], "newest first; good through its last day");
    assert_eq!(list("2026-09-22").await, std::slice::from_ref(&late));
    commit!(store, |tx| quote::update_answered(tx, &home.business.id, &late.id, at(0)));
    assert_eq!(list("2026-09-21").await.len(), 1);
    assert_eq!(list("2026-09-22").await, []);
}

async fn the_first_answer_stays(store: &Store) {
    let home = home(store).await;
    let quote = insert(store, &home, "2026-09-01", None).await;
    for seconds in [5, 9] {
        commit!(store, |tx| quote::update_answered(tx, &home.business.id, &quote.id, at(seconds)));
    }
    let answered = store.texts("SELECT CAST(answered_at AS TEXT) FROM quotes").await;
    assert_eq!(answered, [at(5).as_microseconds().to_string()]);
}

async fn tax_rates_are_listed_by_name(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let rate = |name: &str, percent: &str| TaxRate { name: name.into(), percent: percent.parse().expect("a rate") };
    let mut expected = Vec::new();
    for rate in [rate("Austin", "99.9999"), rate("Zilker", "0"), rate("austin", "8.25"), rate("Élan", "0.0001")] {
        let id = fixture::id!(TaxRateId);
        commit!(store, |tx| tax_rate::insert(tx, business, &id, &rate, at(0)));
        expected.push((id, rate));
    }
    assert_eq!(read!(store, |tx| tax_rate::list(tx, business)), expected, "by bytes, on both databases");
    let zilker = expected.iter().find(|(_, rate)| rate.name == "Zilker").expect("it").0.clone();
    commit!(store, |tx| zoop_store::business::update_default_tax_rate(tx, business, Some(&zilker)));
    let owner = read!(store, |tx| zoop_store::business::get(tx, business)).expect("the business");
    assert_eq!(owner.default_tax_rate.as_ref(), Some(&zilker));
    assert!(commit!(store, |tx| tax_rate::update_archived(tx, business, &zilker, at(1))));
    assert!(!commit!(store, |tx| tax_rate::update_archived(tx, business, &zilker, at(2))), "once");
    assert_eq!(read!(store, |tx| tax_rate::list(tx, business)).len(), 3);
    assert_eq!(read!(store, |tx| tax_rate::list_all(tx, business)), expected, "a plan may still be taxed by it");
}
