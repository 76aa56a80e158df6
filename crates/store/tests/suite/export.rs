//! Everything that can be taken away: all of one's own, page by page, and no secret in it.

use std::collections::BTreeSet;

use zoop_domain::export::Table;
use zoop_store::export::{self, Cells, Place};

use crate::harness::Store;
use crate::stock::{Ids, stock};

cases!(every_table_is_read_whole_and_apart, no_column_holds_a_secret);

/// All rows of a table, read `limit` at a time.
async fn whole(store: &Store, ids: &Ids, table: Table, limit: i64) -> Vec<Cells> {
    let (mut rows, mut after) = (Vec::new(), None::<Place>);
    loop {
        let (page, next) = read!(store, |tx| export::list(tx, &ids.business, table, after.as_ref(), limit));
        assert!(page.len() <= usize::try_from(limit).expect("a few"));
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
        after = next;
    }
}

async fn every_table_is_read_whole_and_apart(store: &Store) {
    let (mine, theirs) = (stock(store).await, stock(store).await);
    for table in Table::ALL.iter().copied() {
        let columns = export::columns(table);
        let all = whole(store, &mine, table, 1_000).await;
        assert!(!all.is_empty(), "the stock has no row of {table}");
        assert!(all.iter().all(|row| row.len() == columns.len()), "{table}");
        assert_eq!(whole(store, &mine, table, 1).await, all, "{table}, one at a time");
        let distinct: BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len(), "{table} tells a row twice");
        let others = format!("{:?}", whole(store, &theirs, table, 7).await);
        assert!(!others.contains(mine.customer.as_str()) && !others.contains(mine.invoice.as_str()), "{table}");
        let names: BTreeSet<_> = columns.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), columns.len(), "{table} has two columns of a name");
        let needs_currency = columns.iter().any(|(_, meaning)| {
            matches!(meaning, zoop_domain::export::Meaning::Money | zoop_domain::export::Meaning::Price)
        });
        assert_eq!(names.contains(&"currency"), needs_currency, "{table}");
    }
}

async fn no_column_holds_a_secret(store: &Store) {
    let mine = stock(store).await;
    for table in Table::ALL.iter().copied() {
        for (name, _) in export::columns(table) {
            let told = ["token", "hash", "secret", "password", "session", "fingerprint", "code"];
            assert!(!told.iter().any(|word| name.contains(word)), "{table}.{name}");
        }
        let all = format!("{:?}", whole(store, &mine, table, 50).await);
        for secret in store.texts("SELECT token FROM invoices").await {
            assert!(!all.contains(&secret), "{table} holds an invoice's secret");
        }
        assert!(!all.contains(&mine.stripe_payment_method), "{table} holds a saved card");
    }
}
