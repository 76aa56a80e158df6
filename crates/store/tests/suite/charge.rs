//! When auto-pay looks at an invoice: each is taken off the list once, whoever looks, and a cycle
//! of a plan is billed once.

use std::collections::BTreeSet;

use zoop_domain::id::InvoiceId;
use zoop_store::invoice::{self, Draft};

use crate::fixture::{self, Home, at, home};
use crate::harness::Store;

cases!(
    a_charge_is_planned_moved_and_taken_back,
    what_is_due_is_taken_once_longest_waiting_first,
    forty_charges_among_eight_workers_are_each_taken_once,
    what_another_has_just_taken_is_not_taken_again,
    what_was_taken_comes_back_with_its_transaction,
    one_invoice_a_cycle,
);

/// A sent invoice that is to be charged so many seconds from now.
async fn planned(store: &Store, home: &Home, seconds: i64) -> Draft {
    let sent = home.sent(store, fixture::id!(InvoiceId).as_str(), "2026-09-21").await;
    commit!(store, |tx| invoice::update_charge_at(tx, &sent.business, &sent.id, Some(at(seconds))));
    sent
}

async fn take(store: &Store, seconds: i64, limit: i64) -> BTreeSet<InvoiceId> {
    let taken = commit!(store, |tx| invoice::update_charge_due(tx, at(seconds), limit));
    let distinct: BTreeSet<_> = taken.iter().map(|(_, invoice)| invoice.clone()).collect();
    assert_eq!(distinct.len(), taken.len());
    distinct
}

async fn a_charge_is_planned_moved_and_taken_back(store: &Store) {
    let home = home(store).await;
    let (sent, other) = (home.sent(store, "INV-1", "2026-09-21").await, planned(store, &home, 9).await);
    let find = async |id| read!(store, |tx| invoice::find_charge_at(tx, &home.business.id, id));
    for charge_at in [None, Some(at(5)), Some(at(3)), None] {
        commit!(store, |tx| invoice::update_charge_at(tx, &home.business.id, &sent.id, charge_at));
        assert_eq!(find(&sent.id).await, charge_at);
    }
    assert_eq!(find(&other.id).await, Some(at(9)));
    assert_eq!(find(&fixture::id!(InvoiceId)).await, None);
}

async fn what_is_due_is_taken_once_longest_waiting_first(store: &Store) {
    let (one, other) = (home(store).await, home(store).await);
    let (late, early) = (planned(store, &one, 30).await, planned(store, &other, 10).await);
    let (between, never) = (planned(store, &one, 20).await, one.sent(store, "INV-1", "2026-09-21").await);
    assert!(take(store, 9, 10).await.is_empty());
    let taken = commit!(store, |tx| invoice::update_charge_due(tx, at(10), 10));
    assert_eq!(taken, [(early.business.clone(), early.id.clone())], "each comes with its business");
    commit!(store, |tx| invoice::update_charge_at(tx, &early.business, &early.id, Some(at(25))));
    assert_eq!(take(store, 99, 2).await, BTreeSet::from([between.id, early.id]), "those that have waited longest");
    assert_eq!(take(store, 99, 10).await, BTreeSet::from([late.id]));
    assert!(take(store, 99, 10).await.is_empty());
    assert_eq!(read!(store, |tx| invoice::find_charge_at(tx, &never.business, &never.id)), None);
}

async fn forty_charges_among_eight_workers_are_each_taken_once(store: &Store) {
    let home = home(store).await;
    let mut all = BTreeSet::new();
    for seconds in 0..40 {
        all.insert(planned(store, &home, seconds).await.id);
    }
    let workers = (0..8).map(|_| {
        let db = store.db.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            // One who finds that another was faster goes away empty-handed, and comes again.
            for _ in 0..20 {
                let mut tx = db.begin().await.expect("a transaction");
                let some = match invoice::update_charge_due(&mut tx, at(99), 7).await {
                    Err(error) if error.is_transient() => continue,
                    some => some.expect("the invoices"),
                };
                tokio::task::yield_now().await;
                tx.commit().await.expect("a commit");
                taken.extend(some.into_iter().map(|(_, invoice)| invoice));
            }
            taken
        })
    });
    let mut taken = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        taken.extend(worker.await.expect("no panic"));
    }
    assert_eq!(taken.len(), 40);
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), all);
}

/// Two sweeps at once: the second one waits for the first, and then passes over what it took.
async fn what_another_has_just_taken_is_not_taken_again(store: &Store) {
    let home = home(store).await;
    let sent = planned(store, &home, 0).await;
    let mut first = store.db.begin().await.expect("a transaction");
    let taken = invoice::update_charge_due(&mut first, at(1), 10).await.expect("the invoices");
    assert_eq!(taken, [(sent.business.clone(), sent.id.clone())]);
    let second = tokio::spawn({
        let db = store.db.clone();
        async move {
            let mut tx = db.begin().await.expect("a transaction");
            let taken = invoice::update_charge_due(&mut tx, at(1), 10).await.expect("the invoices");
            tx.commit().await.expect("a commit");
            taken
        }
    });
    store.until_one_waits().await;
    first.commit().await.expect("a commit");
    assert_eq!(second.await.expect("no panic"), []);
}

async fn what_was_taken_comes_back_with_its_transaction(store: &Store) {
    let home = home(store).await;
    let sent = planned(store, &home, 0).await;
    let mut tx = store.db.begin().await.expect("a transaction");
    assert_eq!(invoice::update_charge_due(&mut tx, at(1), 10).await.expect("the invoices").len(), 1);
    drop(tx);
    assert_eq!(take(store, 1, 10).await, BTreeSet::from([sent.id]));
}

async fn one_invoice_a_cycle(store: &Store) {
    let home = home(store).await;
    let (mowing, snow) = (home.plan(store, "Mowing").await, home.plan(store, "Snow").await);
    let mut drafts = Vec::new();
    for plan in [&mowing, &mowing, &snow, &mowing] {
        let draft = Draft { plan: Some(plan.id.clone()), ..fixture::draft(&home.customer) };
        commit!(store, |tx| invoice::insert_draft(tx, &draft, at(0)));
        drafts.push(draft);
    }
    let bill = async |n: usize, cycle: &str| {
        let sql = format!("UPDATE invoices SET cycle_on = {cycle}, made_late = TRUE WHERE id = '{}'", drafts[n].id);
        store.try_raw(&sql).await
    };
    bill(0, "'2026-10-01'").await.expect("the first invoice of a cycle");
    let refused = bill(1, "'2026-10-01'").await.expect_err("a second one");
    assert!(refused.as_database_error().is_some_and(|error| error.is_unique_violation()), "{refused}");
    bill(1, "'2026-11-01'").await.expect("another cycle");
    bill(2, "'2026-10-01'").await.expect("another plan");
    bill(3, "NULL").await.expect("no cycle at all");
    let locked = async |n: usize| {
        let draft: &Draft = &drafts[n];
        commit!(store, |tx| invoice::lock(tx, &draft.business, &draft.id)).expect("the draft")
    };
    let first = locked(0).await;
    assert_eq!(
        (first.plan, first.cycle_on, first.made_late),
        (Some(mowing.id), Some(fixture::day("2026-10-01")), true)
    );
    assert_eq!(locked(3).await.cycle_on, None);
}
