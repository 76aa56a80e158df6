//! Files on their way in, and the rows that come in with them.

use zoop_domain::customer::{Customer, CustomerKind};
use zoop_domain::import::{Import, ImportState};
use zoop_domain::invoice::Lifecycle;
use zoop_store::{customer, import, invoice};

use crate::fixture::{self, at, day, home, id, usd};
use crate::harness::Store;

cases!(
    an_import_is_started_once_and_finished_once,
    what_a_file_holds_goes_with_its_day,
    the_same_file_is_found_by_what_it_holds,
    many_customers_come_in_at_once,
    open_invoices_come_in_once,
);

async fn an_import_is_started_once_and_finished_once(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let file = fixture::import(business);
    commit!(store, |tx| import::insert(tx, &file, "Name\nRosa"));
    assert_eq!(read!(store, |tx| import::get(tx, business, &file.id)), Some(file.clone()));
    assert_eq!(read!(store, |tx| import::get(tx, business, &id!(ImportId))), None);
    let done = Import { state: ImportState::Done, row_count: 7, left_out: 2, finished_at: Some(at(9)), ..file.clone() };
    assert!(!commit!(store, |tx| import::update_finished(tx, &done)), "nobody has said yes");
    assert!(commit!(store, |tx| import::update_started(tx, business, &file.id)));
    assert!(!commit!(store, |tx| import::update_started(tx, business, &file.id)), "a second click");
    let why = Some("Line 2".to_owned());
    let failed = Import { state: ImportState::Failed, error: why, finished_at: Some(at(5)), ..file.clone() };
    assert!(commit!(store, |tx| import::update_finished(tx, &failed)));
    assert_eq!(read!(store, |tx| import::get(tx, business, &file.id)), Some(failed));
    assert_eq!(read!(store, |tx| import::find_content(tx, business, &file.id)).as_deref(), Some("Name\nRosa"));
    assert!(commit!(store, |tx| import::update_started(tx, business, &file.id)), "it may be tried again");
    assert!(commit!(store, |tx| import::update_finished(tx, &done)));
    assert!(!commit!(store, |tx| import::update_finished(tx, &done)));
    assert_eq!(read!(store, |tx| import::get(tx, business, &file.id)), Some(done));
    assert_eq!(read!(store, |tx| import::find_content(tx, business, &file.id)), None, "it is needed no more");
    assert!(!commit!(store, |tx| import::update_started(tx, business, &file.id)));
}

async fn what_a_file_holds_goes_with_its_day(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let old = fixture::import(business);
    let fresh = Import { created_at: at(9), ..fixture::import(business) };
    let running = Import { state: ImportState::Running, ..fixture::import(business) };
    for file in [&old, &fresh, &running] {
        commit!(store, |tx| import::insert(tx, file, "Name"));
    }
    assert_eq!(commit!(store, |tx| import::update_forgotten(tx, at(5))), 1);
    assert_eq!(read!(store, |tx| import::find_content(tx, business, &old.id)), None);
    assert!(read!(store, |tx| import::find_content(tx, business, &fresh.id)).is_some());
    assert!(read!(store, |tx| import::find_content(tx, business, &running.id)).is_some());
    assert!(!commit!(store, |tx| import::update_started(tx, business, &old.id)), "there is nothing to do");
}

async fn the_same_file_is_found_by_what_it_holds(store: &Store) {
    let (here, elsewhere) = (home(store).await, home(store).await);
    let done = Import { state: ImportState::Done, finished_at: Some(at(1)), ..fixture::import(&here.business.id) };
    let later = Import { id: id!(ImportId), finished_at: Some(at(2)), ..done.clone() };
    let failed = Import { id: id!(ImportId), state: ImportState::Failed, finished_at: Some(at(3)), ..done.clone() };
    for file in [&done, &later, &failed] {
        commit!(store, |tx| import::insert(tx, file, ""));
    }
    assert_eq!(read!(store, |tx| import::find_same(tx, &here.business.id, "hash")), Some(later));
    assert_eq!(read!(store, |tx| import::find_same(tx, &here.business.id, "other")), None);
    assert_eq!(read!(store, |tx| import::find_same(tx, &elsewhere.business.id, "hash")), None);
}

async fn many_customers_come_in_at_once(store: &Store) {
    let (here, elsewhere) = (home(store).await, home(store).await);
    let business = &here.business.id;
    let company = Customer {
        kind: CustomerKind::Company,
        contact: Some("Ada".into()),
        archived_at: Some(at(3)),
        ..fixture::customer(business)
    };
    let bare = Customer::named(id!(CustomerId), business.clone(), "=1+1");
    let crowd = (0..4_500).map(|n| Customer::named(id!(CustomerId), business.clone(), format!("Nr {n}")));
    let all: Vec<_> = [company.clone(), bare.clone()].into_iter().chain(crowd).collect();
    commit!(store, |tx| import::insert_customers(tx, &all, at(1)));
    for customer in [company, bare] {
        assert_eq!(read!(store, |tx| customer::get(tx, business, &customer.id)), Some(customer));
    }
    let (mut listed, mut pages) = (Vec::<Customer>::new(), 0);
    loop {
        let after = listed.last().map(|last| last.id.clone());
        let page = read!(store, |tx| customer::list_all(tx, business, after.as_ref(), 1_000));
        if page.is_empty() {
            break;
        }
        listed.extend(page);
        pages += 1;
    }
    assert_eq!((listed.len(), pages), (4_503, 5));
    assert!(listed.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(read!(store, |tx| customer::list_all(tx, &elsewhere.business.id, None, 9)), [elsewhere.customer]);
}

async fn open_invoices_come_in_once(store: &Store) {
    let (here, elsewhere) = (home(store).await, home(store).await);
    let business = &here.business.id;
    let opened = [fixture::opened(&here.customer.id, "INV-7"), fixture::opened(&here.customer.id, "INV-8")];
    commit!(store, |tx| import::insert_invoices(tx, business, &opened, at(1)));
    let found = read!(store, |tx| invoice::get(tx, business, &opened[0].id)).expect("it is there");
    assert_eq!((found.number.as_str(), found.facts.lifecycle), ("INV-7", Lifecycle::Open));
    assert_eq!((found.issued_on, found.facts.due_on), (day("2026-09-01"), day("2026-10-01")));
    assert_eq!(found.totals, opened[0].invoice.totals);
    assert_eq!(found.facts.ledger.applied, usd(0));
    assert_eq!(found.memo, "Invoice old INV-7 in our previous system.");
    let mut references = read!(store, |tx| import::list_references(tx, business));
    references.sort();
    assert_eq!(references, ["old INV-7", "old INV-8"]);
    assert!(read!(store, |tx| import::list_references(tx, &elsewhere.business.id)).is_empty());
    let again = import::Opened { invoice: opened[0].invoice.clone(), ..fixture::opened(&here.customer.id, "INV-9") };
    let mut tx = store.db.begin().await.expect("a transaction");
    assert!(import::insert_invoices(&mut tx, business, &[again], at(1)).await.is_err(), "the same reference");
}
