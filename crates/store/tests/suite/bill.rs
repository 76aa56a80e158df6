//! What else the portal and a bill are made of: quotes that wait, and tax rates.

use zoop_domain::quote::{Answer, Quote, QuoteSummary};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Date;
use zoop_store::{quote, tax_rate};

use crate::fixture::{self, Home, at, day, home};
use crate::harness::Store;

cases!(quotes_wait_until_they_are_answered_or_expire, the_first_answer_stays, tax_rates_are_listed_by_name);

async fn insert(store: &Store, home: &Home, sent_on: &str, expires_on: Option<Date>) -> QuoteSummary {
    let quote = Quote { sent_on: Some(day(sent_on)), expires_on, ..fixture::quote(&home.customer) };
    commit!(store, |tx| quote::insert(tx, &quote));
    let Quote { id, number, title, totals, .. } = quote;
    let (number, sent_on) = (number.expect("a number"), day(sent_on));
    QuoteSummary { id, number, title, sent_on, total: totals.total }
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
    commit!(store, |tx| quote::update_answered(tx, &home.business.id, &late.id, &fixture::answer(true)));
    assert_eq!(list("2026-09-21").await.len(), 1);
    assert_eq!(list("2026-09-22").await, []);
}

async fn the_first_answer_stays(store: &Store) {
    let home = home(store).await;
    let quote = insert(store, &home, "2026-09-01", None).await;
    for seconds in [5, 9] {
        let answer = Answer { at: at(seconds), ..fixture::answer(true) };
        commit!(store, |tx| quote::update_answered(tx, &home.business.id, &quote.id, &answer));
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
    store.raw("UPDATE tax_rates SET archived_at = 1 WHERE name = 'Zilker'").await;
    assert_eq!(read!(store, |tx| tax_rate::list(tx, business)).len(), 3);
    assert_eq!(read!(store, |tx| tax_rate::list_all(tx, business)), expected, "a plan may still be taxed by it");
}
